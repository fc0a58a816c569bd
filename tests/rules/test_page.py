"""Pages of a list, as the guide counts them."""

import pytest

from rules import page
from tests.golden import table


@table.each("lists", where=lambda row: row["kind"] == "pages")
def test_a_list_has_the_pages_of_the_golden_table(row: table.Row) -> None:
    assert page.pages(int(row["input"]), size=5) == int(row["expected"])


@pytest.mark.parametrize(("rows", "size", "pages"), [(0, 5, 0), (1, 5, 1), (101, 100, 2)])
def test_the_last_page_may_be_short(rows: int, size: int, pages: int) -> None:
    assert page.pages(rows, size=size) == pages
