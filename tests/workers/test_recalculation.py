"""The command `recalculate`: a run watched to its end, ended early, or only a comparison."""

import asyncio
import random
from typing import Any

import pytest

from models import AnnualResult, RecalculationRun, read
from rules import dates
from tests.factories import people, population
from workers import chunk, job, recalculation
from workflow import annual, later

CONTEXT: job.Context = {"handlers": {later.CHUNK: chunk.handle}, "lease": 60.0}


async def worked_off() -> None:
    """What relay and workers would do."""
    while not (rows := await read.rows("SELECT id FROM job WHERE kind = $1", [later.CHUNK])):
        await asyncio.sleep(0.01)
    for row in rows:
        await job.run_job(CONTEXT, str(row.id))


async def test_a_run_is_watched_to_its_end(db: Any, capsys: pytest.CaptureFixture[str]) -> None:
    await population.build(random.Random(1), 3)

    async with asyncio.TaskGroup() as group:
        command = group.create_task(recalculation.everybody(anew=False))
        group.create_task(worked_off())

    assert command.result() == 0
    assert "done: 3 judged" in capsys.readouterr().err


async def test_a_second_command_watches_the_run_under_way(
    db: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    await population.build(random.Random(1), 3)

    async with asyncio.TaskGroup() as group:
        both = [group.create_task(recalculation.everybody(anew=False)) for _ in range(2)]
        group.create_task(worked_off())

    assert [each.result() for each in both] == [0, 0]
    assert await RecalculationRun.all().count() == 1
    assert "A recalculation of everybody is under way." in capsys.readouterr().err


async def test_a_run_that_is_ended_early_ends_the_watching_with_1(db: Any) -> None:
    await population.build(random.Random(1), 3)

    async with asyncio.TaskGroup() as group:
        command = group.create_task(recalculation.everybody(anew=True))
        while not await RecalculationRun.exists():
            await asyncio.sleep(0.01)
        ended = await recalculation.abort()

    assert (ended, command.result()) == (0, 1)
    assert await recalculation.abort() == 1  # there is none any more


async def test_a_comparison_tells_who_differs_and_writes_nothing(
    db: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    year = dates.shanghai_date(people.NOW).year
    persons = await population.build(random.Random(2), 3)
    for each in persons:
        assert await annual.settle(each, now=people.NOW)
    before = await AnnualResult.all().count()
    await read.rows(
        "UPDATE year_total SET total_hours = 900 WHERE person_id = $1 RETURNING 1", persons[:1]
    )

    status = await recalculation.check(this_year=year)

    told = f"{persons[0]} snapshots False totals True applications False\n"
    assert (status, capsys.readouterr().out) == (1, told)
    assert await AnnualResult.all().count() == before


@pytest.mark.parametrize("wrong", [[], ["--all", "--check"], ["everybody"]])
def test_a_command_that_says_nothing_clear_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        recalculation.parsed(wrong)

    assert refused.value.code == 2
