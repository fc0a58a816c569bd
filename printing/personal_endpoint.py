"""The HTTP face of one's own data: `GET /personal-data/{token}`, for whom the token was made."""

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

NAME = f'attachment; filename="{personal.FILE_NAME}"'


def routes(*, clock: Callable[[], datetime]) -> list[Route]:
    """The address; whoever but looks at it (HEAD) would use the permit up, and get nothing."""
    route = Route("/personal-data/{token}", Own(clock=clock).get)
    route.methods = {"GET"}
    return [route]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the endpoint was handed."""

    clock: Callable[[], datetime]

    async def get(self, request: Request) -> Response:
        """Everything of the person who asks, once; a token of somebody else is unknown."""
        viewer: Viewer | None = request.state.viewer
        if viewer is None:
            return refusal(Refused("UNAUTHENTICATED"), request)
        told = await personal.export(viewer, request.path_params["token"], self.clock())
        if isinstance(told, Refused):
            return refusal(told, request)
        text = json.dumps(told, ensure_ascii=False, indent=1)
        headers = {**DOWNLOAD, "Content-Disposition": NAME}
        return Response(f"{text}\n", media_type=personal.MEDIA_TYPE, headers=headers)
