"""The schema in Chinese: every element has its text, and a reader gets the language he asks for."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from schema import api, description
from schema.role import Role
from schema.views import sdl, told
from tests.factories.question import VIEWS, answered, asked
from tests.schema.test_api import elements
from tests.schema.test_views import SCHEMAS, VIEWERS

WHOLE = dict(elements(api.api._schema))
OWN = description.catalogue()
PATTERNS = [key for key in OWN if "*" in key]
TEXT = re.compile(r'^ *"""(?:[^"]|\n)*?"""\n', re.MULTILINE)
CASE = '{ __type(name: "Case") { description fields { name description } } }'


def followers(pattern: str) -> list[str]:
    """The elements that have no text of their own and are described by a pattern."""
    follows = description.pattern(pattern)
    return [each for each in WHOLE if follows.fullmatch(each) and each not in OWN]


@pytest.mark.parametrize("coordinate", WHOLE)
def test_every_element_is_described_in_chinese(coordinate: str) -> None:
    text = description.chinese(coordinate) or ""

    assert re.search(r"[\u4e00-\u9fff]", text), f"{coordinate} is missing in schema/descriptions"
    assert text.endswith(("。", "？"))


def test_the_catalogue_describes_nothing_else() -> None:
    assert [key for key in OWN if key not in WHOLE and key not in PATTERNS] == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_stands_for_several_elements_and_is_the_only_one_for_them(pattern: str) -> None:
    found = followers(pattern)

    assert len(found) > 1
    for other in set(PATTERNS) - {pattern}:
        assert not set(found) & set(followers(other)), other


def test_a_text_of_its_own_is_preferred_to_a_pattern() -> None:
    assert description.chinese("AnnualResult") != description.chinese("DecideTaskResult")
    assert description.chinese("Query.nothing(x:)") is None


def test_a_key_stands_in_one_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.zh-CN.toml").write_text('"Case" = "x"\n', encoding="utf-8")
    monkeypatch.setattr(description, "FOLDER", tmp_path)

    with pytest.raises(ValueError, match=r"two.*Case"):
        description.catalogue.__wrapped__()


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_chinese_view_differs_in_descriptions_alone(kind: str) -> None:
    english, chinese = SCHEMAS[kind], told(SCHEMAS[kind], "zh-CN")

    assert chinese is not english and told(english, "en") is english
    assert TEXT.sub("", sdl(chinese)) == TEXT.sub("", sdl(english))
    assert dict(elements(chinese)) == {
        each: description.chinese(each) for each, _ in elements(english)
    }
    assert not set(elements(english)) & set(elements(chinese))


def told_in(found: Any, key: str = "") -> set[str]:
    """Every description in an answer of introspection; what GraphQL itself brings is in English."""
    if isinstance(found, list):
        return set().union(*(told_in(each) for each in found))
    if not isinstance(found, dict) or str(found.get("name")).startswith("__"):
        return set()
    own = {found["description"]} if found.get("description") else set()
    return own.union(*(told_in(value) for value in found.values()))


@pytest.mark.parametrize("kind", VIEWERS)
async def test_introspection_tells_of_everything_in_the_language_of_the_reader(kind: Role) -> None:
    query = get_introspection_query().replace("possibleTypes {", "possibleTypes { description")

    chinese = (await answered(VIEWERS[kind], query, "zh-CN"))["__schema"]
    english = (await answered(VIEWERS[kind], query, "en"))["__schema"]

    built_in = told_in(
        [each for each in english["types"] if each["name"] in ("ID", "Int", "String", "Boolean")]
    )
    mine = SCHEMAS[kind]
    assert told_in(english["types"]) - built_in == {text for _, text in elements(mine)}
    assert told_in(chinese["types"]) - built_in == {
        description.chinese(each) for each, _ in elements(mine)
    }


async def test_one_document_and_one_schema_serve_both_languages() -> None:
    viewer = VIEWERS[Role.STAFF]
    kept = VIEWS.of(viewer).gate.documents.kept

    answers = [await answered(viewer, CASE, language) for language in ("zh-CN", "en")]

    assert [each["__type"]["description"] for each in answers] == [
        "办件：一项申请按流程办理的全过程。",
        WHOLE["Case"],
    ]
    assert [schema for schema, text in kept if text == CASE] == [SCHEMAS[Role.STAFF]]


async def test_what_is_not_for_him_exists_in_neither_language() -> None:
    for language in ("zh-CN", "en"):
        found = await answered(VIEWERS[Role.PERSON], '{ __type(name: "Task") { name } }', language)
        assert found == {"__type": None}
        refused = await asked(None, CASE, language)
        assert refused.data is None and refused.errors
