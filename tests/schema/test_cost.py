"""The price of an operation, with the sum beside it."""

from typing import Any
from unittest.mock import patch

import pytest

from models.account import UserType
from models.read import Connection
from schema import cost, documents
from schema.api import api
from schema.cost import Tariff
from tests.factories.question import asked, somebody
from tests.statements import counted


def tariff(text: str) -> Tariff:
    document = documents.Documents().of(api._schema, text)
    assert isinstance(document, documents.Document), document
    (operation,) = document.operations.values()
    return Tariff(api._schema, document.node, operation)


ROWS = "query($n: Int) { trainingRecords(first: $n) { nodes { person { name } } } }"
PAGE = "nodes { id person { name } }"
BATCH = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { employer { name } } } }"
YEARS_OF_YEARS = """{ persons(first: 5) { nodes { annualResults { person { annualResults {
  person { annualResults { explanation { source } } } } } } } } }"""
DECIDE = """mutation($tasks: [TaskVersionInput!]!, $act: Act!) {
  decideTasks(input: { tasks: $tasks, act: $act, idempotencyKey: "k" }) {
    ... on DecideTasksPayload { items { task { id } } } } }"""


@pytest.mark.parametrize(
    ("text", "variables", "price"),
    [
        ("{ viewer { login } }", {}, 1),
        ("{ viewer { person { employer { name } } } }", {}, 3),
        ("{ __typename }", {}, 0),
        ("{ __schema { types { name } } }", {}, 10 * 2),
        (
            '{ __type(name: "Task") { fields { type { ...t } } } } fragment t on __Type { kind }',
            {},
            30,
        ),
        (f"{{ trainingRecords {{ {PAGE} }} }}", {}, 1 + 20 * 2),  # nodes and person, each row
        (f"{{ trainingRecords(first: 5) {{ {PAGE} }} }}", {}, 1 + 5 * 2),
        (f"{{ trainingRecords(last: 7) {{ {PAGE} }} }}", {}, 1 + 7 * 2),
        (f"{{ trainingRecords(first: 5, last: 7) {{ {PAGE} }} }}", {}, 1 + 7 * 2),
        (f"{{ trainingRecords(first: 1000) {{ {PAGE} }} }}", {}, 1 + 100 * 2),
        (f"{{ trainingRecords(first: -5) {{ {PAGE} }} }}", {}, 1 + 1 * 2),
        ("{ trainingRecords(first: 5) { edges { node { id } } } }", {}, 1 + 5 * 2),
        ("{ trainingRecords(first: 5) { totalCount } }", {}, 1),
        (ROWS, {"n": 3}, 1 + 3 * 2),
        (ROWS, {"n": None}, 1 + 20 * 2),
        (ROWS, {}, 1 + 20 * 2),
        (ROWS, {"n": "x"}, 1 + 20 * 2),  # the executor says what is wrong with it
        (ROWS, {"n": -100}, 1 + 1 * 2),
        (ROWS.replace("$n: Int", "$n: Int = 4"), {}, 1 + 4 * 2),
        (BATCH, {"ids": ["a"] * 9}, 1 + 9 * 1),
        ('{ nodes(ids: ["a", "b"]) { ... on Person { employer { name } } } }', {}, 1 + 2 * 1),
        ("{ a: viewer { login } b: viewer { login } }", {}, 2),
        (
            "{ viewer { person { ...p } } }"
            " fragment p on Person { employer { ...o parent { ...o } } }"
            " fragment o on Organisation { parent { name } }",
            {},
            6,  # viewer, person, employer, its parent twice, and the parent's parent
        ),
        ("{ viewer { person { annualResults { person { name } } } } }", {}, 3 + 10 * 1),
        (YEARS_OF_YEARS, {}, 1 + 5 * (2 + 10 * (2 + 10 * (2 + 10 * 1)))),
        (
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { ...y } } }"
            " fragment y on Person { annualResults { person { name } } }",
            {"ids": ["a"] * 2},
            1 + 2 * (1 + 10 * 1),
        ),
        ("{ todoGroups { business { name } } }", {}, 1 + 10 * 1),
        (DECIDE, {"tasks": [{}] * 50, "act": "PASS"}, 1 + 50 * 2),  # items and task, for each
        (DECIDE, {"tasks": [{"expectedVersion": 90}], "act": "PASS"}, 1 + 1 * 2),
    ],
)
def test_a_price_is_what_could_be_answered(
    text: str, variables: dict[str, Any], price: int
) -> None:
    assert tariff(text).price(variables) == price


def test_the_second_request_with_the_same_page_size_walks_nothing() -> None:
    prices = tariff(ROWS)
    prices.price({"n": 50})

    with patch.object(Tariff, "count", side_effect=AssertionError("it walks again")):
        assert prices.price({"n": 50, "other": "x"}) == 1 + 50 * 2
        with pytest.raises(AssertionError):
            prices.price({"n": 51})


def test_only_so_many_prices_are_kept() -> None:
    prices = tariff(BATCH)

    for length in range(3 * cost.MOST_PRICES):
        prices.price({"ids": ["x"] * length})

    assert len(prices.prices) <= cost.MOST_PRICES


def dear(body: str) -> str:
    """Twenty times a hundred records with somebody's employer and what is above it."""
    nodes = f"nodes {{ person {{ employer {{ parent {{ {body} }} }} }} }}"
    asked = (f"a{i}: trainingRecords(first: 100) {{ {nodes} }}" for i in range(20))
    return f"{{ {' '.join(asked)} }}"


DEAR = dear("id")  # 20 * (1 + 100 * 4) = 8 020
DEARER = dear("parent { id }")  # 20 * (1 + 100 * 5) = 10 020


async def test_what_costs_too_much_costs_no_statement(db: Connection) -> None:
    with counted() as statements:
        result = await asked(somebody(), DEARER)

    assert statements == []
    assert result.data is None and result.errors
    assert result.errors[0].extensions == {
        "code": "COST_EXCEEDED",
        "limit": "cost",
        "maximum": 10_000,
        "measured": 10_020,
    }


async def test_the_same_with_one_object_less_is_answered(db: Connection) -> None:
    result = await asked(somebody(), DEAR)

    assert result.errors is None


@pytest.mark.parametrize(
    ("user_type", "told"),
    [
        (UserType.CITY_BUREAU, {"cost": {"requested": 10_020, "maximum": 50_000}}),
        (UserType.UNIT, {}),
        (UserType.PERSON, {}),
    ],
)
async def test_staff_is_told_what_it_cost(
    db: Connection, user_type: UserType, told: dict[str, Any]
) -> None:
    assert (await asked(somebody(user_type), DEARER)).extensions == told
