"""The pages say what is there: links, files, names, commands, tables and generated parts."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, parse, validate
from starlette.routing import Mount, Route

import app
import settings
from models.changes import Changes
from rules import regulation
from rules.person import Discipline, PersonGroup
from rules.policy import Scope
from schema.api import api
from tests import shape
from tests.test_main import COMMANDS
from workflow import describe, message, route

ROOT = shape.ROOT
FOUND = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/golden/*.md")]
PAGES = sorted(path for path in FOUND if "node_modules" not in path.parts)
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
OURS = sorted(path for path, text in TEXTS.items() if not path.startswith("tests/"))
EVERYTHING = "\n".join(TEXTS.values())
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"}
SOURCES = "\n".join(module.text for module in shape.modules()) + api.as_str()

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
MAKE = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M))


def blocks(page: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(TEXTS[page]) if kind == language]


def anchors(text: str) -> set[str]:
    """The names by which the headings of a page are linked."""
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", OURS)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [link for link in LINK.findall(TEXTS[page]) if not leads(page, link)] == []


def leads(page: str, link: str) -> bool:
    if link.startswith(("https://", "http://")):
        return True
    name, _, anchor = link.partition("#")
    target = (ROOT / page).parent / name if name else ROOT / page
    return target.exists() and (not anchor or anchor in anchors(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", OURS)
def test_every_file_and_test_a_page_names_is_there(page: str) -> None:
    named = {word for code in CODE.findall(TEXTS[page]) for word in code.split()}

    assert sorted(word for word in named if is_path(word) and not is_there(word)) == []


def is_path(word: str) -> bool:
    """A path from the root of the checkout, perhaps with a pattern or the name of a test."""
    return bool(re.fullmatch(r"[\w.]+/[\w./*<>-]*(::\w+)?", word)) and word.split("/")[0] in FOLDERS


def is_there(word: str) -> bool:
    path, _, name = word.partition("::")
    found = list(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))
    if not name:
        return bool(found)
    return any(f"def {name}(" in each.read_text(encoding="utf-8") for each in found)


def test_every_setting_is_explained_and_no_other_is() -> None:
    known = {settings.variable(name) for name in settings.Settings.__dataclass_fields__}
    named = set(re.findall(rf"{settings.PREFIX}[A-Z_]+", EVERYTHING))

    assert known - named == set()
    assert {each for each in named - known if not each.startswith(settings.OF_TESTS)} == set()


def test_every_command_is_explained_and_no_other_is() -> None:
    called = set(re.findall(r"(?:bin/jijiao|`jijiao|python \.) ([a-z]+)", EVERYTHING))

    words = {name.partition(" ")[0] for name in COMMANDS}
    assert words - called == set()
    assert called - words - {"help"} == set()
    assert [name for name in COMMANDS if f"jijiao {name}" not in EVERYTHING] == []


def test_every_target_of_make_a_page_names_is_there() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", EVERYTHING, re.M))

    assert named - MAKE == set()


def test_the_manual_names_every_target() -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert [name for name in MAKE if f"  make {name} " not in answer.stdout] == []


def test_every_address_of_the_api_is_explained() -> None:
    given = settings.read({"JIJIAO_MODE": "dev", "JIJIAO_STORAGE": "/nowhere"})
    paths = {each.path for each in app.routes(given, Changes()) if isinstance(each, Route | Mount)}

    assert [path for path in paths if f"{path}`" not in TEXTS["docs/api.md"]] == []


def test_every_code_of_a_refusal_is_explained() -> None:
    page = TEXTS["docs/errors.md"]

    assert [code for code in message.codes() if f"`{code}`" not in page] == []


@pytest.mark.parametrize("page", OURS)
def test_every_word_in_capitals_is_one_of_ours(page: str) -> None:
    named = {
        word for word in CODE.findall(TEXTS[page]) if re.fullmatch(r"[A-Z]{2,}(_[A-Z]+)+", word)
    }

    assert [word for word in named if word not in SOURCES and word not in message.codes()] == []


def test_the_page_of_routes_is_current() -> None:
    assert TEXTS["docs/routes.md"] == describe.document(route.load_all().values())


def test_every_example_operation_is_listed() -> None:
    files = {path.name for path in (ROOT / "docs/operations").glob("*.graphql")}
    listed = set(re.findall(r"\(operations/([\w.]+\.graphql)\)", TEXTS["docs/api.md"]))

    assert files == listed


def queries() -> Iterator[str]:
    """Every GraphQL document that stands in a page."""
    for page in OURS:
        yield from blocks(page, "graphql")
        for text in blocks(page, "sh"):
            yield from (
                json.loads(f'"{found}"') for found in re.findall(r'"query": "([^"]+)"', text)
            )


def test_every_query_in_a_page_fits_the_schema() -> None:
    schema: GraphQLSchema = api._schema
    found = list(queries())

    assert len(found) >= 4
    assert [validate(schema, parse(each)) for each in found] == [[]] * len(found)


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (parts(TEXTS[name]) for name in ("README.md", "README.zh-CN.md"))

    assert english == chinese


def parts(text: str) -> list[object]:
    """What a translation must not change: levels, lists, tables, code, and what is linked."""
    links = [link for link in LINK.findall(text) if not link.startswith("README")]
    begins = [re.match(r"(#+ |- |\||```|)", line) for line in text.splitlines() if line]
    return [[each[0] for each in begins if each and each[0]], BLOCK.findall(text), sorted(links)]


ROW = re.compile(r"^\| (up to|from)? ?(\d{4})(?:–(\d{4}))? \| (.*) \|$", re.M)
YEARS = range(2005, 2031)


def told(kind: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of docs/regulation.md that name a row of this kind, for each year they are for."""
    for word, first, last, cells in ROW.findall(TEXTS["docs/regulation.md"]):
        begin = YEARS.start if word == "up to" else int(first)
        end = int(first) if word == "up to" else int(last or YEARS.stop - 1)
        if f"`{kind}." in cells:
            yield from ((year, cells.split(" | ")) for year in range(begin, end + 1))


