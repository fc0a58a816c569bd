"""Policy rows (政策): numbers with the years and people they hold for, and which row decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from rules.person import Discipline, PersonGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For whom and when a row holds, and where it is written; calendar years, both inclusive.

    `document` is the title as officials cite it, empty where none is known; `source` says where it
    was read.
    """

    id: str
    jurisdiction: str
    first_year: int | None
    last_year: int | None
    person_group: PersonGroup | None
    discipline: Discipline | None
    document: str
    source: str
    unsourced: bool
    note: str

    def as_data(self) -> dict[str, Any]:
        """Return what an explanation says of the row that decided."""
        return {
            "id": self.id,
            "jurisdiction": self.jurisdiction,
            "source": self.source,
            "unsourced": self.unsourced,
        }

    def in_force(self, year: int) -> bool:
        """Tell whether the row is in force in the calendar year."""
        begun = self.first_year is None or self.first_year <= year
        return begun and (self.last_year is None or year <= self.last_year)

    def is_for(self, person_group: PersonGroup, discipline: Discipline | None) -> bool:
        """Tell whether the row is for this group and discipline, or for everybody."""
        return self.person_group in (None, person_group) and self.discipline in (None, discipline)

    @property
    def narrowness(self) -> int:
        """How many of group and discipline the row names: the narrower of two rows decides."""
        return (self.person_group is not None) + (self.discipline is not None)

    def contradicts(self, other: "Scope") -> bool:
        """Tell whether some year and some person would be decided by both rows at once."""
        return (
            self.jurisdiction == other.jurisdiction
            and self.narrowness == other.narrowness
            and _meet(self.person_group, other.person_group)
            and _meet(self.discipline, other.discipline)
            and (other.in_force(self.first_year or 0) or self.in_force(other.first_year or 0))
        )


def _meet(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


class Row(Protocol):
    """What every row has beside its numbers."""

    @property
    def scope(self) -> Scope: ...


R = TypeVar("R", bound=Row)


def deciding(
    rows: Iterable[R],
    *,
    chain: tuple[str, ...],
    year: int,
    person_group: PersonGroup,
    discipline: Discipline | None,
) -> R | None:
    """Return the row that decides: the nearest jurisdiction, there the narrowest row.

    `chain` lists the jurisdictions from the nearest outwards (Guangzhou, Guangdong, the country).
    The order is our reading (domain §3.1, thresholds per jurisdiction); regulation.toml says it.
    """
    candidates = [
        row
        for row in rows
        if row.scope.jurisdiction in chain
        and row.scope.in_force(year)
        and row.scope.is_for(person_group, discipline)
    ]
    return min(
        candidates,
        key=lambda row: (chain.index(row.scope.jurisdiction), -row.scope.narrowness),
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPolicy:
    """Thresholds of annual verification (年度验证), in hours of one calendar year: L317."""

    scope: Scope
    total_hours: Decimal
    public_hours: Decimal
    professional_hours: Decimal
    hours_per_day: Decimal
    binding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementPolicy:
    """Hours of one achievement (成果) for its lead (主创) and a contributor (非主创): L158."""

    scope: Scope
    lead_hours: Decimal
    contributor_hours: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPolicy:
    """Bounds of one training record, in hours, credits and calendar years: L168, L594."""

    scope: Scope
    plausible_hours_per_day: Decimal
    most_hours_per_day: Decimal
    most_hours: Decimal
    most_credits: Decimal
    most_days: int
    proof_from_institution_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """Day of the following year by which a year's records are registered: L320, L678."""

    scope: Scope
    month: int
    day: int

    def deadline(self, year: int) -> date:
        """Return the last day, in Shanghai, on which the records of `year` are in time."""
        return date(year + 1, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePolicy:
    """What a cycle (周期验证) asks for beside its hours: years at most, courses: L256, L664."""

    scope: Scope
    longest_years: int
    public_courses: int
    professional_courses: int
    hours_per_day: Decimal
    binding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPolicy:
    """Last day of the first window, and whether the second counts the current year: L665–666."""

    scope: Scope
    last_month: int
    last_day: int
    current_year_after: bool

    def closes(self, year: int) -> date:
        """Return the last day, in Shanghai, of the first window of a year."""
        return date(year, self.last_month, self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPolicy:
    """Day by which a group with rules of its own applies for cycle verification: L162."""

    scope: Scope
    month: int
    day: int

    def deadline(self, year: int) -> date:
        """Return the last day, in Shanghai, of a year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleYearPolicy:
    """Hours that one year of a cycle asks for: L670–672."""

    scope: Scope
    hours: Decimal
