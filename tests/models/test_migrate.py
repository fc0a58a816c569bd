"""Migrations: from nothing to now, by several machines at once, exactly once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

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


async def test_a_database_has_everything_pending_and_then_nothing(empty: dict[str, Any]) -> None:
    before = await migrate.pending(empty)

    await migrate.upgrade(empty)

    assert before[0] == "0001_initial"
    assert await migrate.pending(empty) == []


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
    empty: dict[str, Any], admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await migrate.upgrade(empty)

    await admin.execute("CREATE DATABASE copied TEMPLATE nothing")
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
