"""The relay: every due job becomes a hint, and what got lost on the way is found again."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from arq.connections import ArqRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError
from tortoise.transactions import in_transaction

import settings as house
from devserver.postgres import Postgres
from models import job_sql, read
from models.ids import uuid7
from tests.factories.people import NOW, person
from workers import load
from workers.relay import Pace, Relay
from workflow import later

UNHURRIED = Pace(idle=30.0, busy=30.0)  # whoever is quick with this was woken


class NoRedis(ArqRedis):
    """A Redis that is gone."""

    async def enqueue_job(self, *_: Any, **__: Any) -> None:
        raise RedisError


@pytest.fixture
async def hints(redis: Redis, configuration: house.Settings) -> AsyncIterator[ArqRedis]:
    pool = await load.pool(house.redis(configuration))
    yield pool
    await pool.aclose(close_connection_pool=True)


@pytest.fixture
def relay(db: Any, pg: Postgres, hints: ArqRedis) -> Relay:
    return Relay(database=pg.url("work"), redis=hints, windows={later.SHORT: 3}, pace=UNHURRIED)


@pytest.fixture
async def line(db: Any, pg: Postgres) -> AsyncIterator[Any]:
    """A relay's own connection."""
    connection = await asyncpg.connect(pg.url("work"))
    yield connection
    await connection.close()


async def written(number: int = 1, **columns: object) -> list[UUID]:
    async with in_transaction() as c:
        ids = [
            await later.later(c, kind="mark", queue=later.SHORT, subject=uuid7())
            for _ in range(number)
        ]
        for name, value in columns.items():
            await c.execute_query(f"UPDATE job SET {name} = $2 WHERE id = ANY ($1)", [ids, value])
    return ids


async def states() -> list[str]:
    return [row.state for row in await read.rows("SELECT state FROM job ORDER BY state")]


async def expire() -> None:
    await read.rows("UPDATE job SET lease_until = now() - interval '1 s' RETURNING 1")


@contextlib.asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[None]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(relay.run())
        yield
        relay.stop()


async def until(sql: str) -> None:
    async with asyncio.timeout(5):
        while not await read.value(sql):
            await asyncio.sleep(0.005)


async def test_a_hint_is_an_id_in_json_and_nothing_else(
    relay: Relay, line: Any, redis: Redis
) -> None:
    [job_id] = await written()

    await relay.hand_out(line, later.SHORT, 3)

    [key] = await redis.zrange(later.SHORT, 0, -1)
    hint = json.loads(await redis.get(f"arq:job:{key.decode()}"))
    assert (hint["f"], hint["a"], hint["k"]) == ("run_job", [str(job_id)], {})
    assert await states() == ["sent"]


async def test_no_more_hints_are_under_way_than_the_window_has_room_for(
    relay: Relay, line: Any
) -> None:
    await written(5)

    await relay.hand_out(line, later.SHORT, 3)
    await relay.hand_out(line, later.SHORT, 3)

    assert await states() == ["pending"] * 2 + ["sent"] * 3


async def test_what_is_not_due_yet_stays(relay: Relay, line: Any) -> None:
    await written()
    await read.rows("UPDATE job SET run_after = now() + interval '1 h' RETURNING 1")

    await relay.hand_out(line, later.SHORT, 3)

    assert await states() == ["pending"]


async def test_when_redis_fails_the_jobs_are_as_they_were(pg: Postgres, line: Any) -> None:
    await written(2)
    relay = Relay(database=pg.url("work"), redis=NoRedis())

    with pytest.raises(RedisError):
        await relay.hand_out(line, later.SHORT, 3)

    assert await states() == ["pending"] * 2


async def test_two_relays_at_once_send_each_job_once(
    relay: Relay, line: Any, pg: Postgres, redis: Redis
) -> None:
    await written(3)
    other = await asyncpg.connect(pg.url("work"))

    await asyncio.gather(*(relay.hand_out(each, later.SHORT, 3) for each in (line, other)))
    await other.close()

    assert await redis.zcard(later.SHORT) == 3


async def test_a_lost_hint_is_sent_again_after_its_lease(relay: Relay, line: Any) -> None:
    await written()
    await relay.hand_out(line, later.SHORT, 3)
    await expire()

    await relay.round(line)
    await relay.hand_out(line, later.SHORT, 3)

    assert await states() == ["sent"]


async def test_a_lost_hint_costs_no_attempt(relay: Relay, line: Any) -> None:
    await written()
    for _ in range(20):
        await relay.hand_out(line, later.SHORT, 3)
        await expire()
        await relay.round(line)

    assert await read.value("SELECT attempt FROM job") == 0


async def test_a_commit_wakes_the_relay(relay: Relay) -> None:
    async with running(relay):
        await until("SELECT 1 FROM worker WHERE queue = 'relay'")

        await written()

        await until("SELECT 1 FROM job WHERE state = 'sent'")


async def test_a_relay_that_stops_takes_its_heartbeat_with_it(relay: Relay) -> None:
    async with running(relay):
        await until("SELECT 1 FROM worker WHERE queue = 'relay'")

    assert await read.value("SELECT count(*) FROM worker") == 0


async def test_a_relay_whose_connection_is_cut_begins_again(relay: Relay) -> None:
    async with running(relay):
        await until("SELECT 1 FROM worker WHERE queue = 'relay'")
        await read.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'jijiao-relay'"
        )

        await written()

        await until("SELECT 1 FROM job WHERE state = 'sent'")


async def test_a_stale_person_nobody_works_on_is_found(relay: Relay, line: Any) -> None:
    someone = await person()
    async with in_transaction() as c:
        await later.recalculate(c, [someone.id], NOW)
    await read.rows("DELETE FROM job RETURNING 1")

    await relay.clean(line)

    assert await read.value("SELECT subject FROM job WHERE kind = 'recalculate'") == someone.id


@pytest.mark.parametrize("state", ["pending", "dead"])
async def test_a_stale_person_whose_job_lives_or_is_dead_is_left_alone(
    relay: Relay, line: Any, state: str
) -> None:
    someone = await person()
    async with in_transaction() as c:
        await later.recalculate(c, [someone.id], NOW)
    await read.rows("UPDATE job SET state = $1 RETURNING 1", [state])

    await relay.clean(line)

    assert await states() == [state]


async def test_only_what_is_long_done_is_forgotten(relay: Relay, line: Any) -> None:
    await written(2, state="done")
    await written(1, state="dead")
    await read.rows("UPDATE job SET done_at = now() RETURNING 1")
    await read.rows(
        "UPDATE job SET done_at = now() - interval '8 days'"
        " WHERE id = (SELECT min(id::text)::uuid FROM job WHERE state = 'done') RETURNING 1"
    )

    await relay.clean(line)

    assert await states() == ["dead", "done"]


async def test_dead_workers_are_forgotten_after_a_day(relay: Relay, line: Any) -> None:
    gone = uuid7()
    await read.connection().execute_query(job_sql.SEEN, [gone, "host", 1, "short"])
    await read.rows("UPDATE worker SET seen_at = now() - interval '25 h' RETURNING 1")

    await line.execute(job_sql.GONE, uuid7())

    assert await read.value("SELECT count(*) FROM worker") == 0
