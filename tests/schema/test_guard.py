"""What a document may be: harm is refused in time, by name, and what clients need is not."""

import gc
import time
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from models.account import UserType
from models.read import Connection
from schema import documents, guard
from schema.api import api
from tests.factories import hostile
from tests.factories.question import asked, somebody
from tests.statements import counted

# What each may take of a processor is 50 ms; ten times that is for machines busy otherwise.
PATIENCE = 0.5
UNION = "... on Person { __typename name } " * 12
DEEP: dict[str, Any] = {"year": {"eq": 2026}}
for _ in range(30):
    DEEP = {"not": DEEP}


def refused(text: str) -> dict[str, Any]:
    """The limit a text is over, and how long it took to see."""
    gc.disable()  # what other tests have left behind is not this document's
    try:
        begun = time.process_time()
        errors = documents.Documents().of(api._schema, text)
        took = time.process_time() - begun
    finally:
        gc.enable()
    assert isinstance(errors, list) and len(errors) == 1, errors
    return {**getattr(errors[0].original_error, "data", {}), "took": took}


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_a_document_that_means_harm_meets_its_limit(name: str) -> None:
    text, limit = hostile.REFUSED[name]

    told = refused(text)

    assert told["limit"] == limit
    assert told["maximum"] < told["measured"] < 2**53  # a number every JSON reader has
    assert told["took"] < PATIENCE


@pytest.mark.parametrize("name", hostile.INVALID)
def test_a_wrong_document_is_refused_with_few_words(name: str) -> None:
    begun = time.process_time()
    errors = documents.Documents().of(api._schema, hostile.INVALID[name])

    assert isinstance(errors, list) and 1 <= len(errors) <= documents.MOST_ERRORS
    assert time.process_time() - begun < PATIENCE


async def test_what_is_refused_costs_no_statement(db: Connection) -> None:
    viewer = somebody(UserType.CITY_BUREAU)

    with counted() as statements:
        for text, _ in hostile.REFUSED.values():
            result = await asked(viewer, text)
            assert result.data is None and result.errors

    assert statements == []


async def test_a_refusal_names_its_limit_in_the_language_of_the_reader() -> None:
    text, _ = hostile.REFUSED["31 aliases"]

    english = (await asked(None, text)).errors
    chinese = (await asked(None, text, "zh-CN")).errors

    assert english and chinese
    assert english[0].message == "The document is too complex: aliases 31, at most 30."
    assert chinese[0].message == "查询语句过于复杂：别名 31，上限为 30。"
    assert english[0].extensions == {
        "code": "QUERY_TOO_COMPLEX",
        "limit": "aliases",
        "maximum": 30,
        "measured": 31,
    }


@pytest.mark.parametrize("size", [65_536, 65_537, 1_000_000])
def test_a_text_is_measured_in_bytes_comments_included(size: int) -> None:
    head, tail = "#" + "案" * 10_000, "\n{ viewer { login } }"
    text = head + "x" * (size - len((head + tail).encode())) + tail

    found = documents.Documents().of(api._schema, text)

    assert isinstance(found, list) is (size > 65_536)


@pytest.mark.parametrize(
    ("text", "limit", "maximum"),
    [
        ("{ viewer { a: login b: login } }", "aliases", 2),
        ("{ viewer { person { id } } }", "depth", 3),
        ("{ viewer { login createdAt } }", "fields", 3),
        ("query($a: Int, $b: Int) { viewer { login } }", "variables", 2),
        ("{ viewer @skip(if: true) { login @skip(if: true) } }", "directives", 2),
        ("{ viewer { login } viewer { login } }", "roots", 2),
        ("{ __schema { types { name } } }", "introspection", 3),
        ("{ viewer { ...a ...a } } fragment a on User { login }", "spreads", 2),
        ("{ viewer { login login login } }", "pairs", 3),
        ("{ viewer { ... { login } } }", "nesting", 3),
    ],
)
def test_each_limit_is_exact(text: str, limit: str, maximum: int) -> None:
    guard.check(parse(text), replace(guard.BOUNDS, **{limit: maximum}))
    with pytest.raises(GraphQLError):
        guard.check(parse(text), replace(guard.BOUNDS, **{limit: maximum - 1}))


@pytest.mark.parametrize(
    "text",
    [
        get_introspection_query(),
        f'{{ node(id: "x") {{ {UNION} }} }}',
        hostile.boxes(4, 11),  # 2 844 comparisons
        hostile.deep(6),
        "{ viewer { ...a } } fragment a on User { ...b } fragment b on User { login }",
    ],
    ids=["GraphiQL", "a union of twelve", "nearly too many pairs", "ten deep", "fragments"],
)
def test_what_clients_need_is_accepted(text: str) -> None:
    assert isinstance(documents.Documents().of(api._schema, text), documents.Document)


def test_every_trusted_document_is_accepted() -> None:
    texts = documents.of_this_release().values()

    assert len(texts) >= 31
    for text in texts:
        guard.check(documents.parsed(text, guard.BOUNDS))


@pytest.mark.parametrize(
    ("variables", "limit"),
    [
        ({"ids": ["x"] * 101}, "list"),
        ({"ids": ["x"] * 10_000}, "list"),
        ({"where": DEEP}, "nesting"),
        ({"where": {"or": [{"or": [{"and": [{}] * 50}] * 50}]}}, "values"),
    ],
)
async def test_variables_are_bounded_before_they_are_read(
    variables: dict[str, Any], limit: str
) -> None:
    query = "query($ids: [ID!]! = [], $where: TrainingRecordFilter) { nodes(ids: $ids) { id }"
    query += " trainingRecords(where: $where) { totalCount } }"

    result = await asked(somebody(), query, **variables)

    assert result.errors and result.errors[0].extensions
    assert result.errors[0].extensions["limit"] == limit
    assert result.data is None


def test_endless_nesting_of_variables_needs_no_stack_of_ours() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(GraphQLError):
        guard.check_variables(value)
