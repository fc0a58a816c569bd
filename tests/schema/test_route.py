"""The way ahead as clients see it: before anything is sent, and while a case is under way."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models import Case, Command, Event, Organisation, Seat, Task
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from resolvers import ids
from rules import calendar
from rules.course import CourseCategory
from tests.factories import amendment as amendments
from tests.factories import city
from tests.factories import cycle as cycles
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import answered
from tests.factories.record import done
from tests.statements import counted
from workflow import profile, task
from workflow.case import Act

STEP = """step { key } where relation { key } organisation groups { name } needs eligible workdays
  dueOn skipped { key } standIn standInGroups { name } problem { code message }"""
PREVIEW = f"""query ($input: RoutePreviewInput!) {{ routePreview(input: $input) {{ __typename
  ... on RoutePreview {{ business {{ key }} routeVersion diagram steps {{ {STEP} }} }}
  ... on UserError {{ code path }} }} }}"""
UNDER_WAY = f"query ($id: ID!) {{ case(id: $id) {{ status diagram forecast {{ {STEP} }} }} }}"
CASES = f"""{{ tasks {{ nodes {{ case {{ diagram forecast {{ {STEP} }} }} }} }} }}"""
TABLES = (Case, Task, Event, Command)
DUE = calendar.add_workdays(date(2026, 11, 24), 10)  # sent on the day of the test city


@pytest.fixture
async def town(db: Connection) -> City:
    return await city.build(db)


async def previewed(town: City, who: str, node: str, key: Any) -> Any:
    given = {"subjectId": ids.encode(node, str(key))}
    return (await answered(town.viewers[who], PREVIEW, input=given))["routePreview"]


async def under_way(town: City, who: str = "applicant") -> Any:
    case = await Case.get()
    return (await answered(town.viewers[who], UNDER_WAY, id=ids.encode("Case", str(case.id))))[
        "case"
    ]


async def test_a_draft_is_told_who_decides_by_when_and_whether_there_are_people(
    town: City,
) -> None:
    told = await previewed(town, "applicant", "TrainingRecord", await records.draft(town))

    assert (told["business"]["key"], told["routeVersion"]) == ("declaration", 1)
    assert told["steps"] == [
        {
            "step": {"key": "unit_review"},
            "where": "AHEAD",
            "relation": {"key": "employer"},
            "organisation": "hospital",
            "groups": [{"name": "handler"}, {"name": "unit leader"}],
            "needs": 2,
            "eligible": 3,
            "workdays": 10,
            "dueOn": DUE.isoformat(),
            "skipped": None,
            "standIn": None,
            "standInGroups": [],
            "problem": None,
        }
    ]
    assert "stroke-width" not in told["diagram"] and "fill" not in told["diagram"]


async def test_terms_follow_each_other(town: City) -> None:
    draft = await records.draft(town, category=CourseCategory.PUBLIC)

    first, second = (await previewed(town, "applicant", "TrainingRecord", draft))["steps"]

    assert second["organisation"] == "bureau"
    assert (first["dueOn"], second["dueOn"]) == (
        DUE.isoformat(),
        calendar.add_workdays(DUE, second["workdays"]).isoformat(),
    )


async def test_a_unit_with_too_few_people_is_told_its_stand_in(town: City) -> None:
    draft = await records.draft(town, "pupil")

    (step,) = (await previewed(town, "pupil", "TrainingRecord", draft))["steps"]

    assert (step["needs"], step["eligible"], step["problem"]) == (2, 1, None)
    assert (step["standIn"], step["standInGroups"]) == ("district", [{"name": "checker"}])


async def test_a_step_without_people_or_without_body_says_so(town: City) -> None:
    draft = await records.draft(town, category=CourseCategory.PUBLIC)
    await Seat.filter(organisation_id=town.organisations["bureau"]).update(groups=["handler"])

    empty = (await previewed(town, "applicant", "TrainingRecord", draft))["steps"][1]
    await Organisation.filter(kind="city_bureau").update(closed_on=date(2026, 1, 1))
    gone = (await previewed(town, "applicant", "TrainingRecord", draft))["steps"][1]

    assert (empty["eligible"], empty["problem"]["code"]) == (0, "MORE_REVIEWERS_NEEDED")
    assert (gone["organisation"], gone["problem"]["code"]) == (None, "NO_SUCH_ORGANISATION")


async def test_a_preview_names_no_person_and_leaves_nothing(town: City) -> None:
    draft = await records.draft(town)
    before = [await table.all().values() for table in TABLES]

    told = str(await previewed(town, "applicant", "TrainingRecord", draft))

    assert [await table.all().values() for table in TABLES] == before
    assert "second handler" not in told and "'leader'" not in told


@pytest.mark.parametrize(
    ("who", "reads"),
    [("applicant", True), ("handler", False), ("leader", False), ("museum handler", False)],
)
async def test_a_draft_is_previewed_by_its_author_alone(town: City, who: str, reads: bool) -> None:
    told = await previewed(town, who, "TrainingRecord", await records.draft(town))

    refused = {"__typename": "Refusal", "code": "NOT_FOUND", "path": ["subjectId"]}
    assert told == refused or (reads and told["__typename"] == "RoutePreview")


@pytest.mark.parametrize("who", ["applicant", "handler", "checker", "museum handler", "pupil"])
async def test_a_case_under_way_is_previewed_by_who_reads_the_record(town: City, who: str) -> None:
    await records.submitted(town)
    case = await Case.get()

    told = await previewed(town, who, "TrainingRecord", case.subject_id)

    if who in ("applicant", "handler", "checker"):
        assert [step["where"] for step in told["steps"]] == ["HERE"]
    else:
        assert told["code"] == "NOT_FOUND"


@pytest.mark.parametrize("node", ["Remark", "Organisation", "Unit", "Task", "Nonsense"])
async def test_what_takes_no_route_has_no_preview(town: City, node: str) -> None:
    told = await previewed(town, "handler", node, town.organisations["hospital"])

    assert (told["code"], told["path"]) == ("NOT_FOUND", ["subjectId"])


async def test_what_is_over_is_closed(town: City) -> None:
    record = await amendments.approved(town)

    told = await previewed(town, "applicant", "TrainingRecord", record.id)

    assert told["code"] == "CLOSED"


async def test_an_amendment_is_previewed_by_who_reads_its_case(town: City) -> None:
    await amendments.keepers(town)
    await amendments.proposed(town, await amendments.approved(town))
    case = await Case.get(subject_type="amendment")

    told = await previewed(town, "applicant", "Amendment", case.subject_id)

    assert [step["step"]["key"] for step in told["steps"]] == ["unit_amend"]


async def test_an_application_is_previewed_along_its_whole_way_and_a_body_decides_once(
    town: City,
) -> None:
    await town.organisation("bureau unit", OrganisationKind.UNIT, "bureau", UnitKind.MUNICIPAL)
    await town.person("neighbour", "bureau unit")
    await cycles.peopled(town)
    municipal = await cycles.applied(town)
    near = await cycles.applied(town, "neighbour")

    told = await previewed(town, "applicant", "CycleApplication", municipal)
    short = await previewed(town, "neighbour", "CycleApplication", near)

    assert told["business"]["key"] == "cycle.municipal"
    assert [(step["organisation"], step["where"], step["needs"]) for step in told["steps"]] == [
        ("hospital", "AHEAD", 2),
        ("department", "AHEAD", 1),
        ("bureau", "AHEAD", 2),
    ]
    assert [step["where"] for step in short["steps"]] == ["AHEAD", "SKIPPED", "AHEAD"]
    assert short["steps"][1]["skipped"] == {"key": "same_org"}
    assert short["steps"][0]["problem"] is None and short["steps"][0]["standIn"] == "bureau"


async def test_a_profile_is_previewed_by_its_person_also_when_it_was_confirmed_once(
    town: City,
) -> None:
    person = town.viewers["applicant"].person_id
    first = await previewed(town, "applicant", "Person", person)
    answer = done(await profile.submit(town.request("applicant"), expected_version=1))
    done(await records.decided(town, "handler", UUID(answer.data["task"]), Act.PASS))
    again = await previewed(town, "applicant", "Person", person)

    assert first["business"]["key"] == "profile.confirmation"
    assert again["steps"] == first["steps"]


async def test_a_case_shows_where_it_stands_and_what_is_done(town: City) -> None:
    task_id = await records.submitted(town, category=CourseCategory.PUBLIC)
    await records.decided(town, "leader", await records.agreed(town, task_id), Act.PASS)

    told = await under_way(town)

    assert [(step["step"]["key"], step["where"]) for step in told["forecast"]] == [
        ("unit_review", "DONE"),
        ("recognition", "HERE"),
    ]
    assert [step["dueOn"] for step in told["forecast"]] == [None, DUE.isoformat()]
    assert told["diagram"].splitlines()[-2:] == [
        "  style unit_review fill:#ddd",
        "  style recognition stroke-width:4px",
    ]


async def test_a_stand_in_that_was_called_is_named(town: City) -> None:
    await records.submitted(town, "pupil")

    (step,) = (await under_way(town, "pupil"))["forecast"]

    assert (step["where"], step["standIn"], step["problem"]) == ("HERE", "district", None)


async def test_a_returned_case_begins_at_the_first_step_again(town: City) -> None:
    task_id = await records.submitted(town)
    done(await records.decided(town, "handler", task_id, Act.RETURN))

    told = await under_way(town)

    assert [step["where"] for step in told["forecast"]] == ["AHEAD"]
    assert "style" not in told["diagram"]


async def test_a_case_that_is_over_awaits_nothing_and_its_diagram_is_shaded(town: City) -> None:
    await amendments.approved(town)

    told = await under_way(town)

    assert (told["status"], told["forecast"]) == ("APPROVED", [])
    assert told["diagram"].endswith("  style unit_review fill:#ddd\n")


async def test_a_case_with_a_body_outside_the_chain_names_it(town: City) -> None:
    await records.submitted(town)
    case = await Case.get()
    state = {**case.state, "org_id": str(town.organisations["museum"])}
    await Case.filter(id=case.id).update(state=state)

    (step,) = (await under_way(town))["forecast"]

    assert step["organisation"] == "museum"


async def test_a_preview_costs_three_statements_and_a_page_of_forecasts_two_more(
    town: City,
) -> None:
    draft = await records.draft(town)
    with counted() as preview:
        await previewed(town, "applicant", "TrainingRecord", draft)
    for number in range(3):
        await records.submitted(town, course_name=f"课程{number}")
    with counted() as page:
        data = await answered(town.viewers["handler"], CASES)

    assert len(data["tasks"]["nodes"]) == 3
    assert len(preview) == 3, preview  # may he read it, the subject, its standing
    assert len(page) == 4, page  # tasks, cases, subjects, standings


async def test_recalled_for_another_time_it_is_previewed_as_if_sent_now(town: City) -> None:
    await records.submitted(town)
    case = await Case.get()
    done(await task.recall(town.request("applicant"), case_id=case.id, expected_version=case.seq))

    told = await previewed(town, "applicant", "TrainingRecord", case.subject_id)

    assert [step["where"] for step in told["steps"]] == ["AHEAD"]
