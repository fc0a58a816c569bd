"""What one may not see is not there, and a list costs what it promises."""

from uuid import UUID, uuid4

import pytest

from models.account import UserType
from models.read import Connection, connection
from resolvers import ids
from tests.factories import city
from tests.factories.city import City
from tests.factories.identity import numbered
from tests.factories.question import answered, asked, codes, key, record_id, task_id
from tests.factories.record import draft, submitted
from tests.statements import counted
from workflow import later, training

NODE = "query($id: ID!) { node(id: $id) { id __typename } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
CASE = "query($id: ID!) { case(id: $id) { id } }"
TASKS = """{ tasks(where: { status: { in: [OPEN, VOID] }, courseName: { contains: "机密" } }) {
  totalCount } }"""
SUBMIT = """mutation($input: RecordInput!) { submitRecord(input: $input) { __typename
  ... on UserError { code message } } }"""
CLAIM = """mutation($input: TaskInput!) { claimTask(input: $input) { __typename
  ... on TaskPayload { task { id claimedBy { name } } } ... on UserError { code message } } }"""


@pytest.fixture
async def town(db: Connection) -> City:
    return await city.build(db)


@pytest.mark.parametrize("stranger", ["museum handler", "second handler", "checker"])
async def test_a_draft_is_there_for_its_author_alone(town: City, stranger: str) -> None:
    record = record_id(await draft(town))
    unknown = record_id(uuid4())

    mine = await answered(town.viewers["applicant"], NODE, id=record)
    theirs = await asked(town.viewers[stranger], NODE, id=record)
    nothing = await asked(town.viewers[stranger], NODE, id=unknown)

    assert mine["node"] == {"id": record, "__typename": "TrainingRecord"}
    assert [error.formatted for error in theirs.errors or ()] == [
        error.formatted for error in nothing.errors or ()
    ]


async def test_a_recalled_record_is_its_authors_alone_again(town: City) -> None:
    record = await draft(town)
    request = town.request("applicant")
    await training.submit(request, record_id=record, expected_version=1)
    before = await answered(town.viewers["handler"], NODE, id=record_id(record))

    await training.recall(town.request("applicant"), record_id=record, expected_version=2)

    assert before["node"]["id"] == record_id(record)
    assert await codes(town.viewers["handler"], NODE, id=record_id(record)) == ["NOT_FOUND"]
    listed = await answered(town.viewers["handler"], "{ trainingRecords { totalCount } }")
    assert listed["trainingRecords"]["totalCount"] == 0


async def test_what_is_written_into_a_recalled_record_cannot_be_found_by_a_filter(
    town: City,
) -> None:
    record = await draft(town, course_name="机密课程")
    await training.submit(town.request("applicant"), record_id=record, expected_version=1)
    before = await answered(town.viewers["handler"], TASKS)

    await training.recall(town.request("applicant"), record_id=record, expected_version=2)

    assert before["tasks"]["totalCount"] == 1
    assert (await answered(town.viewers["handler"], TASKS))["tasks"]["totalCount"] == 0


async def test_a_warning_quotes_no_record_its_reader_may_not_read(town: City) -> None:
    await draft(town, course_name="机密课程")
    await submitted(town)
    query = "{ trainingRecords { nodes { warnings { code message } } } }"

    own = await answered(town.viewers["applicant"], query)
    unit = await answered(town.viewers["handler"], query)

    assert "机密课程" in str(own["trainingRecords"])
    assert [one["warnings"] for one in unit["trainingRecords"]["nodes"]] == [[]]


async def test_a_name_beside_a_record_does_not_tell_that_his_figures_wait(town: City) -> None:
    await town.person(
        "base", None, seat_at="base", duties=("feed",), user_type=UserType.TRAINING_BASE
    )
    await city.registered(town, "applicant")
    await later.recalculate(connection(), [town.viewers["applicant"].person_id], city.NOW)
    query = "{ trainingRecords { nodes { person { name staleSince } } } }"

    base = await answered(town.viewers["base"], query)
    unit = await answered(town.viewers["handler"], query)

    (named,), (read,) = base["trainingRecords"]["nodes"], unit["trainingRecords"]["nodes"]
    assert named["person"] == {"name": "applicant", "staleSince": None}
    assert read["person"]["staleSince"] is not None


