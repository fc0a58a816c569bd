"""The pages of our own origin: the landing page, and GraphiQL beside it."""

import os
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from models import account_sql, read
from schema import documents, example, refusal, role, visitor
from schema.api import Views
from schema.graphiql import fetch
from schema.views import sdl, told
from workflow import password_link

SHOWN = {".html", ".css", ".js", ".svg", ".graphql"}
HERE = Path(__file__).with_name("graphiql")
PASSWORD = "jijiao-demo"  # of the demo city, printed by `make dev`; a test compares

# GraphiQL puts its styles into one element, hence the exception; nothing else is inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none';"
    " object-src 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The page of one-time links has no such exception, and makes no markup from text.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)


class Files(StaticFiles):
    """What pages load. The Python beside it is not theirs; what npm brought may be kept."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Only kinds of files that a page is made of."""
        shown = path.startswith("vendor/") or Path(path).suffix in SHOWN
        return super().lookup_path(path) if shown else ("", None)

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        """1.7 MB need not come anew each time: the browser asks whether they are still the same."""
        response = super().file_response(full_path, *args, **kwargs)
        if Path(full_path).parent == fetch.VENDOR:
            response.headers["Cache-Control"] = "no-cache"
        return response


def routes(views: Views, *, demo: bool) -> Sequence[BaseRoute]:
    """Everything a browser may open."""
    pages: list[BaseRoute] = [
        Route("/", landing),
        Route(password_link.PAGE, one_time),
        Route("/graphiql", partial(workbench, views)),
        Route("/operations.json", operations()),
        Route("/schema.graphql", partial(schema_text, views)),
        Mount("/static", Files(directory=HERE)),
    ]
    return [*pages, Route("/demo.json", logins)] if demo else pages


def page(name: str, status: int = 200, *, policy: str = POLICY) -> Response:
    """A page of ours under its policy."""
    return FileResponse(HERE / name, status, headers={"Content-Security-Policy": policy})


async def landing(_: Request) -> Response:
    """The way in."""
    return page("index.html")


async def one_time(_: Request) -> Response:
    """Where a one-time link leads: to a first password, or to another."""
    return page("password.html", policy=STRICT)


async def workbench(views: Views, request: Request) -> Response:
    """GraphiQL for staff who may write queries; others are told, in the form their client reads."""
    viewer = request.state.viewer
    limits = views.of(viewer).gate.limits
    if viewer and not viewer.is_person and role.of(viewer) in limits.ad_hoc:
        return page("graphiql.html" if fetch.complete() else "missing.html")
    code, status = ("STAFF_ONLY", 403) if viewer else ("UNAUTHENTICATED", 401)
    if "text/html" in request.headers.get("accept", ""):
        return page(f"{code.lower()}.html", status)
    return refusal.answer(code, visitor.language(request.scope))


def operations() -> Callable[[Request], Awaitable[Response]]:
    """The example operations for the library of GraphiQL; the files are read once."""
    found = [
        {
            "name": each.name,
            "kind": each.kind,
            "title": {"zh": each.chinese, "en": each.english},
            "roles": [role.name for role in each.roles],
            "variables": each.variables,
            "documentId": documents.identity(each.query),
            "query": each.query,
        }
        for each in example.library()
    ]

    async def answer(_: Request) -> Response:
        return JSONResponse(found)

    return answer


async def schema_text(views: Views, request: Request) -> Response:
    """The viewer's schema in the schema language, described in his, if he may look at it."""
    viewer, language = request.state.viewer, visitor.language(request.scope)
    view = views.of(viewer)
    if viewer is None:
        return refusal.answer("UNAUTHENTICATED", language)
    if role.of(viewer) not in view.gate.limits.introspection:
        return refusal.answer("FORBIDDEN", language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    text = sdl(told(view._schema, language))
    return PlainTextResponse(text, media_type="application/graphql", headers=headers)


async def logins(_: Request) -> Response:
    """Demo accounts with their public password; this route exists only in dev mode."""
    people = [
        {"login": row.login, "name": row.name, "at": row.organisation, "as": row.user_type}
        for row in await read.rows(account_sql.DEMO)
    ]
    return JSONResponse({"password": PASSWORD, "people": people})
