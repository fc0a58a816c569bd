"""Whatever dies during a run over everybody: it ends, each person is right, nothing is twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

import settings
from devserver.postgres import Postgres
from devserver.redis import Redis as RedisServer
from models import RecalculationRun, changes, read
from rules import dates
from tests import servers
from tests.factories import population
from tests.faults.troupe import Troupe
from workflow import comparison, later, recalculation
from workflow.command import Done

PERSONS = 60
LIVE = "SELECT 1 FROM job WHERE kind = ANY ($1) AND state NOT IN ('done', 'dead') LIMIT 1"
TWICE = """
SELECT person_id, year FROM annual_result GROUP BY 1, 2
HAVING count(*) <> max(number) OR count(*) FILTER (WHERE current) <> 1
"""


@pytest.fixture
async def troupe(
    clone: TortoiseContext, environment: Mapping[str, str], redis: Redis, tmp_path: Path
) -> AsyncIterator[Troupe]:
    """A relay, over a database and a Redis of its own."""
    one = Troupe(environment, tmp_path / "log")
    one.enter("relay")
    yield one
    one.leave()


async def begun(monkeypatch: pytest.MonkeyPatch, *, anew: bool = False) -> list[UUID]:
    """A run over a few persons, in chunks of ten."""
    monkeypatch.setattr(recalculation, "PERSONS", 10)
    persons = await population.build(random.Random(3), PERSONS)
    answer = await recalculation.begin_unasked(anew=anew, now=datetime.now(UTC))
    assert isinstance(answer, Done)
    return persons


async def over(troupe: Troupe, *kinds: str) -> RecalculationRun:
    """The run, once nothing is left to do; who asks while PostgreSQL is away asks again."""
    async with asyncio.timeout(20):
        while await alive(later.CHUNK, *kinds):
            troupe.replace_the_gone()
            await asyncio.sleep(0.05)
    return await RecalculationRun.get()


async def alive(*kinds: str) -> bool:
    try:
        return bool(await read.value(LIVE, [list(kinds)]))
    except (OperationalError, *changes.LOST):
        return True


async def right() -> bool:
    """Is everything what the records say, once?"""
    year = dates.shanghai_date(datetime.now(UTC)).year
    wrong = [one async for one in comparison.differences(this_year=year) if one]
    return not wrong and not await read.rows(TWICE)


async def chunks_done(number: int) -> None:
    """Wait until so much of the run is done."""
    async with asyncio.timeout(30):
        while (await RecalculationRun.get()).chunks_done < number:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "name",
    ["chunk:after_group:2", "job:after_claim:2", "job:before_commit:2", "job:after_commit:2"],
)
async def test_a_run_survives_the_death_of_its_worker(
    troupe: Troupe, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await begun(monkeypatch)
    victim = troupe.enter("bulk", JIJIAO_FAILPOINT=name)

    died = await victim.died_at_failpoint()
    run = await over(troupe)

    assert died
    assert (run.state, run.chunks_done, run.judged) == ("done", run.chunks, PERSONS)
    assert await right()


async def test_edits_during_a_run_and_the_death_of_workers_lose_nothing(
    troupe: Troupe, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons = await begun(monkeypatch)
    luck = random.Random(4)
    victims = [troupe.enter("bulk"), troupe.enter("bulk"), troupe.enter("work")]

    for victim in victims:
        for _ in range(8):
            await population.edited(luck, luck.sample(persons, 2), told=True)
        victim.kill()
        troupe.replace_the_gone()
    run = await over(troupe, later.RECALCULATE)

    assert run.state == "done"
    assert await right()
    assert not await read.rows("SELECT FROM person_total WHERE dirty_version > computed_version")


async def test_a_run_goes_on_when_redis_comes_back(
    troupe: Troupe, monkeypatch: pytest.MonkeyPatch, redis_server: RedisServer
) -> None:
    await begun(monkeypatch)
    troupe.enter("bulk")
    await chunks_done(1)

    redis_server.kill()
    redis_server.start()
    run = await over(troupe)

    assert (run.state, run.judged) == ("done", PERSONS)
    assert await right()


@pytest.fixture(scope="module")
def own(scratch: Path) -> Iterator[Postgres]:
    """A PostgreSQL that this test may restart."""
    with servers.migrated_copy(scratch / "bulk") as server:
        yield server


async def test_a_run_goes_on_when_postgresql_comes_back(
    own: Postgres,
    redis_server: RedisServer,
    redis: Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"redis_url": redis_server.url(), "storage": str(tmp_path), "log_level": "WARNING"}
    variables = servers.environment(own, servers.TEMPLATE, **given)
    async with TortoiseContext() as context:
        await context.init(config=settings.tortoise(settings.read(variables)))
        troupe = Troupe(variables, tmp_path / "log")
        try:
            await begun(monkeypatch)
            troupe.enter("relay")
            troupe.enter("bulk")
            await chunks_done(1)

            own.stop()
            own.start()
            run = await over(troupe)

            assert (run.state, run.judged) == ("done", PERSONS)
            assert await right()
        finally:
            troupe.leave()
