"""Working days: the notices of the State Council, weekends worked, years not yet known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import calendar

KNOWN_DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ANY_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


# Days off and weekends worked per year, as the notices add up: 放假 N 天.
@pytest.mark.parametrize(
    ("year", "days_off", "weekend_work"),
    [
        (2024, 1 + 8 + 3 + 5 + 1 + 3 + 7, 8),
        (2025, 1 + 8 + 3 + 5 + 3 + 8, 5),
        (2026, 3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
    ],
)
def test_a_year_has_the_days_off_of_its_notice(year: int, days_off: int, weekend_work: int) -> None:
    shipped = calendar.load(calendar.CALENDAR.read_text(encoding="utf-8"))

    assert sum(day.year == year for day in shipped.days_off) == days_off
    assert sum(day.year == year for day in shipped.weekend_work) == weekend_work


def test_weekends_worked_are_weekends_and_no_days_off() -> None:
    shipped = calendar.load(calendar.CALENDAR.read_text(encoding="utf-8"))

    assert all(day.weekday() >= calendar.SATURDAY for day in shipped.weekend_work)
    assert not shipped.weekend_work & shipped.days_off


# Statutory holidays on weekdays are days off; 2024 had 251 working days, 2025 and 2026 have 248.
@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_working_days_it_is_known_for(year: int, workdays: int) -> None:
    assert calendar.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday worked before the Spring Festival
        (date(2026, 2, 16), False),  # Monday within it
        (date(2026, 2, 24), True),  # the Tuesday after
        (date(2026, 3, 7), False),  # a plain Saturday
        (date(2026, 11, 24), True),  # a plain Tuesday
        (date(2025, 10, 8), False),  # last day off, a Wednesday
    ],
)
def test_a_day_is_worked_or_not(day: date, works: bool) -> None:
    assert calendar.is_workday(day) is works


def test_a_year_without_notice_says_so_and_counts_weekends_alone() -> None:
    assert calendar.known(2026)
    assert not calendar.known(2031)
    assert calendar.is_workday(date(2031, 10, 1))  # a Wednesday; would be the national holiday
    assert not calendar.is_workday(date(2031, 10, 4))


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 24), 10, date(2026, 12, 8)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # arrives on Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the next day is a Saturday worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # over the festival
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # a Sunday worked
    ],
)
def test_a_term_ends_on_its_last_working_day(start: date, n: int, due: date) -> None:
    assert calendar.add_workdays(start, n) == due


def test_a_term_cannot_run_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        calendar.add_workdays(date(2026, 11, 24), -1)


@given(ANY_DAYS, st.integers(1, 60))
def test_a_term_is_what_walking_day_by_day_finds(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= calendar.is_workday(day)

    assert calendar.add_workdays(start, n) == day


@given(ANY_DAYS, st.integers(0, 60))
def test_between_start_and_due_lie_the_workdays_of_the_term(start: date, n: int) -> None:
    due = calendar.add_workdays(start, n)

    assert calendar.workdays_between(start, due) == n
    assert calendar.workdays_between(due, start) == -n


@given(KNOWN_DAYS, KNOWN_DAYS, KNOWN_DAYS)
def test_workdays_add_up_over_any_day_between(first: date, middle: date, last: date) -> None:
    halves = calendar.workdays_between(first, middle) + calendar.workdays_between(middle, last)

    assert calendar.workdays_between(first, last) == halves
