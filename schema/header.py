"""Headers every answer carries unless its route says otherwise."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

USUAL = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    # Browsers heed it over TLS only, so it does no harm to a developer's plain http.
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
RAW = [(name.lower().encode(), value.encode()) for name, value in USUAL.items()]


@dataclass(frozen=True, slots=True)
class Headers:
    """Middleware around everything, faults included."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                names = {name for name, _ in given}
                message["headers"] = [*given, *(one for one in RAW if one[0] not in names)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
