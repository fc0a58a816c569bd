"""GraphQL over WebSocket, `graphql-transport-ws`: Strawberry's protocol, mended where it breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from strawberry import UNSET
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws import handlers
from strawberry.types import ExecutionResult

from schema import incident, operation, visitor
from schema.operation import MOST_BYTES, Asked, Operations, SessionOver
from schema.refusal import Misfit, Unfit
from schema.visitor import Visitor
from workflow import message

PROTOCOL = "graphql-transport-ws"
FORBIDDEN, UNKNOWN_PROTOCOL = 4403, 4406
STALLED = 30.0  # seconds a client may read nothing while there is something to say
# What uvicorn is told: this implementation waits while a client is slow, ends what answers no
# ping within 20 s, and closes a message that is too large with 1009.
SERVER: dict[str, Any] = {
    "ws": "websockets-sansio",
    "ws_max_size": MOST_BYTES,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
    "ws_per_message_deflate": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """What every socket gets: how long it may wait to introduce itself, and how much it may ask."""

    operations: Operations
    patience: timedelta = timedelta(seconds=10)
    most: int = 100

    async def serve(self, who: Visitor, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket from handshake to end; only the current protocol is spoken."""
        line = Line(receive, send)
        known = PROTOCOL in scope["subprotocols"]
        await line.accept(PROTOCOL if known else None)
        if not known:
            await line.close(UNKNOWN_PROTOCOL, "Subprotocol not acceptable")
            return
        try:
            await Socket(self, line, who).handle()
        except asyncio.CancelledError:
            if not line.stalled:  # somebody else ends us
                raise

    async def on_ws_connect(self, who: Visitor) -> Any:
        """Nobody stays whom we do not know: each subscription is somebody's."""
        try:
            await self.operations.renewed(who, used=True)
        except SessionOver:
            raise ConnectionRejectionError from None
        return UNSET


