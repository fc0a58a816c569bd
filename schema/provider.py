"""The portal as OpenID Connect shows it: what it says of itself, its keys, and codes for tokens.

It is asked in threads of its own, with an end to every wait, so that a slow portal delays nobody
who signs in otherwise; what it says of itself is kept for a while, and longer while it is away.
"""

import asyncio
import base64
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPMessage, HTTPResponse
from time import monotonic
from typing import IO, Any
from urllib.parse import quote_plus, urlencode, urlsplit

from jwt import PyJWK

from workflow import id_token

PATIENCE = 5.0  # seconds for one answer
LARGEST = 256 << 10  # bytes of one
KNOWN_FOR = timedelta(minutes=10)
NOT_AGAIN = timedelta(seconds=30)  # before a key nobody knows is asked for once more
NEVER = datetime.min.replace(tzinfo=UTC)
POOL = ThreadPoolExecutor(4, thread_name_prefix="portal")
log = logging.getLogger("jijiao.portal")
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Unreachable(Exception):
    """The portal does not answer, or not as a portal does; in a word or two, what was wrong."""


class Rejected(Exception):
    """The portal answers that it will not."""


Told = Mapping[str, Any]
Fetch = Callable[[urllib.request.Request], Awaitable[Told]]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever is asked answers himself."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


async def fetch(request: urllib.request.Request) -> Told:
    """The JSON object at an address."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(2 * PATIENCE):
            return await loop.run_in_executor(POOL, received, request)
    except TimeoutError as error:
        raise Unreachable("time") from error


def received(request: urllib.request.Request) -> Told:
    """The same, waiting."""
    try:
        with OPENER.open(request, timeout=PATIENCE) as response:
            told = json.loads(whole(response))
    except urllib.error.HTTPError as error:
        error.close()
        raise (Rejected if 400 <= error.code < 500 else Unreachable)(str(error.code)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    if not isinstance(told, dict):
        raise Unreachable("no object")
    return told


def whole(response: HTTPResponse) -> bytes:
    """A body that is neither too large nor too slow."""
    body, end = b"", monotonic() + PATIENCE
    while part := response.read1(64 << 10):
        body += part
        if len(body) > LARGEST or monotonic() > end:
            raise Unreachable("too much")
    return body


@dataclass(slots=True)
class Known:
    """Something the portal has said, when, and when it was last asked."""

    told: Told = field(default_factory=dict)
    at: datetime = NEVER
    asked: datetime = NEVER
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def renewed(
        self, now: datetime, patience: timedelta, ask: Callable[[], Awaitable[Told]]
    ) -> Told:
        """What it says; asked for anew when it is old, by one at a time and not time and again."""
        async with self.turn:
            if now - self.at > patience and now - self.asked > NOT_AGAIN:
                self.asked = now
                try:
                    self.told, self.at = await ask(), now
                except (Unreachable, Rejected) as error:
                    log.warning("the portal does not answer as it should: %s", error)
        return self.told


@dataclass(slots=True, kw_only=True)
class Provider:
    """One portal, as long as the process lives."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    fetch: Fetch = fetch
    about: Known = field(default_factory=Known)
    keys: Known = field(default_factory=Known)

    async def metadata(self, now: datetime) -> Told:
        """What it says of itself (OpenID Connect Discovery 1.0)."""
        told = await self.about.renewed(now, KNOWN_FOR, self.discovered)
        if not told:
            raise Unreachable("nothing is known of it")
        return told

    async def discovered(self) -> Told:
        """The same, asked now: it speaks for itself, and sends nobody from https to http."""
        address = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        told = await self.fetch(urllib.request.Request(address))
        if told.get("issuer") != self.issuer:
            raise Unreachable("it speaks for another issuer")
        schemes = {"https", urlsplit(self.issuer).scheme}
        for name in ADDRESSES:
            if not isinstance(told.get(name), str) or urlsplit(told[name]).scheme not in schemes:
                raise Unreachable(name)
        return told

    async def entrance(self, asked: Mapping[str, str], now: datetime) -> str:
        """Where the browser goes."""
        address: str = (await self.metadata(now))["authorization_endpoint"]
        sign = "&" if urlsplit(address).query else "?"
        return f"{address}{sign}{urlencode({**asked, 'client_id': self.client})}"

    async def token(self, form: Mapping[str, str], now: datetime) -> str:
        """The ID token for a code, from whoever shows the secret of this client."""
        about = await self.metadata(now)
        known = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers, sent = {"Accept": "application/json"}, {**form, "client_id": self.client}
        if "client_secret_basic" in known:
            pair = f"{quote_plus(self.client)}:{quote_plus(self.secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            sent["client_secret"] = self.secret
        body = urlencode(sent).encode()
        request = urllib.request.Request(about["token_endpoint"], body, headers, method="POST")
        token = (await self.fetch(request)).get("id_token")
        if not isinstance(token, str):
            raise Rejected("no ID token")
        return token

    async def keys_for(self, token: str, now: datetime) -> list[PyJWK]:
        """Its keys; asked for at once when none of those that are known fits the token."""
        about = await self.metadata(now)
        fits = bool(id_token.fitting(id_token.keys(self.keys.told), token))
        request = urllib.request.Request(about["jwks_uri"])
        patience = KNOWN_FOR if fits else timedelta()
        told = await self.keys.renewed(now, patience, lambda: self.fetch(request))
        if not told:
            raise Unreachable("no keys")
        return id_token.keys(told)
