"""What a viewer is told does not depend on rows he may not read, however often he asks."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    print_schema,
)
from hypothesis import HealthCheck, given, settings
from hypothesis_graphql import queries
from tortoise.transactions import in_transaction

from models.access import Viewer
from models.read import Connection
from schema import role
from tests.authz import policy
from tests.authz.asking import VIEWS, key_of, told
from tests.authz.world import World
from tests.factories import city as cities
from tests.schema.test_fuzz import MARK, SCALARS

SIGNED_IN = [name for name in policy.ACTORS if name != "stranger"]
EXAMPLES = 25
KEEPERS = ("system", "security")  # read every account, a newcomer's too
AT_ONCE = 10  # aliases of one document
# What becomes of rows that are not read; every value is another one, and no list is as long.
CHANGED = {
    "TrainingRecord": """UPDATE training_record SET course_name = '甲' || course_name,
      category = CASE category WHEN 'public' THEN 'elective' ELSE 'public' END,
      starts_on = starts_on - 366, ends_on = ends_on - 366,
      updated_at = now(), created_at = now(), note = 'changed' WHERE id = $1""",
    "Attachment": "UPDATE attachment SET label = 'changed', scan_state = 'infected' WHERE id = $1",
    "Person": "UPDATE person_total SET dirty_version = dirty_version + 7 WHERE person_id = $1",
    "AnnualResult": """UPDATE annual_result SET verdict = 'fail', year = 2020
      WHERE id = $1""",
    "Certificate": "UPDATE certificate SET issued_at = now() WHERE id = $1",
    "CycleApplication": """UPDATE cycle_application SET target_title = '083',
      discipline = CASE discipline WHEN 'natural' THEN 'social' ELSE 'natural' END
      WHERE id = $1""",
    "CycleResult": "UPDATE cycle_result SET computed_at = now(), verdict = 'pass' WHERE id = $1",
    "Amendment": "UPDATE amendment SET reason = 'changed', created_at = now() WHERE id = $1",
    "Task": """UPDATE wf_task SET created_at = now(), claimed_by_id = (SELECT min(id::text)::uuid
      FROM person) WHERE id = $1""",
    "Notice": "DELETE FROM notice WHERE id = $1",
    "Delegation": "DELETE FROM wf_delegation WHERE id = $1",
    "Grant": "UPDATE seat_grant SET note = 'changed', created_at = now() WHERE id = $1",
    "Session": "UPDATE session SET created_at = now(), user_agent = 'changed' WHERE id = $1",
    "Remark": "UPDATE remark SET text = 'changed' WHERE id = $1",
    "Job": "UPDATE job SET progress = 99 WHERE id = $1",
    "DecisionBatch": "UPDATE decision_batch SET created_at = now() WHERE id = $1",
    "RecalculationRun": "UPDATE recalculation_run SET persons = 99 WHERE id = $1",
}
# What hangs on a task shows with its case, and stays as it is for whoever reads that.
PROFILE = """UPDATE profile SET title_code = '012', person_group = 'teacher', phone = '13900000000',
  discipline = CASE discipline WHEN 'natural' THEN 'social' ELSE 'natural' END
  WHERE person_id = $1"""


class TakenBack(Exception):
    """Nothing of it stays."""


async def changed(c: Connection, world: World, actor: str) -> None:
    """Every row he may not read becomes another, and there are more of them."""
    await c.execute_query("SET LOCAL session_replication_role = replica")
    for (type_name, place), id in world.rows.items():
        if actor in policy.told(type_name, place) or type_name not in CHANGED:
            continue
        if (type_name, place, actor) == ("Person", "addressed", "far-district"):
            continue  # that the figures wait is a mark of the application, which he reads
        await c.execute_query(CHANGED[type_name], [key_of(id)])
        if type_name == "Person":
            await c.execute_query(PROFILE, [key_of(id)])
    for place in policy.OFFICES:
        if actor not in policy.readers("Person", place):
            at = {"employer_id": world.city.organisations[place], "origin": "declared"}
            await cities.registered(world.city, f"{place} owner", course_name="乙", **at)
            if actor not in KEEPERS:
                await world.city.person(f"{place} newcomer", place)
    await c.execute_query("SET LOCAL session_replication_role = origin")


def lists(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """The lists of a view."""
    assert schema.query_type is not None
    for name, published in schema.query_type.fields.items():
        if "first" in published.args:
            yield name, published


def values(kind: Any) -> Sequence[str]:
    """Conditions of one filter, as they are written."""
    named = get_named_type(kind)
    if not isinstance(named, GraphQLInputObjectType):
        return ("true", "false") if named.name == "Boolean" else ()
    inner = get_named_type(named.fields["eq"].type) if "eq" in named.fields else None
    if isinstance(inner, GraphQLEnumType):
        return [f"{{ eq: {word} }}" for word in inner.values]
    if "contains" in named.fields:
        return ['{ contains: "甲" }', '{ contains: "课程" }', '{ contains: "o" }', '{ eq: "012" }']
    if "range" in named.fields and inner is not None:
        start = {"Int": "2026", "Date": '"2026-01-01"'}.get(inner.name, '"2026-11-24T00:00:00Z"')
        return [f"{{ range: {{ from: {start} }} }}", f"{{ range: {{ to: {start} }} }}"]
    return [f'{{ eq: "{word}" }}' for word in ("012", "083", "unit_review")] if inner else ()


def questions(schema: GraphQLSchema) -> Iterator[str]:
    """Each list by every order from both ends, and under every condition."""
    wanted = "{ totalCount nodes { id } }"
    page = "{ totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } }"
    for name, published in lists(schema):
        if order := published.args.get("orderBy"):
            by = get_named_type(order.type).fields["field"].type
            for word in get_named_type(by).values:
                for way in ("ASC", "DESC"):
                    for end in ("first", "last"):
                        yield f"{name}(orderBy: {{field: {word}, direction: {way}}} {end}: 3){page}"
        where: Any = get_named_type(published.args["where"].type)
        for field, each in where.fields.items():
            for value in values(each.type) if field not in ("and", "or", "not") else ():
                yield f"{name}(where: {{ {field}: {value} }}) {wanted}"
                yield f"{name}(where: {{ not: {{ {field}: {value} }} }}) {wanted}"


@cache
def documents(kind: str) -> tuple[str, ...]:
    """Questions of the view, written out and generated."""
    schema = VIEWS.graphql[kind]
    found, each = [], list(questions(schema))
    for start in range(0, len(each), AT_ONCE):
        page = enumerate(each[start : start + AT_ONCE])
        found.append("{ " + " ".join(f"a{n}: {question}" for n, question in page) + " }")

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(document=queries(print_schema(schema), custom_scalars=SCALARS))
    def keep(document: str) -> None:
        found.append(document)

    keep()
    return tuple(found)


def named(world: World, document: str) -> str:
    """A generated document about rows of the hospital."""
    marks = {
        "case": world.rows["Case", "hospital"],
        "task": world.rows["Task", "hospital"],
        "record": world.rows["TrainingRecord", "hospital own draft"],
        "person": world.rows["Person", "hospital"],
        "unit": world.rows["Unit", "city"],
        "unknown": world.rows["TrainingRecord", "museum"],
        "malformed": "x",
    }
    return MARK.sub(lambda found: f'"{marks[found[1]]}"', document)


async def answers(world: World, actor: str) -> list[Any]:
    """All he is told."""
    viewer = world.viewer(actor)
    asked = documents(str(role.of(viewer)))
    return [settled(await by_itself(viewer, named(world, each))) for each in asked]


async def by_itself(viewer: Viewer | None, document: str) -> Any:
    """An answer. What is called off when a field ends it would spoil the transaction for others.

    What such a field leaves at work is waited for: it uses the connection of the transaction.
    """
    answer, others = None, asyncio.all_tasks()
    with suppress(TakenBack):
        async with in_transaction():
            answer = await told(viewer, document)
            await asyncio.gather(*(asyncio.all_tasks() - others), return_exceptions=True)
            raise TakenBack
    return answer


def settled(answer: Any) -> Any:
    """Of two fields that end an answer, only one may have come to tell of it: the words count."""
    if answer["data"] is None:
        return {(one["extensions"]["code"], one["message"]) for one in answer["errors"]}
    return answer


@pytest.mark.parametrize("actor", SIGNED_IN)
async def test_rows_one_may_not_read_change_nothing_of_what_one_is_told(
    world: World, actor: str
) -> None:
    before = await answers(world, actor)

    with suppress(TakenBack):
        async with in_transaction() as c:
            await changed(c, world, actor)
            after = await answers(world, actor)
            raise TakenBack

    asked = documents(str(role.of(world.viewer(actor))))
    for document, one, other in zip(asked, before, after, strict=True):
        assert one == other, document
