"""The pages of our own origin: the landing page, and GraphiQL beside it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from graphql import OperationDefinitionNode, parse
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from models import account_sql, read
from schema import documents, http, role
from schema.api import Views
from schema.documents import OPERATIONS
from schema.graphiql import fetch
from schema.views import sdl

HERE = Path(__file__).with_name("graphiql")
PASSWORD = "jijiao-demo"  # of the demo city, printed by `make dev`; a test compares

# GraphiQL puts its styles into one element, hence the exception; nothing else is inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none';"
    " object-src 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(views: Views, *, demo: bool) -> Sequence[BaseRoute]:
    """Everything a browser may open."""
    files = StaticFiles(directory=HERE)
    pages: list[BaseRoute] = [
        Route("/", landing),
        Route("/graphiql", ide if demo else ide_for_viewers),
        Route("/operations.json", operations),
        Route("/schema.graphql", partial(schema_text, views)),
        Mount("/static", files),
    ]
    return [*pages, Route("/demo.json", logins)] if demo else pages


def page(name: str) -> Response:
    """A page of ours under its policy."""
    return FileResponse(HERE / name, headers={"Content-Security-Policy": POLICY})


async def landing(_: Request) -> Response:
    """The way in."""
    return page("index.html")


async def ide(_: Request) -> Response:
    """GraphiQL, or how to get it."""
    return page("graphiql.html" if fetch.complete() else "missing.html")


async def ide_for_viewers(request: Request) -> Response:
    """In production only for those who have signed in."""
    return await ide(request) if request.state.viewer else RedirectResponse("/")


async def schema_text(views: Views, request: Request) -> Response:
    """The viewer's schema in the schema language, for those who may look at it."""
    viewer = request.state.viewer
    view = views.of(viewer)
    if viewer is None:
        return http.refusal(request, "UNAUTHENTICATED")
    if role.of(viewer) not in view.gate.limits.introspection:
        return http.refusal(request, "FORBIDDEN")
    return PlainTextResponse(sdl(view._schema), media_type="application/graphql")


async def operations(_: Request) -> Response:
    """The example operations, in the order of their files, for the tabs of GraphiQL."""
    found = [example(path) for path in sorted(OPERATIONS.glob("*.graphql"))]
    return JSONResponse(found)


def example(path: Path) -> dict[str, str]:
    """One example: its first comment line is its title."""
    text = path.read_text(encoding="utf-8")
    definition = parse(text).definitions[0]
    assert isinstance(definition, OperationDefinitionNode) and definition.name
    title = text.partition("\n")[0].lstrip("# ")
    known = documents.identity(text)
    return {"name": definition.name.value, "title": title, "documentId": known, "query": text}


async def logins(_: Request) -> Response:
    """Demo accounts with their public password; this route exists only in dev mode."""
    people = [
        {"login": row.login, "name": row.name, "at": row.organisation, "groups": row.groups or []}
        for row in await read.rows(account_sql.DEMO)
    ]
    return JSONResponse({"password": PASSWORD, "people": people})
