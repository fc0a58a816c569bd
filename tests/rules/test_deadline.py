"""The days nobody must miss, from the guide's own sentences (L162, L320, L665, L678)."""

from datetime import date

import pytest

from rules import deadline
from rules.deadline import DeadlineKind
from rules.person import PersonGroup

GENERAL, TEACHER, HEALTH = PersonGroup.GENERAL, PersonGroup.TEACHER, PersonGroup.HEALTH
RECORDS, APPLY, WINDOW = (
    DeadlineKind.REGISTRATION,
    DeadlineKind.APPLICATION,
    DeadlineKind.FIRST_WINDOW,
)


@pytest.mark.parametrize(
    ("today", "groups", "days"),
    [
        # the last day is still in time, and the day after it is the next year's
        (date(2013, 1, 31), [GENERAL], [(RECORDS, "2013-01-31"), (WINDOW, "2013-06-30")]),
        (date(2013, 2, 1), [GENERAL], [(WINDOW, "2013-06-30"), (RECORDS, "2014-01-31")]),
        (date(2013, 7, 1), [GENERAL], [(RECORDS, "2014-01-31"), (WINDOW, "2014-06-30")]),
        (
            date(2013, 3, 1),
            [TEACHER],
            [(APPLY, "2013-05-30"), (WINDOW, "2013-06-30"), (RECORDS, "2014-01-31")],
        ),
        # who looks after all of them has each day once
        (
            date(2013, 5, 30),
            [GENERAL, TEACHER, HEALTH],
            [(APPLY, "2013-05-30"), (WINDOW, "2013-06-30"), (RECORDS, "2014-01-31")],
        ),
        (date(2013, 5, 30), [], [(RECORDS, "2014-01-31")]),
        (date(2001, 3, 1), [TEACHER], [(APPLY, "2002-05-30"), (WINDOW, "2002-06-30")]),
    ],
)
def test_the_next_days_for_each_group(
    today: date, groups: list[PersonGroup], days: list[tuple[DeadlineKind, str]]
) -> None:
    found = deadline.upcoming(today=today, groups=groups)

    assert [(one.kind, one.on.isoformat()) for one in found] == days


def test_it_says_whose_year_it_is_and_whether_the_rule_binds() -> None:
    then = deadline.upcoming(today=date(2013, 1, 7), groups=[GENERAL])
    now = deadline.upcoming(today=date(2026, 1, 7), groups=[GENERAL])

    assert [(one.year, one.binding) for one in then] == [(2012, True), (2013, True)]
    assert [(one.year, one.binding) for one in now] == [(2025, True), (2026, False)]


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 1, 26), 4),
        (date(2026, 1, 30), 0),  # a Friday; the 31st is a Saturday
        (date(2026, 1, 1), 21),  # 1 + 4 × 5: off until the 3rd, and Sunday the 4th is worked for it
    ],
)
def test_working_days_left_are_those_of_the_calendar(today: date, left: int) -> None:
    (found,) = deadline.upcoming(today=today, groups=[])

    assert found.workdays_left == left
