"""The API process: settings become parts, parts become routes."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from datetime import timedelta
from logging import getLogger
from typing import Any

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from tortoise import Tortoise
from tortoise.transactions import in_transaction

import settings
from models import migrate, read
from models.changes import Changes
from printing import dossier_endpoint, endpoint, personal_endpoint
from resolvers import context, ids
from rules import password as password_rules
from rules.password import PasswordProfile
from schema import api, check, documents, limits, login, oidc, pages, refusal, role, visitor
from schema.header import Headers
from schema.http import Cookie, View
from schema.incident import Incidents
from schema.operation import Operations
from schema.rate import Allowance, Rate
from schema.socket import Sockets
from schema.status import Profile
from settings import Settings
from uploads import endpoints
from uploads.store import Store
from variable import SettingError, networks
from workers.beside import beside
from workflow import (
    account,
    attachment,
    certificate,
    definition,
    failpoint,
    keyfile,
    keyring,
    signature,
)
from workflow.registration import Strength

PATIENCE = 2.0  # seconds a health check waits for anything
BACKSTOP = 1 << 20  # bytes; `/graphql` has a smaller limit of its own, uploads a larger one
log = getLogger("jijiao")


def create_app() -> Starlette:
    """The application for the settings of the environment."""
    return create(settings.read())


def create(given: Settings) -> Starlette:
    """The application for these settings."""
    changes = Changes()
    app = Starlette(
        routes=routes(given, changes),
        middleware=[
            Middleware(Headers),
            Middleware(Incidents),
            Middleware(login.Login, **door(given)),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
        max_body_size=BACKSTOP,
    )
    app.router.redirect_slashes = False  # it would build an address from the header `Host`
    app.state.settings, app.state.changes = given, changes
    return app


def routes(given: Settings, changes: Changes) -> list[BaseRoute]:
    """Every address there is."""
    upload = attachment.Limits(
        max_bytes=given.upload_max_mb << 20, files_per_record=given.files_per_record
    )
    views = api.guarded(gate(given))
    view = face(given, views, changes, upload)
    files = endpoints.routes(
        limits=upload, store=store(given), clock=context.clock, public_id=ids.encode
    )
    return [
        Route("/graphql", view),
        WebSocketRoute("/graphql", view),
        *files,
        *endpoint.routes(),
        *personal_endpoint.routes(clock=context.clock),
        *dossier_endpoint.routes(office=office(given), clock=context.clock),
        *check.routes(Rate(given.redis_url)),
        *oidc.routes(given, cookie(given), asks(given), context.clock),
        Route("/health/live", live),
        Route("/health/ready", ready),
        *pages.routes(views, demo=given.dev),
    ]


def gate(given: Settings) -> limits.Gate:
    """What every operation passes; in production only staff looks at the schema itself."""
    allowed = limits.Limits(
        cost=Allowance(cost=given.graphql_cost, per_minute=given.graphql_rate),
        cost_reviewer=Allowance(
            cost=given.graphql_cost_reviewer, per_minute=given.graphql_rate_reviewer
        ),
        at_once=given.graphql_at_once,
        streams=given.graphql_streams,
        ad_hoc=limits.ad_hoc(given.graphql_adhoc, dev=given.dev),
        introspection=role.SIGNED_IN | role.OFFICERS if given.dev else role.SUPERIORS,
    )
    trusted = documents.Documents(documents.of_this_release())
    return limits.Gate(allowed, trusted, Rate(given.redis_url))


def face(given: Settings, views: api.Views, changes: Changes, upload: attachment.Limits) -> View:
    """The endpoint of GraphQL, for every transport."""
    operations = Operations(
        views=views,
        limits=context.Limits(
            upload=upload,
            session_hours=given.session_hours,
            idle=timedelta(minutes=given.session_idle_minutes),
            sign_in_rate=given.sign_in_rate,
            asks=asks(given),
            passwords=PasswordProfile(given.passwords),
            registration=Strength(
                work=given.registration_work,
                rate=given.registration_rate,
                profile=PasswordProfile(given.passwords),
            ),
            office=office(given),
            portal=given.oidc_issuer,
        ),
        changes=changes,
        clock=context.clock,
        idle=timedelta(minutes=given.session_idle_minutes),
        deadline=given.graphql_seconds,
        compiled=given.graphql_compiled == "on",
    )
    return View(
        operations=operations,
        sockets=Sockets(operations=operations),
        cookie=cookie(given),
        profile=Profile(given.status_profile),
        get=given.graphql_get == "on",
    )


def asks(given: Settings) -> account.Asks:
    """What is asked of who comes in; usually a second factor of staff, in dev of nobody."""
    usual = "nobody" if given.dev else "staff"
    wanted = usual if given.second_factor == "usual" else given.second_factor
    lasts = password_rules.RULES[PasswordProfile(given.passwords)].lasts
    return account.Asks(
        second_factor=wanted == "staff",
        lasts=lasts,
        idle=timedelta(minutes=given.session_idle_minutes_staff),
        sleeps=timedelta(days=given.account_days),
        officers_from=networks(given.officer_networks),
    )


def office(given: Settings) -> certificate.Office:
    """Who issues certificates; in production nobody without a key of the operator's."""
    try:
        signer = signature.load(given.certificate_key) if given.certificate_key else None
    except signature.Unreadable as error:
        raise SettingError(settings.variable("certificate_key"), f"be usable: {error}") from error
    return certificate.Office(
        signer=signer,
        issuer=given.certificate_issuer,
        origin=given.origin,
        demo=given.dev,
    )


