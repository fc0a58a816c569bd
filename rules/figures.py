"""Figures (统计结果): hours and courses of a span, added up from approved records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rules import amount, course
from rules.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What counting reads of a training record."""

    record_id: str
    course_name: str
    category: course.CourseCategory
    ends_on: date
    approved: bool
    approved_hours: Decimal | None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Hours (学时) and distinct courses (门数) of one span of time; elective hours are the rest."""

    total_hours: Decimal = amount.NO_HOURS
    public_hours: Decimal = amount.NO_HOURS
    professional_hours: Decimal = amount.NO_HOURS
    public_courses: int = 0
    professional_courses: int = 0

    @property
    def elective_hours(self) -> Decimal:
        """Elective hours = total − public − professional: domain §0.2."""
        return self.total_hours - self.public_hours - self.professional_hours

    def days(self, *, hours_per_day: Decimal) -> Decimal:
        """Days (培训天数) of the total hours: L258, L626."""
        return amount.days(self.total_hours, hours_per_day=hours_per_day)

    def as_data(self, *, hours_per_day: Decimal) -> dict[str, Any]:
        """Return the figures as JSON values, hours as text."""
        return {
            "totalHours": amount.written(self.total_hours),
            "publicHours": amount.written(self.public_hours),
            "professionalHours": amount.written(self.professional_hours),
            "electiveHours": amount.written(self.elective_hours),
            "publicCourses": self.public_courses,
            "professionalCourses": self.professional_courses,
            "days": amount.written(self.days(hours_per_day=hours_per_day)),
        }


def check(given: Figures) -> Iterator[Refused]:
    """Yield what is wrong with figures of a cycle typed in by hand, for a preview: ours."""
    hours = given.total_hours
    numbers: dict[str, Decimal | int] = {
        "totalHours": hours,
        "publicCourses": given.public_courses,
        "professionalCourses": given.professional_courses,
    }
    for path, number in numbers.items():
        if number < 0:
            yield Refused("FIGURE_NEGATIVE", path=(path,))
    if hours != hours.quantize(amount.STEP):
        yield Refused("HOURS_TOO_PRECISE", {"places": 1}, ("totalHours",))


def figures(entries: Iterable[Entry], *, year: int) -> Figures:
    """Add up the records that count in the calendar year: domain §0.2."""
    return added_up(entry for entry in entries if counted_year(entry) == year)


def added_up(entries: Iterable[Entry]) -> Figures:
    """Add up those of these records that count, whatever their years.

    Courses are the distinct subjects of all of them. A course taken twice is one course, and its
    hours count both times: L657–658, L664.
    """
    counted = [entry for entry in entries if _counts(entry)]
    public = [entry for entry in counted if entry.category == course.CourseCategory.PUBLIC]
    professional = [
        entry for entry in counted if entry.category == course.CourseCategory.PROFESSIONAL
    ]
    return Figures(
        total_hours=_hours(counted),
        public_hours=_hours(public),
        professional_hours=_hours(professional),
        public_courses=_courses(public),
        professional_courses=_courses(professional),
    )


def counted_year(entry: Entry) -> int | None:
    """Return the calendar year a record counts in, that of its end date; None while it does not.

    Also when it spans New Year; an achievement ends on the day of its award: domain §0.2.
    """
    return entry.ends_on.year if _counts(entry) else None


def counted_hours(entry: Entry) -> Decimal:
    """Return the hours a record counts: the approved ones, whatever was declared: domain §0.2."""
    return entry.approved_hours or amount.NO_HOURS if _counts(entry) else amount.NO_HOURS


def _counts(entry: Entry) -> bool:
    """Tell whether a record counts: approved (L190) and not deleted (L123)."""
    return entry.approved and not entry.deleted


def _hours(entries: Iterable[Entry]) -> Decimal:
    return sum((counted_hours(entry) for entry in entries), amount.NO_HOURS)


def _courses(entries: Iterable[Entry]) -> int:
    return len({course.fold_course_name(entry.course_name) for entry in entries})
