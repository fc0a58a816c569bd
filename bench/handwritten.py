"""The rival: each answer by one hand-written statement that builds the JSON in PostgreSQL."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.statements import DEEP, FLAT, INBOX, SEAT, TODO


class Rival:
    """Login and rows as the real thing has them: a session, a seat, its tasks."""

    def __init__(self, database: str) -> None:
        self.database = database

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """One pool, as large as ours."""
        utc = {"timezone": "UTC"}
        async with asyncpg.create_pool(
            self.database, min_size=2, max_size=10, server_settings=utc
        ) as self.pool:
            yield

    async def answer(self, request: Request) -> Response:
        """Who asks, then what he asked for."""
        token = request.headers["authorization"].removeprefix("Bearer ")
        seat = await self.pool.fetchrow(SEAT, token)
        asked = orjson.loads(await request.body())
        sql, values = self.statement(request.headers["x-question"], seat, asked)
        body = await self.pool.fetchval(sql, *values)
        return Response(body, media_type="application/json")

    def statement(self, question: str, seat: Any, asked: Any) -> tuple[str, list[Any]]:
        """The statement of a question, and its values."""
        organisation, groups = seat["organisation_id"], seat["groups"]
        match question:
            case "inbox":
                return INBOX, [organisation, groups]
            case "todo":
                return TODO, [organisation, groups]
            case "flat":
                return FLAT, [organisation, seat["person_id"]]
            case _:
                return DEEP, [asked["variables"]["id"], organisation, seat["person_id"], groups]


if __name__ == "__main__":
    rival = Rival(os.environ["JIJIAO_DATABASE_URL"])
    uvicorn.run(
        Starlette(
            routes=[Route("/graphql", rival.answer, methods=["POST"])], lifespan=rival.lifespan
        ),
        port=int(os.environ["JIJIAO_PORT"]),
        log_level="error",
        access_log=False,
    )
