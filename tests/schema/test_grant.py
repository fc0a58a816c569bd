"""Grants as clients ask for them: the list with its states, the inbox of the approver, the form."""

from typing import Any
from uuid import UUID

import pytest

from models import Grant
from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories.city import City
from tests.factories.grant import CODES, FREE, STUDIO, applied, approvers, decided
from tests.factories.question import FAILED, answered, asked, codes, key
from tests.factories.record import done
from tests.statements import counted
from workflow.case import Act

CHECK = f"""query($code: String!) {{ unitCode(code: $code) {{
  ... on UnitCodePayload {{ organisation {{ id name }} }} {FAILED} }} }}"""
APPLY = f"""mutation($input: ApplyForSeatInput!) {{ applyForSeat(input: $input) {{ __typename
  ... on GrantPayload {{ grant {{ id status state {{ name }} organisation {{ name }} }} }}
  ... on ValidationFailed {{ problems {{ code path }} }} {FAILED} }} }}"""
MINE = """{ grants { totalCount nodes { userType state { key name } unitCode unitName
  person { name } organisation { name } superior { name } version } } }"""
NODE = "query($id: ID!) { node(id: $id) { id __typename } }"
INBOX = """{ tasks { nodes { business { key } step { key } group { key }
  grant { unitCode person { name maskedNumber } superior { name } }
  case { grant { id } record { id } timeline { what { key } } }
  availableActions { act enabled refusal { code } } } } }"""
SEATS = "{ viewer { seats { organisation { name } groups { key } may { key } } } }"


@pytest.fixture
async def town(db: Connection) -> City:
    found = await city.build(db)
    await approvers(found)
    return found


def node(town: City, name: str) -> str:
    return ids.encode("Department", town.organisations[name])


def filled(town: City, **changes: Any) -> dict[str, Any]:
    """The form as a client sends it."""
    return {
        "userType": "UNIT",
        "unitCode": CODES["hospital"],
        "superiorId": node(town, "department"),
        "workFields": ["CONTINUING_EDUCATION", "PROFESSIONALS"],
        "idempotencyKey": key(),
        **changes,
    }


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (CODES["hospital"], "hospital"),
        (CODES["hospital"][8:17], "hospital"),
        (FREE, None),
    ],
)
async def test_a_code_is_looked_up_before_the_form_is_sent(
    town: City, code: str, told: str | None
) -> None:
    found = (await answered(town.viewers["applicant"], CHECK, code=code))["unitCode"]

    assert (found["organisation"] or {}).get("name") == told


async def test_a_wrong_code_is_told_from_one_that_is_free(town: City) -> None:
    wrong = CODES["hospital"][:-1] + "0"

    found = (await answered(town.viewers["applicant"], CHECK, code=wrong))["unitCode"]

    assert (found["code"], found["path"]) == ("CHECK_DIGIT", ["code"])


async def test_the_form_becomes_a_grant_that_waits(town: City) -> None:
    me = town.viewers["applicant"]

    answer = (await answered(me, APPLY, "zh-CN", input=filled(town)))["applyForSeat"]
    listed = (await answered(me, MINE, "zh-CN"))["grants"]["nodes"]

    assert answer["grant"]["state"]["name"] == "待审批"
    assert listed == [
        {
            "userType": "UNIT",
            "state": {"key": "in_review", "name": "待审批"},
            "unitCode": CODES["hospital"],
            "unitName": None,
            "person": {"name": "applicant"},
            "organisation": {"name": "hospital"},
            "superior": {"name": "department"},
            "version": 1,
        }
    ]


async def test_everything_that_is_wrong_with_the_form_is_told_at_once(town: City) -> None:
    given = filled(town, unitCode="1", note="\u202e", newUnit={"name": "", "unitKind": "DISTRICT"})

    answer = (await answered(town.viewers["applicant"], APPLY, input=given))["applyForSeat"]

    assert [(each["code"], each["path"]) for each in answer["problems"]] == [
        ("CHARACTER", ["note"]),
        ("LENGTH", ["unitCode"]),
        ("REQUIRED", ["newUnit", "name"]),
    ]
    assert await Grant.all().count() == 0


