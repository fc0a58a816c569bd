"""Annual verification (年度验证): are the hours of a year enough, why, and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rules import amount
from rules.course import CourseCategory
from rules.figures import Entry, Figures, counted_hours
from rules.finding import Finding
from rules.policy import AnnualPolicy


class Verdict(StrEnum):
    """What the rules say of figures (通过 / 不通过)."""

    PASS = "pass"
    FAIL = "fail"


class Requirement(StrEnum):
    """The three rules of a year: total, public and professional hours: L317."""

    TOTAL_HOURS = "TOTAL_HOURS"
    PUBLIC_HOURS = "PUBLIC_HOURS"
    PROFESSIONAL_HOURS = "PROFESSIONAL_HOURS"


class Reason(StrEnum):
    """Why a record counts in the year, or why not."""

    COUNTED = "COUNTED"
    DELETED = "DELETED"
    NOT_APPROVED = "NOT_APPROVED"
    OTHER_YEAR = "OTHER_YEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record and whether it counts in the year."""

    record_id: str
    category: CourseCategory
    hours: Decimal
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualVerdict:
    """The verdict on one year with all it rests on."""

    year: int
    figures: Figures
    findings: tuple[Finding[Requirement], ...]
    lines: tuple[Line, ...]
    policy: AnnualPolicy

    @property
    def verdict(self) -> Verdict:
        """Pass when every rule is met: domain §0.4."""
        return Verdict.PASS if all(finding.met for finding in self.findings) else Verdict.FAIL

    @property
    def binding(self) -> bool:
        """Tell whether the policy bound people in the year; else this is a what-if: §0.4."""
        return self.policy.binding and self.policy.scope.in_force(self.year)

    def missing(self, code: Requirement) -> Decimal:
        """Return the hours short of one rule."""
        return next(finding.missing for finding in self.findings if finding.code == code)

    @property
    def remedy(self) -> dict[str, Decimal]:
        """The least that would make it pass: public and professional hours, and hours of any kind.

        Public and professional hours also fill the total, so only the rest may be of any kind.
        """
        public = self.missing(Requirement.PUBLIC_HOURS)
        professional = self.missing(Requirement.PROFESSIONAL_HOURS)
        rest = self.missing(Requirement.TOTAL_HOURS) - public - professional
        return {
            "public": public,
            "professional": professional,
            "any": max(rest, amount.NO_HOURS),
        }

    def as_data(self) -> dict[str, Any]:
        """Return the explanation (验证说明) as JSON values, hours as text; the same every time."""
        return {
            "year": self.year,
            "verdict": self.verdict.value,
            "binding": self.binding,
            "policy": {
                **self.policy.scope.as_data(),
                "hoursPerDay": amount.written(self.policy.hours_per_day),
            },
            "figures": self.figures.as_data(hours_per_day=self.policy.hours_per_day),
            "rules": [each.as_data(amount.written) for each in self.findings],
            "remedy": {kind: amount.written(hours) for kind, hours in self.remedy.items()},
            "records": [_line_data(line) for line in self.lines],
        }


def judge(
    figures: Figures, *, year: int, policy: AnnualPolicy, entries: Sequence[Entry] = ()
) -> AnnualVerdict:
    """Judge one person's figures of a calendar year: total, public and professional hours (L317).

    The figures may be added up here or in the database; `entries` only explain them. `policy` is
    the row in force, or another one for a what-if. The order of the entries does not matter.
    """
    return AnnualVerdict(
        year=year,
        figures=figures,
        findings=(
            Finding(
                code=Requirement.TOTAL_HOURS, needed=policy.total_hours, had=figures.total_hours
            ),
            Finding(
                code=Requirement.PUBLIC_HOURS, needed=policy.public_hours, had=figures.public_hours
            ),
            Finding(
                code=Requirement.PROFESSIONAL_HOURS,
                needed=policy.professional_hours,
                had=figures.professional_hours,
            ),
        ),
        lines=explain(entries, year=year),
        policy=policy,
    )


def explain(entries: Iterable[Entry], *, year: int) -> tuple[Line, ...]:
    """Return per record whether it counts in the year, oldest first: domain §0.2."""
    ordered = sorted(entries, key=lambda entry: (entry.ends_on, entry.record_id))
    return tuple(_line(entry, year) for entry in ordered)


def _line(entry: Entry, year: int) -> Line:
    reason = _reason(entry, year)
    return Line(
        record_id=entry.record_id,
        category=entry.category,
        hours=counted_hours(entry) if reason == Reason.COUNTED else amount.NO_HOURS,
        reason=reason,
    )


def _reason(entry: Entry, year: int) -> Reason:
    if entry.deleted:
        return Reason.DELETED
    if entry.ends_on.year != year:
        return Reason.OTHER_YEAR
    return Reason.COUNTED if entry.approved else Reason.NOT_APPROVED


def _line_data(line: Line) -> dict[str, Any]:
    return {
        "recordId": line.record_id,
        "category": line.category.value,
        "counted": line.reason == Reason.COUNTED,
        "hours": amount.written(line.hours),
        "reason": line.reason.value,
    }
