"""Cycle applications as clients ask for them: the applicant's screen, the lists, the history."""

from typing import Any
from uuid import UUID

import pytest

from models import Case, CycleApplication
from models.read import Connection
from resolvers import ids
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.answer import said
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
from tests.factories.question import FAILED, answered, codes, key
from tests.factories.record import done
from tests.statements import counted
from workflow import cycle, remark, task
from workflow.case import Act

SCREEN = """query ($id: ID!) { node(id: $id) { ... on CycleApplication {
  target { series title } level business discipline qualifiedOn appliedOn firstYear lastYear
  requiredHours totalHours days publicCourses publicHours professionalCourses professionalHours
  electiveHours verdict binding supplementUsed stale status mark { name }
  years { year totalHours publicCourses } yearPanel { year totalHours }
  explanation { requiredHours reasons judgement { verdict lines { recordId courseName } } }
  results { number } case { timeline { what { key } } }
  warnings { code path } availableActions { verb label enabled refusal { code message } } } } }"""
HISTORY = """query ($id: ID!) { node(id: $id) { ... on CycleApplication { stale results {
  number current verdict totalHours obstacle changes { field { key name } before after }
  records { fate before { courseName hours } after { hours counted sentence } }
  explanation { judgement { verdict } } } } } }"""
LIST = """query ($where: CycleApplicationFilter, $orderBy: [CycleApplicationOrder!]) {
  cycleApplications(where: $where, orderBy: $orderBy) { totalCount nodes { person { name }
  employer { name } targetTitle level business appliedOn status totalHours verdict stale } } }"""
INBOX = """query ($where: TaskFilter) { tasks(where: $where) { nodes { business { key } step { key }
  mark { name } record { id } cycleApplication { totalHours verdict target { title } }
  availableActions { act refusal { code } } case { cycleApplication { status } } } } }"""
TODO = "{ todoGroups { business { key name } step { key name } count } }"
PAYLOAD = "... on CycleApplicationPayload { replayed application { id version status } }"


@pytest.fixture
async def town(db: Connection) -> City:
    return await cycles.peopled(await cities.build(db))


@pytest.fixture(autouse=True)
async def studies(town: City) -> list[UUID]:
    return await cycles.studied(town)


def application_id(row_id: UUID) -> str:
    return ids.encode("CycleApplication", row_id)


async def shown(town: City, who: str, row_id: UUID, query: str = SCREEN, **more: Any) -> Any:
    data = await answered(town.viewers[who], query, id=application_id(row_id), **more)
    return data["node"]


async def test_the_screen_shows_the_figures_of_the_guide(town: City) -> None:
    row = await shown(town, "applicant", await submitted(town))

    assert (row["target"]["title"], row["level"], row["business"]) == (
        "高级工程师",
        "ASSOCIATE_SENIOR",
        "TO_SENIOR",
    )
    assert (row["firstYear"], row["lastYear"], row["appliedOn"]) == (2008, 2011, "2012-03-06")
    assert (row["totalHours"], row["days"], row["requiredHours"]) == ("404.0", "67.3", "288.0")
    assert (row["publicHours"], row["publicCourses"]) == ("68.0", 4)
    assert (row["professionalHours"], row["professionalCourses"]) == ("320.0", 9)
    assert (row["electiveHours"], row["verdict"], row["binding"]) == ("16.0", "PASS", True)
    assert [each["year"] for each in row["years"]] == [2008, 2009, 2010, 2011]
    assert sum(float(each["totalHours"]) for each in row["years"]) == 404
    assert row["yearPanel"] == {"year": 2012, "totalHours": "0.0"}
    lines = row["explanation"]["judgement"]["lines"]
    assert len(lines) == 14 and all(line["recordId"] and line["courseName"] for line in lines)


async def test_a_draft_tells_what_deserves_a_second_look(town: City) -> None:
    key = await applied(town, target_title="084", discipline="social")

    row = await shown(town, "applicant", key)

    told = [(each["code"], each["path"]) for each in row["warnings"]]
    assert ("TARGET_NOT_ABOVE", ["targetTitle"]) in told
    assert ("OTHER_THAN_PROFILE", ["discipline"]) in told
    assert {code for code, _ in told} >= {"CYCLE_NOT_BINDING", "FIGURES_SHORT"}  # as of today
    assert (row["totalHours"], row["explanation"], row["years"]) == (None, None, [])


