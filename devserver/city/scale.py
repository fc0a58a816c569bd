"""The city at scale: thousands of people more, by COPY from every core.

They move into the small city, so that its demo logins have long lists to look at. Their proofs
are left out: a row about a file without the file would be a lie.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from tortoise.context import TortoiseContext

from devserver.city import census, crowd, founding, indexes, places, rows, suburbs
from devserver.city.crowd import Share
from devserver.city.rows import Batches, Rows
from models import read
from workers.progress import Progress

CONNECTING = ("host", "port", "user", "password", "database", "ssl")
STAFF_FROM = 5_000_000  # their CE numbers


class NotFounded(RuntimeError):
    """The crowd moves into the small city, and it is not there."""


async def scale(
    config: dict[str, Any], *, persons: int, now: datetime | None = None, progress: bool = False
) -> Counter[str]:
    """Add so many persons with their units to the small city; the answer is rows by table."""
    now = now or datetime.now(UTC)
    began = time.perf_counter()
    credentials = config["connections"]["default"]["credentials"]
    given = {key: credentials[key] for key in CONNECTING if key in credentials}
    shares = shared(now, persons, await definitions(config, now, persons))
    bar = Progress(shown=progress)
    written = await crowd.send(given, suburban(now, persons))
    async with connected(given) as connection:
        async with indexes.aside(connection, rows.ORDER):
            async for counted in sent(given, shares):
                written += counted
                bar.at(written["person_total"], persons, "persons")
        await connection.execute("ANALYZE")  # so that the first question gets a good plan
    if progress:
        report(written, time.perf_counter() - began)
    return written


async def definitions(
    config: dict[str, Any], now: datetime, persons: int
) -> tuple[tuple[str, Any], ...]:
    """The routes of this release; the ground must be that of the small city of this year."""
    root = crowd.town(now, persons)[0].places["bureau"]
    async with TortoiseContext() as context:
        await context.init(config=config)
        if not await read.value("SELECT count(*) FROM organisation WHERE id = $1", [root.id]):
            raise NotFounded
        return tuple((await founding.published(now)).items())


def shared(now: datetime, persons: int, known: tuple[tuple[str, Any], ...]) -> list[Share]:
    """One share for each unit."""
    return [
        Share(
            unit=unit,
            first=first,
            persons=min(suburbs.PER_UNIT, persons - first),
            all_persons=persons,
            now=now,
            definitions=known,
        )
        for unit, first in enumerate(range(0, persons, suburbs.PER_UNIT))
    ]


def suburban(now: datetime, persons: int) -> Batches:
    """The organisations of the crowd, and their reviewers."""
    world, around = crowd.town(now, persons)
    found, bodies = Rows(), [*around.departments, *around.units]
    places.rows({each.key: each for each in bodies}, found, founded=world.founded)
    census.write(
        found,
        around.staff,
        password_hash=world.password_hash,
        founded=world.founded,
        first=STAFF_FROM,
    )
    return Batches.of(found)


async def sent(
    credentials: Mapping[str, Any], shares: Sequence[Share]
) -> AsyncIterator[Counter[str]]:
    """The counts of the shares as they are done; one share is not worth a process."""
    if len(shares) == 1:
        yield await crowd.send(credentials, crowd.people_of(shares[0]))
        return
    loop = asyncio.get_running_loop()
    # spawn: a forked child would share our connections
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        waiting = [loop.run_in_executor(pool, crowd.work, credentials, each) for each in shares]
        for each in asyncio.as_completed(waiting):
            yield await each


@asynccontextmanager
async def connected(
    credentials: Mapping[str, Any],
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection without the time limits of requests."""
    connection = await asyncpg.connect(**credentials)
    try:
        yield connection
    finally:
        await connection.close()


def report(written: Counter[str], seconds: float) -> None:
    """What was written, and how fast."""
    for table, count in written.most_common():
        print(f"{table:18}{count:>12,}", file=sys.stderr)
    rate = written.total() / seconds
    print(f"{written.total():,} rows in {seconds:.0f} s, {rate:,.0f} rows/s", file=sys.stderr)
