"""The file routes alone behind uvicorn: in this process, or in one that a test may kill."""

import asyncio
import contextlib
import dataclasses
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from tortoise import Tortoise

import settings
from models.access import Viewer
from models.account import UserType
from tests.factories.file import LIMITS
from tests.factories.people import NOW
from tests.town import NO_TLS
from uploads import endpoints
from uploads.store import Store
from workflow import failpoint

HEADER = b"x-viewer"  # here a header says who asks; the application asks the session


def named(viewer: Viewer) -> dict[str, str]:
    """The header of a request by this viewer."""
    plain = {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in dataclasses.asdict(viewer).items()
    }
    return {HEADER.decode(): json.dumps(plain, default=str)}


def believed(header: bytes) -> Viewer:
    """The viewer of that header."""
    told = json.loads(header)
    ids = {key: UUID(value) for key, value in told.items() if key.endswith("_id") and value}
    return Viewer(
        account_id=ids["account_id"],
        person_id=ids["person_id"],
        session_id=ids["session_id"],
        seat_id=ids["seat_id"],
        organisation_id=ids.get("organisation_id"),
        user_type=UserType(told["user_type"]),
        groups=frozenset(told["groups"]),
        duties=frozenset(told["duties"]),
    )


class Believing:
    """Middleware that puts the viewer where the endpoints look for him."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            header = dict(scope["headers"]).get(HEADER)
            scope.setdefault("state", {})["viewer"] = believed(header) if header else None
        await self.app(scope, receive, send)


def application(
    store: Store, *, clock: Callable[[], datetime] = lambda: NOW, **more: Any
) -> ASGIApp:
    store.prepare()
    routes = endpoints.routes(limits=LIMITS, store=store, clock=clock)
    return Believing(Starlette(routes=list(routes), max_body_size=1 << 18, **more))


class Server(uvicorn.Server):
    """Leaves the signals of the test run alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application behind a real socket."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, lifespan="off", log_level="error", timeout_graceful_shutdown=5)
        server = Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=address, timeout=30, verify=NO_TLS) as client:
                await until(lambda: server.started)
                yield client
        finally:
            server.should_exit = True
            await running


async def until(condition: Callable[[], Any], *, seconds: float = 10) -> None:
    """Wait for what must come about."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def main() -> None:
    """A process of its own: settings from the environment, the socket as argument."""
    given = settings.read()
    failpoint.arm(given.failpoint)
    assert given.storage is not None

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        orm = await Tortoise.init(config=settings.tortoise(given), _enable_global_fallback=True)
        yield
        await orm.close_connections()

    app = application(Store(given.storage), clock=lambda: datetime.now(UTC), lifespan=lifespan)
    uvicorn.run(app, uds=sys.argv[1], log_level="error")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
