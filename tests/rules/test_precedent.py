"""What was decided is judged again by the numbers it names, whatever the law says now."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import cycle, explanation, period, precedent, regulation
from rules.course import CourseCategory
from rules.figures import Entry
from rules.period import Application, Cycle
from rules.person import Discipline, PersonGroup

ENTRIES = st.lists(
    st.builds(
        Entry,
        record_id=st.uuids().map(str),
        course_name=st.sampled_from(["一", "二", "三"]),
        category=st.sampled_from(CourseCategory),
        ends_on=st.dates(date(2004, 1, 1), date(2024, 12, 31)),
        approved=st.booleans(),
        approved_hours=st.decimals(1, 200, places=1),
        deleted=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda entry: entry.record_id,
)
CYCLES = st.builds(
    Application,
    applied=st.dates(date(2005, 1, 1), date(2024, 12, 31)),
    qualified=st.dates(date(1998, 1, 1), date(2020, 12, 31)),
    discipline=st.sampled_from(Discipline),
    person_group=st.sampled_from(PersonGroup),
).map(period.cycle)
OF_CYCLES = CYCLES.filter(lambda found: isinstance(found, Cycle))


def told(found: Cycle, entries: Sequence[Entry]) -> Any:
    """The explanation as it is stored and read again."""
    verdict = cycle.judge(cycle.tally(entries, found), found, entries=entries)
    return json.loads(json.dumps(explanation.of_verdict(verdict)))


@given(found=OF_CYCLES, before=ENTRIES, after=ENTRIES)
def test_the_cycle_of_an_explanation_judges_any_records_in_the_same_words(
    found: Cycle, before: list[Entry], after: list[Entry]
) -> None:
    again = precedent.cycle(told(found, before))

    assert told(again, after) == told(found, after)


@pytest.mark.parametrize("law", ["in force", "another"])
def test_another_law_asks_for_its_own_numbers_and_the_precedent_for_the_old_ones(
    law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Application(
        applied=date(2012, 3, 6), qualified=date(2008, 11, 1), discipline=Discipline.NATURAL
    )
    decided = told(cycle_of(asked), [])
    if law == "another":
        present = regulation.current()
        rows = tuple(replace(row, hours=Decimal("110.0")) for row in present.cycle_year_rows)
        monkeypatch.setattr(regulation, "current", lambda: replace(present, cycle_year_rows=rows))

    assert cycle_of(asked).required == (440 if law == "another" else 288)
    assert precedent.cycle(decided).required == 288


def cycle_of(asked: Application) -> Cycle:
    """The cycle by the law of the moment."""
    found = period.cycle(asked)
    assert isinstance(found, Cycle)
    return found


def test_an_explanation_from_before_takes_the_hours_of_a_day_from_the_row_in_force() -> None:
    asked = Application(
        applied=date(2012, 3, 6), qualified=date(2008, 11, 1), discipline=Discipline.NATURAL
    )
    old = told(cycle_of(asked), [])
    del old["hoursPerDay"]

    assert precedent.cycle(old).policy.hours_per_day == Decimal("6.0")
