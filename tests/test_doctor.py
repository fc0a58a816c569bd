"""The doctor names what is out of order, and only that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

import doctor
from devserver.postgres import Postgres
from models import Account, migrate
from settings import Settings
from tests.factories import people
from workflow import keyfile, keyring


async def clamd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much of the scanner as the doctor asks for; anything but PING gets no answer."""
    if await reader.readexactly(6) == b"zPING\0":
        writer.write(b"PONG\0")
        await writer.drain()
    writer.close()


@pytest.fixture
async def healthy(configuration: Settings, scratch: Path) -> AsyncIterator[Settings]:
    socket = scratch / "clamd.sock"
    server = await asyncio.start_unix_server(clamd, socket)
    yield replace(configuration, clamd=str(socket))
    server.close()


@pytest.fixture
async def examined(
    healthy: Settings, orm: object, capsys: pytest.CaptureFixture[str]
) -> dict[str, tuple[str, str]]:
    assert await doctor.main(healthy, []) == 0
    return table(capsys)


def table(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    return {name: (verdict, words) for verdict, name, words in lines}


def test_what_is_in_order_is_named_with_its_version(
    examined: dict[str, tuple[str, str]],
) -> None:
    assert {verdict for verdict, _ in examined.values()} == {"ok"}
    assert examined["database"][1].startswith("PostgreSQL 1")
    assert examined["redis"][1].startswith("Redis ")


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("database", {"database_url": "postgresql://u@/d?host=/nowhere"}, "No such file"),
        ("database", {"database_url": ""}, "JIJIAO_DATABASE_URL must look like"),
        ("redis", {"redis_url": "unix:///nowhere/redis.sock"}, "nowhere/redis.sock"),
        ("storage", {"storage": Path("/nowhere")}, "/nowhere"),
        ("keys", {"keyring": None}, "set JIJIAO_KEYRING"),
        ("storage", {"storage": None}, "set JIJIAO_STORAGE"),
        ("clamd", {"clamd": "/nowhere"}, "No such file"),
    ],
)
async def test_what_is_out_of_order_is_named(
    healthy: Settings,
    orm: object,
    capsys: pytest.CaptureFixture[str],
    part: str,
    change: dict[str, object],
    words: str,
) -> None:
    status = await doctor.main(replace(healthy, **change), [])  # type: ignore[arg-type]

    verdict, found = table(capsys)[part]
    assert (status, verdict) == (1, "NO")
    assert words in found


async def test_a_redis_that_forgets_hints_is_refused(
    healthy: Settings, orm: object, redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    await redis.config_set("maxmemory-policy", "allkeys-lru")

    await doctor.main(healthy, [])

    await redis.config_set("maxmemory-policy", "noeviction")
    assert table(capsys)["redis"] == ("NO", "maxmemory-policy is allkeys-lru: set it to noeviction")


async def test_a_database_behind_its_program_is_told_the_command(
    healthy: Settings, pg: Postgres, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = replace(healthy, database_url=pg.url(database))
    connection = await asyncpg.connect(**migrate.identity(behind.orm))
    await connection.execute("DELETE FROM tortoise_migrations WHERE name = '0001_initial'")
    await connection.close()

    assert await doctor.main(behind, []) == 1

    assert table(capsys)["migrations"] == ("NO", "0001_initial not applied: run `jijiao migrate`")


@pytest.mark.parametrize(
    ("mode", "demo", "starts"),
    [("production", True, False), ("production", False, True), ("dev", True, True)],
)
async def test_production_does_not_start_over_a_demo_account(
    configuration: Settings, db: object, mode: Any, demo: bool, starts: bool
) -> None:
    await people.account(await people.person())
    await Account.all().update(demo=demo)

    found = await doctor.obstacle(replace(configuration, mode=mode), ["accounts"])

    said = "accounts: 1 demo accounts have a public password: use an empty database."
    assert found == (None if starts else f"{said} Nothing was started.")


@pytest.mark.parametrize(
    ("mode", "words"), [("dev", "development scanner"), ("production", "files stay unscanned")]
)
async def test_no_scanner_is_said_though_it_is_no_fault(
    configuration: Settings,
    orm: object,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    mode: Any,
    words: str,
) -> None:
    own = tmp_path / "keyring"
    keyfile.write(own, keyring.fresh())

    status = await doctor.main(replace(configuration, mode=mode, keyring=own), [])

    told = table(capsys)
    wrong = {name for name, (verdict, _) in told.items() if verdict == "NO"}
    assert (status, wrong) == ((0, set()) if mode == "dev" else (1, {"role"}))  # tests: superuser
    verdict, found = told["clamd"]
    assert (verdict, found.partition(":")[0]) == ("ok", "none")
    assert words in found
