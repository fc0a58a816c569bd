"""Chapters one and three of the guide: a clerk registers, becomes his unit's administrator, and
brings in a colleague; both review a record (L35–90, L327–427, L470–499)."""

from __future__ import annotations

from typing import Any

import httpx

from resolvers import ids
from tests.factories.newcomer import PASSWORD, number, work
from tests.guide import operations as op
from tests.guide.test_person_declares import DECLARATION
from tests.town import Citizen, Town, key
from workflow import registration

CODE = "12440100900000081T"
ERRORS = "... on UserError { code message path }"
BEGIN = f"""mutation ($input: BeginRegistrationInput!) {{ beginRegistration(input: $input) {{
  __typename ... on RegistrationPayload {{ token registration {{ challenge }} }} {ERRORS} }} }}"""
SAVE = f"""mutation ($input: SaveRegistrationInput!) {{ saveRegistration(input: $input) {{
  __typename ... on RegistrationPayload {{ registration {{ login }} }} {ERRORS} }} }}"""
FINISH = f"""mutation ($input: FinishRegistrationInput!) {{ finishRegistration(input: $input) {{
  __typename ... on RegisteredPayload {{ login }}
  ... on ValidationFailed {{ problems {{ code path }} }} {ERRORS} }} }}"""
SIGN_IN = f"""mutation ($input: SignInInput!) {{ signIn(input: $input) {{ __typename
  ... on SignInPayload {{ token user {{ person {{ id }} seats {{ id userType }} }} }}
  {ERRORS} }} }}"""
APPLY = f"""mutation ($input: ApplyForSeatInput!) {{ applyForSeat(input: $input) {{ __typename
  ... on GrantPayload {{ grant {{ id state {{ name }} }} }} {ERRORS} }} }}"""
GRANTS = "{ grants { nodes { state { name } organisation { id name } } } }"
BODIES = """{ organisations(first: 100, where: { kind: { eq: CITY_DEPARTMENT } }) {
  nodes { id name } } }"""
TASKS = """{ tasks(first: 100) { nodes { id version step { key } record { id }
  grant { unitCode unitName } } } }"""
MOVE = f"""mutation ($input: AskToMoveInput!) {{ askToMove(input: $input) {{ __typename
  ... on MovePayload {{ move {{ id outcome }} }} {ERRORS} }} }}"""
MOVES = """{ moves(where: { waiting: true }) { nodes { id person { id name } } } }"""
CONFIRM = f"""mutation ($input: DecideMoveInput!) {{ decideMove(input: $input) {{ __typename
  ... on MovePayload {{ move {{ outcome }} }} {ERRORS} }} }}"""
APPOINT = f"""mutation ($input: AppointMemberInput!) {{ appointMember(input: $input) {{ __typename
  ... on MemberPayload {{ member {{ id groups {{ key }} }} }}
  ... on ValidationFailed {{ problems {{ code }} }} {ERRORS} }} }}"""
MENU = "{ viewer { seat { organisation { name } groups { key } may { key } } } }"


async def asked(town: Town, query: str, token: str = "", **given: Any) -> Any:
    """The one answer to somebody without a demo login."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=town.origin, headers=headers) as client:
        body = {"query": query, "variables": {"input": given}}
        answer = (await client.post("/graphql", json=body)).json()
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def registers(town: Town, login: str, turn: int, name: str) -> str:
    """The wizard of four steps; the answer is who he is."""
    terms = {"agreement": registration.AGREEMENT, "systems": ["continuing_education"]}
    begun = await asked(town, BEGIN, **terms)
    token = begun["token"]
    await asked(town, SAVE, token=token, name=name, login=login, contact="13800138000")
    last = {"token": token, "number": number(turn), "password": PASSWORD}
    solution = work(begun["registration"]["challenge"], 8)
    done = await asked(town, FINISH, **last, solution=solution)
    assert done == {"__typename": "RegisteredPayload", "login": login}, done
    found: str = (await signed_in(town, login))["user"]["person"]["id"]
    return found


async def signed_in(town: Town, login: str, user_type: str = "PERSON", **more: str) -> Any:
    """A session by the form of the login page: user type, code, login, password (L436–442)."""
    given = {"login": login, "password": PASSWORD, "userType": user_type, "asToken": True}
    return await asked(town, SIGN_IN, **given, **more)


async def token(town: Town, login: str, user_type: str = "PERSON") -> str:
    """The token of a session."""
    code = {"organisationCode": CODE[8:17]} if user_type == "UNIT" else {}
    found: str = (await signed_in(town, login, user_type, **code))["token"]
    return found


async def decided(town: Town, act: str, record: str, login: str) -> Any:
    """An opinion on a record from the unit's seat."""
    own = await token(town, login, "UNIT")
    nodes = (await asked(town, TASKS, own))["nodes"]
    (task,) = [one for one in nodes if (one["record"] or {}).get("id") == record]
    given = {"taskId": task["id"], "act": act, "expectedVersion": task["version"]}
    return await asked(town, op.DECIDE, own, **given, comment="属实", idempotencyKey=key())


