"""The page for assessors is current, cites tests that exist, and hides no gap."""

import pytest

from tests import shape, standards
from tests.standards import Item

ITEMS = [each for items in standards.current().values() for each in items]


def test_the_page_is_current() -> None:
    assert standards.PAGE.read_text(encoding="utf-8") == standards.page(standards.current())


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.number)
def test_an_item_has_tests_that_are_there_or_says_what_is_missing(item: Item) -> None:
    assert item.tests or item.gap
    assert [each for each in item.tests if not is_there(each)] == []


def is_there(test: str) -> bool:
    """Is a function of this name in that file?"""
    path, _, name = test.partition("::")
    file = shape.ROOT / path
    return file.exists() and f"def {name}(" in file.read_text(encoding="utf-8")


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert not is_there("tests/test_standards.py::test_nothing")
    assert is_there("tests/test_standards.py::test_the_page_is_current")


def test_no_item_is_told_twice() -> None:
    for items in standards.current().values():
        numbers = [each.number for each in items]
        assert len(numbers) == len(set(numbers))
