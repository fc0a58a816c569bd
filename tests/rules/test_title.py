"""Titles by code and by (series, title), levels, and the business of a level."""

import pytest

from rules import title
from rules.title import CycleBusiness, TitleLevel
from tests.golden import table

FIRST_DIGIT_RULE = {"1": "senior", "2": "associate_senior", "3": "intermediate", "4": "assistant"}


@table.each("titles", key="code")
def test_a_title_of_the_golden_table_is_in_the_catalogue(row: table.Row) -> None:
    found = title.by_code(row["code"])

    assert found is not None
    assert (found.series, found.title) == (row["series"], row["title"])
    assert found.level == title.LEVELS[row["level"]]
    assert title.find(series=row["series"], title=row["title"]) is found


def test_the_golden_table_has_all_of_its_rows() -> None:
    assert len(table.rows("titles")) == 239
    assert len(title.catalogue()) >= 239


def test_the_last_digit_of_a_code_is_the_level() -> None:
    odd_ones = [
        each.code
        for each in title.catalogue().values()
        if FIRST_DIGIT_RULE.get(each.code[-1], "technician") != each.level
    ]

    assert odd_ones == []


def test_a_name_that_several_series_have_is_found_within_its_own() -> None:
    assert title.find(series="文博专业人员", title="馆员") == title.by_code("653")
    assert title.find(series="档案专业人员", title="馆员") == title.by_code("663")
    assert title.find(series="律师", title="馆员") is None


@pytest.mark.parametrize("code", [None, "", "000", "999"])
def test_an_unknown_code_has_no_title(code: str | None) -> None:
    assert title.by_code(code) is None


def test_levels_stand_from_low_to_high() -> None:
    assert list(TitleLevel) == list(title.LEVELS.values())


@table.each("lists", where=lambda row: row["kind"] == "business_of_level")
def test_a_level_goes_to_the_business_of_the_golden_table(row: table.Row) -> None:
    business = title.business_of_level(TitleLevel(row["input"]))

    assert business == CycleBusiness(row["expected"])


@pytest.mark.parametrize(
    ("target", "present", "higher"),
    [("082", "083", True), ("083", "083", False), ("083", "082", False), ("011", "025", True)],
)
def test_a_promotion_is_to_a_higher_level_in_whatever_series(
    target: str, present: str, higher: bool
) -> None:
    one, other = title.by_code(target), title.by_code(present)

    assert one is not None and other is not None
    assert title.above(one, other) is higher
