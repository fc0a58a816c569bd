"""Errands as clients run them: buttons with people and places, verbs, and what a copy shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Case, Copy, Task, TrainingRecord
from models.account import UserType
from models.read import Connection
from resolvers import ids
from rules.course import CourseCategory
from tests.factories import city
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.question import FAILED, answered, asked, key
from tests.statements import counted
from workflow.case import Act

BUTTONS = """query($id: ID!) { case(id: $id) { availableActions {
  act enabled refusal { code } organisations { name } } } }"""
TASKS = """{ tasks { nodes { availableActions { act enabled people { name } } } } }"""
SEEN = """query($id: ID!) { case(id: $id) {
  record { id } timeline { what { name } comment step { name } } } }"""
VERBS = {
    "restateCase": "RestateCaseInput",
    "urgeCase": "UrgeCaseInput",
    "copyCase": "CopyCaseInput",
    "redirectCase": "RedirectCaseInput",
}


@pytest.fixture
async def town(db: Connection) -> City:
    town = await city.build(db)
    bureau = UserType.CITY_BUREAU
    await town.person("city administrator", "bureau", "unit_admin", user_type=bureau)
    return town


async def sent(town: City, who: str, verb: str, **input: Any) -> Any:
    case = await Case.get()
    given = {"caseId": ids.encode("Case", case.id), "expectedVersion": case.seq, **input}
    query = f"""mutation($input: {VERBS[verb]}!) {{ {verb}(input: $input) {{
      __typename ... on CasePayload {{ case {{ status step {{ key }} }} }} {FAILED} }} }}"""
    data = await answered(town.viewers[who], query, input={**given, "idempotencyKey": key()})
    return data[verb]


async def offered(town: City, who: str) -> dict[str, Any]:
    given = {"id": ids.encode("Case", (await Case.get()).id)}
    found = (await answered(town.viewers[who], BUTTONS, **given))["case"]["availableActions"]
    return {one["act"]: one for one in found}


async def recognition(town: City) -> None:
    """A public course of the school at the district bureau."""
    await town.person("second reviewer", "school", "handler", "unit_leader")
    task_id = await records.submitted(town, "pupil", category=CourseCategory.PUBLIC)
    task_id = await records.agreed(town, task_id, "only reviewer")
    records.done(await records.decided(town, "second reviewer", task_id, Act.PASS))


async def test_a_task_says_to_whom_it_may_be_handed_in_one_statement_for_all(town: City) -> None:
    for _ in range(3):
        await records.submitted(town)

    with counted() as statements:
        found = await answered(town.viewers["handler"], TASKS)

    for task in found["tasks"]["nodes"]:
        hand = next(one for one in task["availableActions"] if one["act"] == "TRANSFER")
        assert (hand["enabled"], hand["people"]) == (True, [{"name": "second handler"}])
    assert sum("FROM person s" in one for one in statements) == 1, statements


async def test_a_task_is_handed_over_and_its_new_holder_is_told_in_the_list(town: City) -> None:
    await records.submitted(town)
    open_task, case = await Task.get(status="open"), await Case.get()
    given = {
        "taskId": ids.encode("Task", open_task.id),
        "personId": ids.encode("Person", town.viewers["second handler"].person_id),
        "expectedVersion": case.seq,
        "idempotencyKey": key(),
    }
    query = f"""mutation($input: TransferTaskInput!) {{ transferTask(input: $input) {{
      ... on TaskPayload {{ task {{ status outcome }} case {{ version }} }} {FAILED} }} }}"""

    done = (await answered(town.viewers["handler"], query, input=given))["transferTask"]

    assert done["task"] == {"status": "DONE", "outcome": "TRANSFER"}
    assert done["case"] == {"version": case.seq + 1}
    people = [town.viewers["second handler"].person_id]
    assert (await Task.get(status="open")).only_for == people


async def test_the_buttons_of_a_case_say_who_may_and_where_a_step_may_go(town: City) -> None:
    await recognition(town)

    chief = await offered(town, "city administrator")
    school = await offered(town, "only reviewer")

    assert chief["REDIRECT"]["organisations"] == [{"name": "bureau"}]
    assert chief["REDIRECT"]["enabled"]
    assert school["REDIRECT"]["refusal"] == {"code": "NOT_YOURS_TO_REDIRECT"}
    assert school["URGE"]["refusal"] == {"code": "TOO_EARLY_TO_URGE"}
    assert school["RESTATE"]["refusal"] == {"code": "CONTENT_UNCHANGED"}
    assert (school["COPY"]["enabled"], school["RECALL"]["enabled"]) == (True, True)


async def test_a_case_is_moved_restated_urged_and_shown_through_the_api(town: City) -> None:
    await recognition(town)
    person = ids.encode("Person", town.viewers["applicant"].person_id)
    until = (NOW + timedelta(days=30)).isoformat()

    early = await sent(town, "pupil", "urgeCase")
    copied = await sent(town, "only reviewer", "copyCase", to=person, until=until, reason="请阅知")
    bureau = ids.encode("Department", town.organisations["bureau"])
    moved = await sent(
        town, "city administrator", "redirectCase", organisationId=bureau, reason="改由市局认定"
    )
    await TrainingRecord.all().update(course_name="《改了名的课程》")
    restated = await sent(town, "city checker", "restateCase")

    assert early["code"] == "TOO_EARLY_TO_URGE"
    assert copied["case"]["status"] == "IN_REVIEW"
    assert moved["case"]["step"] == {"key": "recognition"}
    assert restated["case"]["step"] == {"key": "unit_review"}


async def test_who_was_shown_a_case_reads_it_and_nothing_behind_it(town: City) -> None:
    await records.agreed(town, await records.submitted(town))
    case = await Case.get()
    given = {"id": ids.encode("Case", case.id)}
    before = await asked(town.viewers["pupil"], SEEN, **given)
    await Copy.create(
        case_id=case.id,
        person_id=town.viewers["pupil"].person_id,
        until=datetime.now(UTC) + timedelta(days=1),
        event_seq=1,
    )

    shown = (await answered(town.viewers["pupil"], SEEN, language="zh-CN", **given))["case"]

    assert before.errors is not None
    assert shown["record"] is None
    assert [one["what"]["name"] for one in shown["timeline"]] == [
        "提交审核资料",
        "审核同意(呈单位领导)",
    ]
