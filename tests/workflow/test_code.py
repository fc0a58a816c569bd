"""Codes of a second factor, against the numbers of RFC 6238."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workflow import code

SECRET = b"12345678901234567890"  # RFC 6238, appendix B
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SOMEBODY, ANOTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_an_app_shows_what_rfc_6238_says(seconds: int, shown: str) -> None:
    assert code.of_step(SECRET, seconds // 30, digits=8) == shown
    assert code.of_step(SECRET, seconds // 30) == shown[2:]  # six digits are the last six


@pytest.mark.parametrize(
    ("steps", "known"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_half_minute_before_and_after_counts(steps: int, known: bool) -> None:
    shown = code.of_step(SECRET, code.step_of(NOW + timedelta(seconds=30 * steps)))

    found = code.step_shown(SECRET, shown, NOW)

    assert found == (code.step_of(NOW) + steps if known else None)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.3}"])
def test_a_code_is_known_as_it_is_typed(typed: str) -> None:
    shown = code.of_step(SECRET, code.step_of(NOW))
    given = f"{shown[:3]} {shown[3:]}" if typed.startswith("{:") else typed.format(shown)

    assert code.step_shown(SECRET, given, NOW) == code.step_of(NOW)


@pytest.mark.parametrize("typed", ["", "0", "００００００", "\ud800", "x" * 10_000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert code.step_shown(SECRET, typed, NOW) is None


def test_an_app_is_told_who_where_and_what() -> None:
    told = code.address(SECRET, "handler")

    assert told.startswith("otpauth://totp/jijiao:handler?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in told and "period=30" in told


def test_ten_recovery_codes_of_120_bits_are_kept_as_hashes_of_their_owner() -> None:
    made = code.recovery()
    first = code.hash_of(SOMEBODY, made[0])

    assert len(set(made)) == 10
    assert all(len(each.replace("-", "")) == 24 for each in made)
    assert first == code.hash_of(SOMEBODY, f" {made[0].lower().replace('-', ' ')} ")
    assert first not in (code.hash_of(ANOTHER, made[0]), code.hash_of(SOMEBODY, made[1]))
