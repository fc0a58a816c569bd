"""Delegations as clients meet them: the inbox of a delegate, his decision, and the timeline."""

from typing import Any

import pytest

from models import Delegation, Task
from models.access import Viewer
from models.ids import uuid7
from models.read import Connection
from resolvers import ids
from tests.factories import city as cities
from tests.factories import delegation as delegations
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.delegation import UNTIL, given, seen
from tests.factories.question import FAILED, answered
from tests.statements import counted

INBOX = """{ tasks { totalCount nodes { id version group { key }
  availableActions { act enabled }
  onBehalfOf { person { id name } until availableActions { act enabled refusal { code } } } } }
  todoGroups { business { key } count delegated } }"""
DECIDE = f"""mutation ($input: DecideTaskInput!) {{ decideTask(input: $input) {{ __typename {FAILED}
  ... on TaskPayload {{ case {{ status timeline {{ person onBehalfOf signature }} }} }} }} }}"""
CREATE = f"""mutation ($input: CreateDelegationInput!) {{ createDelegation(input: $input) {{
  __typename {FAILED} ... on ValidationFailed {{ problems {{ code path }} }}
  ... on DelegationPayload {{ delegation {{ id active reason groups {{ name }} routes {{ key }}
  principal {{ name }} delegate {{ name }} createdBy {{ name }} revokedAt }} }} }} }}"""
REVOKE = f"""mutation ($input: RevokeDelegationInput!) {{ revokeDelegation(input: $input) {{
  __typename {FAILED} ... on DelegationPayload {{ delegation {{ active revokedAt }} }} }} }}"""
LIST = """query ($where: DelegationFilter) { delegations(where: $where) { totalCount nodes {
  principal { name } delegate { name } organisation { name } active } } }"""
COLLEAGUES = "{ colleagues { person { name } groups { key } } }"


@pytest.fixture
async def town(db: Connection) -> City:
    town = await cities.build(db)
    await delegations.deputies(town)
    return town


def person_id(viewer: Viewer) -> str:
    return ids.encode("Person", viewer.person_id)


async def one_for_the_leader(town: City) -> Task:
    task_id = await records.agreed(town, await records.submitted(town))
    return await Task.get(id=task_id).select_related("case")


async def test_a_delegate_finds_the_tasks_of_his_principal_and_for_whom(town: City) -> None:
    await one_for_the_leader(town)
    before = await answered(await seen(town, "deputy"), INBOX)
    await given(town, "leader", "deputy")

    told = await answered(await seen(town, "deputy"), INBOX)

    assert (before["tasks"]["nodes"], before["todoGroups"]) == ([], [])
    assert told["todoGroups"] == [{"business": {"key": "declaration"}, "count": 1, "delegated": 1}]
    (task,) = told["tasks"]["nodes"]
    (behalf,) = task["onBehalfOf"]
    own = {one["act"]: one["enabled"] for one in task["availableActions"]}
    his = {one["act"]: one["enabled"] for one in behalf["availableActions"]}
    assert behalf["person"]["name"] == "leader"
    assert (own["PASS"], his["PASS"], his["RELEASE"]) == (False, True, False)


async def test_one_who_stands_for_a_colleague_of_his_group_has_each_task_once(town: City) -> None:
    await records.submitted(town)
    await given(town, "handler", "second handler")

    told = await answered(await seen(town, "second handler"), INBOX)

    assert told["tasks"]["totalCount"] == 1
    assert told["todoGroups"][0]["delegated"] == 0
    assert [one["person"]["name"] for one in told["tasks"]["nodes"][0]["onBehalfOf"]] == ["handler"]


@pytest.mark.parametrize(("routes", "found"), [(["declaration"], 1), (["record.amendment"], 0)])
async def test_the_inbox_holds_the_businesses_that_were_handed_over(
    town: City, routes: list[str], found: int
) -> None:
    await one_for_the_leader(town)
    await given(town, "leader", "handler", routes=routes)

    told = await answered(await seen(town, "handler"), INBOX)

    assert told["tasks"]["totalCount"] == found
    assert [one["delegated"] for one in told["todoGroups"]] == [1] * found


async def test_both_names_stand_in_the_timeline(town: City) -> None:
    await given(town, "leader", "deputy")
    task = await one_for_the_leader(town)
    given_input = {
        "taskId": ids.encode("Task", task.id),
        "act": "PASS",
        "onBehalfOf": person_id(town.viewers["leader"]),
        "expectedVersion": task.case.seq,
        "idempotencyKey": str(uuid7()),
    }

    for language, signed in (("zh-CN", "deputy 代 leader"), ("en", "deputy for leader")):
        told = await answered(await seen(town, "deputy"), DECIDE, language, input=given_input)
        case = told["decideTask"]["case"]
        assert case["status"] == "APPROVED"
        assert {
            "person": "deputy", "onBehalfOf": "leader", "signature": signed
        } in case["timeline"]  # fmt: skip
        assert case["timeline"][0]["signature"] == "applicant"


