"""Members and moves as clients ask for them."""

from typing import Any
from uuid import UUID

import pytest

from models.account import UserType
from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import FAILED, answered, asked, codes, key
from tests.factories.record import done
from tests.statements import counted
from workflow import move

MEMBERS = """{ members { totalCount nodes { id version person { name } groups { key } duties { key }
  organisation { name } } } }"""
APPOINT = f"""mutation($input: AppointMemberInput!) {{ appointMember(input: $input) {{
  ... on MemberPayload {{ member {{ id groups {{ name }} duties {{ name }} }} }} {FAILED} }} }}"""
CHANGE = f"""mutation($input: ChangeMemberInput!) {{ changeMember(input: $input) {{ __typename
  ... on MemberPayload {{ member {{ version groups {{ key }} }} }} {FAILED} }} }}"""
END = f"""mutation($input: EndMemberInput!) {{ endMember(input: $input) {{
  ... on MemberPayload {{ member {{ endedAt }} }} {FAILED} }} }}"""
MOVES = "{ moves { nodes { person { name } organisation { name } outcome } } }"
LEFT = "cases drafts seats tasks"
LEAVING = f"{{ moves {{ nodes {{ former {{ name }} waitsFor preview {{ {LEFT} }} }} }} }}"
PREVIEW = f"{{ movePreview {{ employer {{ name }} {LEFT} }} }}"
NODE = "query($id: ID!) { node(id: $id) { id } }"


@pytest.fixture
async def town(db: Connection) -> City:
    found = await city.build(db)
    above = UserType.CITY_DEPARTMENT
    await found.person("chief", "department", "unit_admin", duties=("staff",), user_type=above)
    await found.person("colleague", "hospital")
    return found


def member(town: City, who: str) -> str:
    return ids.encode("Member", town.viewers[who].seat_id)


def appointment(town: City, **changes: Any) -> dict[str, Any]:
    return {
        "organisationId": ids.encode("Unit", town.organisations["hospital"]),
        "personId": ids.encode("Person", town.viewers["colleague"].person_id),
        "groups": ["HANDLER"],
        "duties": ["RECORD_REVIEW", "REMARKS"],
        "idempotencyKey": key(),
        **changes,
    }


@pytest.mark.parametrize(
    ("who", "count"),
    [("administrator", 4), ("handler", 4), ("museum handler", 2), ("chief", 8)],
)
async def test_members_are_seen_by_their_own_body_and_those_above(
    town: City, who: str, count: int
) -> None:
    found = (await answered(town.viewers[who], MEMBERS))["members"]

    assert found["totalCount"] == count


async def test_a_colleague_is_appointed_with_the_words_of_the_screen(town: City) -> None:
    given = appointment(town)

    found = await answered(town.viewers["administrator"], APPOINT, "zh-CN", input=given)

    told = found["appointMember"]["member"]
    assert told["groups"] == [{"name": "经办人"}]
    assert [one["name"] for one in told["duties"]] == ["个人参加系统外项目审批", "批注管理"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"personId": "x"}, "NOT_FOUND"),
        ({"personId": ids.encode("Unit", UUID(int=7))}, "NOT_FOUND"),
        ({"organisationId": ids.encode("Person", UUID(int=7))}, "NOT_FOUND"),
        ({"groups": ["RECHECKER"]}, "INVALID_INPUT"),
    ],
)
async def test_what_names_nothing_appoints_nobody(
    town: City, changes: dict[str, Any], code: str
) -> None:
    given = appointment(town, **changes)

    found = await answered(town.viewers["administrator"], APPOINT, input=given)

    assert found["appointMember"]["code"] == code


async def test_groups_are_changed_by_the_version_that_was_seen(town: City) -> None:
    given = {"memberId": member(town, "handler"), "groups": ["UNIT_LEADER"], "duties": []}

    first, late = [
        (
            await answered(
                town.viewers["administrator"],
                CHANGE,
                input={**given, "expectedVersion": 1, "idempotencyKey": key()},
            )
        )["changeMember"]
        for _ in range(2)
    ]

    assert first["member"] == {"version": 2, "groups": [{"key": "unit_leader"}]}
    assert (late["__typename"], late["code"]) == ("StateConflict", "CONFLICT")


async def test_an_ended_seat_stays_on_the_list_with_its_end(town: City) -> None:
    given = {"memberId": member(town, "handler"), "expectedVersion": 1, "idempotencyKey": key()}

    found = await answered(town.viewers["administrator"], END, input=given)

    assert found["endMember"]["member"]["endedAt"] is not None
    assert (await answered(town.viewers["administrator"], MEMBERS))["members"]["totalCount"] == 4


@pytest.mark.parametrize(("who", "there"), [("administrator", True), ("museum handler", False)])
async def test_a_member_of_another_body_is_not_there(town: City, who: str, there: bool) -> None:
    found = await codes(town.viewers[who], NODE, id=member(town, "handler"))

    assert found == ([] if there else ["NOT_FOUND"])


async def test_a_person_has_no_such_list(town: City) -> None:
    assert (await asked(town.viewers["applicant"], MEMBERS)).errors


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("pupil", True),
        ("administrator", True),
        ("chief", True),
        ("handler", False),  # not his duty
        ("only reviewer", False),  # of the unit that is left
    ],
)
async def test_a_move_is_seen_by_whom_it_concerns(town: City, who: str, sees: bool) -> None:
    hospital = town.organisations["hospital"]
    done(await move.ask(town.request("pupil"), organisation_id=hospital))

    found = (await answered(town.viewers[who], MOVES))["moves"]["nodes"]

    told = [{"person": {"name": "pupil"}, "organisation": {"name": "hospital"}, "outcome": None}]
    assert found == (told if sees else [])


@pytest.mark.parametrize(
    ("who", "told"),
    [("pupil", True), ("school chief", True), ("administrator", False)],  # where he wants to go
)
async def test_what_somebody_leaves_behind_is_told_to_him_and_to_whom_he_leaves(
    town: City, who: str, told: bool
) -> None:
    await town.person("school chief", "school", "unit_admin", duties=("staff",))
    await records.submitted(town, "pupil")
    hospital = town.organisations["hospital"]
    done(await move.ask(town.request("pupil"), organisation_id=hospital))

    (found,) = (await answered(town.viewers[who], LEAVING))["moves"]["nodes"]
    before = (await answered(town.viewers["pupil"], PREVIEW))["movePreview"]

    counted = {"cases": 1, "drafts": 0, "seats": 0, "tasks": 0}
    others = counted if who == "pupil" else {**counted, "drafts": None}
    assert found == {
        "former": {"name": "school"},
        "waitsFor": ["FORMER", "NEW"],
        "preview": others if told else None,
    }
    assert before == {"employer": {"name": "school"}, **counted}


async def test_a_longer_list_of_members_costs_no_more_statements(town: City) -> None:
    with counted() as few:
        await answered(town.viewers["museum handler"], MEMBERS)
    with counted() as many:
        await answered(town.viewers["chief"], MEMBERS)

    assert len(many) == len(few) <= 4, many
