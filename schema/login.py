"""Who sends a request: a cookie from our own pages, or a Bearer token from a script."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from schema.http import refusal
from workflow import account

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CLIENT = "x-jijiao-client"


@dataclass(frozen=True, slots=True)
class Login:
    """Middleware: sets `request.state.viewer`, and refuses what another site made a browser send.

    No cookie travels alone: it needs a header that only our own scripts can set, and our origin.
    """

    app: ASGIApp
    cookie: str
    origin: str
    idle: timedelta
    clock: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        token, carried = self.token(request)
        if carried and request.method not in SAFE and not self.ours(request):
            await refusal(request, "CSRF")(scope, receive, send)
            return
        viewer = None
        if token:
            viewer = await account.viewer_of(token, now=self.clock(), idle=self.idle)
        request.state.viewer = viewer
        await self.app(scope, receive, send)

    def token(self, connection: HTTPConnection) -> tuple[str, bool]:
        """The token, and whether a browser carried it by itself."""
        scheme, _, value = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return value.strip(), False
        carried = connection.cookies.get(self.cookie, "")
        return carried, bool(carried)

    def ours(self, request: Request) -> bool:
        """Does it come from a page of ours?"""
        ours = self.origin or str(request.base_url).rstrip("/")
        return CLIENT in request.headers and request.headers.get("origin") == ours