class Line:
    """A socket as the protocol needs it: JSON in and out, as text."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive, self.send = receive, send
        self.closed = self.stalled = False
        self.reader = asyncio.current_task()

    async def accept(self, protocol: str | None) -> None:
        """Answer the handshake."""
        await self.receive()
        await self.send({"type": "websocket.accept", "subprotocol": protocol})

    async def iter_json(self) -> AsyncIterator[Any]:
        """What the client says, until it or we have closed."""
        while not self.closed:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                self.closed = True
                return
            if message.get("text") is None:
                raise NonTextMessageReceived
            try:
                said = orjson.loads(message["text"])
            except orjson.JSONDecodeError:
                raise NonJsonMessageReceived from None
            yield said

    async def send_json(self, message: Any) -> None:
        """Say something, as text; waits while the client is slower than we are."""
        if not self.closed:
            await self.attempt({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def close(self, code: int, reason: str) -> None:
        """End it, once."""
        if not self.closed:
            self.closed = True
            await self.attempt({"type": "websocket.close", "code": code, "reason": reason})

    async def attempt(self, message: Any) -> None:
        """A client that has gone hears nothing; one that reads nothing is given up.

        The server would keep both ends of a connection whose client reads no more, for ever.
        """
        try:
            async with asyncio.timeout(STALLED):
                await self.send(message)
        except TimeoutError:
            self.closed = self.stalled = True
            assert self.reader
            self.reader.cancel()
        except OSError:
            self.closed = True


class Socket(handlers.BaseGraphQLTransportWSHandler[Visitor, None]):
    """The protocol of one socket; one operation that fails leaves the others alone."""

    def __init__(self, sockets: Sockets, line: Line, who: Visitor) -> None:
        super().__init__(
            view=sockets,  # type: ignore[arg-type]  # of which only `on_ws_connect` is used
            websocket=line,  # type: ignore[arg-type]
            context=who,
            root_value=None,
            schema=sockets.operations.views.of(None),  # only kept, never asked
            connection_init_wait_timeout=sockets.patience,
        )
        self.operate, self.most, self.line, self.who = sockets.operations, sockets.most, line, who

    async def handle_message(self, message: Any) -> None:
        """Stock dies without a close code at a message that is no object."""
        if self.line.closed:
            return
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.handle_invalid_message("A message is an object with a type")
            return
        await super().handle_message(message)  # type: ignore[arg-type]

    async def handle_connection_init(self, message: Any) -> None:
        """Scripts say who they are here; browsers have sent their cookie with the handshake.

        Its headers are the browser's own, so a page says here too in which language it asks.
        """
        payload = message.get("payload") or {}
        if isinstance(payload, dict):
            token = visitor.bearer(str(payload.get("authorization") or ""))
            if token is not None and not self.connection_init_received:
                self.who.token = token
            self.who.asks_for = str(payload.get("acceptLanguage") or "")
        await super().handle_connection_init({"type": "connection_init", "payload": payload})

    async def handle_complete(self, message: Any) -> None:
        """An id that was never given is ignored; one that is no text is no message."""
        if isinstance(message["id"], str):
            await super().handle_complete(message)
        else:
            await self.handle_invalid_message("An id is a string")

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation, or say why not; only what is no message at all ends the socket."""
        number, payload = message["id"], message["payload"]
        if not isinstance(number, str) or not number or not isinstance(payload, dict):
            await self.handle_invalid_message("A subscription has an id and a payload")
        elif not self.connection_acknowledged:
            await self.line.close(4401, "Unauthorized")
        elif number in self.operations:
            await self.line.close(4409, f"Subscriber for {number[:36]} already exists")
        else:
            try:
                self.begin(number, operation.asked(payload))
            except Unfit as unfit:
                await self.refuse(number, unfit)

    def begin(self, number: str, asked: Asked) -> None:
        """Start the operation in a task of its own, so that the socket stays attentive."""
        if not asked.query and not asked.document_id:
            raise Misfit("BAD_REQUEST")
        if len(self.operations) >= self.most:
            raise Unfit("TOO_MANY_OPERATIONS", maximum=self.most)
        begun = handlers.Operation(self, number, asked.query, asked.variables, asked.operation_name)
        begun.task = asyncio.create_task(self.carry_out(begun, asked))
        begun.task.add_done_callback(self._task_done)
        self.operations[number] = begun

    async def refuse(self, number: str, unfit: Unfit) -> None:
        """An error that ends this operation before it began."""
        told = [unfit.formatted(self.who.language)]
        await self.line.send_json({"id": number, "type": "error", "payload": told})

    async def carry_out(self, begun: "handlers.Operation[Visitor, None]", asked: Asked) -> None:
        """Every answer to the operation, then its end."""
        try:
            async with aclosing(self.operate.answers(asked, self.who)) as results:
                async for result in results:
                    await begun.send_operation_message(message_of(begun.id, result))
            await begun.send_operation_message({"id": begun.id, "type": "complete"})
        except SessionOver:
            await self.line.close(FORBIDDEN, "Forbidden")
        except Unfit as unfit:
            await self.fail(begun, unfit.formatted(self.who.language))
        except Exception as error:
            number = incident.report(error, "socket")
            await self.fail(
                begun, message.formatted("INTERNAL", {"incident": number}, self.who.language)
            )

    async def fail(self, begun: "handlers.Operation[Visitor, None]", error: Any) -> None:
        """The operation ends with an error; the socket lives."""
        message: Any = {"id": begun.id, "type": "error", "payload": [error]}
        await begun.send_operation_message(message)


def message_of(number: str, result: ExecutionResult) -> Any:
    """An answer as a message; what could not even be executed ends the operation."""
    told = operation.body(result)
    if operation.is_request_error(result):
        return {"id": number, "type": "error", "payload": told["errors"]}
    return {"id": number, "type": "next", "payload": told}
