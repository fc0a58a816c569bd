"""Tables of worked examples: every golden table agrees, and each wrong cell is found."""

import csv
from pathlib import Path

import pytest

from rules import table
from rules.cell import Row
from rules.table import Difference, Kind

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*.csv"))


def read(path: Path) -> tuple[Kind, list[Row]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kind = table.recognised(list(rows[0]))
    assert kind is not None
    return kind, list(rows)


def row_of(name: str, key: str) -> tuple[Kind, Row]:
    kind, rows = read(next(path for path in GOLDEN if path.stem == name))
    return kind, next(row for row in rows if row[kind.key] == key)


def compared(name: str, key: str, **changed: str) -> tuple[Difference, ...]:
    kind, row = row_of(name, key)
    return table.compared(kind, [{**row, **changed}]).differences


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_golden_table_agrees_with_the_rules(path: Path) -> None:
    kind, rows = read(path)

    checked = table.compared(kind, rows)

    assert checked.differences == ()
    assert checked.rows == len(rows) > 0
    assert checked.cells >= len(rows)


def test_each_golden_table_is_a_kind_of_its_own() -> None:
    assert {read(path)[0].name for path in GOLDEN} == {kind.name for kind in table.KINDS}


def test_every_expected_cell_is_compared_so_that_a_wrong_one_is_found() -> None:
    """A cell the rules decide is made wrong in each table, row by row."""
    for path in GOLDEN:
        kind, rows = read(path)
        for row in rows:
            decided = kind.compute(row, rows).keys() & row.keys()
            assert decided, f"{path.name} {row[kind.key]}"
            wrong = {column: f"{row[column]}9" for column in decided}
            found = table.compared(
                kind, [{**row, **wrong} if each is row else each for each in rows]
            )
            told = {each.column for each in found.differences if each.key == row[kind.key]}
            assert decided <= told or told == {""}, f"{path.name} {row[kind.key]}"


def test_a_difference_says_row_column_and_both_values() -> None:
    assert compared("cycle", "C12", required_hours="360") == (
        Difference("C12", "required_hours", "360", "378.0"),
    )


def test_the_earliest_date_in_a_note_is_compared() -> None:
    assert compared("cycle", "E5", note="constructed; earliest=2012-06-30") == (
        Difference("E5", "earliest", "2012-06-30", "2012-07-01"),
    )


def test_the_sum_of_the_years_is_compared_with_the_cycle() -> None:
    kind, rows = read(next(path for path in GOLDEN if path.stem == "hours"))
    changed = [{**row, "public_hours": "13.0"} if row["id"] == "H3-2009" else row for row in rows]

    found = table.compared(kind, changed).differences

    assert Difference("H3", "public_hours", "572.0", "573.0") in found


def test_numbers_and_dates_may_be_written_otherwise() -> None:
    changed = {"applied": "2012/3/1", "qualified": "2012年2月1日"}

    assert compared("cycle", "E5", **changed, note="earliest=2012/7/1") == ()
    assert compared("cycle", "C12", required_hours="378.00") == ()


@pytest.mark.parametrize(
    ("name", "key", "changed", "words"),
    [
        ("cycle", "C1", {"applied": "soon"}, "'soon' is no date"),
        ("cycle", "C1", {"discipline": "art"}, "'art' is not a valid Discipline"),
        ("annual", "A1", {"total_hours": "many"}, "'many' is no number"),
        ("annual", "A1", {"total_hours": "NaN"}, "'NaN' is no number"),
        ("annual", "A1", {"year": "MMXII"}, "'MMXII' is no number"),
        ("annual", "A1", {"year": "2012.5"}, "'2012.5' is no whole number"),
        ("identity", "I1", {"kind": "passport"}, "'passport' is none of citizen_number"),
        ("supplement", "S1", {"first_year": "2012"}, "no cycle has these years: CYCLE_EMPTY"),
        ("hours", "H6-1", {"total_hours": "1e40"}, "'1e40' is no number of ours"),
    ],
)
def test_a_row_that_cannot_be_computed_says_why(
    name: str, key: str, changed: dict[str, str], words: str
) -> None:
    (found,) = compared(name, key, **changed)

    assert (found.key, found.column) == (key, "")
    assert words in found.computed


def test_a_supplement_of_social_sciences_needs_the_hours_of_that_discipline() -> None:
    found = compared("supplement", "S5", discipline="social")

    assert Difference("S5", "required_hours", "378.0", "360.0") in found


def test_a_professional_course_of_the_current_year_counts_as_one() -> None:
    assert compared("supplement", "S11", record_is_new_course="no") != ()


def test_a_title_that_is_in_no_catalogue_differs_in_every_cell() -> None:
    kind, row = row_of("titles", "011")

    found = table.compared(kind, [{**row, "code": "999"}]).differences

    assert [each.computed for each in found] == ["", "", ""]


def test_columns_are_known_in_any_order_and_among_others() -> None:
    kind, row = row_of("cycle", "C1")

    assert table.recognised([*reversed(list(row)), "officer"]) is kind
    assert table.recognised([column for column in row if column != "refusal"]) is None


def test_the_nearest_kind_is_the_one_that_was_meant() -> None:
    kind, row = row_of("supplement", "S1")

    assert table.nearest([column for column in row if column != "verdict"]) is kind
