"""The days of the calendar that people must not miss: domain §0.7."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules import calendar, regulation
from rules.person import PersonGroup
from rules.regulation import Regulation

Day = Callable[[int], date | None]


class DeadlineKind(StrEnum):
    """What must be done by a day."""

    REGISTRATION = "registration"
    APPLICATION = "application"
    FIRST_WINDOW = "first_window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The next such day; `year` is that of the records, or of the application."""

    kind: DeadlineKind
    on: date
    year: int
    workdays_left: int
    binding: bool


def upcoming(
    *, today: date, groups: Collection[PersonGroup], law: Regulation | None = None
) -> tuple[Deadline, ...]:
    """Return the next of each kind for people of these groups, the nearest first.

    31 January, records of the year before: L320, L678. 30 May, teachers and health workers: L162.
    30 June, the first window: L665. Today is still in time.
    """
    law = law or regulation.current()
    found = {one: None for one in _each(today, groups, law)}
    return tuple(sorted(found, key=lambda one: (one.on, one.kind)))


def _each(today: date, groups: Collection[PersonGroup], law: Regulation) -> Iterator[Deadline]:
    yield from _next(DeadlineKind.REGISTRATION, today, lambda year: _registration(law, year), law)
    for group in groups:
        yield from _next(DeadlineKind.APPLICATION, today, _application(law, group), law)
        yield from _next(DeadlineKind.FIRST_WINDOW, today, _window(law, group), law)


def _next(kind: DeadlineKind, today: date, day: Day, law: Regulation) -> Iterator[Deadline]:
    """The first that is not over; a kind without a day in force has none."""
    for year in (today.year - 1, today.year, today.year + 1):
        on = day(year)
        if on is not None and on >= today:
            cycle = law.cycle(year)
            binding = kind is DeadlineKind.REGISTRATION or bool(cycle and cycle.binding)
            left = calendar.workdays_between(today, on)
            yield Deadline(kind=kind, on=on, year=year, workdays_left=left, binding=binding)
            return


def _registration(law: Regulation, year: int) -> date | None:
    found = law.registration(year)
    return found.deadline(year) if found else None


def _application(law: Regulation, group: PersonGroup) -> Day:
    def day(year: int) -> date | None:
        found = law.application(year, person_group=group)
        return found.deadline(year) if found else None

    return day


def _window(law: Regulation, group: PersonGroup) -> Day:
    def day(year: int) -> date | None:
        in_force = law.cycle(year)
        return law.window(year, person_group=group).closes(year) if in_force else None

    return day
