"""A person's past: what was stated of him is kept when it changes, and who reads it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import Employment, FormerProfile, Profile
from models.read import Connection
from resolvers import ids
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.question import answered, codes
from tests.factories.record import done
from workflow import profile

PAST = """query($id: ID!) { node(id: $id) { ... on Person { name
  employments { organisation { name } fromOn untilOn }
  formerProfiles { changed { key name } changedBy name title { code } discipline } } } }"""


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await city.person("chief", "department", "checker", user_type="city_department")  # type: ignore[arg-type]
    return city


async def saved(city: City, who: str, version: int = 1, **changes: Any) -> None:
    """Another version of somebody's profile."""
    row = await Profile.get(person_id=city.viewers[who].person_id)
    given = replace(profile.stored(row), **changes)  # type: ignore[arg-type]
    done(await profile.save(city.request(who), profile=given, expected_version=version))


async def test_a_title_that_changes_is_kept_with_its_dates_and_who_changed_it(city: City) -> None:
    await saved(city, "applicant", title_code="082", qualified_on=date(2025, 12, 1))

    kept = await FormerProfile.get()
    assert (kept.title_code, kept.qualified_on) == ("083", date(2020, 5, 1))
    assert (kept.changed, kept.until_at) == (["qualified_on", "title_code"], cities.NOW)
    assert kept.changed_by_id == kept.person_id == city.viewers["applicant"].person_id


async def test_what_no_title_depends_on_leaves_no_trace(city: City) -> None:
    await saved(city, "applicant", phone="13900139000")

    assert await FormerProfile.all().count() == 0


async def test_the_past_is_kept_for_good(city: City) -> None:
    await saved(city, "applicant", discipline="social")

    with pytest.raises(Exception, match="append-only"):
        await FormerProfile.all().update(name="x")


@pytest.mark.parametrize("who", ["applicant", "handler", "chief"])
async def test_who_reads_the_person_reads_his_past(city: City, who: str) -> None:
    person = city.viewers["applicant"].person_id
    await saved(city, "applicant", discipline="social")
    await Employment.create(
        person_id=person,
        organisation_id=city.organisations["museum"],
        from_on=date(2010, 1, 1),
        until_on=date(2015, 1, 1),
    )

    node = (await answered(city.viewers[who], PAST, id=ids.encode("Person", person)))["node"]

    assert [one["organisation"]["name"] for one in node["employments"]] == ["hospital", "museum"]
    (former,) = node["formerProfiles"]
    assert former["changed"] == [{"key": "discipline", "name": "discipline"}]
    assert (former["changedBy"], former["title"]) == ("applicant", {"code": "083"})


@pytest.mark.parametrize("who", ["museum handler", "pupil"])
async def test_nobody_else_reads_it_not_even_where_he_is_named(city: City, who: str) -> None:
    await saved(city, "applicant", discipline="social")
    person = ids.encode("Person", city.viewers["applicant"].person_id)

    assert await codes(city.viewers[who], PAST, id=person) == ["NOT_FOUND"]
