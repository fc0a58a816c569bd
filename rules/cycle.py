"""Cycle verification (周期验证, 复验): do the years of the present title suffice, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from rules import amount, course
from rules.annual import Verdict
from rules.course import CourseCategory
from rules.figures import Entry, Figures, added_up, counted_hours
from rules.finding import Finding
from rules.period import Cycle, Place

TAUGHT = (CourseCategory.PUBLIC, CourseCategory.PROFESSIONAL)


class Requirement(StrEnum):
    """The three rules of a cycle: hours by year and discipline, two and two courses: L664."""

    TOTAL_HOURS = "TOTAL_HOURS"
    PUBLIC_COURSES = "PUBLIC_COURSES"
    PROFESSIONAL_COURSES = "PROFESSIONAL_COURSES"


class Reason(StrEnum):
    """Why a record counts in the cycle, or why not."""

    COUNTED = "COUNTED"
    SUPPLEMENT = "SUPPLEMENT"
    SUPPLEMENT_NOT_NEEDED = "SUPPLEMENT_NOT_NEEDED"
    BEFORE_CYCLE = "BEFORE_CYCLE"
    AFTER_APPLICATION = "AFTER_APPLICATION"
    NOT_APPROVED = "NOT_APPROVED"
    DELETED = "DELETED"


COUNTING = frozenset({Reason.COUNTED, Reason.SUPPLEMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Figures of a cycle alone, and together with the current year up to the application.

    Courses of both together are counted anew: one taken in both is one course. `years` are the
    lines of the yearly table (年度培训情况列表), the year of the application among them.
    """

    alone: Figures = field(default_factory=Figures)
    supplemented: Figures = field(default_factory=Figures)
    years: Mapping[int, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record: whether it counts, and whether it adds a course to the cycle."""

    record_id: str
    category: CourseCategory
    hours: Decimal
    reason: Reason
    new_course: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleVerdict:
    """The verdict on one application with all it rests on."""

    cycle: Cycle
    tally: Tally
    supplement_used: bool
    lines: tuple[Line, ...]

    @property
    def figures(self) -> Figures:
        """The figures that were judged."""
        return self.tally.supplemented if self.supplement_used else self.tally.alone

    @property
    def findings(self) -> tuple[Finding[Requirement], ...]:
        """Each rule applied to them."""
        return findings(self.figures, self.cycle)

    @property
    def verdict(self) -> Verdict:
        """Pass when every rule is met: L664."""
        return Verdict.PASS if all(each.met for each in self.findings) else Verdict.FAIL

    @property
    def remedy(self) -> Mapping[Requirement, Decimal]:
        """The least that would make it pass: hours of any kind, and new courses among them.

        What is studied up to the day of the application counts, in either window: where the
        current year is not in the cycle, a cycle that does not pass takes it as supplement.
        """
        return {each.code: each.missing for each in self.findings}


def tally(entries: Iterable[Entry], cycle: Cycle) -> Tally:
    """Add up the approved records that lie in the cycle, and those of the current year (§0.2)."""
    placed = [(cycle.place(entry.ends_on), entry) for entry in entries]
    inside = [entry for place, entry in placed if place is Place.CYCLE]
    current = [entry for place, entry in placed if place is Place.CURRENT_YEAR]
    years = (*(each.year for each in cycle.years), cycle.application.applied.year)
    return Tally(
        alone=added_up(inside),
        supplemented=added_up(inside + current),
        years={
            year: added_up(entry for entry in inside + current if entry.ends_on.year == year)
            for year in years
        },
    )


def judge(found: Tally, cycle: Cycle, *, entries: Sequence[Entry] = ()) -> CycleVerdict:
    """Judge the figures of a cycle; add the current year only where it fails without (§0.3).

    The figures may be added up here or in the database; `entries` only explain them. All of the
    current year up to the application is added, not only what was missing: L665, L670.
    """
    used = (
        cycle.supplement_open
        and found.supplemented != found.alone
        and not all(each.met for each in findings(found.alone, cycle))
    )
    return CycleVerdict(
        cycle=cycle,
        tally=found,
        supplement_used=used,
        lines=explain(entries, cycle, supplement_used=used),
    )


def findings(found: Figures, cycle: Cycle) -> tuple[Finding[Requirement], ...]:
    """Apply the three rules to figures: L664."""
    policy = cycle.policy
    return (
        Finding(code=Requirement.TOTAL_HOURS, needed=cycle.required, had=found.total_hours),
        Finding(
            code=Requirement.PUBLIC_COURSES,
            needed=Decimal(policy.public_courses),
            had=Decimal(found.public_courses),
        ),
        Finding(
            code=Requirement.PROFESSIONAL_COURSES,
            needed=Decimal(policy.professional_courses),
            had=Decimal(found.professional_courses),
        ),
    )


def explain(entries: Iterable[Entry], cycle: Cycle, *, supplement_used: bool) -> tuple[Line, ...]:
    """Return per record whether it counts and adds a course, oldest first: domain §0.2."""
    known: set[tuple[CourseCategory, str]] = set()
    lines = []
    for entry in sorted(entries, key=lambda entry: (entry.ends_on, entry.record_id)):
        reason = _reason(entry, cycle, supplement_used)
        counts = reason in COUNTING
        subject = (entry.category, course.fold_course_name(entry.course_name))
        new = counts and entry.category in TAUGHT and subject not in known
        if new:
            known.add(subject)
        lines.append(
            Line(
                record_id=entry.record_id,
                category=entry.category,
                hours=counted_hours(entry) if counts else amount.NO_HOURS,
                reason=reason,
                new_course=new,
            )
        )
    return tuple(lines)


def _reason(entry: Entry, cycle: Cycle, supplement_used: bool) -> Reason:
    if entry.deleted:
        return Reason.DELETED
    place = cycle.place(entry.ends_on)
    if place in (Place.BEFORE_CYCLE, Place.AFTER_APPLICATION):
        return Reason(place.value)
    if not entry.approved:
        return Reason.NOT_APPROVED
    if place is Place.CYCLE:
        return Reason.COUNTED
    return Reason.SUPPLEMENT if supplement_used else Reason.SUPPLEMENT_NOT_NEEDED
