"""Secondary indexes out of the way of a bulk load: built at once they cost a fraction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

# What holds a promise stays: primary keys and every other unique index.
SECONDARY = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE NOT i.indisunique AND t.relnamespace = current_schema()::regnamespace
  AND t.relname = ANY ($1) ORDER BY 1
"""
IF_GONE = " INDEX IF NOT EXISTS "
ROOM = "SET maintenance_work_mem = '256MB'"


@asynccontextmanager
async def aside(
    connection: asyncpg.Connection[asyncpg.Record], tables: Sequence[str]
) -> AsyncIterator[None]:
    """Without them inside the block; with them again, however the block ends."""
    found = await connection.fetch(SECONDARY, tables)
    try:
        for index in found:
            await connection.execute(f"DROP INDEX {index['name']}")
        yield
    finally:
        await connection.execute(ROOM)
        for index in found:
            await connection.execute(index["definition"].replace(" INDEX ", IF_GONE, 1))