@pytest.mark.parametrize(
    ("far", "who", "enabled"),
    [
        ("draft", "applicant", {"EDIT", "DELETE", "SUBMIT"}),
        ("submitted", "applicant", {"RECALL", "WITHDRAW"}),
        ("checked", "applicant", {"WITHDRAW"}),
        ("returned", "applicant", {"EDIT", "SUBMIT", "WITHDRAW"}),
        ("submitted", "hospital checker", set()),
        ("changed", "hospital checker", {"RESTATE"}),
        ("changed", "second checker", set()),
        ("changed", "applicant", {"RECALL", "WITHDRAW"}),
    ],
)
async def test_the_buttons_are_those_the_verbs_allow(
    town: City, studies: list[UUID], far: str, who: str, enabled: set[str]
) -> None:
    key = await applied(town) if far == "draft" else await submitted(town)
    if far == "checked":
        await climbed(town, key, 1)
    if far == "returned":
        done(await decided(town, "hospital checker", key, Act.RETURN))
    if far == "changed":
        await corrected(studies[0], "2.0")
        await recalculated(town)

    row = await shown(town, who, key)

    assert {one["verb"] for one in row["availableActions"] if one["enabled"]} == enabled


async def test_the_button_says_which_record_is_undecided(town: City) -> None:
    key = await applied(town)
    await cities.registered(town, "applicant", status="in_review", course_name="待审课程")

    row = await shown(town, "applicant", key)

    (submit,) = [one for one in row["availableActions"] if one["verb"] == "SUBMIT"]
    assert submit["refusal"]["code"] == "UNDECIDED_RECORDS"
    assert "待审课程" in submit["refusal"]["message"]


async def test_a_recount_shows_what_has_changed_and_why(town: City, studies: list[UUID]) -> None:
    key = await submitted(town)
    await corrected(studies[0], "2.0")
    stale = (await shown(town, "rechecker", key, HISTORY))["stale"]
    await recalculated(town)

    row = await shown(town, "rechecker", key, HISTORY)

    last, first = row["results"]
    assert (stale, row["stale"]) == (True, False)
    assert (first["number"], first["changes"], first["records"]) == (1, [], [])
    assert (last["number"], last["current"], last["totalHours"]) == (2, True, "389.0")
    told = {one["field"]["key"]: (one["before"], one["after"]) for one in last["changes"]}
    assert told == {
        "totalHours": ("404.0", "389.0"),
        "publicHours": ("68.0", "53.0"),
        "days": ("67.3", "64.8"),
    }
    (record,) = last["records"]
    assert (record["fate"], record["before"]["courseName"]) == ("CHANGED", "课程0")
    assert (record["before"]["hours"], record["after"]["hours"]) == ("17.0", "2.0")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, 3),
        ({"status": {"eq": "IN_REVIEW"}}, 2),
        ({"status": {"in": ["RETURNED", "IN_REVIEW"]}}, 3),
        ({"reason": {"eq": "RECALLED"}}, 1),
        ({"reason": {"eq": "SUBMITTED"}}, 1),
        ({"step": {"eq": "unit_check"}}, 2),
        ({"name": {"contains": "pup"}}, 1),
        ({"level": {"eq": "ASSOCIATE_SENIOR"}}, 3),
        ({"targetTitle": {"eq": "012"}}, 1),
        ({"business": {"eq": "TO_INTERMEDIATE"}}, 0),
        ({"discipline": {"eq": "NATURAL"}}, 3),
        ({"year": {"eq": 2012}}, 3),
        ({"appliedOn": {"range": {"from": "2012-03-06", "to": "2012-03-06"}}}, 3),
        ({"verdict": {"eq": "PASS"}}, 2),
        ({"verdict": {"eq": "FAIL"}}, 1),
        ({"stale": True}, 0),
        ({"binding": True}, 3),
        ({"employer": {"within": "district"}}, 1),
        ({"employer": {"within": "bureau"}}, 3),
        ({"employer": {"eq": "department"}}, 0),
    ],
)
async def test_a_bureau_finds_applications_by_what_its_screens_filter(
    town: City, where: dict[str, Any], found: int
) -> None:
    await several(town)
    if "employer" in where:
        ((operator, body),) = where["employer"].items()
        kind = "Department"
        where = {"employer": {operator: ids.encode(kind, town.organisations[body])}}

    data = (await answered(town.viewers["rechecker"], LIST, where=where))["cycleApplications"]

    assert (data["totalCount"], len(data["nodes"])) == (found, found)


