"""Counting: approved records become numbered snapshots with an explanation that names each one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models import AnnualResult, Job, PersonTotal, TrainingRecord
from models.read import Connection
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.statements import counted
from workflow import annual, training
from workflow.case import Act
from workflow.command import Done


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def approved(city: City, **changes: Any) -> None:
    task_id = await records.agreed(city, await records.submitted(city, **changes))
    records.done(await records.decided(city, "leader", task_id, Act.PASS))


async def settled(city: City, who: str = "applicant") -> dict[int, AnnualResult]:
    person_id = city.viewers[who].person_id
    assert await annual.settle(person_id, now=cities.NOW)
    return {one.year: one for one in await AnnualResult.filter(person_id=person_id, current=True)}


async def test_an_approved_record_counts_and_is_named(city: City) -> None:
    await approved(city)
    record = await TrainingRecord.get()

    result = (await settled(city))[2026]

    assert str(result.total_hours) == "30.0"
    assert result.verdict == "fail"
    assert result.explanation["records"] == [
        {
            "recordId": str(record.id),
            "category": "professional",
            "counted": True,
            "hours": "30.0",
            "reason": "COUNTED",
        }
    ]
    assert [rule["met"] for rule in result.explanation["rules"]] == [False, False, False]


async def test_half_an_hour_decides(city: City) -> None:
    """90 = 30 public + 42 professional + 18 of any kind (Guangdong, from 2021)."""
    await cities.registered(city, "applicant", approved_hours="30.0")
    await cities.registered(
        city, "applicant", approved_hours="42.0", category=CourseCategory.PROFESSIONAL
    )
    last = await cities.registered(
        city, "applicant", approved_hours="17.5", category=CourseCategory.ELECTIVE
    )
    short = (await settled(city))[2026]

    await TrainingRecord.filter(id=last).update(approved_hours=Decimal("18.0"))
    enough = (await settled(city))[2026]

    assert (short.verdict, short.explanation["remedy"]["any"]) == ("fail", "0.5")
    assert enough.verdict == "pass"


async def test_who_never_had_anything_to_count_is_settled(city: City) -> None:
    assert await annual.settle(city.viewers["leader"].person_id, now=cities.NOW)

    assert await AnnualResult.all().count() == 0


async def test_a_new_snapshot_follows_only_when_something_differs(city: City) -> None:
    await approved(city)
    first = await settled(city)
    again = await settled(city)
    await cities.registered(city, "applicant")
    after = await settled(city)

    assert again[2026].id == first[2026].id
    assert after[2026].number == 2
    assert await AnnualResult.filter(year=2026).count() == 2


async def test_a_record_over_new_year_counts_in_the_year_it_ends_and_is_explained_in_both(
    city: City,
) -> None:
    await cities.registered(
        city, "applicant", starts_on=date(2025, 12, 29), ends_on=date(2026, 1, 2)
    )

    results = await settled(city)

    assert str(results[2025].total_hours) == "0.0"
    assert results[2025].explanation["records"][0]["reason"] == "OTHER_YEAR"
    assert str(results[2026].total_hours) == "18.0"


async def test_a_record_that_is_not_approved_is_explained_and_counts_nothing(city: City) -> None:
    await records.submitted(city)
    await PersonTotal.create(person_id=city.viewers["applicant"].person_id)

    result = (await settled(city))[2026]

    assert [line["reason"] for line in result.explanation["records"]] == ["NOT_APPROVED"]
    assert str(result.total_hours) == "0.0"


async def test_inputs_that_changed_meanwhile_are_not_stored(city: City, db: Connection) -> None:
    await approved(city)
    person_id = city.viewers["applicant"].person_id
    given = await annual.load(person_id)
    assert given is not None
    verdicts = annual.judge(given, this_year=2026)
    await PersonTotal.filter(person_id=person_id).update(dirty_version=given.version + 1)

    stored = await annual.store(db, given, verdicts, now=cities.NOW)

    assert not stored
    assert not await AnnualResult.exists()


async def test_a_recount_costs_five_statements(city: City) -> None:
    await approved(city)

    with counted() as statements:
        await annual.settle(city.viewers["applicant"].person_id, now=cities.NOW)

    assert len(statements) == 5


async def test_recounting_on_request_writes_a_job_for_whom_one_may_see(city: City) -> None:
    await approved(city)
    await Job.all().delete()
    person_id = city.viewers["applicant"].person_id

    foreign = await annual.recalculate(city.request("museum handler"), person_id=person_id)
    own = await annual.recalculate(city.request("handler"), person_id=person_id)

    assert foreign == Refused("NOT_FOUND")
    assert isinstance(own, Done)
    assert await Job.filter(kind="recalculate", subject=person_id).count() == 1


async def test_a_deleted_approved_record_no_longer_counts(city: City) -> None:
    record_id = await cities.registered(city, "applicant", deleted_at=cities.NOW)

    result = (await settled(city))[2026]

    (line,) = result.explanation["records"]
    assert (line["recordId"], line["reason"]) == (str(record_id), "DELETED")


async def test_what_a_base_registered_cannot_be_edited_by_the_person(city: City) -> None:
    record_id = await cities.registered(city, "applicant")

    answer = await training.delete(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert answer == Refused("NOT_DECLARED", {"origin": "in_system"})
