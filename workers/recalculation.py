"""`recalculate`: everybody's figures anew, in chunks that the workers share."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import Tortoise

from models import read, recalculation_sql
from models.read import Row
from rules import dates
from rules.refusal import Refused
from workers.progress import Progress
from workflow import comparison, message, recalculation
from workflow.comparison import Difference

if TYPE_CHECKING:
    from settings import Settings

EVERY = 0.2  # seconds between two looks at the run
MOST_LISTED = 20


async def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Begin and watch a run, watch the one under way, end it, or only compare."""
    given = parsed(arguments)
    orm = await Tortoise.init(config=settings.orm)
    try:
        if given.check:
            return await check(this_year=dates.shanghai_date(datetime.now(UTC)).year)
        if given.abort:
            return await abort()
        return await everybody(anew=given.anew)
    finally:
        await orm.close_connections()


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(prog="recalculate", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="bring everybody up to date")
    what.add_argument("--check", action="store_true", help="compare, and write nothing")
    what.add_argument("--abort", action="store_true", help="end the run that is under way")
    parser.add_argument("--anew", action="store_true", help="judge also whom nothing is wrong with")
    return parser.parse_args(arguments)


async def everybody(*, anew: bool) -> int:
    """A run from its beginning to its end, or the rest of the one that is under way."""
    answer = await recalculation.begin_unasked(anew=anew, now=datetime.now(UTC))
    if isinstance(answer, Refused):
        print(message.sentence(answer.code, answer.data, "en"), file=sys.stderr)
    run_id = await read.value(recalculation_sql.LATEST)
    run = await watch(run_id)
    print(f"{run.state}: {run.judged:,} judged, {run.snapshots:,} snapshots", file=sys.stderr)
    return 0 if run.state == "done" else 1


async def watch(run_id: UUID) -> Row:
    """Draw how far it is, until it is over; Ctrl-C ends the watching and not the run."""
    bar = Progress(shown=True)
    while True:
        run = await read.row(recalculation_sql.FOUND, [run_id])
        assert run is not None
        bar.at(run.chunks_done, run.chunks, f"{run.persons:,} persons")
        if run.state != "running":
            return run
        await asyncio.sleep(EVERY)


async def abort() -> int:
    """End the run under way, from here."""
    run_id = await read.value(recalculation_sql.LIVE)
    if run_id is None:
        print("no run is under way", file=sys.stderr)
        return 1
    await recalculation.end_unasked(run_id=run_id, now=datetime.now(UTC))
    return 0


async def check(*, this_year: int) -> int:
    """Everybody whose stored figures are not what the records say; 1 when there is one."""
    whole = await read.value(recalculation_sql.COUNT)
    bar, done, wrong = Progress(shown=True), 0, 0
    async for found in comparison.differences(this_year=this_year):
        done += 1
        bar.at(done, whole, "compared")
        if found and not found.stale:
            wrong += 1
            if wrong <= MOST_LISTED:
                print(line(found))
    print(f"{wrong:,} of {done:,} differ; `recalculate --all --anew` writes them", file=sys.stderr)
    return 1 if wrong else 0


def line(found: Difference) -> str:
    """What differs of one person."""
    told = f"snapshots {found.snapshots} totals {found.totals} applications {found.applications}"
    return f"{found.person_id} {told}"
