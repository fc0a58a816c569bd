"""How arq is driven: nothing but ids in JSON, and an end that a supervisor can read."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from arq.connections import ArqRedis, RedisSettings
from redis.asyncio import Redis

import settings as house
from models import read
from models.ids import uuid7
from workers import load
from workers.job import Effect, Job
from workflow import later

# arq closes its pool by the old name.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")
SLOW = """
INSERT INTO job (id, kind, queue, args, created_at, run_after)
VALUES ($1, 'slow', $2, '{}', now(), now())
"""


async def test_what_goes_to_redis_is_json() -> None:
    assert load.serialise({"a": ["x", 1]}) == b'{"a": ["x", 1]}'


async def test_without_redis_a_worker_ends_with_1(tmp_path: Path) -> None:
    nowhere = RedisSettings(unix_socket_path=str(tmp_path / "none"), conn_retries=0)

    assert await load.run([load.worker(nowhere, load.SHORT, {})]) == 1


@pytest.fixture
async def hints(redis: Redis, configuration: house.Settings) -> Any:
    pool = await load.pool(house.redis(configuration))
    yield pool
    await pool.aclose(close_connection_pool=True)


async def test_sigterm_lets_a_running_job_finish(
    db: Any, configuration: house.Settings, hints: ArqRedis
) -> None:
    begun, job_id = asyncio.Event(), uuid7()

    async def slow(job: Job) -> Effect:
        begun.set()
        await asyncio.sleep(0.2)
        return nothing

    async def nothing(c: Any) -> None:
        return None

    await db.execute_query(SLOW, [job_id, later.SHORT])
    await hints.enqueue_job("run_job", str(job_id), _queue_name=later.SHORT)
    worker = load.worker(house.redis(configuration), load.SHORT, {"slow": slow})
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        ended = group.create_task(load.run([worker]))
        await begun.wait()
        os.kill(os.getpid(), signal.SIGTERM)

    assert ended.result() == 0
    assert await read.value("SELECT state FROM job") == "done"


@pytest.mark.parametrize(
    "body", [b"\x80\x04\x95 pickle", b"[]", b"{}", b'{"f": "os.system", "a": ["x"]}', b"\xff"]
)
async def test_what_others_write_to_redis_does_not_end_a_worker(
    db: Any, configuration: house.Settings, hints: ArqRedis, body: bytes
) -> None:
    await hints.set("arq:job:forged", body)
    await hints.zadd(later.SHORT, {"forged": 1})
    worker = load.worker(house.redis(configuration), load.SHORT, {})

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        ended = group.create_task(load.run([worker]))
        while await hints.zcard(later.SHORT):
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    assert ended.result() == 0
    assert await hints.keys("arq:result:*") == []
