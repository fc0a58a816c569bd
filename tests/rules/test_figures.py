"""Figures: what counts, in which year, with how many hours and courses."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import amount, figures
from rules.course import CourseCategory
from rules.figures import Entry, Figures
from tests.golden import table

HOURS = st.decimals(min_value="0.1", max_value="200.0", places=1)

ENTRIES = st.lists(
    st.builds(
        Entry,
        record_id=st.uuids().map(str),
        course_name=st.sampled_from(["公共危机管理", "《公共危机管理》", "岭南文化传承"]),
        category=st.sampled_from(CourseCategory),
        ends_on=st.dates(date(2009, 1, 1), date(2012, 12, 31)),
        approved=st.booleans(),
        approved_hours=HOURS,
        deleted=st.booleans(),
    ),
    max_size=30,
)


def approved(name: str, category: str, ends_on: str, hours: str = "6.0") -> Entry:
    return Entry(
        record_id=name,
        course_name=name,
        category=CourseCategory(category),
        ends_on=date.fromisoformat(ends_on),
        approved=True,
        approved_hours=Decimal(hours),
    )


@table.each("records")
def test_a_record_counts_as_the_golden_table_says(row: table.Row) -> None:
    entry = Entry(
        record_id=row["id"],
        course_name="课程",
        category=CourseCategory(row["category"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        approved=row["status"] == "approved",
        approved_hours=table.number(row["approved_hours"]),
    )

    assert figures.counted_year(entry) == table.whole(row["counted_year"])
    assert amount.written(figures.counted_hours(entry)) == row["counted_hours"]


@table.each("hours", where=lambda row: row["scope"] != "days")
def test_elective_hours_and_days_are_those_of_the_golden_table(row: table.Row) -> None:
    found = Figures(
        total_hours=Decimal(row["total_hours"]),
        public_hours=Decimal(row["public_hours"]),
        professional_hours=Decimal(row["professional_hours"]),
    )

    assert amount.written(found.elective_hours) == row["elective_hours"]
    if row["days"]:
        assert amount.written(found.days(hours_per_day=Decimal("6.0"))) == row["days"]


@pytest.mark.parametrize(("year", "public", "professional"), [(2009, 1, 1), (2010, 7, 2)])
def test_courses_of_a_year_are_those_of_the_golden_table(
    year: int, public: int, professional: int
) -> None:
    entries = [
        approved(row["subject"], row["category"], f"{row['year']}-06-01")
        for row in table.rows("courses")
    ]

    found = figures.figures(entries, year=year)

    assert (found.public_courses, found.professional_courses) == (public, professional)


def test_a_course_taken_twice_is_one_course_with_the_hours_of_both() -> None:
    entries = [
        approved("《公共危机管理》", "public", "2012-03-01", "12.0"),
        approved("公共危机管理 ", "public", "2012-09-01", "6.5"),
        approved("公共危机管理", "professional", "2012-09-02", "0.5"),
    ]

    found = figures.figures(entries, year=2012)

    assert (found.public_courses, found.public_hours) == (1, Decimal("18.5"))
    assert (found.professional_courses, found.professional_hours) == (1, Decimal("0.5"))
    assert found.total_hours == Decimal("19.0")


def test_a_deleted_record_counts_nothing() -> None:
    entry = approved("甲", "public", "2012-03-01")
    deleted = Entry(
        record_id="乙",
        course_name="乙",
        category=CourseCategory.PUBLIC,
        ends_on=date(2012, 3, 1),
        approved=True,
        approved_hours=Decimal("6.0"),
        deleted=True,
    )

    assert figures.figures([entry, deleted], year=2012).total_hours == Decimal("6.0")
    assert figures.counted_year(deleted) is None


def test_a_year_without_records_is_zero() -> None:
    assert figures.figures([], year=2012) == Figures()


@given(ENTRIES)
def test_the_order_of_the_records_does_not_matter(entries: list[Entry]) -> None:
    shuffled = sorted(entries, key=lambda entry: entry.record_id)

    assert figures.figures(entries, year=2010) == figures.figures(shuffled, year=2010)


@given(ENTRIES)
def test_the_years_add_up_to_all_hours_that_count(entries: list[Entry]) -> None:
    years = [figures.figures(entries, year=year) for year in range(2009, 2013)]
    counted = [entry for entry in entries if entry.approved and not entry.deleted]

    assert sum(year.total_hours for year in years) == sum(
        entry.approved_hours or 0 for entry in counted
    )


@given(ENTRIES)
def test_the_three_categories_add_up_to_the_total(entries: list[Entry]) -> None:
    found = figures.figures(entries, year=2011)
    elective = sum(
        figures.counted_hours(entry)
        for entry in entries
        if entry.category == CourseCategory.ELECTIVE and figures.counted_year(entry) == 2011
    )

    assert found.elective_hours == elective


def test_figures_typed_in_are_not_below_zero_and_in_steps_of_a_tenth() -> None:
    wrong = Figures(total_hours=Decimal("-0.05"), public_courses=-1, professional_courses=0)

    assert [(each.code, each.path) for each in figures.check(wrong)] == [
        ("FIGURE_NEGATIVE", ("totalHours",)),
        ("FIGURE_NEGATIVE", ("publicCourses",)),
        ("HOURS_TOO_PRECISE", ("totalHours",)),
    ]
    assert list(figures.check(Figures(total_hours=Decimal("0.1"), public_courses=2))) == []
