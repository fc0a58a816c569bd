"""`python -m bench.recalculation`: a run over everybody, beside the bare aggregate of its rows."""

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

from tortoise import Tortoise
from tortoise.transactions import in_transaction

import settings
from bench import town
from models import read, recalculation_sql
from rules.refusal import Refused
from workflow import later, recalculation

# bare: the least a recount could be, the sums and courses of every year, names as they are
# written. Summed up once more, so that PostgreSQL leaves nothing out.
BARE = """
SELECT sum(hours), sum(courses) FROM (
  SELECT person_id, year, category, sum(approved_hours) AS hours,
    count(DISTINCT course_name) AS courses
  FROM training_record WHERE status = 'approved' AND deleted_at IS NULL GROUP BY 1, 2, 3) years
"""
# quiet: what an earlier measurement left.
QUIET = """
UPDATE job SET state = 'done', done_at = now(), lease_until = NULL WHERE state <> 'done';
UPDATE recalculation_run SET state = 'aborted', ended_at = now() WHERE state = 'running'
"""
STALE = "UPDATE person_total SET dirty_version = dirty_version + 1, stale_since = now()"
OTHERWISE = """
UPDATE training_record r SET approved_hours = approved_hours + 0.5
FROM (SELECT DISTINCT ON (person_id) id FROM training_record
  WHERE status = 'approved' AND deleted_at IS NULL ORDER BY person_id, ends_on DESC, id) last
WHERE r.id = last.id
"""
EDIT = """
UPDATE training_record SET approved_hours = approved_hours + 0.1 WHERE id = (
  SELECT id FROM training_record WHERE person_id = $1 AND status = 'approved' LIMIT 1)
"""
FRESH = """
SELECT person_id FROM person_total
WHERE person_id = ANY ($1::uuid[]) AND computed_version >= dirty_version
"""
SIZE = """
SELECT (SELECT count(*) FROM person_total) AS persons,
  (SELECT count(*) FROM training_record) AS records
"""
PROGRAMS = (("relay",), ("work", "short"), ("work", "bulk"), ("work", "bulk"))
TIMES = 3  # the best of so many, where a measurement can be repeated


def main() -> None:
    """Build or reuse the city, then measure with workers of its own."""
    given = arguments()
    with town.opened(given.persons) as place, staffed(place.variables):
        found = asyncio.run(measured(place.variables, given))
    print(table(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(prog="bench.recalculation", description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000, help="size of the city")
    parser.add_argument("--edits", type=int, default=20, help="edits per second during a run")
    parser.add_argument("--seconds", type=float, default=20, help="of editing")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


@contextmanager
def staffed(variables: Mapping[str, str]) -> Iterator[None]:
    """A relay, a worker for short jobs and two for chunks, as processes of their own."""
    environment = {"PATH": os.defpath, **variables}
    with ExitStack() as stack:
        for program in PROGRAMS:
            command = [sys.executable, str(town.CHECKOUT), *program]
            process = subprocess.Popen(command, env=environment, cwd=town.CHECKOUT)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield


async def measured(variables: Mapping[str, str], given: argparse.Namespace) -> dict[str, Any]:
    """Every figure, in the order in which each leaves the city for the next."""
    await Tortoise.init(
        config=unhurried(settings.tortoise(settings.read(variables))), _enable_global_fallback=True
    )
    await read.connection().execute_script(QUIET)
    await prepared("DELETE FROM year_total")
    first = await run()
    found = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        **vars(await read.row(SIZE) or read.Row()),
        "bare": min([await timed(BARE) for _ in range(TIMES)]),
        "first": first,
        "unchanged": min([await run() for _ in range(TIMES)], key=lambda one: one["seconds"]),
    }
    await prepared(STALE)
    found["stale"] = await run()
    await prepared(OTHERWISE)
    found["otherwise"] = await run()
    found["anew"] = await run(anew=True)
    found["edits alone"] = await edited(given.edits, given.seconds)
    found["bare afterwards"] = min([await timed(BARE) for _ in range(TIMES)])
    async with another_run():
        found["edits during a run"] = await edited(given.edits, given.seconds)
    await Tortoise.close_connections()
    return found


def unhurried(config: dict[str, Any]) -> dict[str, Any]:
    """The changes that prepare a measurement take longer than any request may."""
    credentials = config["connections"]["default"]["credentials"]
    credentials["server_settings"] = {**credentials["server_settings"], "statement_timeout": "0"}
    credentials["command_timeout"] = None
    return config


async def prepared(change: str) -> None:
    """A change of the whole city, and what autovacuum would do before long."""
    await read.connection().execute_script(change)
    for table in ("person_total", "year_total", "training_record"):
        await read.connection().execute_script(f"VACUUM ANALYZE {table}")


async def timed(sql: str) -> float:
    """Seconds of one statement."""
    began = time.perf_counter()
    await read.rows(sql)
    return time.perf_counter() - began


async def run(*, anew: bool = False) -> dict[str, Any]:
    """A run from its beginning to its end: seconds, and what it came to."""
    began = time.perf_counter()
    await begin(anew=anew)
    while (one := await latest()).state == "running":
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "judged": one.judged, "snapshots": one.snapshots}


