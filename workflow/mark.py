"""Marks: what a year was judged from, as numbers that PostgreSQL keeps and compares."""

from collections.abc import Collection, Iterable
from functools import cache, reduce
from operator import xor
from typing import Protocol

from rules import edition
from rules.policy import AnnualPolicy
from workflow import digest


class Marked(Protocol):
    """A record with its own mark (`annual_sql.MARK`) and the years it touches."""

    @property
    def mark(self) -> int: ...
    @property
    def years(self) -> Collection[int]: ...


def of_year(records: Iterable[Marked], year: int) -> int:
    """The records of a year as one number, as PostgreSQL computes it: recalculation_sql.SURVEY."""
    return reduce(xor, (each.mark for each in records if year in each.years), 0)


@cache
def of_rule(year: int, policy: AnnualPolicy) -> int:
    """Policy and code that judge a year, as one number."""
    found = digest.digest([edition.current(), year, repr(policy)])
    return int.from_bytes(bytes.fromhex(found)[:8], signed=True)
