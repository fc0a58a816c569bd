"""PostgreSQL goes away and comes back; whoever watches is told to read again, and then goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devserver.postgres import Postgres
from devserver.redis import Redis
from tests import servers
from tests.guide.test_unit_reviews import sent
from tests.guide.watching import TASKS, until, watching
from tests.town import Town, eventually

LISTENING = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'jijiao-changes'"


@pytest.fixture
def own(scratch: Path) -> Iterator[Postgres]:
    """A PostgreSQL that nobody else needs."""
    with servers.migrated_copy(scratch / "own") as server:
        yield server


@pytest.fixture
async def alone(own: Postgres, redis_server: Redis, tmp_path: Path) -> AsyncIterator[Town]:
    """A town over it."""
    variables = servers.environment(
        own,
        servers.TEMPLATE,
        redis_url=redis_server.url(),
        storage=str(tmp_path),
        log_level="WARNING",
    )
    town = Town(variables, tmp_path)
    try:
        town.run("seed")
        await town.open()
        yield town
    finally:
        town.close()


async def test_a_subscription_survives_a_restart_of_postgresql(alone: Town, own: Postgres) -> None:
    town = alone

    async def listening() -> bool:
        return bool(await town.sql(LISTENING))

    async with town.citizen("handler") as handler, watching(handler, TASKS) as heard:
        before = sum(group["count"] for group in (await anext(heard))["todoGroups"])
        await eventually(listening)
        own.stop()
        own.start()
        again = await until(heard, lambda _: True)
        await eventually(listening)
        town.staff()  # not before: a worker that finds no database as it starts gives up
        await sent(town, courseName="重启之后")
        after = await until(
            heard, lambda event: sum(group["count"] for group in event["todoGroups"]) > before
        )

    assert sum(group["count"] for group in again["todoGroups"]) == before
    assert sum(group["count"] for group in after["todoGroups"]) == before + 1
