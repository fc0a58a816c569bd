"""The test city behind a real uvicorn in this process, met by real frames and streams."""

import asyncio
import contextlib
import dataclasses
import json
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

import app
from models import migrate
from models.read import Connection
from schema.socket import PROTOCOL, SERVER
from settings import Settings
from tests.factories import city
from tests.factories.session import opened
from tests.town import PATIENCE, free_port, visitor
from workers.beside import beside


class House:
    """A running server, and the city behind it."""

    def __init__(self, town: city.City, url: str, application: Any) -> None:
        self.town, self.url, self.application = town, url, application

    @property
    def address(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    @property
    def changes(self) -> Any:
        return self.application.state.changes

    async def session(self, who: str) -> str:
        return await opened(self.town.viewers[who])

    @contextlib.asynccontextmanager
    async def line(
        self,
        headers: Mapping[str, str] | None = None,
        protocol: str | None = PROTOCOL,
        narrow: bool = False,
    ) -> AsyncIterator["Line"]:
        """A socket that has only been opened; a narrow one is full after a few kilobytes."""
        spoken = [Subprotocol(protocol)] if protocol else None
        async with connect(
            self.address,
            subprotocols=spoken,
            additional_headers=headers,
            open_timeout=PATIENCE,
            sock=await self.pipe() if narrow else None,
        ) as opened:
            yield Line(opened)

    async def pipe(self) -> socket.socket:
        """A connection that takes in little at a time."""
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        port = int(self.url.rpartition(":")[2])
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        return made

    @contextlib.asynccontextmanager
    async def socket(self, who: str, narrow: bool = False) -> AsyncIterator["Line"]:
        """A socket that has been let in."""
        async with self.line(narrow=narrow) as line:
            token = await self.session(who)
            await line.say(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert await line.hear() == {"type": "connection_ack"}
            yield line

    @contextlib.asynccontextmanager
    async def client(self, who: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody over HTTP."""
        async with visitor(self.url) as client:
            if who:
                client.headers["Authorization"] = f"Bearer {await self.session(who)}"
            yield client


class Line:
    """A socket as a client has it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def say(self, **message: Any) -> None:
        await self.send(json.dumps(message))

    async def ask(self, number: str, query: str, **payload: Any) -> None:
        await self.say(type="subscribe", id=number, payload={"query": query, **payload})

    async def hear(self) -> Any:
        async with asyncio.timeout(PATIENCE):
            heard = await self.socket.recv()
        assert isinstance(heard, str)
        return json.loads(heard)

    async def closed(self) -> int | None:
        """Read to the end, and say how it came."""
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()
        return self.socket.close_code


@contextlib.asynccontextmanager
async def open_house(
    db: Connection,
    given: Settings,
    *,
    patience: timedelta | None = None,
    glance: float | None = None,
) -> AsyncIterator[House]:
    """Serve until the block is left; it listens to PostgreSQL as the real one does."""
    town = await city.build(db)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    application = app.create(dataclasses.replace(given, origin=url, port=port))
    if patience:
        impatient(application, patience)
    if glance:
        watchful(application, glance)
    config = uvicorn.Config(
        application, port=port, lifespan="off", log_config=None, access_log=False, **SERVER
    )
    listening = application.state.changes.listen(migrate.identity(given.orm))
    async with beside(listening), served(uvicorn.Server(config)):
        yield House(town, url, application)


@contextlib.asynccontextmanager
async def served(server: uvicorn.Server) -> AsyncIterator[None]:
    """What `serve` does, but for the loop that looks ten times a second whether it should end."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    try:
        yield
    finally:
        server.force_exit = True
        await server.shutdown()


def watchful(application: Any, glance: float) -> None:
    """The same endpoints, which look sooner whether somebody who watches still may."""
    for route in application.routes:
        view: Any = getattr(route, "endpoint", None)
        if getattr(route, "path", "") == "/graphql":
            operations = dataclasses.replace(view.operations, glance=glance)
            sockets = dataclasses.replace(view.sockets, operations=operations)
            route.app = dataclasses.replace(view, operations=operations, sockets=sockets)


def impatient(application: Any, patience: timedelta) -> None:
    """The same endpoint with less time to introduce oneself."""
    (route,) = [each for each in application.routes if isinstance(each, WebSocketRoute)]
    view: Any = route.endpoint
    hasty = dataclasses.replace(view.sockets, patience=patience)
    route.app = dataclasses.replace(view, sockets=hasty)
