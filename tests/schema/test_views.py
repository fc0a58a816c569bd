"""Every kind of viewer has a schema of his own, and nothing in it is for others."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
    is_introspection_type,
    validate_schema,
)

from models import sources
from models.account import UserType
from models.ids import uuid7
from models.read import Connection
from schema import api
from schema.limits import Gate, Limits
from schema.role import Role
from schema.views import sdl
from tests.factories import city
from tests.factories.question import VIEWS, answered, asked, codes, context, somebody, task_id
from tests.factories.record import submitted
from tests.schema.test_documents import TYPES

VIEWERS = {kind: somebody(each) for kind, each in TYPES.items()}
SCHEMAS = VIEWS.graphql
SIGNED_IN = set(Role) - {Role.STRANGER, Role.ARRIVING, Role.OFFICER, Role.AUDITOR}
REVIEWERS = {Role.UNIT, Role.STAFF}
PEOPLE = (Role.PERSON, Role.BASE)


def coordinates(schema: GraphQLSchema) -> Iterator[str]:
    """Every type and field."""
    for name, kind in schema.type_map.items():
        if not is_introspection_type(kind):
            yield name
            yield from (f"{name}.{field}" for field in getattr(kind, "fields", ()))


@pytest.mark.parametrize(
    ("coordinate", "seen_by"),
    [
        ("Query.viewer", set(Role)),
        ("Mutation.signIn", set(Role)),
        ("Mutation.signOut", set(Role)),
        ("Query.node", SIGNED_IN),
        ("Query.trainingRecords", SIGNED_IN),
        ("Query.titles", SIGNED_IN),
        ("Mutation.declareRecord", SIGNED_IN),
        ("Person.profile", SIGNED_IN),
        ("Person.maskedNumber", set(Role)),
        ("TrainingRecord", SIGNED_IN),
        ("Query.tasks", REVIEWERS),
        ("Query.persons", REVIEWERS),
        ("Query.remarks", REVIEWERS),
        ("Mutation.decideTask", REVIEWERS),
        ("Mutation.decideTasks", REVIEWERS),
        ("Mutation.claimTask", REVIEWERS),
        ("Mutation.recallCase", REVIEWERS),
        ("Mutation.restateCase", REVIEWERS),
        ("Mutation.redirectCase", REVIEWERS),
        ("Mutation.transferTask", REVIEWERS),
        ("Mutation.addSigner", REVIEWERS),
        ("Mutation.dropSigner", REVIEWERS),
        ("Mutation.urgeCase", SIGNED_IN),
        ("Mutation.copyCase", SIGNED_IN),
        ("Case.availableActions", SIGNED_IN),
        ("Mutation.addRemark", REVIEWERS),
        ("Case.openTask", REVIEWERS),
        ("Query.amendments", SIGNED_IN),
        ("TrainingRecord.amendments", SIGNED_IN),
        ("Task.amendment", REVIEWERS),
        ("Mutation.proposeCorrection", {Role.UNIT}),
        ("Mutation.proposeDeletion", {Role.UNIT}),
        ("Mutation.changeAmendment", {Role.UNIT}),
        ("Mutation.withdrawAmendment", {Role.UNIT}),
        ("AmendmentFilter.employer", {Role.STAFF}),
        ("AmendmentFilter.name", SIGNED_IN - {Role.PERSON}),
        ("Task", REVIEWERS),
        ("Remark", REVIEWERS),
        ("DecideTaskInput", REVIEWERS),
        ("PersonFilter", REVIEWERS),
        ("TrainingRecordFilter.person", SIGNED_IN),
        ("TrainingRecordFilter.name", SIGNED_IN - {Role.PERSON}),
        ("TrainingRecordFilter.employer", {Role.BASE, Role.STAFF}),
        ("AnnualResultFilter.name", REVIEWERS),
        ("AnnualResultFilter.employer", {Role.STAFF}),
        ("TaskFilter.employer", {Role.STAFF}),
        ("PersonFilter.employer", {Role.STAFF}),
        ("OrganisationFilter.unitCode", SIGNED_IN - {Role.PERSON}),
    ],
)
def test_an_element_is_there_for_those_it_is_for(coordinate: str, seen_by: set[Role]) -> None:
    found = {name for name, schema in SCHEMAS.items() if coordinate in coordinates(schema)}

    assert found == {str(each) for each in seen_by}


def test_every_element_is_for_somebody() -> None:
    whole = set(coordinates(api.api._schema))

    assert whole == set().union(*(coordinates(schema) for schema in SCHEMAS.values()))


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_view_is_a_whole_schema(kind: str) -> None:
    assert validate_schema(SCHEMAS[kind]) == []
    assert set(coordinates(build_schema(sdl(SCHEMAS[kind])))) == set(coordinates(SCHEMAS[kind]))


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_word_of_an_enum_goes_in_and_out_in_every_view(kind: str) -> None:
    for each in SCHEMAS[kind].type_map.values():
        if isinstance(each, GraphQLEnumType) and not is_introspection_type(each):
            for name in each.values:
                word = each.parse_value(name)
                assert isinstance(word, Enum)
                assert each.serialize(word) == name


async def test_an_enum_as_argument_and_answer_works_in_every_view() -> None:
    query = "{ titles(level: SENIOR) { level } }"

    for viewer in [VIEWERS[kind] for kind in SIGNED_IN]:
        found = (await answered(viewer, query))["titles"]
        assert {row["level"] for row in found} == {"SENIOR"}


@pytest.mark.parametrize("kind", PEOPLE)
async def test_what_is_not_for_him_does_not_exist(kind: Role) -> None:
    result = await asked(VIEWERS[kind], "{ tasks { totalCount } }")

    assert result.errors
    assert result.errors[0].message.endswith("Cannot query field 'tasks' on type 'Query'.")


async def test_a_row_of_a_type_that_is_hidden_is_answered_like_one_that_is_not_there(
    db: Connection,
) -> None:
    town = await city.build(db)
    # His seat could read the row; only the view of a person has no such type.
    person = replace(town.viewers["handler"], user_type=UserType.PERSON)
    task = task_id(await submitted(town))
    nothing = task_id(uuid7())
    one = "query($id: ID!) { node(id: $id) { id } }"
    many = "query($id: ID!) { nodes(ids: [$id]) { id } }"

    hidden = await asked(person, one, id=task)
    unknown = await asked(person, one, id=nothing)

    assert [error.formatted for error in hidden.errors or ()] == [
        error.formatted for error in unknown.errors or ()
    ]
    assert await codes(person, one, id=task) == ["NOT_FOUND"]
    assert (await answered(person, many, id=task)) == {"nodes": [None]}
    assert (await answered(town.viewers["handler"], one, id=task))["node"] == {"id": task}


def test_every_row_with_an_id_has_a_type_a_field_leads_to() -> None:
    staff = SCHEMAS[Role.STAFF].type_map

    assert [name for name in sources.BY_TYPE if name not in staff] == []


@pytest.mark.parametrize("kind", Role)
@pytest.mark.parametrize(("dev", "allowed"), [(True, SIGNED_IN), (False, {Role.STAFF})])
async def test_who_may_look_at_the_schema(kind: Role, dev: bool, allowed: set[Role]) -> None:
    views = api.guarded(Gate(Limits(introspection=frozenset(allowed))))
    viewer = VIEWERS.get(kind)

    for query in (get_introspection_query(), '{ __type(name: "Person") { name } }'):
        result = await views.of(viewer).execute(query, context_value=context(viewer))
        assert (result.errors is None) is (kind in allowed)


async def test_the_schema_that_is_looked_at_is_ones_own() -> None:
    query = "{ __schema { types { name } mutationType { fields { name } } } }"

    for kind, viewer in VIEWERS.items():
        found: Any = (await answered(viewer, query))["__schema"]
        assert {each["name"] for each in found["types"]} == set(SCHEMAS[kind].type_map)


NEAR_MISSES = (
    "{ viewr { login } }",
    "{ titles(levl: SENIOR) { code } }",
    "{ titles(level: SENOR) { code } }",
    "query($x: Strin) { titles(series: $x) { code } }",
    "{ trainingRecords(where: {yeer: {eq: 2026}}) { totalCount } }",
    '{ node(id: "x") { ... on TrainingRecrd { id } } }',
)


@pytest.mark.parametrize("kind", Role)
async def test_near_misses_are_suggested_to_nobody(kind: Role) -> None:
    for query in NEAR_MISSES:
        result = await asked(VIEWERS.get(kind), query)
        assert result.errors
        assert all("Did you mean" not in error.message for error in result.errors)


async def test_near_misses_in_variables_are_suggested_to_nobody() -> None:
    query = "query($level: TitleLevel, $where: TrainingRecordFilter) {"
    query += " titles(level: $level) { code } trainingRecords(where: $where) { totalCount } }"

    for given in ({"level": "SENOR"}, {"where": {"yeer": {"eq": 1}}}):
        result = await asked(somebody(UserType.UNIT), query, **given)
        assert result.errors
        assert all("Did you mean" not in error.message for error in result.errors)
