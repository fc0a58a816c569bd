"""Compiled and painted answers are those of graphql-core's own execution, faults included."""

import random
from typing import Any

import pytest
from graphql import parse, validate

from models import Amendment, AnnualResult, Attachment, Case, Person, Remark, Task, TrainingRecord
from models.read import Connection
from resolvers import ids
from schema.api import api
from tests.factories.answer import VIEWERS, amended, said
from tests.factories.city import City
from tests.factories.query import Writer

SCHEMA = api._schema
QUERIES = 80  # per viewer; each with both values of its conditions
RECORDS = "{{ trainingRecords {{ nodes {{ {} }} }} }}"
TASKS = "{{ tasks {{ {} }} }}"
MERGED = [
    "{ tasks { nodes { id } } ...t } fragment t on Query { tasks { nodes { reason } } }",
    TASKS.format("nodes { id } nodes { record { id } } nodes { record { courseName } }"),
    TASKS.format("a: nodes { id } b: nodes { reason }"),
    TASKS.format("nodes { id } edges { cursor node { reason } } pageInfo { endCursor }"),
    TASKS.format("edges { cursor } totalCount"),
    TASKS.format("edges { node { id record { note } } } pageInfo { hasNextPage startCursor }"),
    TASKS.format("nodes { case { openTask { id } record { case { step { name } } } } }"),
    TASKS.format("nodes { availableActions { act refusal { code } } remarks { text } }"),
    RECORDS.format("...r ...r") + " fragment r on TrainingRecord { id person { name } }",
    RECORDS.format("employer { __typename ... on Unit { unitCode } ... on Node { id } }"),
    RECORDS.format("employer { parent { parent { name kind } name } }"),
    RECORDS.format("... on Node { ... on TrainingRecord { courseName } }"),
    "{ organisations { nodes { ... on Unit { parent { name } } ... on Department { name } } } }",
    "{ persons { nodes { annualResults { year totalHours person { id } } maskedNumber } } }",
    RECORDS.format("attachments { fileName scanState downloadUrl } deleted"),
    RECORDS.format("case { version openTask { id version } }"),
    RECORDS.format("person { name annualResults { year } }"),
    RECORDS.format("underAmendment amendments { kind status version closedAt case { round } }"),
    RECORDS.format("amendments { before { endsOn } proposed { approvedHours category } }"),
    TASKS.format("nodes { amendment { reason changes { field { name } before after } } }"),
    "{ amendments { nodes { id status record { courseName person { name } } case { id } } } }",
    "{ tasks(first: 500) { nodes { id } } }",
]


@pytest.fixture
async def town(db: Connection) -> City:
    return await amended(db)


async def rows(found: City) -> list[str]:
    """The ids of everything there is, and of nothing."""
    tables = (TrainingRecord, Task, Case, Attachment, AnnualResult, Remark, Person, Amendment)
    named = [
        ids.encode(table.__name__, row.id) for table in tables for row in await table.all().limit(6)
    ]
    units = [ids.encode("Unit", found.organisations["hospital"])]
    return [*named, *units, ids.encode("Unit", found.organisations["bureau"]), "x"]


def arguments(known: list[str]) -> dict[str, Any]:
    """Values for arguments that lead somewhere."""

    def one(dice: random.Random) -> str:
        return f'"{dice.choice(known)}"'

    def preview(dice: random.Random) -> str:
        day = dice.choice(["2012-06-30", "2026-07-01"])
        typed = f'qualified: "2008-11-01", discipline: NATURAL, applied: "{day}"'
        return dice.choice([f"{{ personId: {one(dice)} }}", f"{{ {typed} }}"])

    def ends(dice: random.Random, other: str) -> str:
        return f"{{ organisationId: {one(dice)}, {other}: {one(dice)} }}"

    return {
        "CyclePreviewInput": preview,
        "MergerPreviewInput": lambda dice: (
            f"{{ organisationId: {one(dice)}, intoId: {one(dice)} }}"
        ),
        "ReaffiliationPreviewInput": (
            lambda dice: f"{{ organisationId: {one(dice)}, superiorId: {one(dice)} }}"
        ),
        "RoutePreviewInput": lambda dice: f"{{ subjectId: {one(dice)} }}",
        "id": one,
        "token": lambda _: '"nobody\'s"',
        "code": lambda _: '"124401009"',
        "ids": lambda dice: f"[{', '.join(one(dice) for _ in range(3))}]",
        "first": lambda dice: str(dice.choice([1, 2, 50])),
        "last": lambda dice: str(dice.choice([1, 2, 50, 0])),
    }


@pytest.mark.parametrize("who", [*VIEWERS, "keeper"])
async def test_random_queries_are_answered_as_by_the_standard_execution(
    town: City, who: str
) -> None:
    dice = random.Random(who)
    known = arguments(await rows(town))
    for _ in range(QUERIES):
        query = Writer(SCHEMA, dice, known).query()
        assert not validate(SCHEMA, parse(query)), query
        for no in (False, True):
            ours = await said(town.viewers[who], query, compiled=True, no=no)
            theirs = await said(town.viewers[who], query, compiled=False, no=no)
            assert ours == theirs, query


LONG = "x" * 57


async def test_long_names_do_not_take_each_others_answers(town: City) -> None:
    query = f"{{ tasks {{ nodes {{ availableActions {{ act }} {LONG}: applicant {{ name }}"
    query += f" {LONG}a: record {{ courseName }} {LONG}b: case {{ version }} }} }} }}"

    ours = await said(town.viewers["handler"], query, compiled=True)

    assert not ours[1]
    assert ours == await said(town.viewers["handler"], query, compiled=False)


@pytest.mark.parametrize(
    "where", ["tasks { nodes { id @skip(if: $no) } }", "tasks @include(if: $no) { totalCount }"]
)
async def test_a_condition_that_is_null_is_a_fault_at_its_place(town: City, where: str) -> None:
    query = f"query($no: Boolean = false) {{ {where} }}"

    ours = await said(town.viewers["handler"], query, compiled=True, no=None)

    assert ours[1]
    assert ours == await said(town.viewers["handler"], query, compiled=False, no=None)


@pytest.mark.parametrize("query", MERGED)
async def test_selections_that_meet_are_answered_as_by_the_standard_execution(
    town: City, query: str
) -> None:
    for who in VIEWERS:
        ours = await said(town.viewers[who], query, compiled=True)
        assert ours == await said(town.viewers[who], query, compiled=False)
