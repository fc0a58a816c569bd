"""A person asks for the certificate of a year; a stranger checks it in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from printing import command
from resolvers import ids
from schema import example
from tests import shape
from tests.browser import PROGRAM, Page, browser
from tests.town import Town, key
from workflow import signature

LIST, ISSUE = (
    next(each.query for each in example.library() if each.name == name)
    for name in ("Certificates", "IssueCertificate")
)
PASSED = """
SELECT a.login, x.id, x.person_id, x.year FROM annual_result x
JOIN account a ON a.person_id = x.person_id
WHERE x.verdict = 'pass' AND x.current ORDER BY a.login, x.year DESC LIMIT 1
"""
FAIL = """
UPDATE training_record SET approved_hours = 0.5
WHERE person_id = $1 AND year = $2 AND approved_hours IS NOT NULL
"""
needs_chromium = pytest.mark.skipif(not PROGRAM, reason="needs Chromium")
RECALCULATE = """mutation ($input: RecalculateInput!) { recalculate(input: $input) {
  __typename } }"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with browser(tmp_path) as page:
        chinese = {"Accept-Language": "zh-CN"}
        await page.call("Network.setExtraHTTPHeaders", headers=chinese)
        yield page


async def issued(town: Town) -> dict[str, Any]:
    """The certificate of somebody of the demo city whose year passes, and its file."""
    (found,) = await town.sql(PASSED)
    given = {"resultId": ids.encode("AnnualResult", str(found["id"])), "idempotencyKey": key()}
    async with town.citizen(found["login"]) as citizen:
        made = await citizen.do(ISSUE, **given)
        assert made["__typename"] == "CertificatePayload", made
        file = await citizen.client.get(made["certificate"]["url"])
    return {**dict(found), **made["certificate"], "file": file.content}


async def test_the_file_a_person_downloads_is_verified_offline(town: Town, tmp_path: Path) -> None:
    made = await issued(town)
    (tmp_path / "certificate.pdf").write_bytes(made["file"])

    town.run(
        "certificate", "verify", str(tmp_path / "certificate.pdf"),
        "--key", str(town.folder / "certificate.pem"),
    )  # fmt: skip

    (token,) = set(command.attached(made["file"]))
    told = signature.read(token).data
    assert (told["number"], told["demo"]) == (made["number"], True)
    assert told["check"] == made["checkUrl"] == f"{town.url}/check/{made['number']}"


@needs_chromium
async def test_a_stranger_checks_it_without_script(page: Page, town: Town) -> None:
    made = await issued(town)
    await page.call("Emulation.setScriptExecutionDisabled", value=True)

    await page.call("Page.navigate", url=made["checkUrl"])
    await page.until("document.querySelector('.verdict.valid b')?.innerText === '有效'")

    shown = await page.run("document.querySelector('main').innerText")
    assert made["number"] in shown and "年度验证" in shown
    await page.picture(tmp(page, "check.png"))
    assert (page.complaints, own(page, town)) == ([], True)


@needs_chromium
async def test_he_types_a_number_and_gets_the_answer(page: Page, town: Town) -> None:
    made = await issued(town)
    await page.open(f"{town.url}/check")

    await page.type("input[name=number]", made["number"].lower())
    await page.click("form button")

    await page.until("document.querySelector('.verdict.valid b')?.innerText === '有效'")
    await page.open(f"{town.url}/check/JX2026-0000-0000-000W")
    await page.until("document.querySelector('.verdict.unknown b')?.innerText === '查无此证'")
    await page.picture(tmp(page, "unknown.png"))
    assert (page.complaints, own(page, town)) == ([], True)


@needs_chromium
async def test_a_recount_that_turns_the_year_is_seen_by_everybody(page: Page, town: Town) -> None:
    made = await issued(town)
    person = ids.encode("Person", str(made["person_id"]))
    await town.sql(FAIL, made["person_id"], made["year"])

    async with town.citizen(made["login"]) as citizen:
        await citizen.do(RECALCULATE, personId=person, idempotencyKey=key())
        await page.open(made["checkUrl"])
        await page.until(
            "document.querySelector('.verdict.revoked') ? true : (location.reload(), false)"
        )
        listed = (await citizen.ask(LIST))["certificates"]["nodes"]

    await page.picture(tmp(page, "revoked.png"))
    mine = {each["number"]: each["revokedBecause"] for each in listed}
    assert mine[made["number"]] == "RECALCULATED"
    assert page.complaints == []


def own(page: Page, town: Town) -> bool:
    """Did it ask nobody but us?"""
    return bool(page.requests) and all(each.startswith(town.url) for each in page.requests)


def tmp(page: Page, name: str) -> Path:
    """Where a picture is kept for who wants to look at it."""
    assert not page.folder.is_relative_to(shape.ROOT)
    return page.folder / name
