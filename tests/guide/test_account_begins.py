"""Chapters one and three of the guide: accounts, permissions, staff (L35–90, L327–427, L470–499).

A clerk registers, becomes the administrator of his unit and brings in colleagues, two of whom
review what a third declares. Whoever is handed a link needs nothing but a browser.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser import PROGRAM, Page, browser
from tests.factories.newcomer import PASSWORD, number, work
from tests.guide import operations as op
from tests.guide.test_person_declares import pointer, proven
from tests.town import Citizen, Town, eventually, key, visitor
from workflow import registration

CODE, UNIT = "12440100900000081T", "测试设计院"
ERRORS = "... on UserError { code message path } ... on ValidationFailed { problems { code path } }"
BEGIN = f"""mutation ($input: BeginRegistrationInput!) {{ beginRegistration(input: $input) {{
  __typename ... on RegistrationPayload {{ token registration {{ challenge }} }} {ERRORS} }} }}"""
SAVE = f"""mutation ($input: SaveRegistrationInput!) {{ saveRegistration(input: $input) {{
  __typename ... on RegistrationPayload {{ registration {{ login }} }} {ERRORS} }} }}"""
FINISH = f"""mutation ($input: FinishRegistrationInput!) {{ finishRegistration(input: $input) {{
  __typename ... on RegisteredPayload {{ login }} {ERRORS} }} }}"""
SIGN_IN = f"""mutation ($input: SignInInput!) {{ signIn(input: $input) {{ __typename
  ... on SignInPayload {{ token }} {ERRORS} }} }}"""
APPLY = f"""mutation ($input: ApplyForSeatInput!) {{ applyForSeat(input: $input) {{ __typename
  ... on GrantPayload {{ grant {{ id state {{ name }} }} }} {ERRORS} }} }}"""
GRANTS = "{ grants { nodes { state { name } organisation { id name } } } }"
DEPARTMENT = "{ viewer { seat { organisation { id } } } }"
TASKS = """{ tasks(first: 100) { nodes { id version record { id }
  grant { unitCode unitName person { name } } } } }"""
MOVE = f"""mutation ($input: AskToMoveInput!) {{ askToMove(input: $input) {{ __typename
  ... on MovePayload {{ move {{ id outcome person {{ id }} }} }} {ERRORS} }} }}"""
CONFIRM = f"""mutation ($input: DecideMoveInput!) {{ decideMove(input: $input) {{ __typename
  ... on MovePayload {{ move {{ outcome }} }} {ERRORS} }} }}"""
APPOINT = f"""mutation ($input: AppointMemberInput!) {{ appointMember(input: $input) {{ __typename
  ... on MemberPayload {{ member {{ id groups {{ key }} }} }} {ERRORS} }} }}"""
MENU = "{ viewer { person { id } seat { organisation { name } may { key } } } }"
SAVE_PROFILE = f"""mutation ($input: SaveProfileInput!) {{ saveProfile(input: $input) {{ __typename
  ... on PersonPayload {{ person {{ id }} }} {ERRORS} }} }}"""
INVITE = f"""mutation ($input: InviteOfficerInput!) {{ inviteOfficer(input: $input) {{ __typename
  ... on InvitationPayload {{ link account {{ id }} }} {ERRORS} }} }}"""
GRANT = f"""mutation ($input: GrantOfficeInput!) {{ grantOffice(input: $input) {{ __typename
  ... on GrantOfficePayload {{ openingCode }} {ERRORS} }} }}"""
CHANGED = "Panyu_4471hd"
PROFILE = {
    "gender": "FEMALE",
    "birthDate": "1990-01-02",
    "education": "BACHELOR",
    "titleCode": "083",
    "qualifiedOn": "2020-05-01",
    "discipline": "NATURAL",
    "phone": "13800138000",
    "expectedVersion": 0,
}


@asynccontextmanager
async def stranger(town: Town) -> AsyncIterator[Citizen]:
    """Somebody without a session."""
    async with visitor(town.url) as client:
        yield Citizen(client, town)


@asynccontextmanager
async def seated(
    town: Town, login: str, user_type: str = "PERSON", password: str = PASSWORD
) -> AsyncIterator[Citizen]:
    """Somebody at the login page: user type, organisation code, login, password (L436–442)."""
    code = {"organisationCode": CODE[8:17]} if user_type == "UNIT" else {}
    given = {"login": login, "password": password, "userType": user_type, "asToken": True}
    async with stranger(town) as one:
        answer = await one.do(SIGN_IN, **given, **code)
        assert answer["__typename"] == "SignInPayload", answer
        one.client.headers["Authorization"] = f"Bearer {answer['token']}"
        yield one


async def registers(town: Town, login: str, turn: int) -> None:
    """The wizard of four steps."""
    async with stranger(town) as one:
        terms = {"agreement": registration.AGREEMENT, "systems": ["continuing_education"]}
        begun = await one.do(BEGIN, **terms)
        token = begun["token"]
        await one.do(SAVE, token=token, name=f"同事{turn}", login=login, contact="13800138000")
        solution = work(begun["registration"]["challenge"], 8)
        last = {"token": token, "number": number(turn), "password": PASSWORD}
        done = await one.do(FINISH, **last, solution=solution)
    assert done == {"__typename": "RegisteredPayload", "login": login}, done


async def applies(town: Town, login: str) -> None:
    """The form of a grant, with the registration of the unit."""
    async with town.citizen("checker") as approver:
        superior = (await approver.ask(DEPARTMENT))["viewer"]["seat"]["organisation"]["id"]
    async with seated(town, login) as clerk:
        answer = await clerk.do(
            APPLY,
            userType="UNIT",
            unitCode=CODE,
            superiorId=superior,
            newUnit={"name": UNIT, "unitKind": "MUNICIPAL"},
            workFields=["CONTINUING_EDUCATION"],
            idempotencyKey=key(),
        )
    assert answer["grant"]["state"]["name"] == "待审批", answer


async def decides(one: Citizen, act: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """A decision on the one task that has this, of a record or of a grant."""
    nodes = (await one.ask(TASKS))["tasks"]["nodes"]
    (task,) = [
        each
        for each in nodes
        if any(wanted.items() <= (each[name] or {}).items() for name in ("record", "grant"))
    ]
    given = {"taskId": task["id"], "act": act, "expectedVersion": task["version"]}
    answer = await one.do(op.DECIDE, **given, comment="已核对", idempotencyKey=key())
    assert answer["__typename"] == "TaskPayload", answer
    return answer


async def joins(town: Town, unit: str, login: str, turn: int) -> str:
    """Somebody registers and says where he works; the administrator confirms it."""
    await registers(town, login, turn)
    async with seated(town, login) as one:
        move = (await one.do(MOVE, organisationId=unit, idempotencyKey=key()))["move"]
    async with seated(town, "zhou.clerk", "UNIT") as admin:
        given = {"moveId": move["id"], "confirmed": True, "idempotencyKey": key()}
        answer = await admin.do(CONFIRM, **given)
    assert answer["move"] == {"outcome": "CONFIRMED"}, answer
    person: str = move["person"]["id"]
    return person


async def appointed(town: Town, unit: str, person: str, group: str) -> dict[str, Any]:
    """What the administrator is answered who appoints somebody."""
    async with seated(town, "zhou.clerk", "UNIT") as admin:
        return await admin.do(
            APPOINT,
            organisationId=unit,
            personId=person,
            groups=[group],
            duties=["RECORD_REVIEW"],
            idempotencyKey=key(),
        )


async def test_a_unit_begins_with_one_person_and_two_others_review_a_third(town: Town) -> None:
    await registers(town, "zhou.clerk", 101)
    await applies(town, "zhou.clerk")
    async with town.citizen("checker") as approver:
        await decides(approver, "PASS", {"unitCode": CODE, "unitName": UNIT})
    async with seated(town, "zhou.clerk") as clerk:
        (grant,) = (await clerk.ask(GRANTS))["grants"]["nodes"]
        own = (await clerk.ask(MENU))["viewer"]["person"]["id"]
    unit = grant["organisation"]["id"]
    assert (grant["state"]["name"], grant["organisation"]["name"]) == ("审核通过", UNIT)

    handler = await joins(town, unit, "wu.handler", 102)
    leader = await joins(town, unit, "zheng.leader", 103)
    await joins(town, unit, "lin.author", 104)
    for person, group in ((handler, "HANDLER"), (leader, "UNIT_LEADER")):
        answer = await appointed(town, unit, person, group)
        assert answer["member"]["groups"] == [{"key": group.lower()}], answer
    assert (await appointed(town, unit, own, "HANDLER"))["code"] == "OWN_SEAT"
    async with seated(town, "wu.handler", "UNIT") as one:
        seat = (await one.ask(MENU))["viewer"]["seat"]
    assert [entry["key"] for entry in seat["may"]] == ["review", "record_review"]

    record = await handed_in(town)
    async with seated(town, "wu.handler", "UNIT") as one:
        await decides(one, "AGREE_UP", {"id": record})
    async with seated(town, "zheng.leader", "UNIT") as one:
        final = await decides(one, "PASS", {"id": record})
    assert final["case"]["status"] == "APPROVED", final


async def handed_in(town: Town) -> str:
    """A record the author has submitted."""
    async with seated(town, "lin.author") as author:
        saved = await author.do(SAVE_PROFILE, **PROFILE, idempotencyKey=key())
        assert saved["__typename"] == "PersonPayload", saved
        record = await proven(author, courseName="新单位的第一门课程")
        answer = await author.do(op.SUBMIT, **pointer(record))
        assert answer["__typename"] == "RecordPayload", answer
        found: str = answer["record"]["id"]
        return found


# --- links that are good once, in a browser


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with browser(tmp_path) as page:
        yield page


async def part(page: Page, name: str) -> None:
    """Wait until this part of the page is there."""
    await page.until(f"document.getElementById('{name}')?.checkVisibility()")


async def text_of(page: Page, name: str) -> str:
    """What stands there, once something does."""
    return str(await page.until(f"document.getElementById('{name}').innerText"))


async def led(page: Page, town: Town, link: str, to: str) -> None:
    """Where a link leads; what it carries is gone from the address."""
    await page.open(link)
    await part(page, to)
    assert await page.run("location.href") == f"{town.url}/password"


async def chosen(page: Page, first: str, second: str) -> None:
    """A password, twice."""
    for field, text in (("first", first), ("second", second)):
        await page.run(f"document.getElementById('{field}').value = ''")
        await page.type(f"#{field}", text)
    await page.click("#set button")


def letter(town: Town, login: str) -> list[str]:
    """The links somebody was sent, in each language."""
    return re.findall(rf"{login}.*?({town.url}/password#[\w-]{{43}}) ", town.log("work"))


@pytest.mark.skipif(not PROGRAM, reason="needs Chromium")
async def test_who_forgot_his_password_asks_for_a_link_and_chooses_another(
    town: Town, page: Page
) -> None:
    await registers(town, "he.clerk", 111)
    await page.open(f"{town.url}/password")
    await page.type("#login", "he.clerk")
    await page.click("#ask button")
    await part(page, "sent")
    await eventually(lambda: found(letter(town, "he.clerk")), said=lambda: town.log("work"))
    link, same = letter(town, "he.clerk")

    await led(page, town, link, "set")
    assert "10" in await text_of(page, "rules") and await text_of(page, "whose") == "he.clerk"
    await chosen(page, PASSWORD, CHANGED)
    assert "不一致" in await text_of(page, "second-problem")
    await chosen(page, PASSWORD, PASSWORD)
    assert "最近 5 次" in await text_of(page, "first-problem")
    assert await page.run("document.activeElement.getAttribute('aria-invalid')") == "true"
    await chosen(page, CHANGED, CHANGED)
    await part(page, "done")

    assert link == same and await page.run("document.getElementById('app').hidden")
    async with seated(town, "he.clerk", password=CHANGED):
        await led(page, town, link, "dead")
    assert page.complaints == [] and all(each.startswith(town.url) for each in page.requests)
    assert link.partition("#")[2] not in town.log("serve")


async def found(anything: list[str]) -> bool:
    """Is there any?"""
    return bool(anything)


@pytest.mark.skipif(not PROGRAM, reason="needs Chromium")
async def test_an_officer_needs_the_link_of_one_and_the_code_of_another(
    town: Town, page: Page
) -> None:
    async with town.citizen("sysadmin") as one:
        made = await one.do(INVITE, login="new.auditor", name="某人", idempotencyKey=key())
    await led(page, town, made["link"], "waits")
    async with town.citizen("secadmin") as other:
        given = {"accountId": made["account"]["id"], "office": "AUDIT_ADMIN"}
        handed = await other.do(GRANT, **given, idempotencyKey=key())

    await page.click("#again")
    await part(page, "code-field")
    await chosen(page, CHANGED, CHANGED)
    assert "启用码" in await text_of(page, "code-problem")
    await page.type("#code", handed["openingCode"])
    await page.click("#set button")
    await part(page, "done")

    async with seated(town, "new.auditor", "AUDIT_ADMIN", CHANGED) as auditor:
        assert (await auditor.ask("{ viewer { login } }"))["viewer"]["login"] == "new.auditor"
    assert page.complaints == []
