"""One training record: what it may say, what it must say, which proof it needs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules import course
from rules.course import Achievement, Authorship, CourseCategory, Proof, Record, RecordOrigin
from rules.refusal import Refused
from tests.golden import table

TODAY = date(2026, 11, 24)

CLASS = Record(
    course_name="公共危机管理",
    category=CourseCategory.PROFESSIONAL,
    starts_on=date(2026, 5, 14),
    ends_on=date(2026, 5, 20),
    attended_days=5,
    declared_hours=Decimal("10.0"),
    declared_credits=Decimal("1.0"),
    organiser_name="继续教育协会",
)

PAPER = Record(
    course_name="论文",
    category=CourseCategory.PROFESSIONAL,
    achievement=Achievement.PAPER,
    authorship=Authorship.LEAD,
    starts_on=date(2026, 3, 20),
    ends_on=date(2026, 3, 20),
    declared_hours=Decimal("28.0"),
)


def wrong(record: Record, *, complete: bool = True, **more: Any) -> tuple[Refused, ...]:
    return course.check(record, today=TODAY, complete=complete, **more)


@table.each("records")
def test_a_record_is_refused_as_the_golden_table_says(row: table.Row) -> None:
    record = Record(
        course_name="课程",
        category=CourseCategory(row["category"]),
        achievement=Achievement(row["achievement"]) if row["achievement"] else None,
        authorship=Authorship(row["role"]) if row["role"] else None,
        starts_on=table.day(row["starts_on"]),
        ends_on=table.day(row["ends_on"]),
        attended_days=table.whole(row["attended_days"]),
        declared_hours=table.number(row["declared_hours"]),
    )

    codes = [refused.code for refused in wrong(record, complete=bool(row["declared_hours"]))]

    assert codes == [row["refusal"]] * bool(row["refusal"])


@pytest.mark.parametrize("record", [CLASS, PAPER])
def test_a_right_record_is_not_refused(record: Record) -> None:
    assert wrong(record, born=date(1980, 1, 1)) == ()


def test_a_draft_may_lack_everything() -> None:
    assert wrong(Record(), complete=False) == ()


def test_a_complete_record_lacks_nothing() -> None:
    codes = {refused.code for refused in wrong(Record())}
    paths = [refused.path for refused in wrong(Record())]

    assert codes == {"REQUIRED"}
    assert paths == [
        ("courseName",),
        ("category",),
        ("startsOn",),
        ("endsOn",),
        ("declaredHours",),
        ("attendedDays",),
    ]


def test_of_an_achievement_the_part_is_asked_for_and_no_days() -> None:
    assert wrong(replace(PAPER, authorship=None)) == (Refused("REQUIRED", path=("authorship",)),)


@pytest.mark.parametrize("name", ["", " \u3000", "《》"])
def test_a_name_of_nothing_is_no_name(name: str) -> None:
    assert wrong(replace(CLASS, course_name=name)) == (Refused("REQUIRED", path=("courseName",)),)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"course_name": "课" * 201}, Refused("TEXT_TOO_LONG", {"most": 200, "length": 201})),
        ({"course_name": "课\n程"}, Refused("CHARACTER", {"position": 2})),
        ({"organiser_name": "协" * 121}, Refused("TEXT_TOO_LONG", {"most": 120, "length": 121})),
        ({"study_form": "\x00"}, Refused("CHARACTER", {"position": 1})),
        ({"place": "\u202e"}, Refused("CHARACTER", {"position": 1})),
        ({"content": "内\x00容"}, Refused("CHARACTER", {"position": 2})),
        ({"note": "备" * 4001}, Refused("TEXT_TOO_LONG", {"most": 4000, "length": 4001})),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_by_its_field(
    change: dict[str, Any], refused: Refused
) -> None:
    (field,) = change
    first, *rest = field.split("_")
    path = first + "".join(word.title() for word in rest)

    assert wrong(replace(CLASS, **change)) == (refused.under(path),)


def test_lines_are_fine_in_content_and_note() -> None:
    assert wrong(replace(CLASS, content="一\n二", note="三\r\n四")) == ()


def test_a_record_of_today_is_not_in_the_future() -> None:
    tomorrow = date(2026, 11, 25)
    future = Refused("DATE_IN_FUTURE", {"today": "2026-11-24"})

    assert wrong(replace(CLASS, ends_on=TODAY)) == ()
    assert wrong(replace(CLASS, ends_on=tomorrow)) == (future.under("endsOn"),)
    assert wrong(replace(CLASS, starts_on=tomorrow, ends_on=tomorrow, attended_days=1)) == (
        future.under("startsOn"),
        future.under("endsOn"),
    )


def test_nobody_studies_before_birth_and_the_birth_date_is_not_told() -> None:
    refused = wrong(CLASS, born=date(2026, 5, 15))

    assert refused == (Refused("BEFORE_BIRTH", path=("startsOn",)),)
    assert wrong(CLASS, born=date(2026, 5, 14)) == ()


def test_the_end_is_not_before_the_start() -> None:
    turned = replace(CLASS, starts_on=date(2026, 5, 21))

    assert wrong(turned) == (Refused("ENDS_BEFORE_START", {"startsOn": "2026-05-21"}, ("endsOn",)),)


@pytest.mark.parametrize(("days", "fine"), [(0, False), (1, True), (7, True), (8, False)])
def test_days_attended_lie_between_one_and_the_calendar_days(days: int, fine: bool) -> None:
    refused = Refused("DAYS_OUT_OF_RANGE", {"least": 1, "most": 7}, ("attendedDays",))

    assert wrong(replace(CLASS, attended_days=days)) == (() if fine else (refused,))


@pytest.mark.parametrize("start", [None, date(2000, 1, 1)])
def test_without_an_end_of_days_ten_years_are_the_most(start: date | None) -> None:
    record = replace(CLASS, starts_on=start, attended_days=3651)

    refused = wrong(record, complete=False)

    assert refused == (Refused("DAYS_OUT_OF_RANGE", {"least": 1, "most": 3650}, ("attendedDays",)),)


@pytest.mark.parametrize(
    ("hours", "code", "data"),
    [
        ("0.0", "HOURS_NOT_POSITIVE", {}),
        ("1.25", "HOURS_TOO_PRECISE", {"places": 1}),
        ("10000.0", "HOURS_TOO_MANY", {"most": "9999.9"}),
        ("120.1", "HOURS_BEYOND_DAY", {"most": "120.0", "days": 5}),
    ],
)
def test_hours_are_possible(hours: str, code: str, data: dict[str, Any]) -> None:
    record = replace(CLASS, declared_hours=Decimal(hours))

    assert wrong(record) == (Refused(code, data, ("declaredHours",)),)


def test_24_hours_on_each_day_attended_are_the_limit() -> None:
    assert wrong(replace(CLASS, declared_hours=Decimal("120.0"))) == ()


def test_a_draft_without_days_is_measured_by_its_calendar_days() -> None:
    draft = replace(CLASS, attended_days=None, declared_hours=Decimal("168.1"))

    assert wrong(draft, complete=False) == (
        Refused("HOURS_BEYOND_DAY", {"most": "168.0", "days": 7}, ("declaredHours",)),
    )


def test_hours_without_days_and_dates_cannot_be_measured() -> None:
    assert wrong(Record(declared_hours=Decimal("999.0")), complete=False) == ()


def test_credits_are_possible() -> None:
    negative = replace(CLASS, declared_credits=Decimal("-1.0"))

    assert wrong(negative) == (Refused("CREDITS_NEGATIVE", path=("declaredCredits",)),)
    assert wrong(replace(CLASS, declared_credits=None)) == ()


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"attended_days": 1}, Refused("ACHIEVEMENT_WITHOUT_DAYS", {}, ("attendedDays",))),
        (
            {"category": CourseCategory.PUBLIC},
            Refused("WRONG_CATEGORY", {"expected": "professional"}, ("category",)),
        ),
        ({"starts_on": date(2026, 3, 19)}, Refused("ACHIEVEMENT_ONE_DAY", {}, ("startsOn",))),
        (
            {"declared_hours": Decimal("14.0")},
            Refused("ACHIEVEMENT_HOURS", {"expected": "28.0"}, ("declaredHours",)),
        ),
        (
            {"authorship": Authorship.CONTRIBUTOR},
            Refused("ACHIEVEMENT_HOURS", {"expected": "14.0"}, ("declaredHours",)),
        ),
    ],
)
def test_an_achievement_follows_its_own_rules(change: dict[str, Any], refused: Refused) -> None:
    assert wrong(replace(PAPER, **change)) == (refused,)


@pytest.mark.parametrize("change", [{"authorship": None}, {"ends_on": None}, {"category": None}])
def test_a_draft_of_an_achievement_may_lack_what_its_hours_depend_on(
    change: dict[str, Any],
) -> None:
    draft = replace(PAPER, declared_hours=Decimal("28.0"), **change)

    assert wrong(draft, complete=False) == ()


def test_only_an_achievement_has_a_lead() -> None:
    led = replace(CLASS, authorship=Authorship.LEAD)

    assert wrong(led) == (Refused("AUTHORSHIP_WITHOUT_ACHIEVEMENT", path=("authorship",)),)


def test_all_that_is_wrong_is_said_at_once() -> None:
    bad = replace(CLASS, course_name="", attended_days=0, declared_credits=Decimal("0.55"))

    assert [refused.code for refused in wrong(bad)] == [
        "REQUIRED",
        "DAYS_OUT_OF_RANGE",
        "CREDITS_TOO_PRECISE",
    ]


@pytest.mark.parametrize("hours", ["0.1", "4.5", "10.0", "120.0"])
def test_a_reviewer_may_approve_fewer_or_more_hours_than_declared(hours: str) -> None:
    assert course.check_approved(CLASS, hours=Decimal(hours), credits=None, today=TODAY) == ()


@pytest.mark.parametrize(
    ("record", "hours", "credits", "refused"),
    [
        (CLASS, None, None, Refused("REQUIRED", {}, ("approvedHours",))),
        (CLASS, "0.0", None, Refused("HOURS_NOT_POSITIVE", {}, ("approvedHours",))),
        (
            CLASS,
            "121.0",
            None,
            Refused("HOURS_BEYOND_DAY", {"most": "120.0", "days": 5}, ("approvedHours",)),
        ),
        (
            PAPER,
            "14.0",
            None,
            Refused("ACHIEVEMENT_HOURS", {"expected": "28.0"}, ("approvedHours",)),
        ),
        (CLASS, "6.0", "-0.1", Refused("CREDITS_NEGATIVE", {}, ("approvedCredits",))),
    ],
)
def test_what_a_reviewer_cannot_approve(
    record: Record, hours: str | None, credits: str | None, refused: Refused
) -> None:
    found = course.check_approved(
        record,
        hours=table.number(hours or ""),
        credits=table.number(credits or ""),
        today=TODAY,
    )

    assert found == (refused,)


# 5 days attended: 50 hours are plausible, 50.1 are worth a look.
@pytest.mark.parametrize(("hours", "warned"), [("50.0", False), ("50.1", True)])
def test_many_hours_a_day_are_pointed_out_and_not_refused(hours: str, warned: bool) -> None:
    record = replace(CLASS, declared_hours=Decimal(hours))
    warning = Refused("MANY_HOURS_PER_DAY", {"plausible": "10.0"}, ("declaredHours",))

    assert course.warnings(record, today=TODAY) == (warning,) * warned
    assert wrong(record) == ()


@pytest.mark.parametrize("record", [PAPER, Record(), replace(CLASS, declared_hours=None)])
def test_where_there_are_no_hours_a_day_nothing_is_pointed_out(record: Record) -> None:
    assert course.warnings(record, today=TODAY) == ()


@pytest.mark.parametrize(("today", "late"), [(date(2027, 1, 31), False), (date(2027, 2, 1), True)])
def test_after_31_january_a_record_of_last_year_is_late(today: date, late: bool) -> None:
    warning = Refused("REGISTERED_LATE", {"deadline": "2027-01-31"}, ("endsOn",))

    assert course.warnings(CLASS, today=today) == (warning,) * late


def test_before_2012_no_record_was_late() -> None:
    old = replace(CLASS, starts_on=date(2009, 5, 14), ends_on=date(2009, 5, 20))

    assert course.warnings(old, today=TODAY) == ()


@pytest.mark.parametrize(
    ("origin", "category", "ends_on", "proof"),
    [
        ("declared", "professional", date(2008, 1, 1), Proof.ORIGINAL),
        ("declared", "professional", date(2007, 12, 31), Proof.CERTIFICATE),
        ("declared", "public", date(2007, 12, 31), Proof.CERTIFICATE),
        ("declared", "elective", date(2007, 12, 31), Proof.ORIGINAL),
        ("declared", None, date(2007, 12, 31), Proof.ORIGINAL),
        ("declared", "public", None, Proof.ORIGINAL),
        ("in_system", "public", date(2026, 5, 20), None),
        ("feed", "professional", date(2026, 5, 20), None),
        ("in_system", "public", date(2007, 12, 31), Proof.CERTIFICATE),
    ],
)
def test_a_record_needs_the_proof_of_its_origin_and_year(
    origin: str, category: str | None, ends_on: date | None, proof: Proof | None
) -> None:
    record = Record(
        origin=RecordOrigin(origin),
        category=CourseCategory(category) if category else None,
        ends_on=ends_on,
    )

    assert course.proof_required(record) == proof


def test_a_course_name_folds_to_the_form_in_which_courses_are_counted() -> None:
    assert course.fold_course_name("《Ｅxcel 应用》") == course.fold_course_name("excel应用")
