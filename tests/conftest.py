"""Real servers for every test: one PostgreSQL and one Redis per worker process of pytest."""

from __future__ import annotations

import gc
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

import settings
from devserver import place
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis as RedisServer
from models.ids import uuid7
from tests import servers
from tests.town import Town
from workflow import keyfile, keyring, signature

NUMBERS = itertools.count(1)
gc.disable()  # until the tests are collected: their modules stay, and none of it is garbage

# As superuser: replica mode passes foreign keys and the triggers of append-only tables.
# Deleting what is there takes 1-6 ms, TRUNCATE of every table ten times that.
CLEAN = f"""DO $$ DECLARE r record; filled bool; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR r IN SELECT format('%I.%I', schemaname, relname) AS t FROM pg_stat_user_tables
           WHERE relname <> ALL ('{{{",".join(servers.KEPT)}}}') LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || r.t || ')' INTO filled;
    IF filled THEN EXECUTE 'DELETE FROM ' || r.t; END IF;
  END LOOP; END $$"""


def pytest_runtestloop() -> None:
    """What is there now stays to the end: the collector need not walk it again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory short enough for sockets (pytest's own is not) that the servers may enter."""
    path = place.scratch()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def pg(scratch: Path) -> Iterator[Postgres]:
    """A server of this worker's own whose database `tmpl` has every migration."""
    with servers.migrated_copy(scratch / "pg") as server:
        keyring.use(keyfile.read(servers.keys(server), demo=True))
        yield server


@pytest.fixture(scope="session")
def redis_server(scratch: Path) -> Iterator[RedisServer]:
    with servers.redis(scratch / "redis") as server:
        yield server


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    """A client of an empty Redis, emptied again afterwards."""
    async with Redis.from_url(redis_server.url()) as client:
        await client.flushall()  # a server of another test may have left its purses
        yield client
        await client.flushall()


@pytest.fixture(scope="session")
async def admin(pg: Postgres) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A superuser's connection that makes and drops databases."""
    connection = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database="postgres")
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def orm(
    pg: Postgres, admin: asyncpg.Connection[asyncpg.Record]
) -> AsyncIterator[TortoiseContext]:
    """The database `work`; the context is entered for init only, then serves every task."""
    await admin.execute(f"CREATE DATABASE work TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    context = TortoiseContext()
    with context:
        config = settings.tortoise(servers.configuration(pg, "work"))
        await context.init(config=config, _enable_global_fallback=True)
    yield context
    await context.close_connections()


@pytest.fixture
async def db(orm: TortoiseContext) -> AsyncIterator[Any]:
    """The default: the connection of the shared database, emptied afterwards."""
    yield orm.db()
    await orm.db().execute_script(CLEAN)


@pytest.fixture
async def database(pg: Postgres, admin: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[str]:
    """The name of a migrated database of this test's own: for workers, faults and migrations."""
    name = f"t{next(NUMBERS)}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    yield name
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def clone(pg: Postgres, database: str) -> AsyncIterator[TortoiseContext]:
    """The ORM over a database of this test's own."""
    async with TortoiseContext() as context:
        await context.init(config=settings.tortoise(servers.configuration(pg, database)))
        yield context


@pytest.fixture
def configuration(pg: Postgres, redis_server: RedisServer, tmp_path: Path) -> settings.Settings:
    """Settings for the shared database `work`: what `app.py` is started with in a test."""
    return servers.configuration(
        pg, "work", redis_url=redis_server.url(), storage=str(tmp_path), log_level="WARNING"
    )


@pytest.fixture
def environment(
    pg: Postgres, redis_server: RedisServer, database: str, tmp_path: Path
) -> dict[str, str]:
    """The variables for a process of its own over a database of this test's own."""
    return servers.environment(
        pg, database, redis_url=redis_server.url(), storage=str(tmp_path), log_level="WARNING"
    )


def settled(pg: Postgres, redis_server: RedisServer, name: str, folder: Path) -> Town:
    """The demo city over a database, with nobody at work in it."""
    variables = servers.environment(
        pg,
        name,
        redis_url=redis_server.url(),
        storage=str(folder),
        log_level="WARNING",
        certificate_key=str(folder / "certificate.pem"),
        certificate_issuer="广州市人力资源和社会保障局（演示）",
    )
    return Town(variables, folder)


@pytest.fixture(scope="session")
async def founded(
    pg: Postgres,
    redis_server: RedisServer,
    admin: asyncpg.Connection[asyncpg.Record],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The files of the demo city, whose database has this name too: built once, then copied."""
    folder = tmp_path_factory.mktemp("founded")
    await admin.execute(f"CREATE DATABASE founded TEMPLATE {servers.TEMPLATE} STRATEGY file_copy")
    signature.keep(folder / "certificate.pem", signature.generate())
    settled(pg, redis_server, "founded", folder).run("seed")
    return folder


@pytest.fixture(scope="module")
async def town(
    pg: Postgres,
    redis_server: RedisServer,
    admin: asyncpg.Connection[asyncpg.Record],
    founded: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """The demo city with processes of its own: API, worker and relay, open for business."""
    name, folder = f"town{uuid7().hex}", tmp_path_factory.mktemp("town")
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE founded STRATEGY file_copy")
    town = settled(pg, redis_server, name, folder)
    try:
        await town.open()
        town.staff()
        yield town
    finally:
        town.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
