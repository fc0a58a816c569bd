"""The HTTP face of files: `PUT /uploads/{token}` and `GET /attachments/{id}`."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from models import attachment_sql, read
from models.access import Viewer
from models.attachment import ScanState
from models.read import Row
from rules.refusal import Refused
from uploads import inspect
from uploads.store import Incoming, Store
from workflow import attachment, audit, failpoint, message
from workflow.attachment import Limits, Permit
from workflow.command import Done

ACTION = "attachment:read"
CLOSED_BY_CLIENT = 499  # nobody reads this answer
STATUS: Mapping[str, int] = {
    "FILE_TOO_SHORT": 400,
    "UNAUTHENTICATED": 401,
    "NOT_FOUND": 404,
    "NOT_EDITABLE": 409,
    "TOO_MANY_FILES": 409,
    "UPLOAD_USED": 409,
    "FILE_UNSCANNED": 409,
    "FILE_SCAN_FAILED": 409,
    "FILE_INFECTED": 409,
    "UPLOAD_EXPIRED": 410,
    "FILE_TOO_LARGE": 413,
    "FILE_TOO_LONG": 413,
    "FILE_TYPE": 415,
    "FILE_TYPE_DIFFERS": 415,
    "FILE_EMPTY": 422,
    "FILE_INCOMPLETE": 422,
    "FILE_LOST": 500,
    "STORAGE_UNAVAILABLE": 507,
}
NOT_SERVED = {
    ScanState.UNSCANNED: Refused("FILE_UNSCANNED"),
    ScanState.FAILED: Refused("FILE_SCAN_FAILED"),
    ScanState.INFECTED: Refused("FILE_INFECTED"),
}
# The file is data to be saved, never a page of ours.
DOWNLOAD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}

logger = logging.getLogger(__name__)


def routes(
    *,
    limits: Limits,
    store: Store,
    clock: Callable[[], datetime],
    public_id: Callable[[str, str], str] = lambda _, key: key,
) -> list[Route]:
    """Both routes; `public_id` gives the id by which GraphQL knows a row of a type.

    The application's limit on bodies is lifted for uploads: it would answer in plain text, and
    theirs is the size the token states.
    """
    files = Files(limits=limits, store=store, clock=clock, public_id=public_id)
    return [
        Route("/uploads/{token}", files.put, methods=["PUT"], max_body_size=sys.maxsize),
        Route("/attachments/{id}", files.get, methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What both endpoints were handed."""

    limits: Limits
    store: Store
    clock: Callable[[], datetime]
    public_id: Callable[[str, str], str]

    async def put(self, request: Request) -> Response:
        """One file, once, as its token says."""
        viewer: Viewer | None = request.state.viewer
        if viewer is None:
            return refusal(Refused("UNAUTHENTICATED"), request)
        try:
            answer = await self.receive(request, viewer)
        except ClientDisconnect:
            return Response(status_code=CLOSED_BY_CLIENT)
        except OSError as error:
            logger.exception("a file could not be stored: errno %s", error.errno)
            answer = Refused("STORAGE_UNAVAILABLE")
        return answer if isinstance(answer, Response) else refusal(answer, request)

    async def receive(self, request: Request, viewer: Viewer) -> Response | Refused:
        """Token and announced length first: of what must be refused no byte is read."""
        permit = await attachment.open_token(
            viewer, token=request.path_params["token"], limits=self.limits, now=self.clock()
        )
        if isinstance(permit, Refused):
            return permit
        if refused := self.announced(request, permit):
            return refused
        async with self.store.incoming() as incoming:
            try:
                async with asyncio.timeout((permit.expires_at - self.clock()).total_seconds()):
                    refused = await self.stream(request, permit, incoming)
            except TimeoutError:
                refused = Refused("UPLOAD_EXPIRED")
            return refused or await self.keep(permit, incoming)

    def announced(self, request: Request, permit: Permit) -> Refused | None:
        """What is wrong with Content-Length; without one the bytes are counted as they come."""
        header = request.headers.get("content-length")
        return None if header is None else self.counted(int(header), permit)

    def counted(self, size: int, permit: Permit) -> Refused | None:
        """What is wrong with a size, announced or counted."""
        stated = {"stated": permit.size}
        if size > self.limits.max_bytes:
            return attachment.too_large(self.limits)
        if size > permit.size:
            return Refused("FILE_TOO_LONG", stated)
        if size == 0:
            return Refused("FILE_EMPTY")
        return Refused("FILE_TOO_SHORT", stated) if size < permit.size else None

    async def stream(self, request: Request, permit: Permit, incoming: Incoming) -> Refused | None:
        """Take the bytes, no more than were stated, and look at what they are."""
        async for chunk in request.stream():
            await incoming.add(chunk)
            if incoming.size > permit.size:
                break
        return self.counted(incoming.size, permit) or inspect.check(
            head=incoming.head, tail=incoming.tail, expected=permit.media_type
        )

    async def keep(self, permit: Permit, incoming: Incoming) -> Response | Refused:
        """First the file, then the row: a crash between leaves a file for the collector."""
        sha256 = await self.store.keep(incoming)
        failpoint.hit("upload:after_link")
        answer = await attachment.receive(
            permit, sha256=sha256, limits=self.limits, now=self.clock()
        )
        if isinstance(answer, Refused):
            return answer
        return JSONResponse({"attachment": self.described(permit, answer)}, 201)

    def described(self, permit: Permit, answer: Done) -> dict[str, Any]:
        """The attachment as its sender sees it."""
        record_id = self.public_id("TrainingRecord", answer.data["record"])
        return {
            "id": self.public_id("Attachment", answer.data["attachment"]),
            "label": permit.label,
            "fileName": permit.file_name,
            "mediaType": permit.media_type,
            "size": permit.size,
            "scanState": ScanState.UNSCANNED.name,
            "record": {"id": record_id, "version": answer.data["version"]},
        }

    async def get(self, request: Request) -> Response:
        """A clean file for whoever may read its record; any other id is unknown."""
        viewer: Viewer | None = request.state.viewer
        if viewer is None:
            return refusal(Refused("UNAUTHENTICATED"), request)
        found = await self.find(viewer, request.path_params["id"])
        if isinstance(found, Refused):
            return refusal(found, request)
        name = quote(found.file_name, safe="")
        headers = {
            **DOWNLOAD,
            "Content-Length": str(found.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        }
        return StreamingResponse(
            self.store.read(found.sha256), media_type=found.media_type, headers=headers
        )

    async def find(self, viewer: Viewer, attachment_id: str) -> Row | Refused:
        """The row of a file that may be served."""
        try:
            what = "attachment", UUID(attachment_id)
        except ValueError:
            return audit.HIDDEN
        found = await attachment_sql.readable(viewer, what[1])
        if found is None:
            return await audit.hidden(read.connection(), viewer, ACTION, what)
        if found.scan_state != ScanState.CLEAN:
            return NOT_SERVED[ScanState(found.scan_state)]
        if await asyncio.to_thread(self.store.size, found.sha256) != found.size:
            logger.error("attachment %s: its file is missing or damaged", attachment_id)
            return Refused("FILE_LOST")
        await audit.taken(viewer, ACTION, what, owner=found.person_id)
        return found


def refusal(refused: Refused, request: Request) -> Response:
    """One error, in the shape that GraphQL gives them."""
    language = message.negotiate(request.headers.get("accept-language", ""))
    error = message.formatted(refused.code, refused.data, language)
    return JSONResponse({"errors": [error]}, STATUS[refused.code])
