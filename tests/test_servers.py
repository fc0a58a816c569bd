"""What the fixtures promise every other test."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import asyncpg
import pytest
from pytest_socket import SocketConnectBlockedError
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

import settings

# A row that only the cleaning may take away: the table is append-only.
INSERT = """
INSERT INTO history (id, tag, subject_type, subject_id, at, data)
VALUES (gen_random_uuid(), 'test:leave', 'test', gen_random_uuid(), now(), '{}')
"""


async def _rows(connection: Any, table: str) -> int:
    (row,) = await connection.execute_query_dict(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_finds_the_shared_database_empty(db: Any, turn: int) -> None:
    assert await _rows(db, "history") == 0

    await db.execute_script(INSERT)

    assert await _rows(db, "history") == 1


async def test_cleaning_leaves_what_the_migrations_wrote(db: Any) -> None:
    assert await _rows(db, "tortoise_migrations") >= 1


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_clone_starts_from_the_migrations_alone(clone: TortoiseContext, turn: int) -> None:
    assert await _rows(clone.db(), "history") == 0

    await clone.db().execute_script(INSERT)


async def test_a_process_of_its_own_is_given_a_database_of_its_own(
    database: str, environment: dict[str, str]
) -> None:
    config = settings.tortoise(settings.read(environment))
    credentials = config["connections"]["default"]["credentials"]
    reached = {key: credentials[key] for key in ("host", "user", "database")}

    connection = await asyncpg.connect(**reached)

    assert await connection.fetchval("SELECT current_database()") == database
    await connection.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_finds_redis_empty(redis: Redis, turn: int) -> None:
    assert await redis.dbsize() == 0

    await redis.set("key", "value")


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")
def test_nothing_outside_this_machine_can_be_reached() -> None:
    with socket.socket() as line, pytest.raises(SocketConnectBlockedError):
        line.connect(("192.0.2.1", 80))


async def test_this_machine_can_be_reached() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    assert await reader.read() == b""
    writer.close()
    server.close()
