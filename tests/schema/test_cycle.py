"""Previews of cycle verification: for oneself, about one's people, and with figures typed in."""

from datetime import date
from typing import Any

import pytest

from models import Profile
from models.read import Connection
from resolvers import ids
from rules.course import CourseCategory
from rules.person import PersonGroup
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.question import answered, codes
from tests.factories.record import draft, submitted
from tests.statements import counted

PREVIEW = """
query($input: CyclePreviewInput!) { cyclePreview(input: $input) { __typename
  ... on UserError { code path message }
  ... on ValidationFailed { problems { code path } }
  ... on Refusal { details { name value } }
  ... on CyclePreview { applied qualified discipline personGroup target { title } business
    warnings { code path message other { id } }
    explanation { firstYear lastYear begin end requiredHours supplementOpen binding unsourced source
      reasons years { year needed policy source unsourced sentence }
      judgement { verdict supplementUsed remedy
        figures { ...all } alone { ...all } table { ...all }
        findings { code needed had missing met sentence }
        lines { recordId courseName endsOn category counted newCourse hours reason sentence }
      } } } } }
fragment all on CycleFigures { year totalHours publicHours professionalHours electiveHours
  publicCourses professionalCourses days }
"""
TYPED: dict[str, Any] = {
    "applied": "2012-06-15",
    "qualified": "2006-07-01",
    "discipline": "NATURAL",
}
ENOUGH = {"totalHours": "378.0", "publicCourses": 2, "professionalCourses": 2}


@pytest.fixture
async def town(db: Connection) -> City:
    return await cities.build(db)


def person_id(town: City, who: str) -> str:
    return ids.encode("Person", town.viewers[who].person_id)


async def previewed(
    town: City, who: str = "applicant", language: str = "en", **input: Any
) -> dict[str, Any]:
    data = await answered(town.viewers[who], PREVIEW, language, input=input)
    found: dict[str, Any] = data["cyclePreview"]
    return found


async def judged(town: City, who: str = "applicant", **input: Any) -> dict[str, Any]:
    found = await previewed(town, who, **input)
    judgement: dict[str, Any] = found["explanation"]["judgement"]
    return judgement


# 2007 asks for 90 h, the four years after it for 72 h each: 378 (guide L670).
async def test_the_years_of_the_guides_own_example_say_why(town: City) -> None:
    found = await previewed(town, **TYPED, targetTitle="083")

    explanation = found["explanation"]
    assert (found["target"]["title"], found["business"]) == ("工程师", "TO_INTERMEDIATE")
    assert (explanation["firstYear"], explanation["lastYear"]) == (2007, 2011)
    assert (explanation["begin"], explanation["end"]) == ("LONGEST_CYCLE", "FIRST_WINDOW")
    assert explanation["requiredHours"] == "378.0"
    assert [each["needed"] for each in explanation["years"]] == ["90.0"] + ["72.0"] * 4
    assert explanation["years"][0]["policy"] == "cycle_year.guangzhou.natural.2007"
    assert explanation["reasons"] == [
        "The cycle begins with 2007: of the years since the title the last 5 count.",
        "It ends with 2011: an application up to 2012-06-30 covers the years before its own.",
        "Together 378.0 hours are needed.",
    ]
    assert explanation["judgement"] is None


async def test_the_same_is_said_in_chinese(town: City) -> None:
    found = await previewed(town, language="zh-CN", **TYPED, figures={**ENOUGH, "publicCourses": 1})

    judgement = found["explanation"]["judgement"]
    assert found["explanation"]["reasons"][0].startswith("验证年度自 2007 年起")
    assert judgement["remedy"] == "在 2012-06-15 前（含当日）至少还需：新的公需课 1 门。"
    assert judgement["findings"][1]["sentence"] == "公需课需 2 门，已有 1 门，还差 1 门。"


async def test_figures_typed_in_are_judged_and_have_no_hours_by_category(town: City) -> None:
    judgement = await judged(town, **TYPED, figures={**ENOUGH, "totalHours": "370.0"})

    assert (judgement["verdict"], judgement["supplementUsed"]) == ("FAIL", False)
    assert judgement["figures"]["publicHours"] is None
    assert (judgement["table"], judgement["lines"]) == ([], [])
    assert judgement["remedy"] == (
        "At least still needed, studied by 2012-06-15: 8.0 hours of any kind."
    )


async def test_the_current_year_that_is_typed_in_is_added_where_it_is_needed(town: City) -> None:
    short = {**ENOUGH, "totalHours": "370.0", "publicCourses": 1}
    more = {"totalHours": "8.0", "publicCourses": 1, "professionalCourses": 0}

    judgement = await judged(town, **TYPED, figures=short, currentYear=more)
    without = await judged(town, **TYPED, figures=ENOUGH, currentYear=more)

    assert (judgement["verdict"], judgement["supplementUsed"]) == ("PASS", True)
    assert judgement["figures"]["totalHours"] == "378.0"
    assert judgement["alone"]["totalHours"] == "370.0"
    assert judgement["remedy"] is None
    assert (without["verdict"], without["supplementUsed"]) == ("PASS", False)


