"""The to-do list: what lies with oneself unfinished is there until a condition asks for tasks."""

from typing import Any

import pytest

from models.read import Connection
from tests.factories import city, record
from tests.factories.question import answered

TODO = "query ($where: TaskFilter) { todoGroups(where: $where) { count } }"


@pytest.mark.parametrize(
    ("who", "where", "counts"),
    [
        ("applicant", None, [1]),
        ("applicant", {}, [1]),
        ("applicant", {"route": {"eq": "declaration"}}, []),
        ("applicant", {"step": {"eq": "nowhere"}}, []),
        ("handler", None, [1]),
        ("handler", {"route": {"eq": "declaration"}}, [1]),
        ("handler", {"step": {"eq": "nowhere"}}, []),
    ],
)
async def test_a_condition_is_about_tasks_for_everybody(
    db: Connection, who: str, where: dict[str, Any] | None, counts: list[int]
) -> None:
    town = await city.build(db)
    await record.submitted(town)
    await record.draft(town, course_name="《未送审的课程》")

    groups = (await answered(town.viewers[who], TODO, where=where))["todoGroups"]

    assert [group["count"] for group in groups] == counts
