"""A worker killed in the middle of a batch: another ends it, and nothing is decided twice."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from models import Event, Opinion, read
from tests.factories import city as cities
from tests.factories import record as records
from tests.faults.troupe import Troupe
from workflow import batch, later
from workflow.case import Act
from workflow.task import Decision

TASKS = 5
OVER = "SELECT state = 'done' FROM job WHERE kind = $1"
ANSWERED = "SELECT count(*) FROM decision_item WHERE answer ? 'done'"


@pytest.fixture
async def troupe(
    clone: TortoiseContext, environment: Mapping[str, str], tmp_path: Path
) -> AsyncIterator[Troupe]:
    """A relay, over a database and a Redis of its own."""
    one = Troupe(environment, tmp_path / "log")
    one.enter("relay")
    yield one
    one.leave()


async def hand_in() -> None:
    """Some tasks, and one batch that decides them all."""
    city = await cities.build(read.connection())
    tasks = [await records.submitted(city, course_name=f"课程{n}") for n in range(TASKS)]
    agree = Decision(act=Act.AGREE_UP, comment="材料齐全")
    records.done(
        await batch.decide(
            city.request("handler"), tasks=[(each, 1) for each in tasks], decision=agree
        )
    )


async def test_each_task_is_decided_once_although_the_worker_dies_between_decision_and_answer(
    troupe: Troupe,
) -> None:
    await hand_in()
    worker = troupe.enter("work", JIJIAO_FAILPOINT="batch:after_item:3")

    assert await worker.died_at_failpoint()
    at_death = await Opinion.all().count(), await read.value(ANSWERED)
    troupe.replace_the_gone()
    async with asyncio.timeout(20):
        while not await read.value(OVER, [later.BATCH]):
            await asyncio.sleep(0.05)

    assert at_death == (3, 2)  # the third was decided, and its answer lost
    assert await Opinion.all().count() == await Event.filter(kind="opined").count() == TASKS
    assert await read.value(ANSWERED) == TASKS
