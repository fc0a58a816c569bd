"""Signers as clients name them: buttons with people and groups, the verbs, and the to-do list."""

from typing import Any

import pytest

from models import Case
from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import FAILED, answered, key
from tests.statements import counted

BUTTONS = """query($id: ID!) { case(id: $id) { availableActions {
  act enabled refusal { code } people { name } groups { key name } } } }"""
WAITING = """{ tasks { nodes { mark { key name } group { key }
  availableActions { act enabled refusal { code } } } } }"""
TIMELINE = "query($id: ID!) { case(id: $id) { timeline { what { name } } } }"


@pytest.fixture
async def town(db: Connection) -> City:
    town = await city.build(db)
    await records.agreed(town, await records.submitted(town))
    return town


async def sent(town: City, who: str, verb: str, **input: Any) -> Any:
    case = await Case.get()
    given = {"caseId": ids.encode("Case", case.id), "expectedVersion": case.seq, **input}
    query = f"""mutation($input: SignerInput!) {{ {verb}(input: $input) {{
      ... on CasePayload {{ case {{ version }} }} {FAILED} }} }}"""
    data = await answered(town.viewers[who], query, input={**given, "idempotencyKey": key()})
    return data[verb]


async def offered(town: City, who: str) -> dict[str, Any]:
    given = {"id": ids.encode("Case", (await Case.get()).id)}
    found = (await answered(town.viewers[who], BUTTONS, **given))["case"]["availableActions"]
    return {one["act"]: one for one in found}


def person(town: City, who: str) -> str:
    return ids.encode("Person", town.viewers[who].person_id)


async def test_the_buttons_name_whom_one_may_ask(town: City) -> None:
    with counted() as statements:
        leader = (await offered(town, "leader"))["ADD_SIGNER"]
    handler = (await offered(town, "handler"))["ADD_SIGNER"]

    assert leader["enabled"]
    assert [one["name"] for one in leader["people"]] == ["second handler"]
    assert [one["key"] for one in leader["groups"]] == ["handler"]
    assert handler["refusal"] == {"code": "NOT_YOUR_TASK"}
    assert sum("FROM person s" in one for one in statements) == 1, statements


async def test_a_signer_finds_it_in_his_list_and_gives_an_opinion_and_no_more(town: City) -> None:
    await sent(town, "leader", "addSigner", personId=person(town, "second handler"))

    found = await answered(town.viewers["second handler"], WAITING, language="zh-CN")
    leaders = await answered(town.viewers["leader"], WAITING)

    [task] = found["tasks"]["nodes"]
    enabled = {one["act"] for one in task["availableActions"] if one["enabled"]}
    assert task["mark"] == {"key": "signer", "name": "待审(加签)"}
    assert enabled == {"AGREE_UP", "DISAGREE_UP", "CLAIM"}
    assert leaders["tasks"]["nodes"] == []
    assert (await offered(town, "leader"))["DROP_SIGNER"]["people"] == [{"name": "second handler"}]


async def test_asking_and_asking_no_more_stand_in_the_timeline(town: City) -> None:
    await sent(town, "leader", "addSigner", group="handler", reason="请复核学时")
    done = await sent(town, "leader", "dropSigner", group="handler")

    given = {"id": ids.encode("Case", (await Case.get()).id)}
    shown = (await answered(town.viewers["leader"], TIMELINE, language="zh-CN", **given))["case"]
    assert done["case"] == {"version": (await Case.get()).seq}
    assert [one["what"]["name"] for one in shown["timeline"]][-2:] == ["加签", "减签"]


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        ((), "REQUIRED"),
        (("personId", "group"), "SIGNER_DOES_NOT_FIT"),
        (("personId",), None),
        (("group",), None),
    ],
)
async def test_a_person_or_a_group_is_named_and_not_both(
    town: City, names: tuple[str, ...], refusal: str | None
) -> None:
    both = {"personId": person(town, "second handler"), "group": "handler"}
    before = (await Case.get()).seq

    answer = await sent(town, "leader", "addSigner", **{name: both[name] for name in names})

    assert answer.get("code") == refusal
    assert ((await Case.get()).seq == before) == (refusal is not None)
