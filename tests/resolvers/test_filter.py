"""Filters: the closed operators, joined, and no deeper than people write."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.account import UserType
from models.read import Connection
from tests.factories import city
from tests.factories.city import City
from tests.factories.question import answered, asked

QUERY = """query($where: TrainingRecordFilter) {
  trainingRecords(where: $where, orderBy: [{ field: COURSE_NAME }]) { nodes { courseName } } }"""


@pytest.fixture
async def town(db: Connection) -> City:
    town = await city.build(db)
    for name, day, category, status in (
        ("a公共课", date(2025, 12, 31), "public", "approved"),
        ("B专业课", date(2026, 1, 1), "professional", "in_review"),
        ("c100%_\\选修", date(2026, 6, 30), "elective", "draft"),
    ):
        await city.registered(
            town,
            "applicant",
            course_name=name,
            starts_on=day,
            ends_on=day,
            attended_days=1,
            category=category,
            status=status,
        )
    return town


def nested(depth: int) -> dict[str, Any]:
    return {"not": nested(depth - 1)} if depth else {"year": {"eq": 2026}}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, "aBc"),
        ({"category": {"eq": "PUBLIC"}}, "a"),
        ({"status": {"in": ["DRAFT", "IN_REVIEW"]}}, "Bc"),
        ({"status": {"in": []}}, ""),
        ({"year": {"eq": 2026}}, "Bc"),
        ({"endsOn": {"range": {"from": "2026-01-01", "to": "2026-06-30"}}}, "Bc"),
        ({"endsOn": {"range": {"to": "2025-12-31"}}}, "a"),
        ({"courseName": {"contains": "b专"}}, "B"),
        ({"courseName": {"contains": "%_\\"}}, "c"),
        ({"courseName": {"eq": "B专业课"}}, "B"),
        ({"name": {"contains": "plicant"}}, "aBc"),
        ({"deleted": True}, ""),
        ({"deleted": False}, "aBc"),
        ({"or": [{"year": {"eq": 2025}}, {"category": {"eq": "ELECTIVE"}}]}, "ac"),
        ({"and": [{"year": {"eq": 2026}}], "status": {"eq": "DRAFT"}}, "c"),
        ({"not": {"year": {"eq": 2026}}}, "a"),
        ({"year": {"in": [2025, 2147483647]}}, "a"),
        ({"year": {"range": {"from": 2026, "to": 2147483647}}}, "Bc"),
        ({"year": {"eq": -2147483648}}, ""),
        ({"year": {"in": []}}, ""),
        ({"not": {"not": {"not": {"year": {"eq": 2026}}}}}, "a"),
        (None, "aBc"),
    ],
)
async def test_each_operator_finds_its_rows(town: City, where: Any, found: str) -> None:
    at_work = replace(town.viewers["applicant"], user_type=UserType.UNIT)  # who may ask by name
    data = await answered(at_work, QUERY, where=where)

    names = [node["courseName"][0] for node in data["trainingRecords"]["nodes"]]
    assert sorted(names) == sorted(found)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (nested(4), "BAD_USER_INPUT"),
        ({"status": {"in": ["DRAFT"] * 101}}, "QUERY_TOO_COMPLEX"),
        ({"person": {"eq": "nonsense"}}, "BAD_USER_INPUT"),
        ({"courseName": {"eq": "a\0"}}, "BAD_USER_INPUT"),
        ({"courseName": {"contains": "\0"}}, "BAD_USER_INPUT"),
        ({"courseName": {"in": ["a", "\0"]}}, "BAD_USER_INPUT"),
        ({"or": [{"deleted": True}] * 101}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_a_filter_nobody_writes_is_refused(town: City, where: Any, code: str) -> None:
    result = await asked(town.viewers["applicant"], QUERY, where=where)

    assert result.errors
    assert (result.errors[0].extensions or {})["code"] == code


async def test_a_long_list_in_the_document_itself_is_a_wrong_argument(town: City) -> None:
    query = f"{{ trainingRecords(where: {{status: {{in: [{'DRAFT ' * 101}]}}}}) {{ totalCount }} }}"

    result = await asked(town.viewers["applicant"], query)

    assert result.errors
    assert (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"
