"""Whatever dies, the effect of a job happens once, and no edit is forgotten."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from devserver.redis import Redis as RedisServer
from models import Organisation, TrainingRecord, read
from models.ids import uuid7
from models.training import RecordStatus
from rules.course import CourseCategory, RecordOrigin
from tests.factories.people import NOW, person, unit
from tests.faults.troupe import Troupe
from workflow import later

JOBS, PERSONS, EDITORS, EDITS = 400, 10, 3, 60
EFFECT = "CREATE TABLE effect (job_id uuid PRIMARY KEY, times int NOT NULL)"
LIVE = "SELECT 1 FROM job WHERE state NOT IN ('done', 'dead') LIMIT 1"
STATES = "SELECT state, count(*) FROM job GROUP BY state"
# Promise I4 of trust.md: what is stored is what the records say, and nothing is stale.
WRONG = """
SELECT r.person_id FROM training_record r
LEFT JOIN annual_result x ON x.person_id = r.person_id AND x.year = 2012 AND x.current
LEFT JOIN person_total t ON t.person_id = r.person_id
GROUP BY r.person_id, x.total_hours, t.dirty_version, t.computed_version
HAVING x.total_hours IS DISTINCT FROM sum(r.approved_hours)
  OR t.dirty_version IS DISTINCT FROM t.computed_version
"""


@pytest.fixture
async def troupe(
    clone: TortoiseContext, environment: Mapping[str, str], redis: Redis, tmp_path: Path
) -> AsyncIterator[Troupe]:
    """An empty stage over a database and a Redis of its own."""
    await clone.db().execute_script(EFFECT)
    one = Troupe({**environment, "JIJIAO_LOG_LEVEL": "INFO"}, tmp_path / "log")
    yield one
    one.leave()


async def jobs(number: int) -> list[UUID]:
    async with in_transaction() as c:
        return [
            await later.later(c, kind="count", queue=later.SHORT, subject=uuid7())
            for _ in range(number)
        ]


async def edit(person_id: UUID, employer: Organisation) -> None:
    """Six more approved hours in 2012."""
    async with in_transaction() as c:
        await TrainingRecord.create(
            using_db=c,
            person_id=person_id,
            employer=employer,
            origin=RecordOrigin.FEED,
            status=RecordStatus.APPROVED,
            course_name="测试课程",
            category=CourseCategory.ELECTIVE,
            starts_on=date(2012, 5, 7),
            ends_on=date(2012, 5, 7),
            approved_hours=Decimal("6.0"),
            created_at=NOW,
            updated_at=NOW,
        )
        await later.recalculate(c, [person_id], NOW)
        await asyncio.sleep(random.uniform(0, 0.02))


async def at_rest(troupe: Troupe, *, patience: float = 60.0) -> dict[str, int]:
    """Once nothing is left to do: how many jobs ended how."""
    async with asyncio.timeout(patience):
        while await read.value(LIVE):
            troupe.replace_the_gone()
            await asyncio.sleep(0.05)
    return {row.state: row.count for row in await read.rows(STATES)}


async def times() -> dict[int, int]:
    found = await read.rows("SELECT times, count(*) FROM effect GROUP BY times")
    return {row.times: row.count for row in found}


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("work", "job:after_claim"),
        ("work", "job:before_commit"),
        ("work", "job:after_commit"),
        ("relay", "relay:after_enqueue"),
    ],
)
async def test_sigkill_at_a_failpoint_loses_and_doubles_nothing(
    troupe: Troupe, role: str, name: str
) -> None:
    other = "relay" if role == "work" else "work"
    troupe.enter(other)
    victim = troupe.enter(role, JIJIAO_FAILPOINT=f"{name}:1")
    await jobs(5)

    fired = await victim.died_at_failpoint()
    ended = await at_rest(troupe)

    assert fired
    assert (ended, await times()) == ({"done": 5}, {1: 5})


async def until_ready(storage: Path, number: int) -> None:
    async with asyncio.timeout(10):
        while len(list(storage.glob("*.ready"))) < number:
            await asyncio.sleep(0.02)


async def chaos(troupe: Troupe, redis: Redis, server: RedisServer) -> list[str]:
    """Kill a worker, flush Redis, kill Redis, kill a relay: the faults that came amid work."""
    relays = [one for one in troupe.players if one.role == "relay"]
    workers = [one for one in troupe.players if one.role == "work"]

    async def worker_killed() -> None:
        workers[0].kill()

    async def flushed() -> None:
        await redis.flushall()

    async def redis_killed() -> None:
        server.kill()
        await asyncio.sleep(0.3)
        server.start()

    async def relay_killed() -> None:
        relays[0].kill()

    faults: list[Callable[[], Awaitable[None]]] = [
        worker_killed,
        flushed,
        redis_killed,
        relay_killed,
        worker_killed,
    ]
    hit = []
    for fault in faults:
        await asyncio.sleep(0.6)
        troupe.replace_the_gone()
        if await read.value(LIVE):
            hit.append(fault.__name__)
        await fault()
    return hit


async def feed() -> None:
    for _ in range(40):
        await jobs(JOBS // 40)
        await asyncio.sleep(0.1)


async def test_in_the_chaos_every_effect_happens_once_and_every_edit_counts(
    troupe: Troupe, environment: Mapping[str, str], redis: Redis, redis_server: RedisServer
) -> None:
    employer = await unit()
    persons = [(await person(employer=employer)).id for _ in range(PERSONS)]
    for role in ("relay", "relay", "work", "work"):
        troupe.enter(role)
    await until_ready(Path(environment["JIJIAO_STORAGE"]), 2)

    async def editor() -> None:
        for _ in range(EDITS):
            await edit(random.choice(persons), employer)
            await asyncio.sleep(random.uniform(0, 0.08))

    async with asyncio.TaskGroup() as work:
        work.create_task(feed())
        faults = work.create_task(chaos(troupe, redis, redis_server))
        for _ in range(EDITORS):
            work.create_task(editor())
    ended = await at_rest(troupe)

    assert len(faults.result()) == 5
    assert set(ended) == {"done"}
    assert await times() == {1: JOBS}
    assert await read.rows(WRONG) == []
    recalculated = await read.value("SELECT count(*) FROM job WHERE kind = 'recalculate'")
    assert PERSONS <= recalculated < EDITORS * EDITS


async def test_a_job_that_always_kills_its_worker_ends_as_dead(troupe: Troupe) -> None:
    [job_id] = await jobs(1)
    await read.rows("UPDATE job SET max_attempt = 2 RETURNING 1")
    troupe.enter("relay")
    for _ in range(2):
        victim = troupe.enter("work", JIJIAO_FAILPOINT="job:after_claim:1")
        assert await victim.died_at_failpoint()
        troupe.players.remove(victim)

    ended = await at_rest(troupe)

    row: Any = await read.row("SELECT attempt, last_error FROM job WHERE id = $1", [job_id])
    assert ended == {"dead": 1}
    assert (row.attempt, row.last_error) == (2, "the worker died")
