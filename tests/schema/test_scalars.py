"""Scalars take no guesses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import parse_value

from resolvers.failure import Unanswerable
from schema import scalars


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("8.5", "8.5"),
        (72, "72"),
        ("1265.0", "1265.0"),
        (0, "0"),
        ("-0.5", "-0.5"),
        ("8.25", "8.25"),
    ],
)
def test_hours_are_exact(given: Any, read: str) -> None:
    assert str(scalars.parse_hours(given)) == read


@pytest.mark.parametrize(
    "given",
    [
        8.5,
        True,
        None,
        "",
        "NaN",
        "1e3",
        "1_0",
        " 1",
        "８.5",
        "1.",
        ".5",
        "1000000",
        "1.0000001",
        [],
        "+1",
    ],
)
def test_what_is_no_plain_decimal_is_refused(given: Any) -> None:
    with pytest.raises(Unanswerable):
        scalars.parse_hours(given)


def test_a_number_in_the_document_keeps_its_own_text() -> None:
    assert str(scalars.hours_literal(parse_value("8.5"))) == "8.5"
    with pytest.raises(Unanswerable):
        scalars.hours_literal(parse_value("1e1"))
    with pytest.raises(Unanswerable):
        scalars.hours_literal(parse_value("true"))


@pytest.mark.parametrize(
    ("write", "value"),
    [
        (scalars.write_hours, 8.5),
        (scalars.write_hours, 8),
        (scalars.write_date, "2026-01-01"),
        (scalars.write_date, datetime(2026, 1, 1, tzinfo=UTC)),
        (scalars.write_instant, datetime(2026, 1, 1)),
        (scalars.write_instant, date(2026, 1, 1)),
    ],
)
def test_what_is_of_another_kind_never_becomes_text(write: Any, value: Any) -> None:
    with pytest.raises(TypeError):
        write(value)


def test_what_is_written_is_plain() -> None:
    assert scalars.write_hours(Decimal("18.0")) == "18.0"
    assert scalars.write_date(date(2026, 6, 30)) == "2026-06-30"
    assert scalars.write_instant(datetime(2026, 6, 30, tzinfo=UTC)) == "2026-06-30T00:00:00+00:00"


@pytest.mark.parametrize("given", ["2026-6-30", "2026-02-30", "20260630", 20260630, None, ""])
def test_a_date_is_a_string_of_one_form(given: Any) -> None:
    with pytest.raises(Unanswerable):
        scalars.parse_date(given)
    assert scalars.parse_date("2026-06-30") == date(2026, 6, 30)


@pytest.mark.parametrize(
    "given",
    [
        "2026-06-30T09:00:00",
        "2026-06-30",
        "2026-06-30 09:00:00Z",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        0,
        None,
    ],
)
def test_an_instant_says_where_it_is(given: Any) -> None:
    with pytest.raises(Unanswerable):
        scalars.parse_instant(given)
    assert scalars.parse_instant("2026-06-30T09:00:00+08:00") == datetime(
        2026, 6, 30, 1, tzinfo=UTC
    )
