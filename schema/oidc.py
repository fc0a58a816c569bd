"""The HTTP face of the portal: `GET /oidc/begin` leads there, `GET /oidc/return` back.

Neither takes an address to go to afterwards: who has signed in arrives at our front door.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from resolvers.context import Door
from rules.refusal import Refused
from schema import refusal, visitor
from schema.check import POLICY
from schema.http import Cookie
from schema.provider import Provider, Rejected, Unreachable
from schema.visitor import Visitor
from variable import SettingError
from workflow import id_token, keyfile, message, portal
from workflow.account import Asks, Device, SignedIn
from workflow.keyring import KeyTrouble
from workflow.portal import Arrival, Offered, Visit

if TYPE_CHECKING:
    from settings import Settings

BEGIN, RETURN, HOME = "/oidc/begin", "/oidc/return", "/"
PAGE = Template(Path(__file__).with_name("portal.html").read_text(encoding="utf-8"))
STATUS = {
    "PORTAL_EXPIRED": 400,
    "PORTAL_TAKEN": 409,
    "PORTAL_UNREACHABLE": 503,
    "TOO_MANY_TRIES": 429,
}
FORBIDDEN = 403  # every other
log = logging.getLogger("jijiao.portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What the addresses were handed."""

    provider: Provider
    origin: str
    cookie: Cookie
    number: str
    strong: frozenset[str]
    rate: int
    asks: Asks
    clock: Callable[[], datetime]

    @property
    def pocket(self) -> str:
        """The cookie that a visit stays in."""
        return f"{self.cookie.name}-portal"

    async def begin(self, request: Request) -> Response:
        """Lead the browser to the portal."""
        now = self.clock()
        who: Visitor = request.state.visitor
        try:
            visit = await portal.begin(address=who.address, rate=self.rate, now=now)
            if isinstance(visit, Refused):
                return refused(visit, request)
            to = await self.provider.entrance(self.asked(visit), now)
        except Unreachable:
            return refused(Refused("PORTAL_UNREACHABLE"), request)
        response = RedirectResponse(to, 303)
        self.keep(response, visit)
        return response

    def asked(self, visit: Visit) -> dict[str, str]:
        """An authorization request with PKCE (RFC 7636)."""
        return {
            "response_type": "code",
            "scope": "openid profile" if self.number else "openid",
            "redirect_uri": self.origin + RETURN,
            "state": visit.state,
            "nonce": visit.nonce,
            "code_challenge": visit.challenge,
            "code_challenge_method": "S256",
        }

    async def back(self, request: Request) -> Response:
        """Let in whoever the portal has proven to be somebody."""
        now = self.clock()
        answer = await self.entered(request, now)
        if isinstance(answer, Refused):
            log.info("a visit to the portal ended: %s %s", answer.code, answer.data.get("why", ""))
            await portal.turned_away(answer, request.state.viewer)
            response = refused(answer, request)
        else:
            response = RedirectResponse(HOME, 303)
        if isinstance(answer, SignedIn):
            response.raw_headers += self.cookie.headers(Door(token=answer.token))
        self.keep(response, None)
        return response

    async def entered(self, request: Request, now: datetime) -> SignedIn | Offered | Refused:
        """Who is back, step by step: the visit, the code, the token, the person."""
        told, who = request.query_params, request.state.visitor
        visit = Visit(request.cookies.get(self.pocket, ""))
        state = told.get("state", "")
        arrived = await portal.arrive(visit, state, address=who.address, rate=self.rate, now=now)
        if isinstance(arrived, Refused):
            return arrived
        try:
            proof = await self.proven(visit, told.get("code", ""), told.get("iss"), now)
        except Unreachable:
            return Refused("PORTAL_UNREACHABLE")
        except Rejected:
            return Refused("PORTAL_DECLINED") if "error" in told else id_token.unproven("code")
        if isinstance(proof, Refused):
            return proof
        arrival = Arrival(
            visit_id=arrived,
            issuer=self.provider.issuer,
            proof=proof,
            viewer=request.state.viewer if who.carried else None,
            device=Device(address=who.address, user_agent=who.header(b"user-agent")),
        )
        hours = int(self.cookie.lifetime.total_seconds() // 3600)
        return await portal.enter(arrival, now=now, hours=hours, asks=self.asks)

    async def proven(
        self, visit: Visit, code: str, issuer: str | None, now: datetime
    ) -> id_token.Proof | Refused:
        """What the code is worth; it is shown to none but whom the visit went to (RFC 9207)."""
        about = await self.provider.metadata(now)
        names_itself = about.get("authorization_response_iss_parameter_supported") is True
        if (issuer is not None or names_itself) and issuer != self.provider.issuer:
            return id_token.unproven("issuer")
        if not code:
            raise Rejected
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.origin + RETURN,
            "code_verifier": visit.verifier,
        }
        token = await self.provider.token(form, now)
        known = await self.provider.keys_for(token, now)
        wanted = id_token.Wanted(
            issuer=self.provider.issuer,
            client=self.provider.client,
            nonce=visit.nonce,
            number=self.number,
            strong=self.strong,
        )
        return id_token.verify(token, known, wanted, now)

    def keep(self, response: Response, visit: Visit | None) -> None:
        """Put the visit into the browser, or take it out."""
        response.set_cookie(
            self.pocket,
            visit.secret if visit else "",
            max_age=int(portal.LASTS.total_seconds()) if visit else 0,
            path="/",
            secure=self.cookie.secure,
            httponly=True,
            samesite="lax",
        )


def routes(
    given: Settings, cookie: Cookie, asks: Asks, clock: Callable[[], datetime]
) -> list[Route]:
    """The addresses; without a portal there is nothing at them."""
    if not given.oidc_issuer or given.oidc_secret is None:
        return [Route(BEGIN, nothing), Route(RETURN, nothing)]
    try:
        secret = keyfile.secret(given.oidc_secret)
    except KeyTrouble as error:
        raise SettingError("JIJIAO_OIDC_SECRET", f"be usable: {error}") from error
    endpoint = Endpoint(
        provider=Provider(issuer=given.oidc_issuer, client=given.oidc_client, secret=secret),
        origin=given.origin,
        cookie=cookie,
        number=given.oidc_number_claim,
        strong=frozenset(given.oidc_strong.split()),
        rate=given.sign_in_rate,
        asks=asks,
        clock=clock,
    )
    return [Route(BEGIN, endpoint.begin), Route(RETURN, endpoint.back)]


async def nothing(_: Request) -> Response:
    """No portal is connected."""
    raise HTTPException(404)


def refused(why: Refused, request: Request) -> Response:
    """A page for people, and JSON for everybody else."""
    language, status = visitor.language(request.scope), STATUS.get(why.code, FORBIDDEN)
    if "text/html" not in request.headers.get("accept", ""):
        return refusal.answer(why.code, language, status=status, **why.data)
    words = {name: message.sentence(f"portal.{name}", {}, language) for name in ("title", "home")}
    said = message.sentence(why.code, why.data, language)
    text = PAGE.substitute(words, language=language, code=why.code, sentence=escape(said))
    extra = {"Content-Language": language, "Vary": "Accept-Language, Accept"}
    return HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY, **extra})
