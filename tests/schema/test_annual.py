"""The explanation of a year as its person reads it."""

import pytest

from models.read import Connection
from rules.course import CourseCategory
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import answered, record_id
from workflow import annual, training
from workflow.case import Act

EXPLAINED = """
{ annualResults(where: { year: { eq: 2026 } }) { nodes { totalHours verdict explanation {
    lines { record { id } counted hours reason sentence } remedy
    findings { code needed had missing met sentence } } } } }
"""


@pytest.fixture
async def town(db: Connection) -> City:
    return await cities.build(db)


async def counted(town: City) -> None:
    task = await records.agreed(town, await records.submitted(town))
    records.done(await records.decided(town, "leader", task, Act.PASS))
    await annual.settle(town.viewers["applicant"].person_id, now=cities.NOW)


async def test_what_counts_and_what_is_missing_is_said_in_words(town: City) -> None:
    await counted(town)

    data = await answered(town.viewers["applicant"], EXPLAINED)

    (result,) = data["annualResults"]["nodes"]
    assert [line["reason"] for line in result["explanation"]["lines"]] == ["COUNTED"]
    total = result["explanation"]["findings"][0]
    assert (total["needed"], total["had"], total["missing"]) == ("90.0", "30.0", "60.0")
    assert "60.0 missing" in total["sentence"]
    assert "30.0" in result["explanation"]["remedy"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "At least still needed: 30.0 public hours."),
        ("zh-CN", "至少还需：公需课 30.0 学时。"),
    ],
)
async def test_what_is_still_needed_names_nothing_that_is_there(
    town: City, language: str, said: str
) -> None:
    for category in (CourseCategory.PROFESSIONAL, CourseCategory.ELECTIVE):
        await cities.registered(town, "applicant", approved_hours="60.0", category=category)
    await annual.settle(town.viewers["applicant"].person_id, now=cities.NOW)

    data = await answered(town.viewers["applicant"], EXPLAINED, language)

    (result,) = data["annualResults"]["nodes"]
    assert result["explanation"]["remedy"] == said


async def test_a_record_handed_in_since_is_named_as_not_yet_approved(town: City) -> None:
    await counted(town)
    waiting = await records.draft(town, course_name="后来申报的课程")
    records.done(
        await training.submit(town.request("applicant"), record_id=waiting, expected_version=1)
    )

    for who in ("applicant", "handler"):
        data = await answered(town.viewers[who], EXPLAINED)
        (result,) = data["annualResults"]["nodes"]
        lines = {line["record"]["id"]: line for line in result["explanation"]["lines"]}
        assert lines[record_id(waiting)]["reason"] == "NOT_APPROVED"
        assert lines[record_id(waiting)]["hours"] == "0.0"


async def test_a_draft_is_nobodys_business(town: City) -> None:
    await counted(town)
    draft = await records.draft(town, course_name="还没送审的课程")

    data = await answered(town.viewers["applicant"], EXPLAINED)

    (result,) = data["annualResults"]["nodes"]
    named = [line["record"]["id"] for line in result["explanation"]["lines"]]
    assert record_id(draft) not in named
