"""The HTTP face of certificates: `GET /certificates/{id}`, and the keys that have signed here."""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models import certificate_sql, read
from models.access import Viewer
from models.read import Row
from printing import page
from rules.refusal import Refused
from workflow import audit, certificate, message, signature

STATUS = {"UNAUTHENTICATED": 401, "NOT_FOUND": 404, "CERTIFICATE_REVOKED": 410}
ACTION = "certificate:read"
AT_ONCE = 2  # pages being laid out; each keeps a processor busy for half a second
DOWNLOAD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}
turns = asyncio.Semaphore(AT_ONCE)


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route("/certificates/{id}", one),
        Route("/.well-known/jwks.json", keys),
    ]


async def one(request: Request) -> Response:
    """A valid certificate as PDF for whoever may read it; any other id is unknown."""
    viewer: Viewer | None = request.state.viewer
    found = await find(viewer, request.path_params["id"]) if viewer else Refused("UNAUTHENTICATED")
    if isinstance(found, Refused):
        return refusal(found, request)
    async with turns:
        content = await asyncio.to_thread(page.pdf, certificate.token_of(found))
    name = f"{found.number}.pdf"
    headers = {**DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def find(viewer: Viewer, certificate_id: str) -> Row | Refused:
    """The row of a certificate that may be served."""
    try:
        what = "certificate", UUID(certificate_id)
    except ValueError:
        return audit.HIDDEN
    found = await certificate_sql.readable(viewer, what[1])
    if found is None:
        return await audit.hidden(read.connection(), viewer, ACTION, what)
    if found.revoked_at:
        return Refused("CERTIFICATE_REVOKED")
    await audit.taken(viewer, ACTION, what, owner=found.person_id)
    return found


async def keys(_: Request) -> Response:
    """Every public key that has signed here (RFC 7517), for those who verify by themselves."""
    found = await certificate_sql.keys()
    return JSONResponse({"keys": [signature.jwk(bytes(each.public_key)) for each in found]})


def refusal(refused: Refused, request: Request) -> Response:
    """One error, in the shape that GraphQL gives them."""
    language = message.negotiate(request.headers.get("accept-language", ""))
    error = message.formatted(refused.code, refused.data, language)
    return JSONResponse({"errors": [error]}, STATUS[refused.code])
