"""One chunk of a run: who of it is out of date is judged, and nobody else.

PostgreSQL says who is stale or was judged from other records or by other rules. Only these are
judged, by the same functions as after a single edit. Whoever is edited meanwhile is left to the
job of that edit. A chunk that is begun again finds done what was done.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import read, recalculation_sql
from models.read import Connection
from rules import dates, regulation
from rules.person import Discipline, PersonGroup
from workflow import annual, cycle_result, failpoint, fault, later, mark
from workflow.annual import Inputs, Judged

logger = logging.getLogger(__name__)

GROUP = 100  # persons of one transaction: an edit of one of them waits for no more than that
FIRST_YEAR = 1950  # of the rules that are compared; an older year is judged every time


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Persons after one id up to another."""

    run_id: UUID
    after: UUID
    upto: UUID
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person who is out of date: some years, all (None), or only an application (none)."""

    person_id: UUID
    version: int
    settled: int
    years: tuple[int, ...] | None
    applies: bool


async def settle(chunk: Chunk, *, now: datetime) -> None:
    """Bring a chunk up to date, a group in a transaction, until done or the run is over."""
    for group in groups(await survey(chunk, now=now)):
        if not await read.value(recalculation_sql.RUNNING, [chunk.run_id]):
            return
        await settle_group(chunk, group, now=now)
        failpoint.hit("chunk:after_group")


async def survey(chunk: Chunk, *, now: datetime) -> list[Found]:
    """Who of the chunk is to be judged; whoever only has to be said fresh is, in one statement."""
    this_year = dates.shanghai_date(now).year
    place = [chunk.after, chunk.upto, this_year, *rules(this_year), chunk.anew, now]
    return [found(row) for row in await read.rows(recalculation_sql.SURVEY, place)]


def found(row: Any) -> Found:
    """A row of the survey; of whom nothing is known, every year is judged."""
    years = None if row.unknown else tuple(row.years or ())
    return Found(
        person_id=row.person_id,
        version=row.dirty_version,
        settled=row.settled,
        years=years,
        applies=row.applies,
    )


@cache
def rules(this_year: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """What judges each kind of person in each year, as columns."""
    kinds = product(PersonGroup, (*Discipline, None), range(FIRST_YEAR, this_year + 2))
    rows = [
        (group.value, discipline.value if discipline else "", year, policy(year, group, discipline))
        for group, discipline, year in kinds
    ]
    groups, disciplines, years, ruled = (list(column) for column in zip(*rows, strict=True))
    return groups, disciplines, years, ruled


def policy(year: int, group: PersonGroup, discipline: Discipline | None) -> int:
    """The rule of a year for a kind of person, as the totals remember it."""
    found = regulation.current().annual(year, person_group=group, discipline=discipline)
    return mark.of_rule(year, found)


async def settle_group(chunk: Chunk, group: Sequence[Found], *, now: datetime) -> None:
    """Read, judge and store some persons: their years, and their applications under way."""
    this_year = dates.shanghai_date(now).year
    judged, failed = [], []
    for given in await annual.load_many({each.person_id: each.years for each in group}):
        await asyncio.sleep(0)  # other jobs of this process have their turn
        one = judge(given, this_year=this_year)
        judged.append(one) if one else failed.append(given.person_id)
    cases = await applications([each.person_id for each in group if each.applies])
    async with in_transaction() as c:
        await cycle_result.hold(c, [case for each in cases.values() for case in each])
        stored = await annual.store_many(c, judged, now=now)
        fresh = [case for person in stored.persons for case in cases.get(person, ())]
        await cycle_result.store(c, fresh, now=now)
        await leave(c, failed, now)
        counts = [chunk.run_id, len(stored.persons), stored.snapshots]
        await c.execute_query(recalculation_sql.JUDGED, counts)


async def applications(person_ids: Sequence[UUID]) -> Mapping[UUID, list[cycle_result.Judged]]:
    """What the rules say of the applications under way, by person; read after his years."""
    found: dict[UUID, list[cycle_result.Judged]] = defaultdict(list)
    for row in await cycle_result.load(person_ids) if person_ids else ():
        await asyncio.sleep(0)
        found[row.person_id] += cycle_result.judge([row])
    return found


def judge(given: Inputs, *, this_year: int) -> Judged | None:
    """A person with his verdicts; nothing when the rules cannot judge him."""
    try:
        return Judged(given=given, verdicts=annual.judge(given, this_year=this_year))
    except Exception as error:
        logger.error("person %s cannot be judged: %s", given.person_id, fault.describe(error))
        return None


async def leave(c: Connection, failed: Sequence[UUID], now: datetime) -> None:
    """One person whom the rules cannot judge stops no run: his own job becomes an incident."""
    if failed:
        await later.recalculate(c, failed, now)


async def done(c: Connection, chunk: Chunk, *, now: datetime) -> None:
    """Count a chunk; the last one ends the run."""
    await c.execute_query(recalculation_sql.CHUNK_DONE, [chunk.run_id, now])


def groups(found: Sequence[Found]) -> Iterator[Sequence[Found]]:
    """Some persons at a time."""
    for first in range(0, len(found), GROUP):
        yield found[first : first + GROUP]
