"""Plans over a schema of traps: whatever they cannot do exactly is done by the standard way."""

import inspect
from collections import deque
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import strawberry
from graphql import Executor as Standard
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from models.access import Viewer
from models.read import Painted, Row
from resolvers.context import Context
from schema.execution import Executor
from schema.field import answered_by, stored
from tests.factories.question import context


class Fault(Exception):
    """Thrown on purpose."""


async def later(_: Context, row: Any) -> Any:
    return row.said


def at_once(_: Context, row: Any) -> Any:
    return row.said


def fails(_: Context, row: Any) -> str:
    raise Fault("at once")


async def fails_later(_: Context, row: Any) -> str:
    raise Fault("later")


def children(_: Context, row: Any) -> Any:
    return row.children


async def children_later(_: Context, row: Any) -> Any:
    return row.children


def many(context: Context) -> Any:
    return context.door


async def many_later(context: Context) -> Any:
    return context.door


@strawberry.interface(description="-")
class Thing:
    name: str = stored("-")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return bool(getattr(row, "type_name", None) == cls.__name__)


@strawberry.type(description="-")
class Leaf(Thing):
    number: int | None = stored("-")
    flag: bool = stored("-")


@strawberry.type(description="-")
class Tree(Thing):
    text: str | None = stored("-")
    must: str = stored("-")
    words: list[str] = stored("-")
    said: str = answered_by(at_once, "-")
    said_later: str | None = answered_by(later, "-", graphql_type=str | None)
    fault: str | None = answered_by(fails, "-", graphql_type=str | None)
    fault_later: str | None = answered_by(fails_later, "-", graphql_type=str | None)
    children: list[Thing] = answered_by(children, "-", graphql_type=list[Thing])
    children_later: list[Thing | None] | None = answered_by(
        children_later, "-", graphql_type=list[Thing | None] | None
    )


Either = Annotated[Leaf | Tree, strawberry.union("Either")]


@strawberry.type(description="-")
class Query:
    trees: list[Tree | None] = answered_by(many, "-", graphql_type=list[Tree | None])
    trees_later: list[Tree] | None = answered_by(many_later, "-", graphql_type=list[Tree] | None)
    things: list[Thing] | None = answered_by(many, "-", graphql_type=list[Thing] | None)
    either: list[Either] | None = answered_by(many, "-", graphql_type=list[Either] | None)
    one: Tree | None = answered_by(many, "-", graphql_type=Tree | None)


def schema(executor: Any) -> strawberry.Schema:
    return strawberry.Schema(Query, types=[Leaf], execution_context_class=executor)


OURS, THEIRS = schema(Executor), schema(StrawberryGraphQLCoreExecutionContext)
LEAF = Row(type_name="Leaf", name="l", number=1, flag=True)


def tree(**changes: Any) -> Row:
    """A tree without a fault, but for these."""
    usual = {
        "type_name": "Tree",
        "name": "t",
        "text": None,
        "must": "m",
        "words": ["a", "b"],
        "said": "s",
        "children": [LEAF],
    }
    return Row(**{**usual, **changes})


@dataclass(frozen=True)
class Stranger:
    """An object of no type."""

    name: str = "x"


ROWS: dict[str, Any] = {
    "sound": [tree(), tree(text="x")],
    "none": [],
    "nothing": None,
    "a hole": [tree(), None],
    "a null that must not be": [tree(), tree(must=None)],
    "a number for a text": [tree(must=5)],
    "a text for a list": [tree(words="ab")],
    "a tuple for a list": [tree(words=("a",))],
    "a null in a list": [tree(words=["a", None])],
    "a truth for a number": [tree(children=[Row(type_name="Leaf", name="l", number=True, flag=1)])],
    "a number too large": [
        tree(children=[Row(type_name="Leaf", name="l", number=2**31, flag=True)])
    ],
    "a missing attribute": [Row(type_name="Tree", name="t")],
    "another type": [LEAF],
    "a stranger": [Stranger()],
    "a stranger below": [tree(children=[Stranger()])],
    "no answer": [tree(said=None)],
    "trees below trees": [tree(children=[tree(children=[LEAF, tree(children=[])])])],
    "no list at all": tree(),
    "a deque for a list": deque([tree()]),
}
TREE = """name text must words said saidLater
  children { name __typename ... on Leaf { number flag } ... on Tree { must children { name } } }
  childrenLater { name ... on Tree { saidLater } }"""
QUERIES = [
    f"{{ trees {{ {TREE} }} }}",
    f"{{ treesLater {{ {TREE} }} }}",
    "{ things { name ... on Leaf { number } ... on Tree { must said } } }",
    "{ either { __typename ... on Leaf { flag } ... on Tree { words childrenLater { name } } } }",
    f"{{ one {{ {TREE} }} }}",
    "{ trees { name fault } treesLater { faultLater name } }",
]


async def said(of: strawberry.Schema, query: str, door: Any) -> Any:
    """Data and errors of a query."""
    asked: Any = context(None)
    asked.door = door
    result = await of.execute(query, context_value=asked)
    return result.data, [error.formatted for error in result.errors or ()]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
async def test_every_trap_is_answered_as_by_the_standard_way(rows: Any, query: str) -> None:
    assert await said(OURS, query, rows) == await said(THEIRS, query, rows)


async def test_a_plan_is_what_answers_when_nothing_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unasked(*_: Any) -> Any:
        raise AssertionError("the standard way was asked")

    monkeypatch.setattr(Standard, "complete_list_item_value", unasked)
    data, errors = await said(OURS, QUERIES[0], [tree(), tree()])

    assert not errors
    assert data["trees"][1]["childrenLater"] == [{"name": "l"}]


async def test_what_is_painted_leaves_as_it_came() -> None:
    row = tree()
    row.ready = {"children": Painted('[{"name": "painted"}]')}
    data, errors = await said(OURS, "{ trees { name children { name } } }", [row])

    assert not errors
    assert data["trees"][0]["children"] is row.ready["children"]


HOOKS = {
    "complete_value": "return_type field_details_list info path result position_context",
    "complete_iterable_value": "item_type field_details_list info path items position_context",
    "complete_object_value": "return_type field_details_list info path result position_context",
}


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hooks_of_the_executor_are_those_we_wrote_for(hook: str) -> None:
    found = " ".join(list(inspect.signature(getattr(Standard, hook)).parameters)[1:])
    assert found == HOOKS[hook], (
        f"graphql-core changed Executor.{hook}: read schema/execution.py and schema/plan.py against"
        " the new version, run tests/schema/test_execution*.py, then mend this list"
    )


def test_a_viewer_is_no_part_of_a_plan() -> None:
    """Plans are shared by everybody who sends the document."""
    assert Viewer.__name__ not in inspect.getsource(inspect.getmodule(Executor) or Executor)
