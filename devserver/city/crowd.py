"""One unit's people with their records, cases and results: the share of work of one process."""

from __future__ import annotations

import asyncio
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg

from devserver.city import (
    chance,
    founding,
    life,
    lives,
    people,
    places,
    rows,
    stage,
    suburbs,
)
from devserver.city.records import World
from devserver.city.rows import Batches
from devserver.city.suburbs import Suburbs
from rules import dates

NUMBERED_FROM = 1000  # CE numbers below are those of the small city


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Which unit, and what all shares have in common."""

    unit: int
    first: int
    persons: int
    all_persons: int
    now: datetime
    definitions: tuple[tuple[str, UUID], ...]


def work(credentials: Mapping[str, Any], share: Share) -> Counter[str]:
    """The whole share, in a process of its own."""
    return asyncio.run(send(credentials, people_of(share)))


async def send(credentials: Mapping[str, Any], batches: Batches) -> Counter[str]:
    """Write the rows in one transaction."""
    connection = await asyncpg.connect(**credentials)
    try:
        async with connection.transaction():
            await hurry(connection)
            await rows.copy(connection, batches)
    finally:
        await connection.close()
    return Counter({table: len(each) for table, each in batches.records.items()})


async def hurry(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """A superuser's COPY need not check what was made to be right; a test checks it instead."""
    await connection.execute("SET LOCAL synchronous_commit = off")
    if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await connection.execute("SET LOCAL session_replication_role = replica")


@lru_cache(maxsize=1)
def town(now: datetime, persons: int) -> tuple[World, Suburbs]:
    """The small city and its suburbs: drawn again in every process rather than sent to it."""
    founded = founding.founded_at(dates.shanghai_date(now))
    ground = places.build(founded)
    around = suburbs.build(ground, persons=persons, founded=founded)
    world = World(
        now=now,
        founded=founded,
        places=ground,
        theatre=stage.Theatre([*people.build(ground, founded), *around.staff]),
        definitions={},
        password_hash=founding.password_hash(),
    )
    return world, around


def people_of(share: Share) -> Batches:
    """Every row of the unit's people."""
    world, around = town(share.now, share.all_persons)
    world = replace(world, definitions=dict(share.definitions))
    luck = chance.of(f"unit {share.unit}")
    names = tomllib.loads(people.LIST.read_text("utf-8"))
    count = min(lives.LIVES, share.persons)
    lived = [lives.lived(world, luck, around.units[share.unit], turn) for turn in range(count)]
    moulds = [life.of(each) for each in lived]
    found = Batches({table: tuple(rows[0]) for each in lived for table, rows in each.items()})
    for number in range(share.first, share.first + share.persons):
        words = {
            life.NAME: people.one_name(luck, names),
            life.LOGIN: f"s{number:07d}",
            life.NUMBER: f"D{NUMBERED_FROM + number:09d}",
            life.PHONE: f"138{number:08d}",
        }
        for table, row in moulds[number % count].copy(luck, words):
            found.records[table].append(row)
    return found
