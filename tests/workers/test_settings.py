"""The commands `relay` and `work`, as an operator starts them."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from models import read
from tests import servers
from tests.factories.people import NOW, person
from workers import settings
from workflow import later

ROOT = Path(__file__).parents[2]
Started = list[subprocess.Popen[bytes]]


@pytest.fixture
async def started(
    clone: TortoiseContext, environment: Mapping[str, str], redis: Redis
) -> AsyncIterator[Started]:
    """`python . relay` and `python . work` over a database of their own."""
    processes = [
        subprocess.Popen(
            [sys.executable, ".", *command], cwd=ROOT, env={**servers.surroundings(), **environment}
        )
        for command in (["relay"], ["work", "all"])
    ]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


async def until(sql: str) -> None:
    async with asyncio.timeout(15):
        while not await read.value(sql):
            await asyncio.sleep(0.01)


async def test_an_edit_is_recalculated_and_the_end_is_orderly(started: Started) -> None:
    await until("SELECT count(*) = 2 FROM worker")
    someone = await person()

    async with in_transaction() as c:
        await later.recalculate(c, [someone.id], NOW)
    await until("SELECT 1 FROM person_total WHERE dirty_version = computed_version")
    for process in started:
        process.send_signal(signal.SIGTERM)
    codes = [await asyncio.to_thread(process.wait, 10) for process in started]

    assert codes == [0, 0]
    assert [row.state for row in await read.rows("SELECT state FROM job")] == ["done"]
    assert await read.value("SELECT count(*) FROM worker") == 0


async def test_a_queue_nobody_knows_is_refused(environment: Mapping[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, ".", "work", "no such"],
        cwd=ROOT,
        env={**servers.surroundings(), **environment},
        capture_output=True,
        text=True,
    )

    assert (ran.returncode, ran.stderr) == (1, "usage: work [short|scan|bulk|all]\n")


def test_every_queue_has_a_worker_and_no_job_outlives_its_lease() -> None:
    assert {one.queue for one in settings.LOADS["all"]} == {later.SHORT, later.SCAN, later.BULK}
    assert all(one.lease > one.timeout for one in settings.LOADS["all"])
