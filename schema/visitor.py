"""A visitor: who knocks at the door, with which token, from where, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import cookie_parser

from models.access import Viewer
from workflow import message

Scope = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Visitor:
    """One connection; the viewer is whoever its token belonged to when it was last looked at."""

    headers: Mapping[bytes, bytes]
    address: str
    token: str
    carried: bool  # a browser brought the token by itself, as a cookie
    viewer: Viewer | None = None
    asks_for: str = ""  # a language, where headers cannot say it

    @property
    def language(self) -> str:
        """The reader's language."""
        return message.negotiate(self.asks_for or self.header(b"accept-language"))

    def header(self, name: bytes) -> str:
        """A header, or nothing."""
        return self.headers.get(name, b"").decode("latin-1")


def of(scope: Scope, cookie: str) -> Visitor:
    """Who comes with this request or handshake."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    token, carried = bearer(headers.get(b"authorization", b"").decode("latin-1")), False
    if token is None:
        cookies = headers.get(b"cookie")
        token = cookie_parser(cookies.decode("latin-1")).get(cookie, "") if cookies else ""
        carried = bool(token)
    client = scope.get("client")
    address = client[0] if client else ""
    return Visitor(headers=headers, address=address, token=token, carried=carried)


def bearer(authorization: str) -> str | None:
    """The token of an Authorization header; None for another scheme."""
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def language(scope: Scope) -> str:
    """The reader's language, also where nobody has looked at the visitor yet."""
    headers = dict(scope["headers"])
    return message.negotiate(headers.get(b"accept-language", b"").decode("latin-1"))
