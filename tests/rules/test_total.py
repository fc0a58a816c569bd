"""Yearly totals: a cycle added up from its years is the cycle added up from its records."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules import course, figures, text, total
from rules.course import CourseCategory
from rules.figures import Entry

WRITTEN = st.sampled_from(
    [
        "公共危机管理",
        "《公共危机管理》",
        "公共 危机管理",
        "Ｅｘｃｅｌ",
        "excel",
        "STRASSE",
        "straße",
    ]
)
NAMES = WRITTEN | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ENTRIES = st.lists(
    st.builds(
        Entry,
        record_id=st.uuids().map(str),
        course_name=NAMES,
        category=st.sampled_from(CourseCategory),
        ends_on=st.dates(date(2009, 1, 1), date(2013, 12, 31)),
        approved=st.booleans(),
        approved_hours=st.decimals(min_value="0.1", max_value="200.0", places=1),
        deleted=st.booleans(),
    ),
    max_size=30,
)


def taken(name: str, ends_on: str) -> Entry:
    return Entry(
        record_id=f"{name} {ends_on}",
        course_name=name,
        category=CourseCategory.PUBLIC,
        ends_on=date.fromisoformat(ends_on),
        approved=True,
        approved_hours=Decimal("18.0"),
    )


@given(ENTRIES)
def test_the_years_of_a_cycle_add_up_to_its_records(entries: list[Entry]) -> None:
    years = [total.total(entries, year=year) for year in range(2009, 2014)]

    assert total.over(years) == figures.added_up(entries)


def test_a_course_of_two_years_is_one_course_and_its_hours_count_twice() -> None:
    entries = [taken("公共危机管理", "2011-03-01"), taken("《公共危机管理》", "2012-03-01")]

    both = total.over(total.total(entries, year=year) for year in (2011, 2012))

    assert (both.public_courses, both.public_hours) == (1, Decimal("36.0"))


@given(NAMES, NAMES)
def test_two_names_are_one_subject_where_their_folds_are_equal(one: str, other: str) -> None:
    entries = [taken(one, "2012-03-01"), taken(other, "2012-04-01")]

    subjects = total.total(entries, year=2012).public_courses

    assert len(subjects) == (1 if text.fold(one) == text.fold(other) else 2)
    assert set(subjects) == {course.fold_course_name(one), course.fold_course_name(other)}
