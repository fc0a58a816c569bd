"""Comparing what is stored with what the records say now (核对): nothing is believed or written."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from uuid import UUID

import orjson

from models import read, recalculation_sql
from models.read import Row
from workflow import annual, cycle_result
from workflow.annual import Inputs, Judged

PERSONS = 100  # read at once
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A person whose stored figures are not what the records say; a stale one waits for his job."""

    person_id: UUID
    stale: bool
    snapshots: bool
    totals: bool
    applications: bool


async def differences(*, this_year: int) -> AsyncIterator[Difference | None]:
    """Everybody in the order of ids: what differs of him, or nothing."""
    after = FIRST
    while kept := await read.rows(recalculation_sql.KEPT, [after, PERSONS]):
        wanted = dict.fromkeys(row.person_id for row in kept)
        given = {each.person_id: each for each in await annual.load_many(wanted)}
        applying = await others(list(wanted))
        for row in kept:
            yield difference(row, given[row.person_id], applying, this_year=this_year)
        after = kept[-1].person_id


async def others(person_ids: list[UUID]) -> frozenset[UUID]:
    """Of whom an application, under way or approved, has other figures than the records give."""
    rows = await cycle_result.load(person_ids)
    judged = zip(rows, cycle_result.judge(rows), strict=True)
    return frozenset(row.person_id for row, one in judged if one.differs)


def difference(
    row: Row, given: Inputs, applying: Collection[UUID], *, this_year: int
) -> Difference | None:
    """What is stored of a person beside what would be."""
    judged = Judged(given=given, verdicts=annual.judge(given, this_year=this_year))
    totals = annual.written(annual.year_totals(judged))
    found = Difference(
        person_id=row.person_id,
        stale=row.stale,
        snapshots=bool(annual.snapshots(judged)),
        totals=orjson.loads(row.totals or "[]") != orjson.loads(totals),
        applications=row.person_id in applying,
    )
    return found if found.snapshots or found.totals or found.applications else None