async def test_a_submitted_record_is_there_for_the_unit_and_for_no_other(town: City) -> None:
    task = await submitted(town)
    handler, other = town.viewers["handler"], town.viewers["museum handler"]

    assert (await answered(handler, NODE, id=task_id(task)))["node"]["__typename"] == "Task"
    assert await codes(other, NODE, id=task_id(task)) == ["NOT_FOUND"]


async def test_nodes_keep_their_places_and_leave_out_what_is_not_there(town: City) -> None:
    record = record_id(await draft(town))
    unit = ids.encode("Unit", town.organisations["hospital"])
    wrong_type = ids.encode("Department", town.organisations["hospital"])

    data = await answered(
        town.viewers["applicant"], NODES, ids=[unit, "x", record, wrong_type, record]
    )

    found = [node and node["id"] for node in data["nodes"]]
    assert found == [unit, None, record, None, record]


@pytest.mark.parametrize(
    "wrong", ["x", "", ids.encode("Case", UUID(int=7)), ids.encode("Task", UUID(int=7))]
)
async def test_a_case_by_a_wrong_id_is_not_there(town: City, wrong: str) -> None:
    assert await codes(town.viewers["applicant"], CASE, id=wrong) == ["NOT_FOUND"]


async def test_a_verb_on_what_one_may_not_see_is_answered_as_if_it_were_not_there(
    town: City,
) -> None:
    record, other = record_id(await draft(town)), town.viewers["second handler"]
    answers = [
        (
            await answered(
                other,
                SUBMIT,
                input={"recordId": each, "expectedVersion": 1, "idempotencyKey": key()},
            )
        )["submitRecord"]
        for each in (record, record_id(uuid4()))
    ]

    assert answers[0] == answers[1]
    assert answers[0]["code"] == "NOT_FOUND"


async def test_a_task_is_claimed_from_the_right_seat_only(town: City) -> None:
    task = task_id(await submitted(town))
    given = {"taskId": task, "expectedVersion": 1}

    def input_() -> dict[str, object]:
        return {**given, "idempotencyKey": key()}

    leader = await answered(town.viewers["leader"], CLAIM, input=input_())
    museum = await answered(town.viewers["museum handler"], CLAIM, input=input_())
    handler = await answered(town.viewers["handler"], CLAIM, input=input_())

    assert leader["claimTask"]["__typename"] == "NotPermitted"
    assert museum["claimTask"]["code"] == "NOT_FOUND"
    assert handler["claimTask"]["task"]["claimedBy"]["name"] == "handler"


LISTS = {
    "tasks": (
        """{ tasks { nodes { id mark { name } organisation { name } applicant { name }
          claimedBy { name } case { id } record { courseName attachments { id } } remarks { text }
          availableActions { act enabled } } } }""",
        # tasks, organisations, persons, cases, records, files, remarks, scenes in three
        10,
    ),
    "records": (
        """{ trainingRecords { nodes { id person { name } employer { name } organiser { name }
          attachments { id } case { id timeline { what { name } } } warnings { code } } } }""",
        # records, persons, organisations, files, cases, events, neighbours
        7,
    ),
    "persons": (
        """{ persons { nodes { name employer { name } staleSince profile { missing }
          annualResults { year } } } }""",
        # persons, organisations, stale, profiles, results
        5,
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_longer_list_costs_no_more_statements(town: City, name: str) -> None:
    query, most = LISTS[name]
    await submitted(town)
    with counted() as few:
        await answered(town.viewers["handler"], query)
    for number in range(4):
        await submitted(town, course_name=f"课程{number}")
        await town.person(f"colleague {number}", "hospital")
    with counted() as many:
        await answered(town.viewers["handler"], query)

    assert len(many) == len(few) <= most


async def test_somebody_elses_number_is_hidden_but_for_three_digits(town: City) -> None:
    who = town.viewers["applicant"].person_id
    await numbered(who, "440106198506080012")
    query = "query($id: ID!) { node(id: $id) { ... on Person { maskedNumber } } }"
    person = ids.encode("Person", str(who))

    own = await answered(town.viewers["applicant"], query, id=person)
    other = await answered(town.viewers["handler"], query, id=person)

    assert own["node"]["maskedNumber"] == "4401**********0012"
    assert other["node"]["maskedNumber"] == "440" + "*" * 15
