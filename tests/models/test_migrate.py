"""Migrations: from nothing to now, by several machines at once, exactly once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import asyncpg
import pytest

from devserver.postgres import Postgres
from models import migrate
from tests import servers


@pytest.fixture
async def empty(
    pg: Postgres, admin: asyncpg.Connection[asyncpg.Record]
) -> AsyncIterator[dict[str, Any]]:
    """The configuration of a database without a single table."""
    await admin.execute("CREATE DATABASE nothing TEMPLATE template0")
    yield servers.configuration(pg, "nothing").orm
    await admin.execute("DROP DATABASE nothing WITH (FORCE)")


class Upgraded(NamedTuple):
    """A database this process has migrated, and what was pending before."""

    config: dict[str, Any]
    before: Sequence[str]


@pytest.fixture(scope="module")
async def upgraded(
    pg: Postgres, admin: asyncpg.Connection[asyncpg.Record]
) -> AsyncIterator[Upgraded]:
    """From nothing to now, once: it takes its time."""
    await admin.execute("CREATE DATABASE upgraded TEMPLATE template0")
    config = servers.configuration(pg, "upgraded").orm
    before = await migrate.pending(config)
    await migrate.upgrade(config)
    yield Upgraded(config, before)
    await admin.execute("DROP DATABASE upgraded WITH (FORCE)")


async def test_a_database_has_everything_pending_and_then_nothing(upgraded: Upgraded) -> None:
    assert upgraded.before[0] == "0001_initial"
    assert await migrate.pending(upgraded.config) == []


async def test_three_machines_at_once_apply_each_migration_once(
    pg: Postgres, empty: dict[str, Any]
) -> None:
    await asyncio.gather(*(_upgrade_elsewhere(pg) for _ in range(3)))

    connection = await asyncpg.connect(**migrate.identity(empty))
    applied = await connection.fetch(
        "SELECT name, count(*) AS times FROM tortoise_migrations GROUP BY 1"
    )
    await connection.close()
    assert applied and {row["times"] for row in applied} == {1}


async def test_afterwards_nobody_is_connected_so_it_can_be_a_template(
    upgraded: Upgraded, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await admin.execute("CREATE DATABASE copied TEMPLATE upgraded")
    await admin.execute("DROP DATABASE copied")


def _command() -> list[str]:
    return [sys.executable, str(servers.ROOT), "migrate"]


async def _upgrade_elsewhere(pg: Postgres) -> None:
    process = await asyncio.create_subprocess_exec(
        *_command(),
        env=servers.environment(pg, "nothing"),
        stderr=subprocess.PIPE,
    )
    _, words = await process.communicate()
    assert process.returncode == 0, words.decode()
