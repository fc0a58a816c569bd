"""Connections of the pool: nothing is left open on them, whatever became of a statement."""

import asyncio
from typing import Any

import pytest

from models import read
from models.read import Connection
from tests.town import eventually

OPEN = """SELECT count(*) FROM pg_stat_activity
WHERE datname = 'work' AND application_name = 'jijiao' AND state <> 'idle'"""


async def idle(admin: Any) -> bool:
    """Does every connection of the pool wait for its next statement?"""
    return bool(await admin.fetchval(OPEN) == 0)


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT 1, $1::int4", ["no number"]),
        ("SELECT 2, $1::int4", [1, 2]),
        ("SELECT 3, $1::date", ["2026-02-30"]),
        ("SELECT 1 / $1::int4", [0]),
    ],
)
async def test_a_statement_that_fails_leaves_nothing_open(
    db: Connection, admin: Any, sql: str, values: list[Any]
) -> None:
    with pytest.raises(Exception, match=r"query argument|arguments? for this query|division"):
        await read.rows(sql, values)

    assert await idle(admin)
    assert (await read.rows("SELECT 1 AS one"))[0].one == 1


async def test_a_statement_nobody_waits_for_any_more_leaves_nothing_open(
    db: Connection, admin: Any
) -> None:
    for ticks in range(40):
        asked = asyncio.create_task(read.rows(f"SELECT {ticks}, $1::int4", [ticks]))
        for _ in range(ticks % 20):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    async def at_rest() -> bool:
        return await idle(admin)

    await eventually(at_rest)
    assert (await read.rows("SELECT 1 AS one"))[0].one == 1
