"""Comparing what is stored with the pure functions: applications are held against them as well."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from models import CycleResult, TrainingRecord
from models.read import Connection
from rules import dates, regulation
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.award import approved
from tests.factories.city import City
from tests.factories.cycle import recalculated, submitted
from workflow import comparison
from workflow.comparison import Difference

THIS_YEAR = dates.shanghai_date(datetime.now(UTC)).year  # that of the worker


@pytest.fixture
async def city(db: Connection) -> City:
    """The applicant of the guide, with what he has studied, counted."""
    city = await cycles.peopled(await cities.build(db))
    await cycles.studied(city)
    return city


async def differing() -> list[Difference]:
    found = [one async for one in comparison.differences(this_year=THIS_YEAR)]
    return [one for one in found if one]


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hours of each year of a cycle were others all along; those of single years were not."""
    law = regulation.current()
    rows = tuple(replace(row, hours=Decimal("110.0")) for row in law.cycle_year_rows)
    other = replace(law, cycle_year_rows=rows)
    monkeypatch.setattr(regulation, "current", lambda: other)


Begun = Callable[[City], Awaitable[UUID]]


@pytest.mark.parametrize("begun", [submitted, approved])
async def test_what_the_rules_say_of_it_differs_from_nothing(city: City, begun: Begun) -> None:
    await begun(city)
    assert await recalculated(city)

    assert await differing() == []


@pytest.mark.parametrize(("begun", "differs"), [(submitted, True), (approved, False)])
async def test_other_rules_are_seen_of_what_is_under_way_alone(
    city: City, monkeypatch: pytest.MonkeyPatch, begun: Begun, differs: bool
) -> None:
    await begun(city)
    assert await recalculated(city)
    stricter(monkeypatch)
    before = await CycleResult.all().count()

    found = await differing()

    told = [(one.person_id, one.snapshots, one.totals, one.applications) for one in found]
    applicant = city.viewers["applicant"].person_id
    assert told == [(applicant, False, False, True)] * differs
    assert await CycleResult.all().count() == before


@pytest.mark.parametrize("begun", [submitted, approved])
async def test_a_record_changed_behind_the_verbs_is_seen_in_the_application_too(
    city: City, begun: Begun
) -> None:
    await begun(city)
    assert await recalculated(city)
    record = await TrainingRecord.filter(starts_on="2009-11-03").first()
    assert record is not None
    await TrainingRecord.filter(id=record.id).update(approved_hours=Decimal("1.0"))

    (found,) = await differing()

    assert (found.snapshots, found.applications) == (True, True)
