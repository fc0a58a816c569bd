"""A new house: nobody has a password, three links are handed out, and an officer enrols an app."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import shape
from tests.browser import PROGRAM, Page, browser
from tests.town import Citizen, Town, visitor
from workflow import code

PASSWORD = "Yuexiu-2031xd"
ERRORS = "... on UserError { code message path }"
SIGN_IN = f"""mutation ($input: SignInInput!) {{ signIn(input: $input) {{ __typename
  ... on SignInPayload {{ token user {{ login lacks }} }} {ERRORS} }} }}"""
REDEEM = f"""mutation ($input: RedeemInvitationInput!) {{ redeemInvitation(input: $input) {{
  __typename ... on RedeemedPayload {{ login }} {ERRORS} }} }}"""
BEGIN = f"""mutation ($input: BeginSecondFactorInput!) {{ beginSecondFactor(input: $input) {{
  __typename ... on BeginSecondFactorPayload {{ address picture secret }} {ERRORS} }} }}"""
CONFIRM = f"""mutation ($input: CodeInput!) {{ confirmSecondFactor(input: $input) {{
  __typename ... on RecoveryCodesPayload {{ codes }} {ERRORS} }} }}"""
ACCOUNTS = "{ accounts { nodes { login state office } } }"


@pytest.fixture
async def house(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[Town]:
    """The API over a database without anybody, which asks a second factor of staff."""
    town = Town({**environment, "JIJIAO_SECOND_FACTOR": "staff"}, tmp_path)
    try:
        await town.open()
        yield town
    finally:
        town.close()


def setup(house: Town, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, and what it printed."""
    command = [sys.executable, str(shape.ROOT), "setup", *arguments]
    return subprocess.run(command, env=house.variables, capture_output=True, text=True, check=False)


def links(printed: str) -> dict[str, str]:
    """The token of each office."""
    lines = (line.split("  ") for line in printed.splitlines())
    return {office: link.partition("/password#")[2] for office, link in lines}


async def enters(one: Citizen, given: str = "") -> str:
    """The code of a refusal, or what the system administrator lacks once he has signed in."""
    who = {"login": "sysadmin", "password": PASSWORD, "code": given, "asToken": True}
    answer = await one.do(SIGN_IN, **who)
    if answer["__typename"] != "SignInPayload":
        return str(answer["code"])
    one.client.headers["Authorization"] = f"Bearer {answer['token']}"
    return answer["user"]["lacks"] or "nothing"


async def refused(one: Citizen, document: str) -> list[str]:
    """The codes of an operation that is refused as a whole."""
    answer = await one.client.post("/graphql", json={"query": document})
    return [each["extensions"]["code"] for each in answer.json().get("errors", ())]


async def test_three_links_three_apps_and_no_password_anybody_knows(
    house: Town, tmp_path: Path
) -> None:
    made, again = setup(house), setup(house)
    tokens = links(made.stdout)

    assert (made.returncode, again.returncode) == (0, 2)
    assert set(tokens) == {"sys_admin", "sec_admin", "audit_admin"} and not again.stdout
    async with visitor(house.url) as client:
        await arrives(Citizen(client, house), tokens["sys_admin"])
    if PROGRAM:  # and with nothing but a browser
        async with browser(tmp_path) as page:
            await walks_in(page, house, tokens["sec_admin"])


async def arrives(one: Citizen, token: str) -> None:
    """From the link to the list of accounts, and in again by a code and by paper."""
    given: dict[str, Any] = {"token": token, "password": PASSWORD}
    assert (await one.do(REDEEM, **given))["login"] == "sysadmin"
    assert (await one.do(REDEEM, **given))["code"] == "TOKEN_UNKNOWN"
    assert await enters(one) == "SECOND_FACTOR"
    assert await refused(one, ACCOUNTS) == ["NOT_IN_YET"]

    begun = await one.do(BEGIN, password=PASSWORD)
    secret, step = base64.b32decode(begun["secret"]), code.step_of(datetime.now(UTC))
    codes = (await one.do(CONFIRM, code=code.of_step(secret, step)))["codes"]

    assert begun["picture"].startswith("<svg") and len(codes) == 10
    found = (await one.ask(ACCOUNTS))["accounts"]["nodes"]
    assert {each["login"]: each["state"] for each in found} == {
        "sysadmin": "ACTIVE",
        "secadmin": "INVITED",
        "auditadmin": "INVITED",
    }
    del one.client.headers["Authorization"]
    shown = code.of_step(secret, step + 1)  # the next is known as well
    tries = ["", shown, shown, codes[0], codes[0]]
    assert [await enters(one, each) for each in tries] == [
        "CODE_REQUIRED",
        "nothing",
        "CODE_WRONG",
        "nothing",
        "CODE_WRONG",
    ]


async def walks_in(page: Page, house: Town, token: str) -> None:
    """From the link to the first page of an officer, by what stands on the pages."""
    await page.open(f"{house.url}/password#{token}")
    assert "secadmin" in await seen(page, "set")
    for field in ("first", "second"):
        await page.type(f"#{field}", PASSWORD)
    await page.click("#set button")
    assert "身份验证器" in await seen(page, "done", press="#done a")
    await page.until("location.pathname === '/' && document.readyState === 'complete'")
    await page.type("#login", "secadmin")
    await page.type("#password", PASSWORD)
    await page.click("#sign-in button")
    await seen(page, "enrol")
    secret = base64.b32decode(await page.run("document.getElementById('secret').innerText"))
    assert await page.run("document.getElementById('picture').naturalWidth") > 0
    await page.type("#first-code", code.of_step(secret, code.step_of(datetime.now(UTC))))
    await page.click("#enrol button")
    assert len((await seen(page, "codes")).split()) == 10
    await page.click("#kept button")
    assert "安全管理员" in await seen(page, "signed-in")
    assert page.complaints == []


async def seen(page: Page, name: str, press: str = "") -> str:
    """What a part of the page says, once it is there; then something is pressed."""
    part = f"document.getElementById('{name}')"
    said: str = await page.until(f"{part}?.checkVisibility() && {part}.innerText")
    if press:
        await page.click(press)
    return said
