"""Working days of mainland China, with public holidays and the weekends worked for them (调休)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

CALENDAR = Path(__file__).with_name("calendar.toml")

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are known, and where they differ from Monday to Friday."""

    years: frozenset[int]
    days_off: frozenset[date]
    weekend_work: frozenset[date]


def load(text: str) -> Calendar:
    """Read a calendar; calendar.toml says what its tables mean and where its dates are from."""
    years = tomllib.loads(text)
    return Calendar(
        years=frozenset(int(year) for year in years),
        days_off=frozenset(
            day
            for year in years.values()
            for first, last in year["holidays"]
            for day in _days(first, last)
        ),
        weekend_work=frozenset(day for year in years.values() for day in year["workdays"]),
    )


def known(year: int) -> bool:
    """Tell whether the State Council's notice for the year is here; else weekends alone count."""
    return year in _calendar().years


def is_workday(day: date) -> bool:
    """Tell whether people work on this day: notices of the State Council, see calendar.toml."""
    calendar = _calendar()
    if day in calendar.weekend_work:
        return True
    return day.weekday() < SATURDAY and day not in calendar.days_off


def add_workdays(start: date, n: int) -> date:
    """Return the n-th working day after `start`; `start` itself is never counted.

    Terms are "n workdays from arrival" (办理时限): what arrives on Friday with one workday is due
    on Monday, whether Friday was a working day or not. Zero workdays end on `start`.
    """
    if n < 0:
        raise ValueError("a term runs forward")
    day = start
    for _ in range(n):
        day += DAY
        while not is_workday(day):
            day += DAY
    return day


def workdays_between(start: date, end: date) -> int:
    """Return the working days after `start` up to and including `end`; negative when overdue."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(day) for day in _days(start + DAY, end))


@cache
def _calendar() -> Calendar:
    return load(CALENDAR.read_text(encoding="utf-8"))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * step for step in range((last - first).days + 1))