async def begin(*, anew: bool) -> None:
    """Begin a run; there must be none."""
    answer = await recalculation.begin_unasked(anew=anew, now=datetime.now(UTC))
    assert not isinstance(answer, Refused), answer


async def latest() -> read.Row:
    """The latest run now."""
    row = await read.row(recalculation_sql.FOUND, [await read.value(recalculation_sql.LATEST)])
    assert row is not None
    return row


@asynccontextmanager
async def another_run() -> AsyncIterator[None]:
    """Everybody judged anew, again and again, until the measurement is over."""
    going = asyncio.create_task(for_ever())
    try:
        yield
    finally:
        going.cancel()


async def for_ever() -> None:
    """One run after another."""
    while True:
        await run(anew=True)


async def edited(per_second: int, seconds: float) -> dict[str, float]:
    """Edits at an even pace; how many milliseconds until each person's figures were fresh."""
    known = [row.person_id for row in await read.rows("SELECT person_id FROM person_total")]
    persons = random.Random(1).sample(known, int(per_second * seconds))
    waiting: dict[UUID, float] = {}
    took: list[float] = []
    watching = asyncio.create_task(watch(waiting, took, len(persons)))
    began = time.perf_counter()
    for number, person in enumerate(persons):
        await asyncio.sleep(max(0, began + number / per_second - time.perf_counter()))
        asked = time.perf_counter()
        await edit(person)
        waiting[person] = asked
    await watching
    return {"edits": len(took), **percentiles(took)}


async def edit(person: UUID) -> None:
    """What a correction does: a record, and the job that follows."""
    async with in_transaction() as c:
        await c.execute_query(EDIT, [person])
        await later.recalculate(c, [person], datetime.now(UTC))


async def watch(waiting: dict[UUID, float], took: list[float], whole: int) -> None:
    """Look every ten milliseconds who is fresh."""
    while len(took) < whole:
        await asyncio.sleep(0.01)
        if waiting:
            for row in await read.rows(FRESH, [list(waiting)]):
                took.append(1000 * (time.perf_counter() - waiting.pop(row.person_id)))


def percentiles(took: Sequence[float]) -> dict[str, float]:
    """The middle, the slow ones and the slowest, in milliseconds."""
    cuts = quantiles(took, n=100)
    return {"p50": cuts[49], "p99": cuts[98], "most": max(took)}


def table(found: Mapping[str, Any]) -> str:
    """The figures side by side with the bare aggregate."""
    lines = [f"{found['persons']:,} persons, {found['records']:,} records", ""]
    lines.append(f"{'bare aggregate':22}{found['bare']:8.2f} s")
    for name in ("first", "unchanged", "stale", "otherwise", "anew"):
        one = found[name]
        ratio = one["seconds"] / found["bare"]
        told = f"{one['judged']:>10,} judged {one['snapshots']:>10,} snapshots"
        lines.append(f"{name:22}{one['seconds']:8.2f} s {ratio:8.1f} × {told}")
    for name in ("edits alone", "edits during a run"):
        one = found[name]
        lines.append(f"{name:22}p50 {one['p50']:.0f} ms  p99 {one['p99']:.0f} ms")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
