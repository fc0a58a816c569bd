"""Server-sent events: one operation per connection, its answers as they come."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

import orjson
from starlette.types import Receive, Send
from strawberry.types import ExecutionResult

from schema import incident, operation
from schema.operation import Asked, Operations
from schema.refusal import Unfit
from schema.visitor import Visitor
from workflow import message

HEARTBEAT = 15.0  # seconds of silence after which a proxy might think that nobody is there
STALLED = 30.0  # seconds a client may read nothing while there is something to say
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would collect before it passes on
]
BEAT, COMPLETE = b":\n\n", b"event: complete\ndata:\n\n"


async def stream(
    operations: Operations, asked: Asked, who: Visitor, receive: Receive, send: Send
) -> None:
    """Answer until the operation is complete or the client is gone.

    What goes wrong before the first answer is an answer of HTTP, and raised here.
    """
    async with aclosing(written(operations, asked, who)) as pieces:
        first = await anext(pieces)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        with suppress(TimeoutError):  # it reads nothing: the stream ends where it is
            await piece(send, first)
            if await pump(pieces, receive, send):
                await piece(send, COMPLETE)
                await send({"type": "http.response.body", "body": b""})


async def written(operations: Operations, asked: Asked, who: Visitor) -> AsyncGenerator[bytes]:
    """Every answer as an event; once the first is out, a failure is the last event."""
    begun = False
    try:
        async with aclosing(operations.answers(asked, who)) as results:
            async for result in results:
                yield event(result)
                begun = True
    except Unfit as unfit:
        if not begun:
            raise
        yield told({"errors": [unfit.formatted(who.language)]})
    except Exception as error:
        if not begun:
            raise
        number = incident.report(error, "sse")
        yield told({"errors": [message.formatted("INTERNAL", {"incident": number}, who.language)]})


async def pump(pieces: AsyncIterator[bytes], receive: Receive, send: Send) -> bool:
    """Pass on what comes, with a heartbeat in the silence; true when everything was sent."""
    gone = asyncio.ensure_future(disconnected(receive))
    coming = asyncio.ensure_future(following(pieces))
    try:
        while True:
            done, _ = await asyncio.wait(
                {gone, coming}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
            )
            if gone in done:
                return False
            if coming not in done:
                await piece(send, BEAT)
            elif (found := coming.result()) is None:
                return True
            else:
                await piece(send, found)
                coming = asyncio.ensure_future(following(pieces))
    finally:
        for task in (gone, coming):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def following(pieces: AsyncIterator[bytes]) -> bytes | None:
    """The next piece, or nothing after the last."""
    return await anext(pieces, None)


async def disconnected(receive: Receive) -> None:
    """Wait until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def piece(send: Send, content: bytes) -> None:
    """A part of the body; waits while the client is slower than we are, but not for ever."""
    async with asyncio.timeout(STALLED):
        await send({"type": "http.response.body", "body": content, "more_body": True})


def event(result: ExecutionResult) -> bytes:
    """An answer as an event."""
    return told(operation.body(result))


def told(body: object) -> bytes:
    """orjson writes no line breaks, so one `data:` is enough."""
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