async def several(town: City) -> None:
    """One that climbs and was recalled by the unit, one returned, one of a district unit."""
    recalled = await submitted(town)
    await climbed(town, recalled, 2)
    case = await Case.get(subject_id=recalled)
    unit = town.request("hospital checker")
    done(await task.recall(unit, case_id=case.id, expected_version=case.seq))
    returned = await submitted(town, target_title="012")
    done(await decided(town, "hospital checker", returned, Act.RETURN))
    await submitted(town, "pupil")
    await applied(town, "applicant", target_title="022")  # a draft nobody else sees


async def test_the_list_is_ordered_as_asked_and_costs_one_statement(town: City) -> None:
    await several(town)
    viewer = town.viewers["rechecker"]
    query = LIST.replace("totalCount", "")
    with counted() as sent:
        order = [{"field": "NAME", "direction": "DESC"}]
        data = await answered(viewer, query, orderBy=order)

    names = [one["person"]["name"] for one in data["cycleApplications"]["nodes"]]
    assert names == ["pupil", "applicant", "applicant"]
    assert len(sent) == 1, sent


async def test_pages_follow_one_another_without_gap(town: City) -> None:
    await several(town)
    paged = """query ($after: String) { cycleApplications(first: 1, after: $after) {
      nodes { id } pageInfo { endCursor hasNextPage } } }"""
    found, after = [], None
    while True:
        data = await answered(town.viewers["rechecker"], paged, after=after)
        page = data["cycleApplications"]
        found += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(found) == len(set(found)) == 3


VIEWERS = {
    "applicant": True,
    "second handler": True,
    "hospital chief": True,
    "museum chief": False,
    "checker": True,
    "district checker": False,
    "rechecker": True,
}


@pytest.mark.parametrize("who", VIEWERS)
async def test_each_kind_of_viewer_reads_what_concerns_him(town: City, who: str) -> None:
    draft, handed = await applied(town, target_title="012"), await submitted(town)

    found = (await answered(town.viewers[who], LIST))["cycleApplications"]["totalCount"]
    alone = await codes(
        town.viewers[who], "query ($id: ID!) { node(id: $id) { id } }", id=application_id(draft)
    )

    assert found == (2 if who == "applicant" else int(VIEWERS[who]))
    assert alone == ([] if who == "applicant" else ["NOT_FOUND"])
    assert handed != draft


async def test_the_inbox_shows_what_is_to_be_checked(town: City) -> None:
    await submitted(town)
    where = {"level": {"eq": "ASSOCIATE_SENIOR"}, "year": {"eq": 2012}}

    data = await answered(town.viewers["hospital checker"], INBOX, where=where)

    (node,) = data["tasks"]["nodes"]
    assert (node["business"]["key"], node["step"]["key"]) == ("cycle.municipal", "unit_check")
    assert (node["record"], node["cycleApplication"]["totalHours"]) == (None, "404.0")
    assert node["case"] == {"cycleApplication": {"status": "IN_REVIEW"}}
    enabled = {one["act"] for one in node["availableActions"] if one["refusal"] is None}
    assert {"AGREE_UP", "RETURN", "CLAIM"} <= enabled
    none = await answered(
        town.viewers["hospital checker"], INBOX, where={"level": {"eq": "SENIOR"}}
    )
    assert none["tasks"]["nodes"] == []


async def test_what_is_written_into_a_recalled_application_is_found_by_no_filter(
    town: City,
) -> None:
    key = await submitted(town)
    done(await acted(town, cycle.recall, key))
    where = {"status": {"in": ["OPEN", "VOID"]}, "level": {"eq": "ASSOCIATE_SENIOR"}}

    data = await answered(town.viewers["hospital checker"], INBOX, where=where)

    assert data["tasks"]["nodes"] == []


async def test_a_longer_inbox_costs_no_more_statements(town: City) -> None:
    checker = town.viewers["hospital checker"]
    await submitted(town)
    with counted() as few:
        await answered(checker, INBOX)
    for code in ("012", "022", "011"):
        await submitted(town, target_title=code)
    with counted() as many:
        data = await answered(checker, INBOX)

    assert len(data["tasks"]["nodes"]) == 4
    assert len(many) == len(few) <= 9, many


