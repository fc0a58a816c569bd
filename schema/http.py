"""GraphQL over HTTP: one request in, one JSON answer out, whatever comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from resolvers.context import Context, Door
from schema import limits, operation, sse, status
from schema.media import ALL, BOTH, EVENTS, JSON, negotiate
from schema.operation import MOST_BYTES, QUERIES, SINGLE, Asked, Operations
from schema.refusal import Unfit
from schema.socket import Sockets
from schema.status import Profile
from schema.visitor import Visitor

IN_JSON = ("variables", "extensions")

RawHeaders = list[tuple[bytes, bytes]]


class Gone(Exception):
    """The client went away before its request was complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """How the session's cookie is called and whether it wants TLS."""

    name: str
    secure: bool
    lifetime: timedelta

    def headers(self, door: Door) -> RawHeaders:
        """Set or forget it, as the operation left the door."""
        if door.token is None and not door.closed:
            return []
        options: dict[str, Any] = {
            "path": "/",
            "secure": self.secure,
            "httponly": True,
            "samesite": "lax",
        }
        response = Response()
        if door.token is not None:
            age = int(self.lifetime.total_seconds())
            response.set_cookie(self.name, door.token, max_age=age, **options)
        else:
            response.delete_cookie(self.name, **options)
        return [each for each in response.raw_headers if each[0] == b"set-cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The ASGI endpoint of `/graphql`; it answers every method itself, as JSON."""

    operations: Operations
    sockets: Sockets
    cookie: Cookie
    profile: Profile = Profile.AUDIT
    get: bool = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who: Visitor = scope["state"]["visitor"]
        if scope["type"] == "websocket":
            await self.sockets.serve(who, scope, receive, send)
            return
        media = None
        try:
            kinds = self.kinds(scope["method"], who)
            media = acceptable(scope["method"], who)
            asked = await self.read(scope, who, receive)
            if media == EVENTS:
                await sse.stream(self.operations, asked, who, receive, send)
            else:
                await self.answer(asked, who, media, kinds, send)
        except Unfit as unfit:
            await self.refuse(unfit, who, media, scope["method"], send)
        except Gone:
            return

    async def answer(
        self, asked: Asked, who: Visitor, media: str, kinds: frozenset[OperationType], send: Send
    ) -> None:
        """Execute and write."""
        context = self.operations.context(who, who.viewer)
        result = await self.operations.execute(asked, context, kinds)
        code, media = status.of_result(result, media, self.profile)
        written = orjson.dumps(operation.body(result))
        more = [*self.cookie.headers(context.door), *purse(context, result)]
        await write(send, code, media, written, more)

    async def refuse(
        self, unfit: Unfit, who: Visitor, media: str | None, method: str, send: Send
    ) -> None:
        """An answer to what never became an operation."""
        code, media = status.of_refusal(unfit, None if media == EVENTS else media, self.profile)
        more: RawHeaders = []
        if unfit.code == "METHOD_NOT_ALLOWED":
            more = [(b"allow", b"GET, POST" if self.get and method != "GET" else b"POST")]
        elif "retryAfter" in unfit.data:
            more = [(b"retry-after", str(unfit.data["retryAfter"]).encode())]
        written = orjson.dumps({"errors": [unfit.formatted(who.language)]})
        await write(send, code, media, written, more)

    def kinds(self, method: str, who: Visitor) -> frozenset[OperationType]:
        """What the method may ask for; what a link or an image can send never uses the cookie."""
        if method == "POST":
            return SINGLE
        if method != "GET" or not self.get:
            raise Unfit("METHOD_NOT_ALLOWED")
        if who.carried:
            raise Unfit("CSRF")
        return QUERIES

    async def read(self, scope: Scope, who: Visitor, receive: Receive) -> Asked:
        """The request, from the address or from the body."""
        if scope["method"] == "GET":
            return operation.asked(from_address(scope["query_string"]))
        media = who.header(b"content-type").partition(";")[0].strip().lower()
        if media != JSON:
            raise Unfit("UNSUPPORTED_MEDIA_TYPE")
        return operation.asked(decoded(await body(who, receive)))


def purse(context: Context, result: ExecutionResult) -> RawHeaders:
    """What an operation cost and what is left; or, if nothing is, when to come again."""
    told = {**limits.headers(context)}
    for error in result.errors or ():
        if "retryAfter" in (error.extensions or {}):
            told["Retry-After"] = str((error.extensions or {})["retryAfter"])
    return [(name.lower().encode(), value.encode()) for name, value in told.items()]


def acceptable(method: str, who: Visitor) -> str:
    """The media type of the answer; events only answer POST, which a page elsewhere cannot send."""
    media = negotiate(who.header(b"accept"), ALL if method == "POST" else BOTH)
    if media is None:
        raise Unfit("NOT_ACCEPTABLE")
    return media


async def body(who: Visitor, receive: Receive) -> bytes:
    """The body, counted while it comes; usually it is there in one piece."""
    told = who.header(b"content-length")
    if told.isdecimal() and int(told[:20]) > MOST_BYTES:
        raise Unfit("BODY_TOO_LARGE", maximum=MOST_BYTES)
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MOST_BYTES:
            raise Unfit("BODY_TOO_LARGE", maximum=MOST_BYTES)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def decoded(text: bytes | str) -> Any:
    """JSON; orjson refuses what would trouble us later, such as lone surrogates."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unfit("BAD_REQUEST") from None


def from_address(query: bytes) -> Mapping[str, Any]:
    """The parameters of a GET, two of which are JSON."""
    try:
        given: dict[str, Any] = dict(parse_qsl(query.decode("ascii"), errors="strict"))
    except ValueError:
        raise Unfit("BAD_REQUEST") from None
    for name in IN_JSON:
        if name in given:
            given[name] = decoded(given[name])
    return given


async def write(send: Send, code: int, media: str, written: bytes, more: RawHeaders) -> None:
    """The answer in two messages."""
    headers = [
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(written)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": written})
