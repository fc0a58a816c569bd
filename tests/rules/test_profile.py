"""Profiles: what is missing, and what cannot be so."""

from dataclasses import replace
from datetime import date

import pytest

from rules import profile
from rules.person import Discipline, Education, Gender
from rules.profile import Profile
from rules.refusal import Refused

TODAY = date(2026, 11, 24)

FULL = Profile(
    gender=Gender.FEMALE,
    birth_date=date(1980, 1, 1),
    employed=True,
    education=Education.BACHELOR,
    title_code="083",
    qualified_on=date(2008, 11, 1),
    discipline=Discipline.NATURAL,
    phone="020-83333333",
)

IN_FUTURE = {"today": "2026-11-24"}


def test_a_full_profile_lacks_nothing_and_is_right() -> None:
    assert profile.missing(FULL) == ()
    assert profile.check(FULL, today=TODAY) == ()


def test_an_empty_profile_lacks_every_field_with_a_star() -> None:
    assert profile.missing(Profile()) == (
        "gender",
        "birthDate",
        "employer",
        "education",
        "titleCode",
        "qualifiedOn",
        "discipline",
        "phone",
    )
    assert profile.check(Profile(), today=TODAY) == ()


@pytest.mark.parametrize(
    ("field", "empty", "path"),
    [
        ("gender", None, "gender"),
        ("birth_date", None, "birthDate"),
        ("employed", False, "employer"),
        ("education", None, "education"),
        ("title_code", None, "titleCode"),
        ("qualified_on", None, "qualifiedOn"),
        ("discipline", None, "discipline"),
        ("phone", " ", "phone"),
    ],
)
def test_each_required_field_is_missed_by_its_name(field: str, empty: object, path: str) -> None:
    assert profile.missing(replace(FULL, **{field: empty})) == (path,)  # type: ignore[arg-type]


def test_without_a_title_the_start_of_work_is_asked_for_instead() -> None:
    untitled = replace(FULL, has_title=False, title_code=None, qualified_on=None)

    assert profile.missing(untitled) == ("startedWorkOn",)
    assert profile.missing(replace(untitled, started_work_on=date(2002, 7, 1))) == ()


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("birth_date", "birthDate"),
        ("started_work_on", "startedWorkOn"),
        ("qualified_on", "qualifiedOn"),
    ],
)
def test_no_date_lies_in_the_future(field: str, path: str) -> None:
    alone = Profile(**{field: date(2026, 11, 25)})  # type: ignore[arg-type]
    today = Profile(**{field: TODAY})  # type: ignore[arg-type]

    assert profile.check(alone, today=TODAY) == (Refused("DATE_IN_FUTURE", IN_FUTURE, (path,)),)
    assert profile.check(today, today=TODAY) == ()


@pytest.mark.parametrize(
    ("field", "path"), [("started_work_on", "startedWorkOn"), ("qualified_on", "qualifiedOn")]
)
def test_nobody_works_or_qualifies_before_birth(field: str, path: str) -> None:
    unborn = replace(FULL, **{field: date(1979, 12, 31)})  # type: ignore[arg-type]

    assert profile.check(unborn, today=TODAY) == (Refused("BEFORE_BIRTH", path=(path,)),)


def test_the_day_of_birth_itself_is_not_before_birth() -> None:
    same_day = replace(FULL, birth_date=date(1980, 1, 1), qualified_on=date(1980, 1, 1))

    assert profile.check(same_day, today=TODAY) == ()


def test_a_title_nobody_knows_is_refused() -> None:
    unknown = replace(FULL, title_code="999")

    assert profile.check(unknown, today=TODAY) == (Refused("TITLE_UNKNOWN", path=("titleCode",)),)


@pytest.mark.parametrize(
    "phone",
    ["13800000000", "+86 138 0000 0000", "１３８００００００００", "(020)83333333", 
     "020-83333333-123", "0755 2222222", "+852 2222 2222", ""],
)  # fmt: skip
def test_telephone_numbers_as_people_write_them_are_fine(phone: str) -> None:
    assert profile.check(replace(FULL, phone=phone), today=TODAY) == ()


@pytest.mark.parametrize(
    "phone",
    ["12800000000", "1380000000", "138000000000", "83333333", "无", "+86123", "١٣٨٠٠٠٠٠٠٠٠"],
)
def test_what_is_no_telephone_number_is_refused(phone: str) -> None:
    refused = profile.check(replace(FULL, phone=phone), today=TODAY)

    assert refused == (Refused("PHONE_FORMAT", path=("phone",)),)


def test_a_telephone_number_is_stored_without_what_people_put_between() -> None:
    assert profile.plain_phone(" (020) 8333 3333") == "02083333333"
