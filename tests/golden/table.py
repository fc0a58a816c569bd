"""The golden rows as test parameters: one per row, named by its id."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

HERE = Path(__file__).parent

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """Return the rows of one file as they are written: an empty cell is an empty string."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def each(
    name: str, *, where: Callable[[Row], bool] = lambda row: True, key: str = "id"
) -> pytest.MarkDecorator:
    """Run a test once for every row of a file, as its argument `row`."""
    chosen = [row for row in rows(name) if where(row)]
    return pytest.mark.parametrize("row", chosen, ids=[row[key] for row in chosen])


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def whole(cell: str) -> int | None:
    return int(cell) if cell else None