async def test_of_oneself_the_profile_and_the_approved_records_are_taken(town: City) -> None:
    await cities.registered(town, "applicant", course_name="公共危机管理")
    again = {"starts_on": date(2025, 3, 2), "ends_on": date(2025, 3, 4)}
    await cities.registered(town, "applicant", course_name="《公共危机管理》", **again)
    waiting = await submitted(town)
    await draft(town)

    found = await previewed(town, personId=person_id(town, "applicant"), applied="2026-11-24")

    assert (found["qualified"], found["discipline"]) == ("2020-05-01", "NATURAL")
    explanation, judgement = found["explanation"], found["explanation"]["judgement"]
    assert (explanation["firstYear"], explanation["lastYear"]) == (2022, 2026)
    assert (explanation["binding"], explanation["supplementOpen"]) == (False, False)
    assert judgement["figures"]["totalHours"] == "36.0"
    assert judgement["figures"]["publicCourses"] == 1
    assert [line["reason"] for line in judgement["lines"]].count("COUNTED") == 2
    assert [line["newCourse"] for line in judgement["lines"] if line["counted"]] == [True, False]
    assert {line["reason"] for line in judgement["lines"]} == {"COUNTED", "NOT_APPROVED"}
    assert len(judgement["lines"]) == 3, waiting  # a draft says nothing yet
    assert "its course was counted before" in str(judgement["lines"])
    assert [each["year"] for each in judgement["table"]] == [2022, 2023, 2024, 2025, 2026]


async def test_today_is_the_day_of_application_unless_said_otherwise(town: City) -> None:
    found = await previewed(town, personId=person_id(town, "applicant"))

    assert found["applied"] == "2026-11-24"


async def test_a_record_of_the_year_of_application_is_the_supplement(town: City) -> None:
    hours = {"approved_hours": "360.0", "category": CourseCategory.ELECTIVE}
    spring = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 4)}
    await cities.registered(town, "applicant", **hours, **spring)

    judgement = await judged(town, personId=person_id(town, "applicant"), applied="2026-06-30")

    assert judgement["supplementUsed"]
    assert judgement["lines"][0]["reason"] == "SUPPLEMENT"
    assert judgement["figures"]["days"] == "45.0"  # 360 / 8


async def test_what_is_given_goes_before_what_the_person_states(town: City) -> None:
    found = await previewed(
        town,
        personId=person_id(town, "applicant"),
        applied="2012-07-15",
        qualified="2007-01-01",
        discipline="SOCIAL",
        personGroup="TEACHER",
        figures=ENOUGH,
    )

    assert (found["discipline"], found["personGroup"]) == ("SOCIAL", "TEACHER")
    explanation = found["explanation"]
    assert (explanation["lastYear"], explanation["requiredHours"]) == (2011, "360.0")
    assert (explanation["end"], explanation["unsourced"]) == ("EXEMPT_GROUP", True)
    assert explanation["judgement"]["verdict"] == "PASS"
    assert "without a document" in explanation["reasons"][-1]
    assert "no document says so" in explanation["years"][0]["sentence"]


async def test_a_person_group_of_the_profile_closes_the_second_window(town: City) -> None:
    who = town.viewers["applicant"].person_id
    await Profile.filter(person_id=who).update(person_group=PersonGroup.HEALTH)

    found = await previewed(town, personId=person_id(town, "applicant"), applied="2026-07-01")

    assert found["explanation"]["lastYear"] == 2025


async def test_without_a_title_the_start_of_work_counts(town: City) -> None:
    who = town.viewers["applicant"].person_id
    stated = {"has_title": False, "title_code": None, "started_work_on": date(2024, 7, 1)}
    await Profile.filter(person_id=who).update(**stated)

    found = await previewed(town, personId=person_id(town, "applicant"))

    assert found["qualified"] == "2024-07-01"


async def test_a_target_that_is_no_promotion_is_pointed_out(town: City) -> None:
    mine = {"personId": person_id(town, "applicant")}

    same = await previewed(town, **mine, targetTitle="083")
    higher = await previewed(town, **mine, targetTitle="082")

    assert [each["code"] for each in same["warnings"]] == ["TARGET_NOT_ABOVE"]
    assert (higher["warnings"], higher["business"]) == ([], "TO_SENIOR")


