"""The small city: everything decided in memory, then written in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from devserver.city import (
    amendments,
    applications,
    census,
    chance,
    numbers,
    people,
    places,
    plots,
    proofs,
    records,
    remarks,
    rows,
    stage,
    studies,
)
from devserver.city.people import Dweller, Login
from devserver.city.records import World
from models import read
from rules import dates
from workers.progress import Progress
from workflow import annual, definition, password

PASSWORD = "jijiao-demo"
SALT = b"jijiao-demo-salt"  # the password is public: a fixed salt makes every city the same


class NotEmpty(RuntimeError):
    """There are people in this database: the city is founded on empty ground only."""


async def build(
    config: dict[str, Any],
    *,
    storage: Path,
    now: datetime | None = None,
    progress: bool = False,
) -> tuple[Login, ...]:
    """Found the small city in a migrated, empty database; the demo logins are the answer."""
    now = now or datetime.now(UTC)
    bar = Progress(shown=progress)
    async with TortoiseContext() as context:
        await context.init(config=config)
        if await read.value("SELECT count(*) FROM person"):
            raise NotEmpty
        world = imagined(now, await published(now))
        proofs.keep(storage, world.files)
        async with in_transaction() as c:
            await rows.copy(raw(c), rows.Batches.of(world.rows))
            await numbers.register(c, world.theatre.dwellers, now=world.founded)
            await verified(world, bar)
            await applications.write(world)
        await context.db().execute_script("ANALYZE")
    return people.logins()


def imagined(now: datetime, definitions: Mapping[str, UUID]) -> World:
    """The whole city as rows and files; the same for the same day and definitions."""
    founded = founded_at(dates.shanghai_date(now))
    ground = places.build(founded)
    dwellers = people.build(ground, founded)
    world = World(
        now=now,
        founded=founded,
        places=ground,
        theatre=stage.Theatre(dwellers),
        definitions=definitions,
        password_hash=password_hash(),
    )
    places.rows(ground, world.rows, founded=founded)
    census.write(world.rows, dwellers, password_hash=world.password_hash, founded=founded)
    census.write_officers(world.rows, password_hash=world.password_hash, founded=founded)
    remarks.write(world.rows, ground, dwellers, founded=founded)
    luck = chance.of("records")
    lives = plots.settled(list(studies.lives(dwellers, ground, world.today)), world.today)
    for turn, study in enumerate([*lives, *plots.more(dwellers, ground, lives, world.today)]):
        records.write(world, luck, study, turn)
    amendments.write(world)
    applications.study(world)
    return world


def founded_at(today: date) -> datetime:
    """The first working days of the first year with records."""
    first = studies.years(today)[0]
    return datetime.combine(date(first, 1, 5), time(9), tzinfo=dates.SHANGHAI)


def password_hash() -> str:
    """The same for everybody: hashing one password takes as long as drawing ten people."""
    return password.HASHER.hash(password.plain(PASSWORD), salt=SALT)


async def published(now: datetime) -> Mapping[str, UUID]:
    """The routes of this release, and the id of each by its digest."""
    async with in_transaction() as c:
        await definition.publish(c, founded_at(dates.shanghai_date(now)))
    found = await read.rows("SELECT digest, id FROM wf_definition")
    return {row.digest: row.id for row in found}


async def verified(world: World, bar: Progress) -> None:
    """Annual verification of everybody who has records."""
    studying: Sequence[Dweller] = [each for each in world.theatre.dwellers if each.has_records]
    for each in bar.over(studying, "annual verification"):
        await annual.settle(each.id, now=world.now)


async def is_seeded(config: dict[str, Any]) -> bool:
    """Does anybody live here?"""
    async with TortoiseContext() as context:
        await context.init(config=config)
        return bool(await read.value("SELECT EXISTS (SELECT FROM person)"))


def raw(c: Any) -> asyncpg.Connection[asyncpg.Record]:
    """The driver's connection inside the transaction of the ORM."""
    connection: asyncpg.Connection[asyncpg.Record] = c._connection
    return connection