NOBODY = ["x", ids.encode("Person", UUID(int=7)), ids.encode("Unit", UUID(int=7))]


@pytest.mark.parametrize("superior", NOBODY)
async def test_a_superior_body_that_is_none_is_refused(town: City, superior: str) -> None:
    given = filled(town, superiorId=superior)

    answer = (await answered(town.viewers["applicant"], APPLY, input=given))["applyForSeat"]

    assert answer["code"] in ("NOT_FOUND", "SUPERIOR_WRONG")
    assert await Grant.all().count() == 0


@pytest.mark.parametrize(
    ("act", "state"),
    [(Act.PASS, "审核通过"), (Act.REJECT, "审核不通过"), (None, "待审批")],
)
async def test_the_list_says_what_became_of_it(town: City, act: Act | None, state: str) -> None:
    answer = await applied(town)
    if act:
        done(await decided(town, answer, act))

    (found,) = (await answered(town.viewers["applicant"], MINE, "zh-CN"))["grants"]["nodes"]

    assert found["state"]["name"] == state


async def test_the_approver_finds_it_in_his_inbox_with_what_he_must_know(town: City) -> None:
    done(await applied(town, unit=FREE, new_unit=STUDIO))

    (found,) = (await answered(town.viewers["department approver"], INBOX))["tasks"]["nodes"]

    assert found["business"]["key"] == "account.unit_admin"
    assert (found["step"]["key"], found["group"]["key"]) == ("approve", "approve_admins")
    assert found["grant"]["superior"] == {"name": "department"}
    assert found["grant"]["person"]["maskedNumber"] == "440***************"
    assert found["case"]["record"] is None
    enabled = {one["act"] for one in found["availableActions"] if one["enabled"]}
    assert enabled == {"CLAIM", "REJECT", "PASS"}


async def test_the_button_says_why_an_application_cannot_pass_any_more(town: City) -> None:
    first = await applied(town, unit=FREE, new_unit=STUDIO)
    done(await applied(town, "pupil", unit=FREE, new_unit=STUDIO))
    done(await decided(town, first))

    (found,) = (await answered(town.viewers["department approver"], INBOX))["tasks"]["nodes"]

    refusals = {one["act"]: one["refusal"] for one in found["availableActions"]}
    assert refusals["PASS"] == {"code": "UNIT_EXISTS"}
    assert refusals["REJECT"] is None


async def test_the_new_seat_is_among_those_to_choose_from(town: City) -> None:
    done(await decided(town, await applied(town)))

    seats = (await answered(town.viewers["applicant"], SEATS))["viewer"]["seats"]

    assert seats[1] == {
        "organisation": {"name": "hospital"},
        "groups": [{"key": "unit_admin"}],
        "may": [{"key": "staff"}],
    }


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("applicant", True),
        ("administrator", True),  # of the organisation it is about
        ("department approver", True),
        ("bureau approver", True),
        ("pupil", False),
        ("museum handler", False),
        ("district approver", False),
    ],
)
async def test_an_application_is_read_by_whom_it_concerns(
    town: City, who: str, reads: bool
) -> None:
    done(await applied(town))
    grant = ids.encode("Grant", (await Grant.get()).id)

    listed = (await answered(town.viewers[who], "{ grants { totalCount } }"))["grants"]

    assert listed["totalCount"] == reads
    theirs = await codes(town.viewers[who], NODE, id=grant)
    assert theirs == ([] if reads else ["NOT_FOUND"])


async def test_a_stranger_has_no_such_thing(town: City) -> None:
    for query in (MINE, CHECK, APPLY):
        result = await asked(None, query, code="1", input=filled(town))
        assert result.errors


async def test_a_longer_list_costs_no_more_statements(town: City) -> None:
    approver = town.viewers["department approver"]
    done(await applied(town))
    with counted() as few:
        await answered(approver, MINE)
    for who in ("pupil", "handler", "leader"):
        done(await applied(town, who, unit="museum"))
    with counted() as many:
        data = await answered(approver, MINE)

    assert data["grants"]["totalCount"] == 4
    assert len(many) == len(few) <= 6, many
