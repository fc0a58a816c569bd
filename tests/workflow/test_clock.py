"""The clock finds what is late, and whoever should know is told once: nothing is ever decided."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tortoise.transactions import in_transaction

from models import Account, Case, Event, Notice, Opinion, Seat, Task, TrainingRecord
from models.read import Connection
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.record import done
from workers import deadline as worker
from workflow import clock, deadline, task, training
from workflow.case import Act

# Monday before 国庆 2026: off from 1 to 7 October, and Saturday the 10th is worked for it.
BEFORE_HOLIDAY = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
LATE = NOW + timedelta(days=30)


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def sent(city: City, now: datetime, who: str = "applicant") -> UUID:
    """A record handed in at that moment: its task."""
    key = await records.draft(city, who)
    answer = await training.submit(city.request(who, now=now), record_id=key, expected_version=1)
    return UUID(done(answer).data["task"])


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of October 2026 in Guangzhou."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


async def found(now: datetime) -> int:
    return len([one async for one in clock.late(now)])


async def struck(now: datetime) -> int:
    return await worker.strike(clock.late(now), now)


async def everything() -> list[Any]:
    tables = (Case, Task, Event, Opinion, Notice, TrainingRecord)
    return [await table.all().order_by("id").values() for table in tables]


async def addressed() -> list[tuple[str, str, str | None]]:
    """Each notice: its kind, and the desk it lies on."""
    told = await Notice.all().order_by("id").select_related("organisation")
    return [(one.kind.value, one.organisation.name, one.group_key) for one in told]


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (shanghai(12, 9), False),  # the tenth weekday after it: but seven days were off
        (shanghai(16, 23, 59), False),  # two in September, then 8, 9, 10 (Saturday), 12 to 16
        (shanghai(17, 0), True),  # Saturday: the term does not wait for Monday
    ],
)
async def test_a_term_over_a_holiday_counts_the_saturday_worked_for_it(
    city: City, now: datetime, late: bool
) -> None:
    await sent(city, BEFORE_HOLIDAY)

    assert (await found(now), await struck(now)) == (late, late)
    assert bool(await Notice.all().count()) == late


@pytest.mark.parametrize(("now", "lapsed"), [(shanghai(9, 23, 59), False), (shanghai(10, 0), True)])
async def test_a_claim_over_a_holiday_lapses_after_two_working_days(
    city: City, now: datetime, lapsed: bool
) -> None:
    task_id = await sent(city, BEFORE_HOLIDAY)
    claimed = city.request("handler", now=datetime(2026, 9, 30, 2, 0, tzinfo=UTC))
    done(await task.claim(claimed, task_id=task_id, expected_version=1))

    assert await struck(now) == lapsed

    told = [(one.kind.value, one.person_id) for one in await Notice.all()]
    assert told == [("claim_expired", city.viewers["handler"].person_id)] * lapsed


async def test_those_addressed_are_reminded_and_the_body_above_is_told(city: City) -> None:
    await sent(city, NOW)

    await struck(LATE)

    assert await addressed() == [
        ("overdue", "hospital", "handler"),
        ("escalated", "department", "checker"),
    ]
    notice = await Notice.filter(kind="overdue").get()
    case = await Case.get()
    assert notice.case_id == case.id and case.due_at
    assert notice.data == {
        "route": "declaration", "step": "unit_review", "due": case.due_at.isoformat()
    }  # fmt: skip


async def test_what_was_handed_back_reminds_whom_it_was_handed_back_to(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    done(await records.decided(city, "leader", task_id, Act.RETURN_INSIDE, comment="再看看"))

    await struck(LATE)

    reminded = await Notice.filter(kind="overdue")
    assert [one.person_id for one in reminded] == [city.viewers["handler"].person_id]


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (["rechecker", "checker"], "checker"),
        (["handler"], "handler"),
        (["unit_admin"], "unit_admin"),
    ],
)
async def test_of_the_body_above_somebody_who_is_there_is_told(
    city: City, groups: list[str], told: str
) -> None:
    await sent(city, NOW)
    await Seat.filter(person_id=city.viewers["checker"].person_id).update(groups=groups)

    await struck(LATE)

    assert (await addressed())[-1] == ("escalated", "department", told)


async def test_a_second_look_finds_nothing_and_changes_nothing(city: City) -> None:
    await sent(city, NOW)
    first = await struck(LATE)
    before = await everything()

    again = (await found(LATE), await struck(LATE), await struck(LATE + timedelta(days=9)))

    assert (first, again) == (1, (0, 0, 0))
    assert await everything() == before


async def test_of_two_workers_at_once_one_tells(city: City) -> None:
    for _ in range(5):
        await sent(city, NOW)

    told = await asyncio.gather(*(struck(LATE) for _ in range(4)))

    assert sum(told) == 5
    assert await Event.filter(kind="overdue").count() == 10
    assert await Notice.all().count() == 10


async def test_a_case_somebody_decides_just_now_is_left_for_the_next_round(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    await sent(city, NOW)
    begun, over = asyncio.Event(), asyncio.Event()

    async def decide() -> None:
        async with in_transaction() as c:
            await c.execute_query("SELECT 1 FROM wf_case FOR UPDATE")
            begun.set()
            await over.wait()

    deciding = asyncio.create_task(decide())
    await begun.wait()
    during = await struck(LATE)
    over.set()
    await deciding

    assert (during, await struck(LATE)) == (0, 1)
    assert caplog.text == ""  # it did not wait for the lock until that was refused


async def test_nothing_is_approved_because_time_ran_out(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))

    await struck(NOW + timedelta(days=3000))

    assert (await Case.get()).status == "in_review"
    assert (await Task.get(id=task_id)).status == "open"
    done(await records.decided(city, "leader", task_id, Act.PASS))


async def test_one_case_that_fails_keeps_no_other_from_being_told_of(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await sent(city, NOW)
    broken, strike = (await Case.all().order_by("id"))[0].id, clock.strike

    async def failing(*, case_id: UUID, now: datetime) -> Any:
        if case_id == broken:
            raise RuntimeError("of this case alone")
        return await strike(case_id=case_id, now=now)

    monkeypatch.setattr(clock, "strike", failing)

    assert await struck(LATE) == 2


async def test_every_page_is_looked_at(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "PAGE", 2)
    for _ in range(5):
        await sent(city, NOW)

    assert await struck(LATE) == 5


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ([], []),
        (["handler"], []),  # a colleague is there
        (["handler", "second handler"], [("understaffed", "hospital", "unit_admin")]),
        (["leader"], []),  # two handlers are enough for two opinions, one of them decides
    ],
)
async def test_who_has_left_is_noticed(
    city: City, gone: list[str], told: list[tuple[str, str, str]]
) -> None:
    await sent(city, NOW)
    people = [city.viewers[who].person_id for who in gone]
    await Seat.filter(person_id__in=people).update(ended_at=NOW)

    looked = [await worker.strike(clock.deserted(), NOW) for _ in range(2)]

    assert looked == [bool(told), 0]
    assert await addressed() == told


async def test_a_disabled_account_is_nobody(city: City) -> None:
    await sent(city, NOW)
    for who in ("handler", "second handler"):
        person = city.viewers[who].person_id
        await Account.filter(person_id=person).update(disabled_at=NOW)

    assert await worker.strike(clock.deserted(), NOW) == 1


async def test_a_unit_with_one_reviewer_hears_of_it_at_the_arrival(city: City) -> None:
    await city.person("school administrator", "school", "unit_admin")

    await sent(city, NOW, "pupil")

    assert await addressed() == [("understaffed", "school", "unit_admin")]
    assert [one async for one in clock.deserted()] == []


@given(
    arrived=some.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)),
    later=some.timedeltas(timedelta(0), timedelta(days=20)),
    workdays=some.integers(0, 6),
)
def test_what_is_looked_for_is_what_is_overdue(
    arrived: datetime, later: timedelta, workdays: int
) -> None:
    arrived = arrived.replace(tzinfo=UTC)
    now = arrived + later
    due = deadline.due_at(workdays=workdays, arrived=arrived)

    looked_for = arrived < deadline.lapsed_before(workdays=workdays, now=now)

    assert looked_for == deadline.overdue(due=due, now=now)
