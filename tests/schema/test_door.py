"""The door as clients see it: registration, sessions, passwords, claims."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models import Account, Session
from models.access import Viewer
from models.read import Connection
from resolvers import ids
from tests.factories import city, newcomer
from tests.factories import session as sessions
from tests.factories.city import City
from tests.factories.grant import approvers
from tests.factories.newcomer import PASSWORD, number
from tests.factories.question import FAILED, VIEWS, answered, codes, context, key
from tests.statements import counted
from workflow import registration

TERMS = "{ registrationTerms { version work clauses { key name } systems { key } } }"
BEGIN = f"""mutation($input: BeginRegistrationInput!) {{ beginRegistration(input: $input) {{
  ... on RegistrationPayload {{ token registration {{ challenge }} }} {FAILED} }} }}"""
SAVE = f"""mutation($input: SaveRegistrationInput!) {{ saveRegistration(input: $input) {{
  ... on RegistrationPayload {{ registration {{ name login }} }} {FAILED} }} }}"""
DRAFT = "query($token: String!) { registration(token: $token) { name login systems } }"
FINISH = f"""mutation($input: FinishRegistrationInput!) {{ finishRegistration(input: $input) {{
  __typename ... on RegisteredPayload {{ login }} {FAILED} }} }}"""
SIGN_IN = f"""mutation($input: SignInInput!) {{ signIn(input: $input) {{
  ... on SignInPayload {{ user {{ person {{ name }} seat {{ userType }} }} }} {FAILED} }} }}"""
SESSIONS = "{ sessions { id current userType organisation address } }"
REVOKE = f"""mutation($input: RevokeSessionInput!) {{ revokeSession(input: $input) {{
  ... on SessionsEndedPayload {{ ended }} {FAILED} }} }}"""
CLAIMS = """{ claims { nodes { id vouched claimant { name maskedNumber } owner { name } } } }"""
DECIDE = f"""mutation($input: DecideClaimInput!) {{ decideClaim(input: $input) {{
  ... on ClaimPayload {{ claim {{ outcome }} }} {FAILED} }} }}"""
RESET = f"""mutation($input: RequestPasswordResetInput!) {{ requestPasswordReset(input: $input) {{
  ... on PasswordResetRequestedPayload {{ minutes }} {FAILED} }} }}"""


@pytest.fixture
async def town(db: Connection) -> City:
    found = await city.build(db)
    await approvers(found)
    return found


async def as_stranger(query: str, **given: Any) -> Any:
    """The answer to somebody without a session."""
    return await answered(None, query, "zh-CN", **given)


async def registered(login: str, written: str, name: str = "王测试") -> dict[str, Any]:
    """The whole wizard."""
    systems = {"agreement": registration.AGREEMENT, "systems": ["continuing_education"]}
    begun = (await as_stranger(BEGIN, input=systems))["beginRegistration"]
    data = {"token": begun["token"], "name": name, "login": login, "contact": "13800138000"}
    await as_stranger(SAVE, input=data)
    solution = newcomer.work(begun["registration"]["challenge"], registration.USUAL.work)
    last = {"token": begun["token"], "number": written, "password": PASSWORD}
    found = await as_stranger(FINISH, input={**last, "solution": solution})
    answer: dict[str, Any] = found["finishRegistration"]
    return answer


async def test_a_stranger_reads_the_terms_in_his_language(db: Connection) -> None:
    found = (await as_stranger(TERMS))["registrationTerms"]

    assert found["version"] == registration.AGREEMENT
    assert [one["key"] for one in found["clauses"]] == list(registration.CLAUSES)
    assert found["clauses"][0]["name"].startswith("信息的录入")
    assert (found["work"], found["systems"]) == (18, [{"key": "continuing_education"}])


async def test_a_stranger_registers_and_signs_in(db: Connection) -> None:
    answer = await registered("wang.ceshi", number())

    given = {"login": "wang.ceshi", "password": PASSWORD}
    user = (await as_stranger(SIGN_IN, input=given))["signIn"]["user"]
    assert answer == {"__typename": "RegisteredPayload", "login": "wang.ceshi"}
    assert user["person"]["name"] == "王测试"
    assert user["seat"]["userType"] == "PERSON"


async def test_a_draft_is_shown_to_who_has_its_token(db: Connection) -> None:
    systems = {"agreement": registration.AGREEMENT, "systems": ["continuing_education"]}
    token = (await as_stranger(BEGIN, input=systems))["beginRegistration"]["token"]
    await as_stranger(SAVE, input={"token": token, "name": "王测试", "login": "wang"})

    mine, guessed = [
        (await as_stranger(DRAFT, token=each))["registration"] for each in (token, "guess")
    ]

    assert mine == {"name": "王测试", "login": "wang", "systems": ["continuing_education"]}
    assert guessed is None


async def test_known_and_unknown_numbers_and_logins_are_answered_letter_by_letter_alike(
    db: Connection,
) -> None:
    await registered("first.one", number())

    known, fresh = await registered("other.a", number()), await registered("other.b", number(2))
    resets = [
        (await as_stranger(RESET, input={"login": login}))["requestPasswordReset"]
        for login in ("first.one", "nobody")
    ]

    assert {**known, "login": ""} == {**fresh, "login": ""}
    assert resets[0] == resets[1] == {"minutes": 30}


async def live(town: City, who: str) -> Viewer:
    """Somebody in a session that is there, at the time of the test."""
    await sessions.opened(town.viewers[who])
    row = await Session.filter(account_id=town.viewers[who].account_id).order_by("-id").first()
    assert row is not None
    await Session.filter(id=row.id).update(
        created_at=city.NOW, seen_at=city.NOW, expires_at=datetime(2030, 1, 1, tzinfo=UTC)
    )
    return replace(town.viewers[who], session_id=row.id)


async def test_ones_sessions_are_listed_and_ended_and_nobody_elses(town: City) -> None:
    there, here, other = [await live(town, who) for who in ("handler", "handler", "leader")]

    listed = (await answered(here, SESSIONS))["sessions"]
    ended, foreign = [
        (await answered(here, REVOKE, input={"sessionId": ids.encode("Session", each.session_id)}))[
            "revokeSession"
        ]
        for each in (there, other)
    ]

    assert [one["current"] for one in listed] == [True, False]
    assert {one["organisation"] for one in listed} == {"hospital"}
    assert ended == {"ended": 1}
    assert foreign["code"] == "NOT_FOUND"
    assert len((await answered(here, SESSIONS))["sessions"]) == 1


async def test_who_ends_his_own_session_is_a_stranger_and_his_cookie_goes(town: City) -> None:
    me = await live(town, "handler")
    asked = context(me)
    given = {"sessionId": ids.encode("Session", me.session_id)}

    result = await VIEWS.of(me).execute(
        REVOKE, variable_values={"input": given}, context_value=asked
    )

    assert result.errors is None
    assert asked.door.closed and asked.viewer is None


async def test_a_claim_is_seen_and_decided_by_the_city(town: City) -> None:
    await registered("first.one", number(), "冒名者")
    await registered("real.person", number(), "本人")
    approver = town.viewers["bureau approver"]

    with counted() as sent:
        (found,) = (await answered(approver, CLAIMS))["claims"]["nodes"]
    given = {"claimId": found["id"], "outcome": "CLAIMANT", "reason": "核对原件"}
    decided = (await answered(approver, DECIDE, input={**given, "idempotencyKey": key()}))[
        "decideClaim"
    ]

    assert (found["claimant"]["name"], found["owner"]["name"]) == ("本人", "冒名者")
    assert found["claimant"]["maskedNumber"] == "440***************"
    assert decided == {"claim": {"outcome": "CLAIMANT"}}
    assert len(sent) <= 3, sent
    assert (await Account.get(login="real.person")).verified_at == city.NOW


@pytest.mark.parametrize("who", ["department approver", "administrator", "city checker"])
async def test_others_see_no_claims(town: City, who: str) -> None:
    await registered("first.one", number())
    await registered("real.person", number())

    assert (await answered(town.viewers[who], CLAIMS))["claims"]["nodes"] == []


@pytest.mark.parametrize("twice", ["signIn", "finishRegistration", "requestPasswordReset"])
async def test_guesses_do_not_come_by_the_dozen(db: Connection, twice: str) -> None:
    kind = {"signIn": "SignIn", "finishRegistration": "FinishRegistration"}.get(
        twice, "RequestPasswordReset"
    )
    field = f"{twice}(input: $input) {{ __typename }}"
    query = f"mutation($input: {kind}Input!) {{ a: {field} b: {field} }}"

    given = {"login": "x", "password": "x"} if twice == "signIn" else {"login": "x"}
    if twice == "finishRegistration":
        given = {"token": "x", "number": "x", "password": "x"}
    assert await codes(None, query, input=given) == ["QUERY_TOO_COMPLEX"]