async def test_a_unit_begins_with_one_person_and_reviews_with_two(town: Town) -> None:
    clerk = await registers(town, "zhou.clerk", 101, "周测试")
    department = await applies(town, "zhou.clerk")
    await approved(town)
    found = (await asked(town, GRANTS, await token(town, "zhou.clerk")))["nodes"]
    (unit,) = [one["organisation"] for one in found]
    assert (found[0]["state"]["name"], unit["name"], bool(department)) == (
        "审核通过",
        "测试设计院",
        True,
    )
    assert (await signed_in(town, "zhou.clerk", "UNIT", organisationCode=CODE))["token"]

    people = [
        await joins(town, unit["id"], login, turn)
        for turn, login in enumerate(("wu.colleague", "zheng.leader", "lin.author"), start=102)
    ]
    admin = await token(town, "zhou.clerk", "UNIT")
    for person, group in zip(people[:2], ("HANDLER", "UNIT_LEADER"), strict=True):
        given = {"organisationId": unit["id"], "personId": person, "groups": [group]}
        more = {"duties": ["RECORD_REVIEW"], "idempotencyKey": key()}
        assert (await asked(town, APPOINT, admin, **given, **more))["member"]
    own = {"organisationId": unit["id"], "personId": clerk, "groups": ["HANDLER"], "duties": []}
    refused = await asked(town, APPOINT, admin, **own, idempotencyKey=key())
    assert refused["code"] == "OWN_SEAT"

    assert ids.decode(people[2])
    menu = (await asked(town, MENU, await token(town, "wu.colleague", "UNIT")))["seat"]
    assert (menu["organisation"]["name"], menu["groups"]) == ("测试设计院", [{"key": "handler"}])
    assert [one["key"] for one in menu["may"]] == ["review", "record_review"]


async def applies(town: Town, login: str) -> str:
    """The form with the registration of the unit; the department it is sent to."""
    async with town.citizen("checker") as approver:
        body = (await approver.ask(MENU))["viewer"]["seat"]["organisation"]["name"]
    own = await token(town, login)
    bodies = (await asked(town, BODIES, own))["nodes"]
    (superior,) = [one["id"] for one in bodies if one["name"] == body]
    grant = await asked(
        town,
        APPLY,
        own,
        userType="UNIT",
        unitCode=CODE,
        superiorId=superior,
        newUnit={"name": "测试设计院", "unitKind": "MUNICIPAL"},
        workFields=["CONTINUING_EDUCATION"],
        idempotencyKey=key(),
    )
    assert grant["grant"]["state"]["name"] == "待审批", grant
    found: str = superior
    return found


async def approved(town: Town) -> None:
    """The department's approver says yes."""
    async with town.citizen("checker") as approver:
        task = await waiting(approver)
        given = {"taskId": task["id"], "act": "PASS", "expectedVersion": task["version"]}
        done = await approver.do(op.DECIDE, **given, comment="已核对", idempotencyKey=key())
        assert done["__typename"] == "TaskPayload", done


async def waiting(approver: Citizen) -> dict[str, Any]:
    """His task about the new unit."""
    nodes = (await approver.ask(TASKS))["tasks"]["nodes"]
    (task,) = [one for one in nodes if (one["grant"] or {}).get("unitCode") == CODE]
    assert task["grant"]["unitName"] == "测试设计院"
    found: dict[str, Any] = task
    return found


async def joins(town: Town, unit: str, login: str, turn: int) -> str:
    """Somebody registers, says that he works there, and the administrator confirms it."""
    person = await registers(town, login, turn, f"同事{turn}")
    own = await token(town, login)
    moved = await asked(town, MOVE, own, organisationId=unit, note="", idempotencyKey=key())
    assert moved["__typename"] == "MovePayload", moved
    admin = await token(town, "zhou.clerk", "UNIT")
    (wish,) = [
        one for one in (await asked(town, MOVES, admin))["nodes"] if one["person"]["id"] == person
    ]
    given = {"moveId": wish["id"], "confirmed": True, "idempotencyKey": key()}
    assert (await asked(town, CONFIRM, admin, **given))["move"]["outcome"] == "CONFIRMED"
    return person


assert DECLARATION
