"""Shanghai dates, weekdays, and dates as people write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import dates
from tests.golden import table


@table.each("lists", where=lambda row: row["kind"] == "weekday")
def test_a_date_has_the_weekday_of_the_golden_table(row: table.Row) -> None:
    assert dates.weekday(date.fromisoformat(row["input"])) == row["expected"]


@table.each("lists", where=lambda row: row["kind"] == "date_text")
def test_a_date_is_read_as_the_golden_table_says(row: table.Row) -> None:
    found = dates.written(row["input"])

    assert found is not None
    assert found.isoformat() == row["expected"]


@table.each("lists", where=lambda row: row["kind"] == "shanghai_date")
def test_an_instant_has_the_shanghai_date_of_the_golden_table(row: table.Row) -> None:
    instant = datetime.fromisoformat(row["input"])

    assert dates.shanghai_date(instant).isoformat() == row["expected"]


def test_a_local_time_without_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        dates.shanghai_date(datetime(2012, 6, 30, 12))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2010/4/29", "2010-04-29"),
        ("2010.4.29", "2010-04-29"),
        ("20100429", "2010-04-29"),
        ("２０１０－４－２９", "2010-04-29"),
        ("  2010-4-29 ", "2010-04-29"),
        ("2008年 11月 1日", "2008-11-01"),
        ("2010-04-29T10:29:36", "2010-04-29T10:29:36+08:00"),
        ("2010-4-29 10:29", "2010-04-29T10:29:00+08:00"),
        ("1988-7-1 0:30:00", "1988-07-01T00:30:00+09:00"),  # summer time 1986-1991
    ],
)
def test_other_ways_to_write_a_date_are_read_too(typed: str, expected: str) -> None:
    found = dates.written(typed)

    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "typed",
    ["", "2010", "2010-4", "2010年4月", "2010-13-01", "2010-02-30", "10-4-29", "2010-4-29 25:00",
     "2010-4-29-1", "2010042", "昨天", "٢٠١٠-٤-٢٩", "0000-01-01"],
)  # fmt: skip
def test_what_is_no_date_is_not_read_as_one(typed: str) -> None:
    assert dates.written(typed) is None


@given(st.dates())
def test_every_date_is_read_back_from_its_chinese_form(day: date) -> None:
    assert dates.written(f"{day.year:04}年{day.month}月{day.day}日") == day


@given(st.datetimes(min_value=datetime(1992, 1, 1), timezones=st.just(UTC)))
def test_since_1992_shanghai_is_eight_hours_ahead(instant: datetime) -> None:
    shifted = instant.replace(tzinfo=None).toordinal() + (instant.hour >= 16)

    assert dates.shanghai_date(instant).toordinal() == shifted
