"""A day at the workbench, in a real browser: sign in, run a saved query, explore, save."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schema.graphiql import fetch
from tests.browser import PROGRAM, Page, browser
from tests.town import Town

pytestmark = pytest.mark.skipif(
    not (PROGRAM and fetch.complete()), reason="needs Chromium and the files npm brings"
)
ANSWER = "(document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? '')"
QUERY = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()"


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with browser(tmp_path) as page:
        yield page


async def at_the_workbench(page: Page, town: Town, login: str) -> None:
    """One click on the landing page signs in; another opens the workbench."""
    await page.open(town.url)
    await page.click("#people .choice", login)
    await page.until("!document.getElementById('signed-in').hidden")
    await page.click("#workbench")
    await page.until("location.pathname === '/graphiql'")
    await page.until("document.querySelectorAll('.library li').length > 9")


def own(page: Page, town: Town) -> bool:
    """Did it ask nobody but us? What stands inside a file of ours, as fonts do, counts as ours."""
    at_home = (town.url, "data:", "blob:" + town.url)
    return bool(page.requests) and all(each.startswith(at_home) for each in page.requests)


async def test_a_handler_runs_a_saved_query_and_takes_the_result_along(
    page: Page, town: Town
) -> None:
    await at_the_workbench(page, town, "handler")

    await page.type(".library input[type=search]", "常规验证")
    await page.until("document.querySelectorAll('.library li').length === 1")
    await page.click(".library button", "常规验证情况")
    await page.until(f"{ANSWER}.includes('\"verdict\"')")
    await page.click("button.save", "CSV")
    await page.click("button.save", "XLSX")
    table = (await page.downloaded("AnnualOverview-*.csv")).decode("utf-8-sig")
    sheet = await page.downloaded("AnnualOverview-*.xlsx")

    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 20
    assert {row["verdict"] for row in rows} == {"FAIL"}
    assert all(row["person.name"] for row in rows)
    with zipfile.ZipFile(io.BytesIO(sheet)) as file:
        text = file.read("xl/worksheets/sheet1.xml").decode()
    assert text.count("<row ") == 21 and rows[0]["person.name"] in text
    assert (page.complaints, own(page, town)) == ([], True)


async def test_the_other_language_asks_for_the_other_language(page: Page, town: Town) -> None:
    await at_the_workbench(page, town, "handler")
    await page.click(".library button", "待办事项")
    await page.until(f"{ANSWER}.includes('单位审批')")

    await page.click("#language")
    await page.until("document.querySelector('.library h2').innerText === 'Library'")
    await page.click(".library button", "To do")

    await page.until(f"{ANSWER}.includes('Unit review')")
    assert await page.run("document.documentElement.lang") == "en"
    assert page.complaints == []


async def test_a_mutation_is_opened_with_its_variables_and_not_run(page: Page, town: Town) -> None:
    await at_the_workbench(page, town, "handler")
    asked = len(page.requests)

    await page.click(".library button", "处理意见")
    await page.until(f"{QUERY}.includes('mutation Decide')")

    variables = ".graphiql-editor-tool .CodeMirror"
    filled = await page.until(
        f"[...document.querySelectorAll('{variables}')].map(each => each.CodeMirror.getValue())"
        ".find(each => each.includes('taskId')) ?? ''"
    )
    assert "@" not in filled and '"act": "AGREE_UP"' in filled
    assert await page.run(ANSWER) in ("", "\u200b")
    assert len([each for each in page.requests[asked:] if each.endswith("/graphql")]) == 2  # facts


async def test_the_schema_can_be_explored_two_ways(page: Page, town: Town) -> None:
    await at_the_workbench(page, town, "checker")

    await page.click('[aria-label="Show Documentation Explorer"]')
    await page.click(".graphiql-doc-explorer a", "Query")
    await page.until("document.body.innerText.includes('年度验证')")
    await page.click('[aria-label="Show GraphiQL Explorer"]')
    await page.click(".graphiql-explorer-root span", "todoGroups")

    await page.until(f"{QUERY}.includes('todoGroups')")
    assert (page.complaints, own(page, town)) == ([], True)


async def test_the_docs_are_in_the_language_of_the_reader(page: Page, town: Town) -> None:
    async def docs_say(root: str, field: str) -> None:
        text = "(document.querySelector('.graphiql-doc-explorer')?.innerText ?? '')"
        await page.until("!!document.querySelector('[aria-label=\"Show Documentation Explorer\"]')")
        await page.click('[aria-label="Show Documentation Explorer"]')
        await page.click(".graphiql-doc-explorer a", "Query")
        await page.until(f"{text}.includes('{root}') && {text}.includes('{field}')")

    await at_the_workbench(page, town, "checker")
    await docs_say("可以查询的内容", "待办事项：按业务和步骤计数")

    await page.click("#language")
    await page.until("document.querySelector('.library h2').innerText === 'Library'")

    await docs_say("Everything that can be asked", "counts by business and step")
    assert page.complaints == []


async def test_what_is_inline_or_from_elsewhere_is_not_run(page: Page, town: Town) -> None:
    await at_the_workbench(page, town, "handler")

    await page.run("""for (const [name, value] of [['textContent', 'window.ran = true'],
      ['src', 'http://127.0.0.2:9/x.js']]) {
      const script = document.createElement('script'); script[name] = value;
      document.body.append(script); }""")

    await page.until("true")
    assert await page.run("window.ran ?? false") is False
    assert sum("Content Security Policy" in each for each in page.complaints) == 2


async def test_two_seats_are_offered_and_the_choice_opens_the_workbench(
    page: Page, town: Town
) -> None:
    await page.open(town.url)

    await page.click("#people .choice", "two_seats")
    await page.click("#seats .choice", "博物馆")

    await page.until("!document.getElementById('signed-in').hidden")
    assert "博物馆" in await page.run("document.getElementById('seat').innerText")
    assert await page.run("document.getElementById('workbench').hidden") is False


async def test_a_person_sees_his_years_and_no_workbench(page: Page, town: Town) -> None:
    await page.open(town.url)

    await page.click("#people .choice", "person")

    await page.until("document.getElementById('figures').innerText.includes('学时 · 不通过')")
    assert await page.run("document.getElementById('workbench').hidden") is True
    await page.open(f"{town.url}/graphiql")
    assert "仅供工作人员使用" in await page.run("document.body.innerText")


async def test_what_is_watched_arrives_over_a_socket(page: Page, town: Town) -> None:
    await at_the_workbench(page, town, "handler")

    await page.click(".library button", "待办变化")
    read = QUERY.replace("getValue()", "documentAST?.definitions[0]?.operation")
    await page.until(f"{read} === 'subscription'")  # GraphiQL reads what is typed after a pause
    await page.click('[aria-label^="Execute query"]')

    await page.until(f"{ANSWER}.includes('个人参加继续教育情况申报')")
    assert (page.complaints, own(page, town)) == ([], True)