def test_the_table_of_thresholds_says_what_decides_in_each_year() -> None:
    assert dict(told("annual")) == {year: threshold(year) for year in YEARS}


def threshold(year: int) -> list[str]:
    row = regulation.current().annual(year)
    hours = (row.total_hours, row.public_hours, row.professional_hours, row.hours_per_day)
    return [f"`{row.scope.id}`", *map(str, hours), "yes" if row.binding else "no"]


def test_the_table_of_cycles_says_what_each_year_of_application_asks_for() -> None:
    assert dict(told("cycle")) == {year: of_cycle(year) for year in range(2002, YEARS.stop)}


def of_cycle(year: int) -> list[str]:
    row = regulation.current().cycle(year)
    assert row is not None
    numbers = (row.public_courses, row.professional_courses, row.longest_years, row.hours_per_day)
    return [
        f"`{row.scope.id}`",
        *map(str, numbers),
        "yes" if row.binding else "no",
        document(row.scope),
    ]


def document(scope: Scope) -> str:
    return "unsourced" if scope.unsourced else "sourced"


@pytest.mark.parametrize("discipline", Discipline)
def test_the_table_of_hours_says_what_each_year_of_a_cycle_asks_for(discipline: Discipline) -> None:
    found = {
        year: [name, hours, document]
        for year, (of, name, hours, document) in told("cycle_year")
        if of in ("both", discipline.value)
    }

    assert found == {year: of_year(year, discipline) for year in YEARS}


def of_year(year: int, discipline: Discipline) -> list[str]:
    row = regulation.current().cycle_year(
        year, person_group=PersonGroup.GENERAL, discipline=discipline
    )
    return [f"`{row.scope.id}`", str(row.hours), document(row.scope)]


@pytest.mark.parametrize("group", PersonGroup)
def test_the_table_of_windows_says_who_may_count_the_current_year(group: PersonGroup) -> None:
    row = regulation.current().window(2012, person_group=group)
    after = "to the current year" if row.current_year_after else "to the year before"

    assert (row.last_month, row.last_day) == (6, 30)
    assert f"| `{row.scope.id}` | to the year before | {after} |" in TEXTS["docs/regulation.md"]


def test_every_row_of_guangzhou_and_each_of_its_numbers_is_on_the_page() -> None:
    current, page = regulation.current(), TEXTS["docs/regulation.md"]
    award, record = current.achievement(2026), current.record(2026)
    numbers = (award.lead_hours, award.contributor_hours, record.most_hours_per_day)

    assert all(f"{number} h" in page for number in (*numbers, record.plausible_hours_per_day))
    assert all(f"`{row.scope.id}`" in page for row in (award, record))
    assert ("unsourced |" in page) is record.scope.unsourced


DECISIONS = sorted(path for path in OURS if path.startswith("docs/decisions/"))
HEADS = ["Context", "Decision", "Consequences", "Alternatives", "References"]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(Path(page).name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS)
def test_a_decision_is_short_and_complete(page: str) -> None:
    lines = TEXTS[page].splitlines()

    assert len(lines) <= 60
    assert lines[0].startswith(f"# {Path(page).name[:4]} ")
    assert [line[3:] for line in lines if line.startswith("## ")] == HEADS


# Each would send a reader to a place he does not have; written so that they do not find themselves.
ELSEWHERE = re.compile(
    rf"{re.escape(str(ROOT))}/|(?<![\w.])--(?:extra-)?index-url"
    r"|https?://[\w.-]*(?:pypi|pythonhosted|npmjs)|/home/\w+/|\.pyenv"
)
READ = {
    *(".py", ".md", ".toml", ".txt", ".csv", ".graphql", ".service", ".conf", ""),
    *(".html", ".css", ".js", ".svg", ".ts", ".json"),
}
APART = {"node_modules", "build", "dist", "vendor", "__pycache__"}


def test_nothing_names_a_path_of_a_machine_or_an_address_of_packages() -> None:
    found = {path.relative_to(ROOT) for path in tracked() if names_elsewhere(path)}

    assert found == set()


def tracked() -> Iterator[Path]:
    """Files of the project: not hidden, not made by a tool."""
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in inside)
        if path.is_file() and not hidden and not APART & set(inside) and path.suffix in READ:
            yield path


def names_elsewhere(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    return path != Path(__file__) and ELSEWHERE.search(text) is not None


def test_every_document_of_the_regulation_is_listed() -> None:
    listed = set(re.findall(r"^\| `([\w.-]+)` \| ([^|]+) \|$", TEXTS["docs/regulation.md"], re.M))

    assert {(one.id, one.document) for one in regulation.current().scopes if one.document} == listed
