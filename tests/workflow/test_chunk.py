"""A chunk of a run: the same bytes as person by person, and whoever edits meanwhile wins."""

import json
import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import AnnualResult, Job, PersonTotal, RecalculationRun, TrainingRecord, read
from models.recalculation import RunState
from rules import regulation
from tests.factories import people, population
from tests.statements import counted
from workflow import annual, chunk, comparison, later, recalculation
from workflow.chunk import Chunk

THIS_YEAR = people.NOW.year
PERSONS = 25


async def running(*, anew: bool = False) -> Chunk:
    """Everybody as one chunk of a run that is under way."""
    run = await RecalculationRun.create(
        state=RunState.RUNNING, anew=anew, persons=0, chunks=9, created_at=people.NOW
    )
    return Chunk(run_id=run.id, after=recalculation.FIRST, upto=recalculation.LAST, anew=anew)


async def one_by_one(persons: list[UUID]) -> None:
    for each in persons:
        assert await annual.settle(each, now=people.NOW)


async def as_the_rules_say(persons: list[UUID]) -> bool:
    """Does every current snapshot say what the rules say of the records?"""
    said = {
        each: {
            row.year: row.explanation
            for row in await AnnualResult.filter(person_id=each, current=True)
        }
        for each in persons
    }
    return said == {each: await population.expected(each, THIS_YEAR) for each in persons}


@pytest.mark.parametrize("seed", range(4))
async def test_a_chunk_writes_the_same_bytes_as_person_by_person(db: Any, seed: int) -> None:
    persons = await population.build(random.Random(seed), PERSONS)
    await one_by_one(persons)
    alone = await population.snapshots(), await population.totals()
    await population.forget()

    await chunk.settle(await running(), now=people.NOW)

    assert (await population.snapshots(), await population.totals()) == alone
    assert await as_the_rules_say(persons)


@pytest.mark.parametrize("seed", range(4))
async def test_after_edits_a_chunk_writes_the_same_bytes_too(db: Any, seed: int) -> None:
    luck = random.Random(seed)
    persons = await population.build(luck, PERSONS)
    await one_by_one(persons)
    await population.edited(luck, persons[::3], told=True)
    await population.edited(luck, persons[::5], told=False)

    await chunk.settle(await running(), now=people.NOW)

    assert await as_the_rules_say(persons)
    assert not [one async for one in comparison.differences(this_year=THIS_YEAR) if one]
    assert not await read.value("SELECT count(*) FROM person_total WHERE stale_since IS NOT NULL")


async def test_nothing_is_judged_where_nothing_has_changed(db: Any) -> None:
    await one_by_one(await population.build(random.Random(1), PERSONS))
    given = await running()
    before = await population.snapshots()

    with counted() as statements:
        await chunk.settle(given, now=people.NOW)

    assert len(statements) == 1
    assert await population.snapshots() == before


async def test_a_group_costs_seven_statements_however_many_persons(db: Any) -> None:
    await population.build(random.Random(1), PERSONS)
    given = await running()

    with counted() as statements:
        await chunk.settle(given, now=people.NOW)

    assert len(statements) == 1 + 7  # the survey; then: does the run go on, read, five to store


@pytest.mark.parametrize(
    "change",
    [
        {"approved_hours": "77.5"},
        {"course_name": "另一门课程"},
        {"category": "elective"},
        {"status": "rejected"},
        {"status": "withdrawn"},
        {"deleted_at": people.NOW},
        {"ends_on": "2012-03-09"},
    ],
)
async def test_every_change_of_a_record_is_seen(db: Any, change: dict[str, Any]) -> None:
    someone = (await people.person()).id
    one = population.record(random.Random(3), someone, await people.unit())
    one.update_from_dict(
        {
            "status": "approved",
            "starts_on": "2012-03-01",
            "ends_on": "2012-03-02",
            "approved_hours": "6.0",
            "category": "public",
            "deleted_at": None,
        }
    )
    await one.save(force_create=True)
    await PersonTotal.create(person_id=someone)
    await one_by_one([someone])

    assert await TrainingRecord.filter(id=one.id).update(**change)

    found = await chunk.survey(await running(), now=people.NOW)
    assert [(each.person_id, each.years) for each in found] == [(someone, (2012,))]