@pytest.mark.parametrize("behalf", ["leader", "handler", "nobody"])
async def test_in_a_name_nobody_lent_him_he_decides_nothing(town: City, behalf: str) -> None:
    task = await one_for_the_leader(town)
    named = town.viewers.get(behalf)

    told = await answered(
        town.viewers["deputy"],
        DECIDE,
        input={
            "taskId": ids.encode("Task", task.id),
            "act": "PASS",
            "onBehalfOf": person_id(named) if named else ids.encode("Case", uuid7()),
            "expectedVersion": task.case.seq,
            "idempotencyKey": str(uuid7()),
        },
    )

    refusal = told["decideTask"]
    assert refusal["code"] == ("NOT_DELEGATED" if named else "NOT_FOUND")
    assert refusal["path"] == ["onBehalfOf"]


async def created(town: City, who: str, delegate: str, **more: Any) -> Any:
    asked = {
        "delegateId": person_id(town.viewers[delegate]),
        "endsAt": UNTIL.isoformat(),
        "reason": "外出培训",
        "idempotencyKey": str(uuid7()),
        **more,
    }
    return (await answered(town.viewers[who], CREATE, input=asked))["createDelegation"]


async def test_the_administrator_delegates_for_the_absent_and_revokes(town: City) -> None:
    leader = person_id(town.viewers["leader"])

    made = (await created(town, "administrator", "deputy", principalId=leader))["delegation"]
    revoked = await answered(
        town.viewers["administrator"],
        REVOKE,
        input={"delegationId": made["id"], "idempotencyKey": str(uuid7())},
    )

    assert (made["principal"]["name"], made["delegate"]["name"]) == ("leader", "deputy")
    assert (made["active"], made["routes"], made["createdBy"]["name"]) == (
        True, [], "administrator"
    )  # fmt: skip
    assert [one["name"] for one in made["groups"]] == ["unit leader"]
    assert revoked["revokeDelegation"]["delegation"]["active"] is False


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"principalId": "leader"}, "NOT_YOURS_TO_DELEGATE", ["principalId"]),
        ({"principalId": ids.encode("Case", uuid7())}, "NOT_FOUND", ["principalId"]),
        ({"delegateId": ids.encode("Case", uuid7())}, "NOT_FOUND", ["delegateId"]),
        ({"groups": ["unit_leader"]}, "GROUP_NOT_HELD", None),
        ({}, None, None),
    ],
)
async def test_a_refusal_names_its_argument(
    town: City, more: dict[str, Any], code: str | None, path: list[str] | None
) -> None:
    if more.get("principalId") == "leader":
        more = {"principalId": person_id(town.viewers["leader"])}

    told = await created(town, "handler", "deputy", **more)

    problems = told.get("problems") or [told]
    assert problems[0].get("code") == code
    assert path is None or problems[0]["path"] == path
    assert await Delegation.all().count() == (code is None)


@pytest.mark.parametrize(
    ("who", "found"),
    [("leader", 1), ("deputy", 1), ("administrator", 2), ("museum leader", 0), ("checker", 0)],
)
async def test_a_delegation_is_seen_by_whom_it_names_and_the_administrator(
    town: City, who: str, found: int
) -> None:
    await given(town, "leader", "deputy")
    await given(town, "handler", "second handler")

    told = (await answered(town.viewers[who], LIST))["delegations"]

    assert told["totalCount"] == found
    assert {one["organisation"]["name"] for one in told["nodes"]} <= {"hospital"}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"revoked": False}, 1),
        ({"revoked": True}, 0),
        ({"endsAt": {"range": {"to": "2026-11-25T00:00:00+08:00"}}}, 0),
        ({"delegate": {"eq": "deputy"}}, 1),
        ({"principal": {"eq": "deputy"}}, 0),
    ],
)
async def test_delegations_are_found_by_what_they_say(
    town: City, where: dict[str, Any], found: int
) -> None:
    await given(town, "leader", "deputy")
    for condition in where.values():
        if isinstance(condition, dict) and condition.get("eq") == "deputy":
            condition = condition | {"eq": person_id(town.viewers["deputy"])}
            where = {next(iter(where)): condition}

    told = await answered(town.viewers["leader"], LIST, where=where)

    assert told["delegations"]["totalCount"] == found


async def test_colleagues_are_the_others_who_sit_in_the_same_house(town: City) -> None:
    told = (await answered(town.viewers["administrator"], COLLEAGUES))["colleagues"]

    groups = {one["person"]["name"]: [each["key"] for each in one["groups"]] for one in told}
    assert groups == {
        "chief": ["handler", "unit_leader"],
        "deputy": [],
        "handler": ["handler"],
        "leader": ["unit_leader"],
        "second handler": ["handler"],
    }


async def test_the_inbox_of_a_delegate_costs_no_more_than_his_own(town: City) -> None:
    listed = "{ tasks { nodes { id version group { key } createdAt } } }"
    await one_for_the_leader(town)
    with counted() as own:
        await answered(await seen(town, "leader"), listed)
    await given(town, "leader", "deputy")
    with counted() as other:
        told = await answered(await seen(town, "deputy"), listed)

    assert len(told["tasks"]["nodes"]) == 1
    assert len(own) == len(other) == 2  # the session, and the list
