"""What if, for cycles: drafts of minimums, held against the newest figures of applications."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models import CycleApplication, CycleResult, TrainingRecord
from models.read import Connection
from rules import regulation
from rules.course import CourseCategory
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.city import City
from tests.factories.cycle import climbed, submitted
from tests.factories.question import answered, codes
from tests.statements import counted
from workflow import cycle_result

CHANGED = """query($where: CycleApplicationFilter!) { cycleApplications(where: $where) {
  totalCount nodes { verdict totalHours requiredHours person { name } } } }"""
CITY = "city checker"
# Hours, public and professional courses of four years that ask for 288, 2 and 2; and with 2012:
# applicant        404.0  4  9   passes as it is; with two courses of 39.5 more 483.0  5  10
# second handler   353.0  1  9   fails, and has nothing in 2012
# leader           226.5  4  4   passes only with 2012: 305.5  5  5
# museum leader    226.5  4  4   fails with 2012 too: 228.5  5  5
PEOPLE = ("applicant", "second handler", "leader", "museum leader")
HOURS = (0, 72, 90, "101.0", "101.1", "120.7", "120.8", 200)
PUBLIC, PROFESSIONAL = (0, 2, 4, 5, 6), (0, 2, 9, 10)
DRAFTS = [
    (hours, public, professional, since)
    for hours in HOURS
    for public in PUBLIC
    for professional in PROFESSIONAL
    for since in (None, 2010)
]


@pytest.fixture
async def town(db: Connection) -> City:
    """Four applications under review."""
    town = await cycles.peopled(await cities.build(db))
    for who in PEOPLE:
        await cycles.studied(town, who)
    await forget(town, "second handler", "公", 3)
    await forget(town, "leader", "专", 5)
    await forget(town, "museum leader", "专", 5)
    for who, hours in (("applicant", "39.5"), ("leader", "39.5"), ("museum leader", "1.0")):
        await studied_now(town, who, hours)
    for who in PEOPLE:
        await submitted(town, who)
    return town


async def forget(town: City, who: str, kind: str, number: int) -> None:
    """Of some records of one kind nothing counts."""
    category = CourseCategory.PUBLIC if kind == "公" else CourseCategory.PROFESSIONAL
    found = TrainingRecord.filter(person_id=town.viewers[who].person_id, category=category)
    ids = [one.id for one in await found.order_by("starts_on").limit(number)]
    await TrainingRecord.filter(id__in=ids).update(approved_hours=Decimal("0.0"), status="rejected")


async def studied_now(town: City, who: str, hours: str) -> None:
    """Something new in the year of the application, before its day."""
    for category in (CourseCategory.PUBLIC, CourseCategory.PROFESSIONAL):
        await cities.registered(
            town,
            who,
            course_name=f"当年{category}",
            category=category,
            approved_hours=hours,
            starts_on="2012-02-01",
            ends_on="2012-02-03",
        )


def draft(hours: Any, public: int, professional: int, since: int | None = None) -> dict[str, Any]:
    given = {"hoursPerYear": str(hours), "publicCourses": public, "fromYear": since}
    return {**given, "professionalCourses": professional}


async def changed(town: City, who: str, under: dict[str, Any], **more: Any) -> set[str]:
    where = {"changedUnder": under, **more}
    found = (await answered(town.viewers[who], CHANGED, where=where))["cycleApplications"]
    assert found["totalCount"] == len(found["nodes"])
    return {row["person"]["name"] for row in found["nodes"]}


async def by_the_rules(
    monkeypatch: pytest.MonkeyPatch, under: tuple[Any, int, int, int | None]
) -> set[UUID]:
    """Who gets another verdict where the regulation itself has these numbers."""
    hours, public, professional, since = under
    law = regulation.current()
    years = tuple(
        row for each in law.cycle_year_rows for row in split(each, since or 0, Decimal(str(hours)))
    )
    courses = tuple(
        replace(row, public_courses=public, professional_courses=professional)
        for row in law.cycle_rows
    )
    other = replace(law, cycle_year_rows=years, cycle_rows=courses)
    rows = await cycle_result.load([each.person_id for each in await CycleApplication.all()])
    with monkeypatch.context() as patched:
        patched.setattr(regulation, "current", lambda: other)
        then = cycle_result.judge(rows)
    return {
        row.person_id
        for row, one in zip(rows, then, strict=True)
        if cycle_result.verdict(one.told) != cycle_result.verdict(row.explanation)
    }


def split(row: Any, since: int, hours: Decimal) -> list[Any]:
    """A dated row as it is up to a year, and with other hours from that year on."""
    first, last = row.scope.first_year or 0, row.scope.last_year or 9999
    before = replace(row, scope=replace(row.scope, last_year=min(last, since - 1)))
    after = replace(row, scope=replace(row.scope, first_year=max(first, since)), hours=hours)
    return [before] * (first < since) + [after] * (last >= since)


async def test_those_change_whose_verdict_the_rules_would_turn(
    town: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {town.viewers[who].person_id: who for who in PEOPLE}
    turned = set()

    for under in DRAFTS[::7]:
        expected = {names[one] for one in await by_the_rules(monkeypatch, under)}
        assert await changed(town, CITY, draft(*under)) == expected, under
        turned |= expected

    assert turned == set(PEOPLE)  # none of them is in the story for nothing


@pytest.mark.parametrize(
    ("minimums", "turns"),
    [((120, 5, 10), False), ((121, 5, 10), True), ((120, 6, 10), True), ((120, 5, 11), True)],
)
async def test_the_current_year_that_was_not_needed_would_help_under_stricter_minimums(
    town: City, minimums: tuple[int, int, int], turns: bool
) -> None:
    person_id = town.viewers["applicant"].person_id
    stored = await CycleResult.get(application__person_id=person_id)

    found = await changed(town, CITY, draft(*minimums))

    assert (stored.total_hours, stored.most_hours) == (Decimal("404.0"), Decimal("483.0"))
    assert ("applicant" in found) is turns


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (CITY, {"applicant", "leader"}),
        ("hospital checker", {"applicant", "leader"}),
        ("museum checker", set()),
    ],
)
async def test_one_finds_those_one_may_read(town: City, who: str, found: set[str]) -> None:
    assert await changed(town, who, draft(200, 2, 2)) == found


async def test_what_was_approved_is_found_by_its_status(town: City) -> None:
    key = await CycleApplication.get(person_id=town.viewers["applicant"].person_id)
    await climbed(town, key.id)

    under = draft(200, 2, 2)

    assert "applicant" in await changed(town, CITY, under, status={"eq": "APPROVED"})
    assert "applicant" not in await changed(town, CITY, under, status={"eq": "IN_REVIEW"})


async def test_figures_from_before_are_held_by_what_they_were_judged_by(
    town: City, db: Connection
) -> None:
    await db.execute_script(
        "ALTER TABLE cycle_result DISABLE TRIGGER cycle_result_frozen;"
        "UPDATE cycle_result SET most_hours = NULL, most_public_courses = NULL,"
        " most_professional_courses = NULL;"
        "ALTER TABLE cycle_result ENABLE TRIGGER cycle_result_frozen"
    )

    assert "applicant" in await changed(town, CITY, draft(102, 2, 2))
    assert "applicant" not in await changed(town, CITY, draft(101, 2, 2))


async def test_it_costs_what_a_list_costs(town: City) -> None:
    with counted() as without:
        await answered(town.viewers[CITY], CHANGED, where={})
    with counted() as drafted:
        await changed(town, CITY, draft(110, 2, 2))

    assert len(drafted) == len(without)


async def test_a_person_has_no_drafts(town: City) -> None:
    where = {"changedUnder": draft(110, 2, 2)}

    found = await codes(town.viewers["applicant"], CHANGED, where=where)

    assert found == ["GRAPHQL_VALIDATION_FAILED"]
