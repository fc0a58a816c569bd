"""Bring the database to the newest migration, even when several machines start at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate

MIGRATIONS = Path(__file__).parent / "migrations"
IDENTITY = ("host", "port", "user", "password", "database", "ssl")


async def upgrade(config: Mapping[str, Any]) -> None:
    """Run what is pending; whoever comes second waits and then finds nothing to do.

    Tortoise takes no lock of its own and leaves the pool of `migrate` open, after which the
    database cannot be a template: the session lock serialises, the context closes the pool.
    """
    lock = await asyncpg.connect(**identity(config))  # without statement_timeout: it may wait long
    try:
        await lock.execute("SELECT pg_advisory_lock(hashtext('jijiao-migrate'))")
        async with TortoiseContext():
            await migrate(config=_patient(config))
        from models import roles  # which needs this module

        await roles.grant(lock)
    finally:
        await lock.close()  # ends the session, and with it the lock


async def pending(config: Mapping[str, Any]) -> list[str]:
    """The migrations that this database does not have yet, oldest first."""
    connection = await asyncpg.connect(**identity(config))
    try:
        known = await connection.fetchval("SELECT to_regclass('tortoise_migrations')")
        rows = await connection.fetch("SELECT name FROM tortoise_migrations") if known else []
    finally:
        await connection.close()
    applied = {row["name"] for row in rows}
    return [name for name in names() if name not in applied]


def names() -> list[str]:
    return sorted(each.stem for each in MIGRATIONS.glob("[0-9]*.py"))


def identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """Whom to connect to: the ORM's credentials without what only its pool understands."""
    credentials = config["connections"]["default"]["credentials"]
    return {name: credentials[name] for name in IDENTITY if name in credentials}


def _patient(config: Mapping[str, Any]) -> dict[str, Any]:
    """An index over every record takes longer than any request may; waits for locks stay short."""
    connection = config["connections"]["default"]
    credentials = connection["credentials"]
    limits = {**credentials["server_settings"], "statement_timeout": "0"}
    patient = {**credentials, "server_settings": limits, "command_timeout": None}
    return {**config, "connections": {"default": {**connection, "credentials": patient}}}
