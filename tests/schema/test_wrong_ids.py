"""An id that is none, or one of another type, is not there: for every verb that takes one."""

from typing import Any
from uuid import UUID

import pytest

from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories.question import answered, key

DECLARATION = {
    "courseName": "课程",
    "category": "ELECTIVE",
    "startsOn": "2026-05-11",
    "endsOn": "2026-05-11",
}
VERSION = {"expectedVersion": 1}
SOMETHING = ids.encode("Case", UUID(int=7))
SHOWN = {
    "caseId": SOMETHING,
    "to": ids.encode("Person", UUID(int=7)),
    "until": "2027-01-01T00:00:00Z",
    "reason": "阅知",
}
MOVED = {
    "caseId": SOMETHING,
    "organisationId": ids.encode("Department", UUID(int=7)),
    "reason": "改派",
}
HANDED = {
    "taskId": ids.encode("Task", UUID(int=7)),
    "personId": ids.encode("Person", UUID(int=7)),
}
ASKED = {"caseId": ids.encode("Case", UUID(int=7))}
# verb, type of its input, the field of the id, and what else it is given
VERBS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("editRecord", "EditRecordInput", "recordId", {**VERSION, "declaration": DECLARATION}),
    ("deleteRecord", "RecordInput", "recordId", VERSION),
    ("submitRecord", "RecordInput", "recordId", VERSION),
    ("recallRecord", "RecordInput", "recordId", VERSION),
    ("withdrawRecord", "RecordInput", "recordId", VERSION),
    (
        "requestUpload",
        "RequestUploadInput",
        "recordId",
        {"label": "证书", "fileName": "证书.pdf", "size": 9},
    ),
    ("claimTask", "TaskInput", "taskId", VERSION),
    ("unclaimTask", "TaskInput", "taskId", VERSION),
    ("releaseTask", "TaskInput", "taskId", VERSION),
    ("decideTask", "DecideTaskInput", "taskId", {**VERSION, "act": "PASS"}),
    ("recallCase", "RecallCaseInput", "caseId", VERSION),
    ("restateCase", "RestateCaseInput", "caseId", VERSION),
    ("urgeCase", "UrgeCaseInput", "caseId", VERSION),
    ("copyCase", "CopyCaseInput", "caseId", {**VERSION, **SHOWN}),
    ("redirectCase", "RedirectCaseInput", "caseId", {**VERSION, **MOVED}),
    ("addSigner", "SignerInput", "caseId", {**VERSION, "group": "handler"}),
    ("dropSigner", "SignerInput", "caseId", {**VERSION, "group": "handler"}),
    ("addSigner", "SignerInput", "personId", {**VERSION, **ASKED}),
    ("transferTask", "TransferTaskInput", "taskId", {**VERSION, **HANDED}),
    ("transferTask", "TransferTaskInput", "personId", {**VERSION, **HANDED}),
    ("removeRemark", "RemoveRemarkInput", "remarkId", {}),
    ("recalculate", "RecalculateInput", "personId", {}),
)
WRONG = ("", "nonsense", ids.encode("Unit", UUID(int=7)), ids.encode("TrainingRecord", "7"))


async def told(who: str, verb: str, given: str, input: dict[str, Any], db: Connection) -> Any:
    town = await city.build(db)
    query = f"""mutation($input: {given}!) {{ {verb}(input: $input) {{
      __typename ... on UserError {{ code path }} }} }}"""
    data = await answered(town.viewers[who], query, input={**input, "idempotencyKey": key()})
    return data[verb]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
async def test_a_verb_on_a_wrong_id_names_the_field(
    db: Connection, verb: tuple[str, str, str, dict[str, Any]], wrong: str
) -> None:
    name, given, field, more = verb

    answer = await told("leader", name, given, {**more, field: wrong}, db)

    assert (answer["code"], answer["path"]) == ("NOT_FOUND", [field])


@pytest.mark.parametrize(
    ("verb", "given", "field", "input"),
    [
        ("removeAttachments", "RemoveAttachmentsInput", "attachmentIds", {"attachmentIds": ["x"]}),
        (
            "decideTasks",
            "DecideTasksInput",
            "tasks",
            {"tasks": [{"taskId": "x", "expectedVersion": 1}], "act": "PASS"},
        ),
        (
            "decideTasks",
            "DecideTasksInput",
            "remarkId",
            {"tasks": [], "act": "PASS", "remarkId": "x"},
        ),
        (
            "decideTask",
            "DecideTaskInput",
            "remarkId",
            {
                "taskId": ids.encode("Task", UUID(int=7)),
                "expectedVersion": 1,
                "act": "PASS",
                "remarkId": "x",
            },
        ),
    ],
)
async def test_one_wrong_id_among_several_is_enough(
    db: Connection, verb: str, given: str, field: str, input: dict[str, Any]
) -> None:
    answer = await told("handler", verb, given, input, db)

    assert (answer["code"], answer["path"]) == ("NOT_FOUND", [field])


@pytest.mark.parametrize("wrong", ["", "nonsense", ids.encode("Person", UUID(int=7))])
async def test_a_wrong_organiser_is_named_where_it_stands(db: Connection, wrong: str) -> None:
    declaration = {**DECLARATION, "organiserId": wrong}

    answer = await told(
        "applicant", "declareRecord", "DeclareRecordInput", {"declaration": declaration}, db
    )

    assert (answer["code"], answer["path"]) == ("NOT_FOUND", ["declaration", "organiserId"])
