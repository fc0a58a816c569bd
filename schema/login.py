"""The door: a cookie from our own pages, or a Bearer token from a script, and nothing forged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from schema import refusal, visitor
from schema.visitor import Visitor
from workflow import account, audit
from workflow.account import Asks

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SECURE = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Login:
    """Middleware: says who visits, and refuses what another site made a browser send.

    No cookie travels alone: it needs a header that only our own scripts can set, and our origin.
    A handshake cannot carry that header, so there the origin alone must be ours.
    """

    app: ASGIApp
    cookie: str
    origin: str
    idle: timedelta
    clock: Callable[[], datetime]
    asks: Asks = account.NOTHING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        who = visitor.of(scope, self.cookie)
        if not self.welcome(scope, who):
            await turn_away(scope, receive, send)
            return
        audit.called(who.address)
        if who.token and scope["type"] == "http":
            who.viewer = await account.viewer_of(
                who.token,
                now=self.clock(),
                idle=self.idle,
                asks=self.asks,
                address=who.address,
            )
        state = scope.setdefault("state", {})
        arrived = None if who.viewer and who.viewer.lacks else who.viewer
        state["visitor"], state["viewer"] = who, arrived  # pages and files are for who is in
        await self.app(scope, receive, send)

    def welcome(self, scope: Scope, who: Visitor) -> bool:
        """May it come in?"""
        if scope["type"] == "websocket":
            return who.header(b"origin") == self.ours(scope, who) or not (
                who.carried or b"origin" in who.headers
            )
        if not who.carried or scope["method"] in SAFE:
            return True
        return b"x-jijiao-client" in who.headers and self.same_origin(scope, who)

    def same_origin(self, scope: Scope, who: Visitor) -> bool:
        """Does a page of ours send it? Browsers name the origin, and newer ones its relation."""
        site = who.header(b"sec-fetch-site")
        if site not in ("", "same-origin"):
            return False
        if b"origin" in who.headers:
            return who.header(b"origin") == self.ours(scope, who)
        return site == "same-origin"

    def ours(self, scope: Scope, who: Visitor) -> str:
        """Our origin; without a setting, which only dev allows, what the browser asked for."""
        scheme = scope["scheme"]
        return self.origin or f"{SECURE.get(scheme, scheme)}://{who.header(b'host')}"


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """403, before a handshake is answered too."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await refusal.answer("CSRF", visitor.language(scope))(scope, receive, send)