def store(given: Settings) -> Store:
    """Where files lie."""
    assert given.storage is not None, "settings demand it"
    return Store(given.storage)


def cookie(given: Settings) -> Cookie:
    """Plain http, which only dev allows, cannot carry a `__Host-` cookie."""
    secure = given.origin.startswith("https://")
    return Cookie(
        name="__Host-jijiao" if secure else "jijiao",
        secure=secure,
        lifetime=timedelta(hours=given.session_hours),
    )


def door(given: Settings) -> dict[str, Any]:
    """What the login needs."""
    return {
        "cookie": cookie(given).name,
        "origin": given.origin,
        "idle": timedelta(minutes=given.session_idle_minutes),
        "clock": context.clock,
        "asks": asks(given),
    }


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The database as long as the process lives; the routes of this release are published.

    Beside it one connection hears what has changed.
    """
    given: Settings = app.state.settings
    failpoint.arm(given.failpoint)
    keyring.use(keyfile.read(given.keyring, demo=given.dev))
    store(given).prepare()
    orm = await Tortoise.init(
        config=settings.tortoise(given, statement_seconds=given.statement_seconds),
        _enable_global_fallback=True,
    )
    try:
        async with in_transaction() as c:
            await definition.publish(c, context.clock())
        settle()
        async with beside(app.state.changes.listen(migrate.identity(given.orm))):
            yield
    finally:
        await orm.close_connections()


def settle() -> None:
    """What is there now stays for good: the collector need not walk the schemas ever again.

    It would stop everybody for 80 ms each time it did.
    """
    gc.collect()
    gc.freeze()


async def live(_: Request) -> Response:
    """Is the process there?"""
    return JSONResponse({"ok": True})


async def ready(request: Request) -> Response:
    """Can it do its work? Redis is looked at, not needed: it carries hints, the jobs wait."""
    given: Settings = request.app.state.settings
    needed = {
        "database": await works(read.value("SELECT 1")),
        "migrations": await works(current(given)),
    }
    found = {**needed, "redis": await works(ping(given))}
    return JSONResponse(found, 200 if all(needed.values()) else 503)


async def works(check: Any) -> bool:
    """Does a check end well and soon?"""
    try:
        async with asyncio.timeout(PATIENCE):
            await check
    except Exception as error:
        log.warning("not ready: %s", type(error).__name__)
        return False
    return True


async def current(given: Settings) -> None:
    """Every migration of this release is applied."""
    if missing := await migrate.pending(given.orm):
        raise RuntimeError(f"migrations missing: {missing}")


async def ping(given: Settings) -> None:
    """Redis answers."""
    async with Redis.from_url(given.redis_url) as redis:
        await redis.ping()


async def refused(request: Request, error: Exception) -> Response:
    """Nothing at this address, or not by this method: as JSON, like everything else."""
    assert isinstance(error, HTTPException)
    code = refusal.CODES.get(error.status_code, "BAD_REQUEST")
    return refusal.answer(
        code, visitor.language(request.scope), status=error.status_code, headers=error.headers
    )


def __getattr__(name: str) -> Any:
    """`app:app` for servers that want a name: made when asked for, not when imported."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
