"""Yearly totals (学年合计): the hours of a year and the subjects they were spent on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules import amount, course
from rules.figures import Entry, Figures, counted_year, figures


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """One year of one person: hours, and the courses by the fold of their names."""

    year: int
    total_hours: Decimal
    public_hours: Decimal
    professional_hours: Decimal
    public_courses: tuple[str, ...]
    professional_courses: tuple[str, ...]


def total(entries: Sequence[Entry], *, year: int, counted: Figures | None = None) -> YearTotal:
    """Add up a year; `counted` are its figures where somebody has added them up already."""
    counted = counted or figures(entries, year=year)
    kinds = course.CourseCategory
    return YearTotal(
        year=year,
        total_hours=counted.total_hours,
        public_hours=counted.public_hours,
        professional_hours=counted.professional_hours,
        public_courses=_subjects(entries, year, kinds.PUBLIC),
        professional_courses=_subjects(entries, year, kinds.PROFESSIONAL),
    )


def over(totals: Iterable[YearTotal]) -> Figures:
    """The figures of several years: a course of two years is one course, its hours count twice."""
    years = tuple(totals)
    return Figures(
        total_hours=sum((each.total_hours for each in years), amount.NO_HOURS),
        public_hours=sum((each.public_hours for each in years), amount.NO_HOURS),
        professional_hours=sum((each.professional_hours for each in years), amount.NO_HOURS),
        public_courses=len({name for each in years for name in each.public_courses}),
        professional_courses=len({name for each in years for name in each.professional_courses}),
    )


def _subjects(
    entries: Iterable[Entry], year: int, category: course.CourseCategory
) -> tuple[str, ...]:
    """The distinct subjects of one kind that count in the year, in order."""
    return tuple(
        sorted(
            {
                course.fold_course_name(entry.course_name)
                for entry in entries
                if entry.category == category and counted_year(entry) == year
            }
        )
    )
