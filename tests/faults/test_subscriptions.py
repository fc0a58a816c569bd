"""PostgreSQL goes away and comes back; whoever watches is told to read again, and then goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
async def alone(
    scratch: Path, redis_server: Redis, tmp_path: Path
) -> AsyncIterator[tuple[Town, Postgres]]:
    """A town over a PostgreSQL that nobody else needs."""
    with servers.migrated_copy(scratch / "alone") as pg:
        variables = servers.environment(
            pg,
            servers.TEMPLATE,
            redis_url=redis_server.url(),
            storage=str(tmp_path),
            log_level="WARNING",
        )
        town = Town(variables, tmp_path)
        try:
            town.run("seed")
            await town.open()
            town.staff()
            yield town, pg
        finally:
            town.close()


async def test_a_subscription_survives_a_restart_of_postgresql(
    alone: tuple[Town, Postgres],
) -> None:
    town, pg = alone

    async def listening() -> bool:
        return bool(await town.sql(LISTENING))

    async with town.citizen("handler") as handler, watching(handler, TASKS) as heard:
        before = sum(group["count"] for group in (await anext(heard))["todoGroups"])
        await eventually(listening)
        pg.stop()
        pg.start()
        again = await anext(heard)
        await eventually(listening)
        await sent(town, courseName="重启之后")
        after = await until(
            heard, lambda event: sum(group["count"] for group in event["todoGroups"]) > before
        )

    assert sum(group["count"] for group in again["todoGroups"]) == before
    assert sum(group["count"] for group in after["todoGroups"]) == before + 1