async def test_staff_may_ask_about_those_they_may_read_and_no_other(town: City) -> None:
    await cities.registered(town, "applicant")
    about = {"personId": person_id(town, "applicant")}

    theirs = await judged(town, "handler", **about)
    others = await previewed(town, "museum handler", **about)
    unknown = await previewed(town, "handler", personId=ids.encode("Person", UNKNOWN))

    assert [line["courseName"] for line in theirs["lines"]] == ["公共危机管理"]
    assert others == unknown
    assert (others["code"], others["path"]) == ("NOT_FOUND", ["personId"])


UNKNOWN = "00000000-0000-0000-0000-000000000007"


async def test_which_record_it_is_knows_only_who_may_read_it(town: City) -> None:
    """A record of an earlier employer counts for the person, and stays with that employer."""
    elsewhere = town.organisations["museum"]
    await cities.registered(town, "applicant", employer_id=elsewhere, course_name="岭南文化")
    about = {"personId": person_id(town, "applicant")}

    (mine,) = (await judged(town, **about))["lines"]
    (theirs,) = (await judged(town, "handler", **about))["lines"]

    assert (mine["courseName"], mine["endsOn"]) == ("岭南文化", "2026-03-04")
    assert mine["recordId"] is not None
    assert (theirs["recordId"], theirs["courseName"], theirs["endsOn"]) == (None, None, None)
    assert (theirs["hours"], theirs["counted"]) == ("18.0", True)


@pytest.mark.parametrize(
    ("changed", "code", "path", "detail"),
    [
        (
            {"qualified": "2012-02-01"},
            "CYCLE_EMPTY",
            ["qualified"],
            [{"name": "earliest", "value": "2012-07-01"}],
        ),
        (
            {"qualified": "2012-06-16"},
            "QUALIFIED_AFTER_APPLIED",
            ["qualified"],
            [{"name": "applied", "value": "2012-06-15"}],
        ),
        (
            {"applied": "2001-06-15", "qualified": "1999-01-01"},
            "CYCLE_NOT_IN_FORCE",
            ["applied"],
            [{"name": "year", "value": "2001"}],
        ),
    ],
)
async def test_a_cycle_that_cannot_be_is_refused_with_its_data(
    town: City, changed: dict[str, str], code: str, path: list[str], detail: list[Any]
) -> None:
    found = await previewed(town, **{**TYPED, **changed})

    assert (found["__typename"], found["code"], found["path"]) == ("Refusal", code, path)
    assert found["details"] == detail


@pytest.mark.parametrize(
    ("input", "problems"),
    [
        ({}, [("REQUIRED", "qualified"), ("REQUIRED", "discipline")]),
        ({**TYPED, "targetTitle": "999"}, [("TITLE_UNKNOWN", "targetTitle")]),
        ({**TYPED, "currentYear": ENOUGH}, [("REQUIRED", "figures")]),
        (
            {**TYPED, "figures": {**ENOUGH, "totalHours": "-0.1"}},
            [("FIGURE_NEGATIVE", "figures.totalHours")],
        ),
        (
            {**TYPED, "figures": {**ENOUGH, "totalHours": "0.05", "publicCourses": -1}},
            [
                ("FIGURE_NEGATIVE", "figures.publicCourses"),
                ("HOURS_TOO_PRECISE", "figures.totalHours"),
            ],
        ),
        (
            {**TYPED, "figures": ENOUGH, "currentYear": {**ENOUGH, "professionalCourses": -1}},
            [("FIGURE_NEGATIVE", "currentYear.professionalCourses")],
        ),
    ],
)
async def test_everything_wrong_with_the_input_is_listed_by_its_field(
    town: City, input: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    found = await previewed(town, **input)

    assert found["__typename"] == "ValidationFailed"
    listed = [(each["code"], ".".join(each["path"])) for each in found["problems"]]
    assert listed == problems


@pytest.mark.parametrize("wrong", ["", "nonsense", ids.encode("Unit", UNKNOWN)])
async def test_an_id_of_no_person_is_not_found(town: City, wrong: str) -> None:
    found = await previewed(town, personId=wrong)

    assert (found["code"], found["path"]) == ("NOT_FOUND", ["personId"])


@pytest.mark.parametrize("who", ["applicant", "handler", "city checker"])
async def test_a_preview_costs_one_statement_about_a_person_and_none_without(
    town: City, who: str
) -> None:
    await cities.registered(town, "applicant")

    with counted() as about_somebody:
        await previewed(town, who, personId=person_id(town, "applicant"))
    with counted() as typed_in:
        await previewed(town, who, **TYPED, figures=ENOUGH)

    assert (len(about_somebody), len(typed_in)) == (1, 0)


async def test_a_stranger_has_no_preview() -> None:
    assert await codes(None, PREVIEW, input=TYPED) == ["UNAUTHENTICATED"]
