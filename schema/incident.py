"""Incidents: a fault of ours gets a number; the client is told the number, the log the rest."""

import logging
import uuid
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema import refusal, visitor
from workflow import fault

log = logging.getLogger("jijiao.incident")


def report(error: BaseException, place: str) -> str:
    """Log a fault once, without any value it met, and give it its number."""
    incident = uuid.uuid4().hex[:12]
    what, trail = fault.kind(error), fault.trail(error)
    log.error(
        "incident %s at %s: %s: %s",
        incident,
        place,
        what,
        trail,
        extra={"incident": incident, "place": place, "fault": what, "trail": trail},
    )
    return incident


@dataclass(frozen=True, slots=True)
class Incidents:
    """Middleware around everything that may fail: whatever happens, the answer is JSON.

    Starlette's own would raise the exception again, and the server would print its message.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            incident = report(error, f"/{word(scope)}")
            if scope["type"] == "http" and not begun:
                language = visitor.language(scope)
                answer = refusal.answer("INTERNAL", language, incident=incident)
                await answer(scope, receive, send)


def word(scope: Scope) -> str:
    """The first word of the path: the rest of it may be the token of an upload."""
    return str(scope.get("path", "")).lstrip("/").partition("/")[0][:40]
