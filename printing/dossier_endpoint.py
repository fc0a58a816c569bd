"""The HTTP face of dossiers: `GET /dossiers/{id}.json` and `.pdf`, for whoever reads the case."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.access import Viewer
from printing import dossier as pages
from printing.endpoint import DOWNLOAD, refusal
from rules.refusal import Refused
from workflow import dossier, message
from workflow.certificate import Office
from workflow.dossier import Asked

AT_ONCE = 2  # dossiers being laid out; each keeps a processor busy for a second
turns = asyncio.Semaphore(AT_ONCE)


def routes(*, office: Office, clock: Callable[[], datetime]) -> list[Route]:
    """Both addresses."""
    desk = Desk(office=office, clock=clock)
    return [
        Route("/dossiers/{id}.json", desk.data),
        Route("/dossiers/{id}.pdf", desk.paper),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What both were handed."""

    office: Office
    clock: Callable[[], datetime]

    async def data(self, request: Request) -> Response:
        """The dossier as data."""
        told = await self.find(request, "json")
        if isinstance(told, Refused):
            return refusal(told, request)
        text = json.dumps(told, ensure_ascii=False, indent=1)
        return served(f"{text}\n".encode(), told, "json")

    async def paper(self, request: Request) -> Response:
        """The dossier as pages, with the data attached."""
        told = await self.find(request, "pdf")
        if isinstance(told, Refused):
            return refusal(told, request)
        async with turns:
            content = await asyncio.to_thread(pages.pdf, told)
        return served(content, told, "pdf")

    async def find(self, request: Request, form: str) -> dict[str, Any] | Refused:
        """The dossier; a case one may not read and an id that never was are answered alike."""
        viewer: Viewer | None = request.state.viewer
        if viewer is None:
            return Refused("UNAUTHENTICATED")
        try:
            case_id = UUID(request.path_params["id"])
        except ValueError:
            return Refused("NOT_FOUND")
        language = message.negotiate(request.headers.get("accept-language", ""))
        asked = Asked(
            viewer=viewer, case_id=case_id, form=form, language=language, now=self.clock()
        )
        return await dossier.export(asked, self.office)


def served(content: bytes, told: Mapping[str, Any], form: str) -> Response:
    """Data to be saved, in the language that was asked for."""
    name = f"dossier-{told['dossier']['case']['id']}.{form}"
    headers = {
        **DOWNLOAD,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": told["dossier"]["language"],
        "Vary": "Accept-Language",
    }
    return Response(content, media_type=f"application/{form}", headers=headers)
