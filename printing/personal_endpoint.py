"""The HTTP face of one's own data: `GET /personal-data.json`, for whoever is signed in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.access import Viewer
from printing.endpoint import DOWNLOAD, refusal
from rules.refusal import Refused
from workflow import personal

NAME = 'attachment; filename="personal-data.json"'


def routes(*, clock: Callable[[], datetime]) -> list[Route]:
    """The address."""
    return [Route("/personal-data.json", Own(clock=clock).get)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the endpoint was handed."""

    clock: Callable[[], datetime]

    async def get(self, request: Request) -> Response:
        """Everything of the person who asks; the address names nobody."""
        viewer: Viewer | None = request.state.viewer
        if viewer is None:
            return refusal(Refused("UNAUTHENTICATED"), request)
        told = await personal.export(viewer, self.clock())
        text = json.dumps(told, ensure_ascii=False, indent=1)
        headers = {**DOWNLOAD, "Content-Disposition": NAME}
        return Response(f"{text}\n", media_type="application/json", headers=headers)
