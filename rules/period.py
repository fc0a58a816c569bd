"""The cycle (验证年度): the years a cycle verification covers, why, and the hours they ask for."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from rules import amount, regulation
from rules.person import Discipline, PersonGroup
from rules.policy import CyclePolicy, CycleYearPolicy, WindowPolicy
from rules.refusal import Refused
from rules.regulation import Regulation


class Begin(StrEnum):
    """Why the cycle begins with its first year: L256."""

    TITLE_YEAR = "TITLE_YEAR"
    LONGEST_CYCLE = "LONGEST_CYCLE"


class End(StrEnum):
    """Why the cycle ends with its last year: L665–666."""

    FIRST_WINDOW = "FIRST_WINDOW"
    SECOND_WINDOW = "SECOND_WINDOW"
    EXEMPT_GROUP = "EXEMPT_GROUP"


class Place(StrEnum):
    """Where a date lies, seen from a cycle and its application."""

    BEFORE_CYCLE = "BEFORE_CYCLE"
    CYCLE = "CYCLE"
    CURRENT_YEAR = "CURRENT_YEAR"
    AFTER_APPLICATION = "AFTER_APPLICATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the years depend on: dates in Shanghai, person group, discipline: L224–252."""

    applied: date
    qualified: date
    discipline: Discipline
    person_group: PersonGroup = PersonGroup.GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of the cycle, and the row that says how many hours it asks for."""

    year: int
    policy: CycleYearPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The years of an application with all they rest on."""

    application: Application
    begin: Begin
    end: End
    years: tuple[Year, ...]
    policy: CyclePolicy
    window: WindowPolicy

    @property
    def first_year(self) -> int:
        """The first year, which counts whole: L256 (整年)."""
        return self.years[0].year

    @property
    def last_year(self) -> int:
        """The last year."""
        return self.years[-1].year

    @property
    def required(self) -> Decimal:
        """Hours the whole cycle asks for: the sum of its years, L670–672."""
        return sum((each.policy.hours for each in self.years), amount.NO_HOURS)

    @property
    def supplement_open(self) -> bool:
        """Tell whether the current year may be added: it is not in the cycle already (§0.3)."""
        return self.last_year < self.application.applied.year

    @property
    def unsourced(self) -> bool:
        """Tell whether any of the numbers has no document behind it."""
        rows = (self.policy.scope, self.window.scope, *(each.policy.scope for each in self.years))
        return any(scope.unsourced for scope in rows)

    def place(self, day: date) -> Place:
        """Return where a day lies; only what ended by the day of the application counts (§0.1)."""
        if day > self.application.applied:
            return Place.AFTER_APPLICATION
        if day.year < self.first_year:
            return Place.BEFORE_CYCLE
        return Place.CYCLE if day.year <= self.last_year else Place.CURRENT_YEAR


def cycle(application: Application, *, law: Regulation | None = None) -> Cycle | Refused:
    """Return the years of an application: from the year of the title, the last five at most.

    The year of the title counts whole, also when it was obtained on 31 December (L256). Up to
    30 June the last year is the one before; after it the current one, but not for teachers and
    health workers (L665–666). `law` is another regulation than the one in force, for a what-if.
    """
    law = law or regulation.current()
    applied, qualified = application.applied, application.qualified
    group = application.person_group
    policy = law.cycle(applied.year)
    if policy is None:
        return Refused("CYCLE_NOT_IN_FORCE", {"year": applied.year}, ("applied",))
    if qualified > applied:
        return Refused("QUALIFIED_AFTER_APPLIED", {"applied": applied.isoformat()}, ("qualified",))
    window = law.window(applied.year, person_group=group)
    end = _end(applied, window)
    last = applied.year if end is End.SECOND_WINDOW else applied.year - 1
    if qualified.year > last:
        return Refused("CYCLE_EMPTY", {"earliest": _earliest(end, applied, window)}, ("qualified",))
    first = max(qualified.year, last - policy.longest_years + 1)
    return Cycle(
        application=application,
        begin=Begin.TITLE_YEAR if first == qualified.year else Begin.LONGEST_CYCLE,
        end=end,
        years=tuple(
            Year(
                year=year,
                policy=law.cycle_year(year, person_group=group, discipline=application.discipline),
            )
            for year in range(first, last + 1)
        ),
        policy=policy,
        window=window,
    )


def _end(applied: date, window: WindowPolicy) -> End:
    if applied <= window.closes(applied.year):
        return End.FIRST_WINDOW
    return End.SECOND_WINDOW if window.current_year_after else End.EXEMPT_GROUP


def _earliest(end: End, applied: date, window: WindowPolicy) -> str:
    """Return the first day on which the year of the title is in a cycle: domain §0.1, ours."""
    if end is End.FIRST_WINDOW and window.current_year_after:
        return (window.closes(applied.year) + timedelta(days=1)).isoformat()
    return f"{applied.year + 1}-01-01"
