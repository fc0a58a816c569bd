"""Amendments as clients ask for them: the inbox, the list of the unit, and what a page costs."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from models import Amendment, Case, Seat, TrainingRecord
from models.read import Connection
from tests.factories import amendment as amendments
from tests.factories import city
from tests.factories.amendment import approved, proposed, sent, struck
from tests.factories.city import City
from tests.factories.question import answered, record_id
from tests.factories.record import done
from tests.statements import counted
from workflow import amendment, task
from workflow.case import Act
from workflow.task import Decision

INBOX = """query ($where: TaskFilter) { tasks(where: $where) { nodes {
  business { key } step { key } record { id } amendment { kind person { name } proposer { name }
  changes { field { key name } before after } } } } }"""
BUTTONS = """query ($id: ID!) { node(id: $id) { ... on TrainingRecord { underAmendment
  availableActions { verb enabled refusal { code } } } } }"""
KEPT = """query ($open: Boolean!) { trainingRecords(where: { status: { eq: APPROVED },
  underAmendment: $open }) { nodes { courseName underAmendment } } }"""
TODO = "{ todoGroups { business { key } step { key } count } }"
PAGE = """{ amendments { totalCount nodes { id kind status reason person { name } proposer { name }
  employer { name } record { courseName attachments { id } } before { organiserName } proposed {
  approvedHours organiser { name } } changes { before after } attachments { label scanState
  downloadUrl } case { timeline { person } } } } }"""


@pytest.fixture
async def town(db: Connection) -> City:
    town = await city.build(db)
    await amendments.keepers(town)
    return town


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, 1),
        ({"name": {"eq": "applicant"}}, 1),
        ({"name": {"eq": "keeper"}}, 0),  # he proposed it, it is not about him
        ({"courseName": {"contains": "更正的课程"}}, 1),
        ({"category": {"eq": "PUBLIC"}}, 0),
        ({"route": {"eq": "record.amendment"}}, 1),
        ({"route": {"eq": "declaration"}}, 0),
        ({"year": {"eq": 2026}}, 1),
    ],
)
async def test_the_inbox_of_the_leader_finds_an_amendment_by_what_it_is_about(
    town: City, where: dict[str, Any], found: int
) -> None:
    await proposed(town, await approved(town, course_name="更正的课程"), course_name="改名的课程")

    nodes = (await answered(town.viewers["leader"], INBOX, where=where))["tasks"]["nodes"]

    assert len(nodes) == found
    for node in nodes:
        told = node["amendment"]
        assert (node["business"]["key"], node["step"]["key"]) == ("record.amendment", "unit_amend")
        assert (node["record"], told["kind"]) == (None, "CORRECT")
        assert (told["person"]["name"], told["proposer"]["name"]) == ("applicant", "keeper")
        assert [one["field"]["name"] for one in told["changes"]] == [
            "course name",
            "approved hours",
        ]


@pytest.mark.parametrize(
    ("who", "buttons"),
    [
        ("keeper", {"PROPOSE_CORRECTION": None, "PROPOSE_DELETION": None}),
        ("leader", {}),  # not his duty
        ("checker", {}),
        (
            "his own keeper",
            {
                **{"EDIT": "NOT_EDITABLE", "DELETE": "NOT_EDITABLE", "SUBMIT": "CLOSED"},
                **{"RECALL": "CLOSED", "WITHDRAW": "CLOSED"},
                **{"PROPOSE_CORRECTION": "OWN_CASE", "PROPOSE_DELETION": "OWN_CASE"},
            },
        ),
    ],
)
async def test_the_buttons_are_those_of_whose_duty_it_is(
    town: City, who: str, buttons: dict[str, str | None]
) -> None:
    record = await approved(town)
    keeper, applicant = town.viewers["keeper"], town.viewers["applicant"]
    town.viewers["his own keeper"] = replace(keeper, person_id=applicant.person_id)

    node = (await answered(town.viewers[who], BUTTONS, id=record_id(record.id)))["node"]

    told = {
        each["verb"]: each["refusal"] and each["refusal"]["code"]
        for each in node["availableActions"]
    }
    assert told == buttons


async def test_the_buttons_say_why_not(town: City) -> None:
    record = await approved(town)
    done(await struck(town, record))

    node = (await answered(town.viewers["keeper"], BUTTONS, id=record_id(record.id)))["node"]

    assert node["underAmendment"]
    assert [each["refusal"]["code"] for each in node["availableActions"]] == ["UNDER_AMENDMENT"] * 2


@pytest.mark.parametrize("under", [True, False])
async def test_the_list_tells_apart_what_is_under_amendment(town: City, under: bool) -> None:
    await approved(town, course_name="没有更正")
    await struck(town, await approved(town, course_name="更正中"))

    found = (await answered(town.viewers["keeper"], KEPT, open=under))["trainingRecords"]["nodes"]

    wanted = "更正中" if under else "没有更正"
    assert found == [{"courseName": wanted, "underAmendment": under}]


async def test_a_recalled_proposal_waits_for_who_proposed_it_and_for_nobody_else(
    town: City,
) -> None:
    done(await proposed(town, await approved(town)))
    case = await Case.get(subject_type="amendment")
    done(await task.recall(town.request("keeper"), case_id=case.id, expected_version=1))

    mine = (await answered(town.viewers["keeper"], TODO))["todoGroups"]
    others = (await answered(town.viewers["other keeper"], TODO))["todoGroups"]

    line = {"business": {"key": "record.amendment"}, "step": {"key": "applicant"}, "count": 1}
    assert (mine, others) == ([line], [])


async def test_a_longer_list_of_amendments_costs_no_more_statements(town: City) -> None:
    keeper = town.viewers["keeper"]
    await proposed(town, await approved(town))
    with counted() as few:
        await answered(keeper, PAGE)
    for number in range(3):
        key = await city.registered(town, "applicant", course_name=f"课程{number}")
        record = await TrainingRecord.get(id=key)
        await struck(town, record, proofs=(await sent(town, record), await sent(town, record)))
    with counted() as many:
        data = await answered(keeper, PAGE)

    assert data["amendments"]["totalCount"] == 4
    assert [len(one["attachments"]) for one in data["amendments"]["nodes"]] == [2, 2, 2, 0]
    # amendments, their number, persons, organisations, records, files, cases, events
    assert len(many) == len(few) <= 9, many


LEFT = """query ($left: Boolean!) { amendments(where: { abandoned: $left }) { nodes { abandoned
  status version case { timeline { kind step { key } person comment } } } } }"""


@pytest.mark.parametrize("left", [True, False])
async def test_the_administrator_finds_what_one_who_has_left_has_left_behind(
    town: City, left: bool
) -> None:
    answer = await proposed(town, await approved(town))
    key, seq = UUID(done(answer).data["task"]), done(answer).data["seq"]
    sent_back = Decision(act=Act.RETURN, comment="请附说明")
    done(
        await task.decide(
            town.request("leader"), task_id=key, expected_version=seq, decision=sent_back
        )
    )
    if left:
        await Seat.filter(person_id=town.viewers["keeper"].person_id).update(ended_at=city.NOW)

    told = await answered(town.viewers["administrator"], LEFT, left=left)

    (node,) = told["amendments"]["nodes"]
    assert (node["abandoned"], node["status"]) == (left, "RETURNED")


async def test_the_timeline_says_who_gave_it_up_and_why(town: City) -> None:
    answer = await proposed(town, await approved(town))
    done(
        await task.recall(
            town.request("keeper"), case_id=done(answer).data["case"], expected_version=1
        )
    )
    await Seat.filter(person_id=town.viewers["keeper"].person_id).update(ended_at=city.NOW)
    kept = await Amendment.get()
    done(
        await amendment.withdraw(
            town.request("administrator"), amendment_id=kept.id, expected_version=2, reason="调离"
        )
    )

    told = await answered(town.viewers["applicant"], LEFT, left=False)

    last = told["amendments"]["nodes"][0]["case"]["timeline"][-1]
    shown = (last["kind"], last["step"], last["person"], last["comment"])
    assert shown == ("WITHDRAWN", None, "administrator", "调离")