async def test_a_draft_waits_for_its_author_in_his_list(town: City) -> None:
    await applied(town)
    returned = await submitted(town, target_title="012")
    done(await decided(town, "hospital checker", returned, Act.RETURN))

    lines = (await answered(town.viewers["applicant"], TODO))["todoGroups"]

    told = {(one["business"]["key"], one["step"]["key"]): one["count"] for one in lines}
    assert told == {("cycle.municipal", "applicant"): 2}


def mutation(name: str, kind: str) -> str:
    return f"""mutation ($input: {kind}!) {{ {name}(input: $input) {{ __typename {FAILED}
      ... on ValidationFailed {{ problems {{ code path }} }} {PAYLOAD} }} }}"""


async def test_the_verbs_answer_with_the_application(town: City) -> None:
    applicant = town.viewers["applicant"]

    async def did(name: str, kind: str, **input: Any) -> Any:
        query = mutation(name, kind)
        return (await answered(applicant, query, input={**input, "idempotencyKey": key()}))[name]

    made = await did("applyForCycle", "ApplyForCycleInput", targetTitle="082")
    row = made["application"]

    async def on(name: str, kind: str = "CycleApplicationInput", **more: Any) -> Any:
        nonlocal row
        given = {"applicationId": row["id"], "expectedVersion": row["version"], **more}
        answer = await did(name, kind, **given)
        row = answer.get("application") or row
        return answer

    await on("editCycleApplication", "EditCycleApplicationInput", targetTitle="012")
    told = [row["version"]]
    for verb in ("submit", "recall", "submit", "withdraw"):
        answer = await on(f"{verb}CycleApplication")
        told.append(answer["application"]["status"])
    assert told == [2, "IN_REVIEW", "DRAFT", "IN_REVIEW", "WITHDRAWN"]

    another = await did("applyForCycle", "ApplyForCycleInput", targetTitle="082")
    row = another["application"]
    gone = await on("deleteCycleApplication")
    assert (gone["application"], await CycleApplication.all().count()) == (None, 1)
    wrong = await did("applyForCycle", "ApplyForCycleInput", targetTitle="?")
    assert wrong["problems"] == [{"code": "TITLE_UNKNOWN", "path": ["targetTitle"]}]


async def test_a_reviewer_adopts_what_was_counted_again(town: City, studies: list[UUID]) -> None:
    row_id = await submitted(town)
    await corrected(studies[0], "2.0")
    await recalculated(town)
    case = await Case.get(subject_id=row_id)
    query = f"""mutation ($input: RestateCaseInput!) {{ restateCase(input: $input) {{
      __typename {FAILED} ... on CasePayload {{ case {{ version timeline {{ what {{ key }} }} }} }}
      }} }}"""
    given = {"caseId": ids.encode("Case", case.id), "expectedVersion": case.seq}

    answer = await answered(
        town.viewers["hospital checker"], query, input={**given, "idempotencyKey": key()}
    )

    told = answer["restateCase"]["case"]
    assert [line["what"]["key"] for line in told["timeline"]] == ["submitted", "restated"]


@pytest.mark.parametrize("who", ["applicant", "second handler", "rechecker", "museum chief"])
async def test_what_postgresql_paints_is_what_the_plain_execution_says(
    town: City, studies: list[UUID], who: str
) -> None:
    await several(town)
    await corrected(studies[0], "2.0")
    await recalculated(town)
    one = await submitted(town, target_title="011")
    given = {"id": application_id(one)}

    for query in (LIST, SCREEN, HISTORY):
        painted = await said(town.viewers[who], query, compiled=True, **given)
        assert painted == await said(town.viewers[who], query, compiled=False, **given)


async def test_a_unit_prepares_texts_for_its_step_of_the_business(town: City) -> None:
    leader = town.viewers["leader"]  # with the duty of remarks
    done(
        await remark.add(
            town.request("leader"),
            route_code="cycle.municipal",
            step_key="unit_check",
            act=None,
            text="材料齐全，学时属实",
        )
    )
    await submitted(town)

    query = "{ tasks { nodes { step { key } remarks { text } } } }"
    (node,) = (await answered(town.viewers["hospital checker"], query))["tasks"]["nodes"]

    assert node == {"step": {"key": "unit_check"}, "remarks": [{"text": "材料齐全，学时属实"}]}
    assert leader.organisation_id == town.organisations["hospital"]
