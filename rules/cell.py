"""Cells of a table as people write them: numbers, dates, and when two of them say the same."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from rules import dates

Row = Mapping[str, str]
Cells = Mapping[str, str]
T = TypeVar("T")

LARGEST = 10**9  # a slip of the pen, not hours or a year


def number(cell: str) -> Decimal:
    """Read an exact number; hours are never floats."""
    try:
        read = Decimal(cell)
    except ArithmeticError as error:
        raise ValueError(f"{cell!r} is no number") from error
    if not read.is_finite() or abs(read) > LARGEST:
        raise ValueError(f"{cell!r} is no number of ours")
    return read


def whole(cell: str) -> int:
    """Read a year or a count."""
    read = number(cell)
    if read != int(read):
        raise ValueError(f"{cell!r} is no whole number")
    return int(read)


def choice(options: Mapping[str, T], cell: str) -> T:
    """Return what one of a few words stands for."""
    if cell not in options:
        raise ValueError(f"{cell!r} is none of {', '.join(options)}")
    return options[cell]


def day(cell: str) -> date:
    """Read a date; of a moment, its day."""
    read = moment(cell)
    return read.date() if isinstance(read, datetime) else read


def moment(cell: str) -> date | datetime:
    """Read a date with its time of day, if there is one."""
    read = dates.written(cell)
    if read is None:
        raise ValueError(f"{cell!r} is no date")
    return read


def same(one: str, other: str) -> bool:
    """Tell whether two cells say the same: 378 and 378.0, 2012-07-01 and 2012/7/1."""
    one, other = one.strip(), other.strip()
    if one == other:
        return True
    for read in (number, moment):
        try:
            return read(one) == read(other)
        except ValueError:
            continue
    return False
