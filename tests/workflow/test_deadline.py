"""Terms: the last instant of a working day in Shanghai, or none."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow import deadline

TUESDAY = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)  # a minute before midnight in Shanghai


def test_a_step_without_a_term_is_never_due() -> None:
    assert deadline.due_at(workdays=None, arrived=TUESDAY) is None
    assert not deadline.overdue(due=None, now=TUESDAY)


@pytest.mark.parametrize(
    ("minutes", "day"),
    [(0, 25), (1, 26)],  # arrived on Tuesday: Wednesday; on Wednesday: Thursday
)
def test_a_term_counts_from_the_day_in_shanghai(minutes: int, day: int) -> None:
    due = deadline.due_at(workdays=1, arrived=TUESDAY + timedelta(minutes=minutes))

    assert due is not None
    assert due + timedelta(microseconds=1) == datetime(2026, 11, day, 16, tzinfo=UTC)
    assert not deadline.overdue(due=due, now=due)
    assert deadline.overdue(due=due, now=due + timedelta(microseconds=1))
