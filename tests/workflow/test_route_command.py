"""`routes`: what it prints, and the status it ends with."""

import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import settings
from devserver.postgres import Postgres
from tests import servers
from tests.factories.city import NOW
from tests.test_main import run
from tests.workflow.test_route import FULL
from workflow import bpmn, definition, describe, route, route_command

SHIPPED = route.load_all()
DECLARATION = SHIPPED["declaration"]
NO_SETTINGS: Any = None

Said = tuple[int, str]
Do = Callable[..., Awaitable[Said]]


@pytest.fixture
def do(capsys: pytest.CaptureFixture[str]) -> Do:
    """The status of a command and what it says on whichever line."""

    async def doing(*arguments: str, given: Any = NO_SETTINGS) -> Said:
        answer = route_command.main(given, arguments)
        status = await answer if inspect.isawaitable(answer) else answer
        assert isinstance(status, int)
        said = capsys.readouterr()
        return status, said.out + said.err

    return doing


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """A route file with this text; its path."""

    def write(text: str, name: str = "mine.toml") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.mark.parametrize("arguments", [(), ("describe",)])
async def test_without_a_word_it_prints_the_page_of_routes(
    do: Do, arguments: tuple[str, ...]
) -> None:
    assert await do(*arguments) == (0, describe.document(SHIPPED.values()))


async def test_the_routes_of_this_release_keep_every_rule_and_a_note_is_no_fault(do: Do) -> None:
    status, said = await do("check")

    assert status == 0
    assert said.count("\n") == 1 and "separation_may_leave_nobody" in said


async def test_every_faulty_file_is_named_with_line_rule_and_sentence(
    do: Do, written: Callable[..., str]
) -> None:
    first = written(FULL.replace("version  = 3", "version  = 0"), "a.toml")
    second = written(FULL.replace('"same_org"', '"nobody"'), "b.toml")

    status, said = await do("check", first, second, "/nowhere.toml")

    assert status == 1
    assert said.splitlines() == [
        f"{first}:3: version: 版本号必须是不小于 1 的整数：0",
        f"{second}:27: unknown_skip_when: 未知的跳过条件：nobody（可选：same_org）",
        "/nowhere.toml: No such file or directory",
    ]


async def test_a_changed_text_needs_a_new_number(do: Do, written: Callable[..., str]) -> None:
    text = DECLARATION.text.replace("needs    = 2", "needs    = 3", 1)
    same = written(text)

    refused = await do("check", same, "--language", "en")
    renumbered = written(text.replace("version  = 1", "version  = 2"))

    assert refused == (
        1,
        f"{same}:1: same_version: The text has changed and needs a new number:"
        " declaration version 1\n",
    )
    assert await do("check", renumbered) == (0, "")


async def test_a_file_must_fit_to_the_other_routes(do: Do, written: Callable[..., str]) -> None:
    status, said = await do("check", written(DECLARATION.text.replace('"declaration"', '"other"')))

    assert status == 1
    assert "selection_overlap" in said


async def test_a_route_is_shown_as_sentences_table_and_diagram(do: Do) -> None:
    status, said = await do("show", "declaration", "--language", "en")

    assert status == 0
    for written in (describe.sentences, describe.table, describe.mermaid):
        assert written(DECLARATION, "en") in said


async def test_a_route_is_exported_for_modellers(do: Do) -> None:
    assert await do("show", "declaration", "--bpmn") == (0, bpmn.document(DECLARATION))


async def test_a_file_is_compared_with_the_version_of_this_release(
    do: Do, written: Callable[..., str]
) -> None:
    new = written(DECLARATION.text.replace("needs    = 2", "needs    = 3", 1))

    assert await do("diff", "declaration", "1", new) == (0, "单位审批：至少 2 人 → 至少 3 人\n")
    assert await do("diff", "declaration", "1", "1") == (0, "")


async def test_a_version_that_went_is_read_from_the_database(
    do: Do, db: Any, configuration: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = route.compile_route(DECLARATION.text.replace("version  = 1", "version  = 7"))
    monkeypatch.setattr(definition, "shipped", lambda: {"declaration": old})
    await definition.publish(db, NOW)
    monkeypatch.undo()

    status, said = await do("show", "declaration", "--version", "7", given=configuration)
    missing = await do("show", "declaration", "--version", "8", given=configuration)

    assert (status, said.splitlines()[0]) == (0, "个人参加继续教育情况申报（declaration，第 7 版）")
    assert missing == (2, "declaration 8: no such version was published here\n")


async def test_a_route_that_is_not_there_is_one_sentence(do: Do) -> None:
    status, said = await do("show", "declarations")

    assert status == 2
    assert said.startswith("declarations: no such route. There are: account.bureau, ")


def test_publishing_tells_what_is_new_and_again_changes_nothing(
    pg: Postgres, database: str
) -> None:
    given = servers.environment(pg, database)

    first, second = run("routes", "publish", **given), run("routes", "publish", **given)

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.splitlines() == [f"{code} 1 published" for code in SHIPPED]
    assert second.stdout.splitlines() == [f"{code} 1 unchanged" for code in SHIPPED]


async def test_a_number_that_stands_for_another_text_is_one_sentence(
    db: Any,
    configuration: settings.Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await definition.publish(db, NOW)
    other = route.compile_route(DECLARATION.text + "# other\n")
    monkeypatch.setattr(definition, "shipped", lambda: {"declaration": other})

    assert await route_command.publish(configuration, []) == 1

    assert capsys.readouterr().err == (
        "The text has changed and needs a new number: declaration version 1\n"
    )
