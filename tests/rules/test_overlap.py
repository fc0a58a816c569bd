"""Records that say the same, and records that claim the same days."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules import overlap
from rules.course import Achievement, Record, RecordOrigin

MINE = Record(
    record_id="mine",
    course_name="公共危机管理",
    starts_on=date(2026, 5, 14),
    ends_on=date(2026, 5, 20),
    organiser_name="继续教育协会",
)
TWIN = replace(MINE, record_id="twin")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"course_name": "《公共 危机管理》"},
        {"organiser_name": ""},
        {"organiser_name": "继续教育 协会"},
    ],
)
def test_the_same_course_on_the_same_dates_is_a_duplicate(change: dict[str, Any]) -> None:
    other = replace(TWIN, **change)

    assert overlap.duplicates(MINE, [other]) == (other,)
    assert overlap.duplicates(other, [MINE]) == (MINE,)
    assert overlap.overlaps(MINE, [other]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"course_name": "岭南文化传承"},
        {"ends_on": date(2026, 5, 21)},
        {"organiser_name": "另一协会"},
        {"starts_on": None},
    ],
)
def test_another_course_date_or_organiser_is_no_duplicate(change: dict[str, Any]) -> None:
    assert overlap.duplicates(MINE, [replace(TWIN, **change)]) == ()


@pytest.mark.parametrize("origin", [RecordOrigin.IN_SYSTEM, RecordOrigin.FEED])
def test_a_class_of_the_system_is_not_declared_again_even_in_part(origin: RecordOrigin) -> None:
    longer = replace(TWIN, origin=origin, ends_on=date(2026, 6, 30), organiser_name="基地")

    assert overlap.duplicates(MINE, [longer]) == (longer,)
    assert overlap.duplicates(longer, [MINE]) == (MINE,)


def test_two_records_of_the_system_are_compared_by_their_dates() -> None:
    one = replace(MINE, origin=RecordOrigin.IN_SYSTEM)
    longer = replace(TWIN, origin=RecordOrigin.FEED, ends_on=date(2026, 6, 30))

    assert overlap.duplicates(one, [longer]) == ()


def test_a_class_of_the_system_at_another_time_may_be_taken_again() -> None:
    later = replace(
        TWIN,
        origin=RecordOrigin.IN_SYSTEM,
        starts_on=date(2026, 5, 21),
        ends_on=date(2026, 5, 22),
    )

    assert overlap.duplicates(MINE, [later]) == ()


def test_records_without_names_or_dates_are_never_the_same() -> None:
    assert overlap.duplicates(Record(), [Record()]) == ()
    assert overlap.duplicates(
        Record(course_name="课程"), [Record(course_name="课程")]
    ) == ()  # fmt: skip
    assert overlap.overlaps(Record(), [MINE]) == ()


def test_a_record_is_not_compared_with_itself() -> None:
    stored = replace(MINE, course_name="旧名")

    assert overlap.duplicates(MINE, [MINE]) == ()
    assert overlap.overlaps(MINE, [stored]) == ()


def test_a_new_record_has_no_id_and_is_compared_with_all() -> None:
    new = replace(MINE, record_id="")

    assert overlap.duplicates(new, [MINE, TWIN]) == (MINE, TWIN)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "meets"),
    [
        (date(2026, 5, 13), date(2026, 5, 13), False),
        (date(2026, 5, 13), date(2026, 5, 14), True),
        (date(2026, 5, 16), date(2026, 5, 17), True),
        (date(2026, 5, 20), date(2026, 5, 30), True),
        (date(2026, 5, 21), date(2026, 5, 30), False),
    ],
)
def test_courses_whose_dates_meet_are_found(starts_on: date, ends_on: date, meets: bool) -> None:
    other = replace(TWIN, course_name="岭南文化传承", starts_on=starts_on, ends_on=ends_on)

    assert overlap.overlaps(MINE, [other]) == (other,) * meets
    assert overlap.overlaps(other, [MINE]) == (MINE,) * meets


def test_an_award_takes_no_day() -> None:
    patent = replace(TWIN, course_name="专利", achievement=Achievement.PATENT)

    assert overlap.overlaps(MINE, [patent]) == ()
    assert overlap.overlaps(patent, [MINE]) == ()
