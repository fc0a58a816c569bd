"""Citizen numbers and codes: the golden vectors, and what must hold for every number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import identity
from rules.identity import Citizen
from rules.person import Gender
from rules.refusal import Refused
from tests.golden import table

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015

REGIONS = st.just("000000")  # no region: nobody has such a number
BIRTHS = st.dates(date(1900, 1, 1), date(1999, 12, 31))
SEQUENCES = st.integers(0, 999).map("{:03}".format)


def with_check_digit(body: str) -> str:
    """The oracle: weights and the row of check digits as the standard prints them."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@table.each("identity", where=lambda row: row["kind"] == "citizen_number")
def test_a_citizen_number_is_read_as_the_golden_table_says(row: table.Row) -> None:
    found = identity.citizen(row["value"])

    if row["valid"] == "no":
        assert isinstance(found, Refused)
        assert found.code == row["reason"]
    else:
        assert isinstance(found, Citizen)
        assert found.number == row["normalised"]
        assert found.born == table.day(row["birth_date"])
        assert found.gender == Gender(row["gender"])


@pytest.mark.parametrize(
    ("kind", "read"),
    [("unit_code", identity.unit_code), ("organisation_code", identity.organisation_code)],
)
def test_codes_are_read_as_the_golden_table_says(kind: str, read: type) -> None:
    for row in table.rows("identity"):
        if row["kind"] == kind:
            found = read(row["value"])
            answer = found.code if isinstance(found, Refused) else found
            assert answer == (row["normalised"] or row["reason"]), row["id"]


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("", Refused("LENGTH", {"lengths": [15, 18], "length": 0})),
        ("44010X800101003", Refused("CHARACTER", {"position": 6})),
        ("44010680010100X", Refused("CHARACTER", {"position": 15})),  # X ends 18 digits only
        ("X40106198506080012", Refused("CHARACTER", {"position": 1})),
        ("4401061985060800²x", Refused("CHECK_DIGIT")),
    ],
)
def test_a_wrong_number_is_refused_with_the_place(typed: str, refused: Refused) -> None:
    assert identity.citizen(typed) == refused


def test_nobody_is_born_after_today() -> None:
    born_on_the_day = identity.citizen("440106198506080012", today=date(1985, 6, 8))
    born_tomorrow = identity.citizen("440106198506080012", today=date(1985, 6, 7))

    assert isinstance(born_on_the_day, Citizen)
    assert born_tomorrow == Refused("DATE_IMPOSSIBLE")


def test_no_refusal_and_no_printed_form_tells_a_number() -> None:
    assert repr(identity.citizen("440106198506080012")) == "Citizen()"
    assert "4401061985060800" not in repr(identity.citizen("440106198506080013"))


@given(REGIONS, BIRTHS, SEQUENCES)
def test_every_number_of_the_standard_is_read(region: str, born: date, sequence: str) -> None:
    number = with_check_digit(f"{region}{born:%Y%m%d}{sequence}")

    found = identity.citizen(number)

    assert isinstance(found, Citizen)
    assert (found.number, found.born) == (number, born)
    assert (found.gender == Gender.MALE) is (sequence[-1] in "13579")


@given(REGIONS, BIRTHS, SEQUENCES)
def test_15_and_18_digits_of_one_person_are_one_number(
    region: str, born: date, sequence: str
) -> None:
    number = with_check_digit(f"{region}{born:%Y%m%d}{sequence}")

    assert identity.citizen(f"{region}{born:%y%m%d}{sequence}") == identity.citizen(number)


@given(REGIONS, BIRTHS, SEQUENCES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(
    region: str, born: date, sequence: str, place: int, shift: int
) -> None:
    number = with_check_digit(f"{region}{born:%Y%m%d}{sequence}")
    digit = str((int(number[place]) + shift) % 10)

    found = identity.citizen(number[:place] + digit + number[place + 1 :])

    assert found == Refused("CHECK_DIGIT")


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    for read in (identity.citizen, identity.unit_code, identity.organisation_code):
        assert isinstance(read(typed), Refused | Citizen | str)


@given(st.text(alphabet=CODE_ALPHABET, min_size=17, max_size=17))
def test_every_unit_code_has_exactly_one_check_character(body: str) -> None:
    right = [last for last in CODE_ALPHABET if identity.unit_code(body + last) == body + last]

    assert len(right) == 1


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("9111", Refused("LENGTH", {"lengths": [18], "length": 4})),
        ("9111000060003734SL", Refused("CHARACTER", {"position": 17})),
    ],
)
def test_a_wrong_unit_code_is_refused(typed: str, refused: Refused) -> None:
    assert identity.unit_code(typed) == refused


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("60003734", Refused("LENGTH", {"lengths": [9], "length": 8})),
        ("6000*7341", Refused("CHARACTER", {"position": 5})),
        ("60003734A", Refused("CHARACTER", {"position": 9})),  # a check is a digit or X
    ],
)
def test_a_wrong_organisation_code_is_refused(typed: str, refused: Refused) -> None:
    assert identity.organisation_code(typed) == refused


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_in_no_unit_code(letter: str) -> None:
    refused = Refused("CHARACTER", {"position": 9})

    assert identity.unit_code(f"91110000{letter}00037341L") == refused


def test_a_unit_code_that_begins_with_letters_is_read() -> None:
    # stdnum's own validate() wants digits there; rural cooperatives have N2.
    body = "N2440100MF0000000"
    codes = [identity.unit_code(body + last) for last in CODE_ALPHABET]

    assert any(isinstance(code, str) for code in codes)


@pytest.mark.parametrize(
    ("unit", "organisation"),
    [("91110000600037341L", "600037341"), ("91110108551385082Q", "551385082")],
)
def test_a_unit_code_carries_its_organisation_code(unit: str, organisation: str) -> None:
    assert identity.organisation_code_of(unit) == organisation
    assert identity.organisation_code(organisation) == organisation


def test_the_masks_are_those_of_the_screens() -> None:
    assert identity.mask_strict("440106198506080012") == "440***************"
    assert identity.mask_standard("440106198506080012") == "4401**********0012"


@given(st.text(alphabet="0123456789X", max_size=20))
def test_a_mask_keeps_the_length_and_never_shows_a_birth_date(number: str) -> None:
    for masked, shown in (
        (identity.mask_strict(number), 3),
        (identity.mask_standard(number), 8),
    ):
        assert len(masked) == len(number)
        assert len(masked) - masked.count("*") in (0, shown)
        assert set(masked[4 : max(len(masked) - 4, 4)]) <= {"*"}
