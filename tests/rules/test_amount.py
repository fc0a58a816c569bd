"""Hours and credits: steps of 0.1, bounds, days half up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import amount
from rules.refusal import Refused
from tests.golden import table

MOST = Decimal("9999.9")

AMOUNTS = st.decimals(min_value="0.1", max_value="9999.9", places=1)


@table.each("hours", where=lambda row: bool(row["days"]))
def test_hours_become_the_days_of_the_golden_table(row: table.Row) -> None:
    days = amount.days(Decimal(row["total_hours"]), hours_per_day=Decimal("6.0"))

    assert amount.written(days) == row["days"]


def test_a_day_of_eight_hours_makes_fewer_days() -> None:
    assert amount.days(Decimal("90.0"), hours_per_day=Decimal("8.0")) == Decimal("11.3")


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("0.1", ()),
        ("6", ()),
        ("6.50", ()),
        ("9999.9", ()),
        ("0", (Refused("HOURS_NOT_POSITIVE"),)),
        ("-0.5", (Refused("HOURS_NOT_POSITIVE"),)),
        ("NaN", (Refused("HOURS_NOT_POSITIVE"),)),
        ("Infinity", (Refused("HOURS_NOT_POSITIVE"),)),
        ("10000", (Refused("HOURS_TOO_MANY", {"most": "9999.9"}),)),
        ("1E+30", (Refused("HOURS_TOO_MANY", {"most": "9999.9"}),)),
        ("6.25", (Refused("HOURS_TOO_PRECISE", {"places": 1}),)),
        ("1E-40", (Refused("HOURS_TOO_PRECISE", {"places": 1}),)),
    ],
)
def test_hours_are_above_zero_in_steps_of_a_tenth(typed: str, refused: tuple[Refused, ...]) -> None:
    assert amount.check_hours(Decimal(typed), most=MOST) == refused


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("0", ()),
        ("0.5", ()),
        ("-0.1", (Refused("CREDITS_NEGATIVE"),)),
        ("NaN", (Refused("CREDITS_NEGATIVE"),)),
        ("10000", (Refused("CREDITS_TOO_MANY", {"most": "9999.9"}),)),
        ("0.55", (Refused("CREDITS_TOO_PRECISE", {"places": 1}),)),
    ],
)
def test_credits_are_none_or_more_in_steps_of_a_tenth(
    typed: str, refused: tuple[Refused, ...]
) -> None:
    assert amount.check_credits(Decimal(typed), most=MOST) == refused


@given(AMOUNTS)
def test_every_tenth_up_to_the_bound_is_accepted_and_written_with_one_place(
    hours: Decimal,
) -> None:
    assert amount.check_hours(hours, most=MOST) == ()
    assert Decimal(amount.written(hours)) == hours


@given(st.integers(0, 99999))
def test_days_are_the_nearest_tenth_and_a_tie_goes_up(tenths: int) -> None:
    days = amount.days(Decimal(tenths) / 10, hours_per_day=Decimal(6))

    assert days * 10 == (tenths + 3) // 6