async def test_another_number_of_the_regulation_judges_its_years_alone(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons = await population.build(random.Random(2), PERSONS)
    await one_by_one(persons)
    law = regulation.current()
    rows = [
        replace(row, total_hours=row.total_hours + 1) if row.scope.in_force(2012) else row
        for row in law.annual_rows
    ]
    monkeypatch.setattr(regulation, "current", lambda: replace(law, annual_rows=tuple(rows)))
    chunk.rules.cache_clear()

    await chunk.settle(await running(), now=people.NOW)

    chunk.rules.cache_clear()
    assert await as_the_rules_say(persons)
    numbers = await read.rows("SELECT year, max(number) AS n FROM annual_result GROUP BY 1")
    assert {row.n for row in numbers if row.year < 2012} == {1}
    assert {row.n for row in numbers if row.year >= 2012} == {2}


async def test_an_edit_while_a_chunk_judges_wins(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    persons = await population.build(random.Random(5), 5)
    read_many = annual.load_many

    async def overtaken(*given: Any, **named: Any) -> Any:
        inputs = await read_many(*given, **named)
        async with in_transaction() as c:
            await later.recalculate(c, persons[:1], people.NOW)
        return inputs

    monkeypatch.setattr(annual, "load_many", overtaken)
    await chunk.settle(await running(), now=people.NOW)

    assert not await AnnualResult.filter(person_id=persons[0]).exists()
    assert await AnnualResult.filter(person_id=persons[1]).exists()
    assert await Job.filter(subject=persons[0], kind=later.RECALCULATE).count() == 1


async def test_two_who_have_read_the_same_write_it_once(db: Any) -> None:
    (someone,) = await population.build(random.Random(7), 1)
    both = [await annual.load(someone), await annual.load(someone)]

    stored = []
    for given in both:
        assert given
        async with in_transaction() as c:
            verdicts = annual.judge(given, this_year=THIS_YEAR)
            stored.append(await annual.store(c, given, verdicts, now=people.NOW))

    assert stored == [True, False]
    assert await AnnualResult.filter(number__gt=1).count() == 0


async def test_whom_the_rules_cannot_judge_is_left_to_a_job_of_his_own(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    persons = await population.build(random.Random(8), 4)
    judge = annual.judge

    def fails(given: annual.Inputs, *, this_year: int) -> Any:
        if given.person_id == persons[0]:
            raise ArithmeticError
        return judge(given, this_year=this_year)

    monkeypatch.setattr(annual, "judge", fails)
    await chunk.settle(await running(), now=people.NOW)

    judged = {row.person_id for row in await AnnualResult.all()}
    assert judged == set(persons[1:])
    assert [row.subject for row in await Job.all()] == persons[:1]


async def test_a_chunk_of_a_run_that_was_ended_judges_nobody(db: Any) -> None:
    await population.build(random.Random(9), 3)
    given = await running()
    await RecalculationRun.filter(id=given.run_id).update(
        state=RunState.ABORTED, ended_at=people.NOW
    )

    await chunk.settle(given, now=people.NOW)

    assert not await AnnualResult.exists()


async def test_what_was_judged_is_counted(db: Any) -> None:
    persons = await population.build(random.Random(9), 3)

    await chunk.settle(await running(), now=people.NOW)

    run = await RecalculationRun.get()
    assert (run.judged, run.snapshots) == (len(persons), await AnnualResult.all().count())


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "UPDATE year_total SET public_hours = public_hours + 1, total_hours = total_hours + 1",
            (False, True),
        ),
        ("UPDATE year_total SET public_courses = '{x}'", (False, True)),
        ("DELETE FROM year_total", (False, True)),
        ("UPDATE annual_result SET current = false", (True, False)),
    ],
)
async def test_a_comparison_finds_what_was_damaged(
    db: Any, damage: str, found: tuple[bool, bool]
) -> None:
    await one_by_one(await population.build(random.Random(4), 2))
    whole = [one async for one in comparison.differences(this_year=THIS_YEAR)]
    await read.connection().execute_script(damage)

    broken = [one async for one in comparison.differences(this_year=THIS_YEAR)]

    assert whole == [None, None]
    assert [(one.snapshots, one.totals) for one in broken if one] == [found, found]


async def test_a_snapshot_cannot_be_rewritten(db: Any) -> None:
    await one_by_one(await population.build(random.Random(4), 1))

    with pytest.raises(Exception, match="a snapshot never changes"):
        await AnnualResult.all().update(explanation=json.loads("{}"))

    assert await AnnualResult.all().update(current=False)
