"""Filters: the closed operators, joined, and no deeper than people write."""

from datetime import date
from typing import Any

import pytest

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
    data = await answered(town.viewers["applicant"], QUERY, where=where)

    names = [node["courseName"][0] for node in data["trainingRecords"]["nodes"]]
    assert sorted(names) == sorted(found)


@pytest.mark.parametrize(
    "where",
    [
        nested(4),
        {"status": {"in": ["DRAFT"] * 101}},
        {"person": {"eq": "nonsense"}},
        {"courseName": {"eq": "a\0"}},
        {"courseName": {"contains": "\0"}},
        {"courseName": {"in": ["a", "\0"]}},
        {"or": [{"deleted": True}] * 101},
    ],
)
async def test_a_filter_nobody_writes_is_a_wrong_argument(town: City, where: Any) -> None:
    result = await asked(town.viewers["applicant"], QUERY, where=where)

    assert result.errors
    assert (result.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"
