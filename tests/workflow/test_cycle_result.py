"""Figures of applications: counted again after corrections, kept in a row, never decided stale."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from devserver.postgres import SUPERUSER, Postgres
from models import (
    Case,
    CycleApplication,
    CycleResult,
    Event,
    Job,
    Notice,
    Opinion,
    PersonTotal,
    Profile,
    Task,
    changes,
)
from models.read import Connection
from rules.person import PersonGroup
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.city import City
from tests.factories.cycle import (
    acted,
    applied,
    climbed,
    corrected,
    decided,
    recalculated,
    submitted,
)
from tests.factories.record import done
from workers.job import Changed
from workflow import cycle, later, task
from workflow.case import Act
from workflow.command import Answer, constraint

Held = tuple[Connection, "asyncio.Task[Any]"]


@pytest.fixture
async def city(db: Connection) -> City:
    return await cycles.peopled(await cities.build(db))


@pytest.fixture
async def studies(city: City) -> list[UUID]:
    return await cycles.studied(city)


async def snapshots(key: UUID) -> list[tuple[int, Decimal, str, bool]]:
    rows = await CycleResult.filter(application_id=key).order_by("number")
    return [(one.number, one.total_hours, one.verdict, one.current) for one in rows]


def refused(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


async def restated(city: City, who: str, key: UUID) -> Answer:
    case = await Case.get(subject_id=key)
    return await task.restate(city.request(who), case_id=case.id, expected_version=case.seq)


async def test_while_the_hours_are_counted_again_nobody_passes_on_or_decides(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    await climbed(city, key, 3)
    await corrected(studies[0], "10.0")
    before = await Event.all().count()

    answers = [
        await decided(city, "rechecker", key, Act.AGREE_UP),
        await decided(city, "rechecker", key, Act.REJECT),
        await restated(city, "hospital checker", key),
    ]

    assert [refused(one).code for one in answers] == ["FIGURES_STALE"] * 3
    assert await Event.all().count() == before


async def test_while_the_hours_are_counted_again_it_can_be_sent_back_and_taken_back(
    city: City, studies: list[UUID]
) -> None:
    back, home = await submitted(city), await submitted(city, target_title=cycles.OTHER)
    await climbed(city, back, 3)
    await corrected(studies[0], "10.0")

    done(await decided(city, "rechecker", back, Act.RETURN))
    done(await acted(city, cycle.recall, home))

    assert (await CycleApplication.get(id=back)).status == "returned"
    assert (await CycleApplication.get(id=home)).status == "draft"


async def test_the_same_figures_leave_the_opinions_in_force(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    await climbed(city, key, 4)
    await corrected(studies[0], "17.0")

    assert await recalculated(city)

    done(await decided(city, "division", key, Act.PASS))
    assert await snapshots(key) == [(1, Decimal("404.0"), "pass", True)]
    assert (await CycleApplication.get(id=key)).status == "approved"


async def test_other_figures_follow_and_are_decided_only_after_they_are_adopted(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    await climbed(city, key, 4)
    await corrected(studies[0], "2.0")

    assert await recalculated(city)
    changed = refused(await decided(city, "division", key, Act.PASS))
    done(await restated(city, "division", key))

    assert (changed.code, changed.data) == ("CONTENT_CHANGED", {"fields": ["figures"]})
    assert await snapshots(key) == [
        (1, Decimal("404.0"), "pass", False),
        (2, Decimal("389.0"), "pass", True),
    ]
    assert not await Opinion.filter(case__subject_id=key, voided_seq=None).exists()
    await climbed(city, key)
    assert (await CycleApplication.get(id=key)).status == "approved"


async def test_what_fails_after_a_correction_does_not_pass(city: City, studies: list[UUID]) -> None:
    key = await submitted(city)
    await climbed(city, key, 3)
    for record in studies[4:8]:  # 4 × 35.5: 404 − 142 = 262 of 288
        await corrected(record, "0.0")
    assert await recalculated(city)
    done(await restated(city, "rechecker", key))
    done(await decided(city, "hospital checker", key, Act.AGREE_UP))

    short = refused(await decided(city, "hospital chief", key, Act.PASS))

    assert (short.code, short.data["hours"]) == ("FIGURES_SHORT", "26.0")
    assert (await snapshots(key))[-1] == (2, Decimal("262.0"), "fail", True)


@pytest.mark.parametrize("status", ["returned", "in_review"])
async def test_what_is_under_way_is_counted_again(
    city: City, studies: list[UUID], status: str
) -> None:
    key = await submitted(city)
    if status == "returned":
        done(await decided(city, "hospital checker", key, Act.RETURN))
    await corrected(studies[0], "2.0")

    assert await recalculated(city)

    assert len(await snapshots(key)) == 2


@pytest.mark.parametrize("end", ["withdrawn", "draft"])
async def test_what_is_over_or_taken_back_keeps_its_figures(
    city: City, studies: list[UUID], end: str
) -> None:
    key = await submitted(city)
    done(await acted(city, cycle.withdraw if end == "withdrawn" else cycle.recall, key))
    await corrected(studies[0], "2.0")

    assert await recalculated(city)

    assert await snapshots(key) == [(1, Decimal("404.0"), "pass", True)]


async def test_each_open_application_of_a_person_is_counted(
    city: City, studies: list[UUID]
) -> None:
    keys = [await submitted(city), await submitted(city, target_title=cycles.OTHER)]
    await corrected(studies[0], "2.0")

    assert await recalculated(city)

    assert [len(await snapshots(key)) for key in keys] == [2, 2]


async def test_another_person_group_takes_the_years_away_and_nothing_passes(
    city: City, studies: list[UUID]
) -> None:
    august = datetime(2012, 8, 3, 2, tzinfo=UTC)
    key = await submitted(city, qualified_on=date(2012, 1, 5), now=august)
    person = city.viewers["applicant"].person_id
    async with in_transaction() as c:
        await Profile.filter(person_id=person).using_db(c).update(person_group=PersonGroup.TEACHER)
        await later.recalculate(c, [person], august)

    assert await recalculated(city)

    last = await CycleResult.get(application_id=key, current=True)
    assert (last.first_year, last.verdict, last.person_group) == (None, "fail", "teacher")
    assert last.explanation["refused"]["code"] == "CYCLE_EMPTY"
    done(await restated(city, "hospital checker", key))
    done(await decided(city, "hospital checker", key, Act.AGREE_UP))
    blocked = refused(await decided(city, "hospital chief", key, Act.PASS))
    assert (blocked.code, blocked.data) == ("CYCLE_EMPTY", {"earliest": "2013-01-01"})


@asynccontextmanager
async def meanwhile(others: Coroutine[Any, Any, Any], sql: str, key: UUID) -> AsyncIterator[Held]:
    """A transaction that holds a row, and others, who have come to wait for it."""
    outside = (
        contextvars.copy_context()
    )  # in the transaction's own context they would be part of it
    async with in_transaction() as c:
        await c.execute_query(sql, [key])
        waiting = asyncio.create_task(others, context=outside)
        await waits(c)
        yield c, waiting


async def test_a_submission_and_a_count_wait_for_each_other(
    city: City, studies: list[UUID]
) -> None:
    key = await applied(city)
    person = city.viewers["applicant"].person_id

    lock = "SELECT 1 FROM person_total WHERE person_id = $1 FOR UPDATE"
    async with meanwhile(acted(city, cycle.submit, key), lock, person) as (c, handing_in):
        await c.execute_query(
            "UPDATE training_record SET approved_hours = 2.0 WHERE id = $1", [studies[0]]
        )
        await later.recalculate(c, [person], cities.NOW)
    done(await handing_in)

    assert await snapshots(key) == [(1, Decimal("389.0"), "pass", True)]
    total = await PersonTotal.get(person_id=person)
    assert (await CycleResult.get()).dirty_version == total.dirty_version


async def waits(c: Connection) -> None:
    """Until another transaction waits for what this one holds."""
    blocked = """SELECT 1 FROM pg_locks l
      WHERE NOT l.granted AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))"""
    async with asyncio.timeout(10):
        while not await c.execute_query_dict(blocked):
            await asyncio.sleep(0)


async def test_nothing_is_decided_between_two_snapshots(city: City, studies: list[UUID]) -> None:
    key = await submitted(city)
    await climbed(city, key, 4)
    await corrected(studies[0], "2.0")
    case = await Case.get(subject_id=key)

    lock = "SELECT 1 FROM wf_case WHERE id = $1 FOR UPDATE"
    async with meanwhile(recalculated(city), lock, case.id) as (_, counting):
        between = await snapshots(key)
    assert await counting

    assert (len(between), len(await snapshots(key))) == (1, 2)
    answer = refused(await decided(city, "division", key, Act.PASS))
    assert answer.code == "CONTENT_CHANGED"


async def test_what_is_approved_while_it_is_counted_is_followed_by_what_was_counted(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    await climbed(city, key, 4)
    await corrected(studies[0], "2.0")
    case = await Case.get(subject_id=key)

    lock = "SELECT 1 FROM wf_case WHERE id = $1 FOR UPDATE"
    approve = """UPDATE cycle_application SET status = 'approved', closed_at = now(),
      decided_number = 1 WHERE id = $1"""
    async with meanwhile(recalculated(city), lock, case.id) as (c, counting):
        await c.execute_query(approve, [key])
    assert await counting

    assert await snapshots(key) == [
        (1, Decimal("404.0"), "pass", False),
        (2, Decimal("389.0"), "pass", True),
    ]
    assert (await CycleApplication.get(id=key)).decided_number == 1


async def test_an_edit_meanwhile_makes_the_count_begin_again(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    await corrected(studies[0], "2.0")
    effect = await cycles.counted(city)
    await corrected(studies[0], "7.0")

    with pytest.raises(Changed):
        async with in_transaction() as c:
            await effect(c)

    assert len(await snapshots(key)) == 1


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE cycle_result SET total_hours = 999", "cycle_result_frozen"),
        ("UPDATE cycle_result SET verdict = 'fail'", "cycle_result_frozen"),
        ("DELETE FROM cycle_result", None),
    ],
)
async def test_a_snapshot_never_changes(
    city: City, studies: list[UUID], statement: str, broken: str | None
) -> None:
    key = await submitted(city)

    with pytest.raises(Exception) as raised:
        async with in_transaction() as c:
            await c.execute_query(statement)

    assert constraint(raised.value) == broken
    assert await snapshots(key) == [(1, Decimal("404.0"), "pass", True)]


async def test_raw_sql_does_not_approve_what_fails(city: City) -> None:
    key = await submitted(city)  # of somebody who has studied nothing

    with pytest.raises(Exception) as raised:
        async with in_transaction() as c:
            await c.execute_query(
                "UPDATE cycle_application SET status = 'approved', closed_at = now() WHERE id = $1",
                [key],
            )

    assert constraint(raised.value) == "cycle_application_passed"


async def test_a_person_without_any_record_applies_and_is_told_what_is_missing(city: City) -> None:
    key = await submitted(city)

    figures = await CycleResult.get(application_id=key)
    assert (figures.total_hours, figures.verdict) == (0, "fail")
    assert await Task.filter(case__subject_id=key).count() == 1
    assert not await Job.exists()


@pytest.mark.parametrize(
    ("hours", "told"),
    [("17.0", []), ("2.0", [("content_changed", "bureau", "division_leader")])],
)
async def test_whoever_has_the_case_hears_of_other_figures_once_a_day(
    city: City, studies: list[UUID], hours: str, told: list[tuple[str, str, str]]
) -> None:
    key = await submitted(city)
    await climbed(city, key, 4)
    assert not await Notice.filter(kind="content_changed").exists()

    for moved in (hours, "17.0", hours):
        await corrected(studies[0], moved)
        assert await recalculated(city)

    heard = await Notice.filter(kind="content_changed").select_related("organisation")
    assert [(one.kind.value, one.organisation.name, one.group_key) for one in heard] == told


async def test_who_watches_hears_of_the_application_of_staleness_and_of_the_count(
    city: City, studies: list[UUID], pg: Postgres
) -> None:
    heard: set[str] = set()
    listener = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database="work")
    await listener.add_listener(changes.CHANNEL, lambda *told: heard.add(told[-1]))

    async def told(topic: str) -> bool:
        await listener.execute("SELECT 1")
        return topic in heard

    try:
        key = await submitted(city)
        own = changes.own(city.viewers["applicant"].person_id)
        assert await told(own)
        case = changes.case((await Case.get(subject_id=key)).id)
        for happens in (corrected(studies[0], "2.0"), recalculated(city)):
            heard.clear()
            await happens
            assert await told(case)
    finally:
        await listener.close()
