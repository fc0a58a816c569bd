"""What if: drafts of thresholds, held against the newest snapshots of those one may read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models import Profile
from models.read import Connection
from rules import annual as rules
from rules import regulation
from rules.annual import Verdict
from rules.course import CourseCategory
from rules.figures import Figures
from rules.person import PersonGroup
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.question import answered, codes
from tests.statements import counted
from workflow import annual

CHANGED = """query($where: AnnualResultFilter!) { annualResults(where: $where) { totalCount
  nodes { verdict totalHours publicHours professionalHours person { name } } } }"""
# Total, public and professional hours of the year, as approved.
PEOPLE = {
    "applicant": (90, 30, 42),
    "second handler": (90, 30, 60),
    "leader": (89, 30, 42),
    "administrator": (72, 18, 42),
    "museum leader": (90, 30, 42),
}
CITY = "city checker"


@pytest.fixture
async def town(db: Connection) -> City:
    """People of two units with the figures above, judged for 2026 by 90 = 30 + 42 + rest."""
    town = await cities.build(db)
    for who, (total, public, professional) in PEOPLE.items():
        for category, hours in (
            (CourseCategory.PUBLIC, public),
            (CourseCategory.PROFESSIONAL, professional),
            (CourseCategory.ELECTIVE, total - public - professional),
        ):
            if hours:
                await cities.registered(town, who, category=category, approved_hours=f"{hours}.0")
        await annual.settle(town.viewers[who].person_id, now=cities.NOW)
    return town


def draft(total: Any, public: Any, professional: Any) -> dict[str, str]:
    minimums = {"totalHours": total, "publicHours": public, "professionalHours": professional}
    return {name: str(hours) for name, hours in minimums.items()}


async def changed(town: City, who: str, under: dict[str, str], **more: Any) -> set[str]:
    where = {"year": {"eq": 2026}, "changedUnder": under, **more}
    data = await answered(town.viewers[who], CHANGED, where=where)
    found = data["annualResults"]
    assert found["totalCount"] == len(found["nodes"])
    return {row["person"]["name"] for row in found["nodes"]}


@pytest.mark.parametrize(
    "minimums",
    [
        (90, 30, 42),
        (90, 30, 60),
        (89, 30, 42),
        (72, 18, 42),
        (0, 0, 0),
        ("90.1", 30, 42),
        (90, 31, 0),
    ],
)
async def test_those_change_whose_verdict_the_rules_would_turn(
    town: City, minimums: tuple[Any, Any, Any]
) -> None:
    total, public, professional = (Decimal(each) for each in minimums)
    now = regulation.current().annual(2026)
    then = replace(now, total_hours=total, public_hours=public, professional_hours=professional)

    def verdict(of: tuple[int, int, int], policy: Any) -> Verdict:
        hours = [Decimal(each) for each in of]
        found = Figures(total_hours=hours[0], public_hours=hours[1], professional_hours=hours[2])
        return rules.judge(found, year=2026, policy=policy).verdict

    expected = {who for who, of in PEOPLE.items() if verdict(of, now) != verdict(of, then)}
    assert await changed(town, CITY, draft(*minimums)) == expected


async def test_the_verdict_of_today_tells_who_would_fail_and_who_would_pass(town: City) -> None:
    stricter, laxer = draft(90, 30, 60), draft(72, 18, 42)

    assert await changed(town, CITY, stricter, verdict={"eq": "PASS"}) == {
        "applicant",
        "museum leader",
    }
    assert await changed(town, CITY, stricter, verdict={"eq": "FAIL"}) == set()
    assert await changed(town, CITY, laxer, verdict={"eq": "FAIL"}) == {"leader", "administrator"}


async def test_a_unit_sees_its_own_people_only(town: City) -> None:
    assert await changed(town, "museum handler", draft(90, 30, 60)) == {"museum leader"}
    assert await changed(town, "handler", draft(90, 30, 60)) == {"applicant"}


async def test_a_draft_may_be_for_one_person_group(town: City) -> None:
    teacher = town.viewers["applicant"].person_id
    await Profile.filter(person_id=teacher).update(person_group=PersonGroup.TEACHER)

    found = await changed(town, CITY, draft(90, 30, 60), personGroup={"eq": "TEACHER"})

    assert found == {"applicant"}


async def test_it_costs_what_a_list_costs_however_many_people_there_are(town: City) -> None:
    plain = {"year": {"eq": 2026}}

    with counted() as without:
        await answered(town.viewers[CITY], CHANGED, where=plain)
    with counted() as drafted:
        await changed(town, CITY, draft(90, 30, 60))

    assert len(drafted) == len(without)


async def test_a_person_has_no_drafts(town: City) -> None:
    where = {"changedUnder": draft(90, 30, 60)}

    found = await codes(town.viewers["applicant"], CHANGED, where=where)

    assert found == ["GRAPHQL_VALIDATION_FAILED"]
