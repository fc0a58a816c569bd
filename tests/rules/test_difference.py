"""What a recalculation changed: the example of the guide's users, 1265.0 → 1250.0."""

from typing import Any

import pytest

from rules import difference
from rules.difference import Fate, FigureChange

BEFORE: dict[str, Any] = {
    "firstYear": 2007,
    "lastYear": 2011,
    "required": "378.0",
    "verdict": "pass",
    "supplementUsed": False,
    "binding": True,
    "figures": {"totalHours": "1265.0", "publicCourses": 7, "days": "210.8"},
    "records": [
        {"recordId": "a", "hours": "24.0", "reason": "COUNTED"},
        {"recordId": "b", "hours": "9.0", "reason": "COUNTED"},
    ],
}


def test_the_first_figures_have_changed_nothing() -> None:
    assert list(difference.figures(None, BEFORE)) == []
    assert list(difference.records(None, BEFORE)) == []


def test_the_same_figures_have_changed_nothing() -> None:
    assert list(difference.figures(BEFORE, dict(BEFORE))) == []
    assert list(difference.records(BEFORE, dict(BEFORE))) == []


def test_each_figure_that_differs_is_named_with_both_values() -> None:
    figures = {"totalHours": "1250.0", "publicCourses": 7, "days": "208.3"}
    after = {**BEFORE, "verdict": "fail", "figures": figures}

    assert list(difference.figures(BEFORE, after)) == [
        FigureChange("verdict", "pass", "fail"),
        FigureChange("totalHours", "1265.0", "1250.0"),
        FigureChange("days", "210.8", "208.3"),
    ]


def test_without_a_cycle_every_figure_is_gone() -> None:
    gone = {"personGroup": "teacher", "refused": {"code": "CYCLE_EMPTY", "data": {}}}

    told = {one.name: one.after for one in difference.figures(BEFORE, gone)}

    assert told == dict.fromkeys(told) and {"firstYear", "totalHours", "verdict"} <= set(told)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (BEFORE["records"][:1], [("b", Fate.REMOVED)]),
        ([*BEFORE["records"], {"recordId": "c"}], [("c", Fate.ADDED)]),
        ([{"recordId": "a", "hours": "9.0"}, BEFORE["records"][1]], [("a", Fate.CHANGED)]),
    ],
)
def test_records_are_new_or_gone_or_count_otherwise(
    records: list[dict[str, Any]], expected: list[tuple[str, Fate]]
) -> None:
    found = difference.records(BEFORE, {**BEFORE, "records": records})

    assert [(one.record_id, one.fate) for one in found] == expected
