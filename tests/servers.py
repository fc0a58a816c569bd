"""The migrated cluster that every test run starts from: built once, then copied."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import asyncpg

import settings
from devserver import binaries, place
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis
from models import migrate, roles
from workflow import keyfile, keyring

ROOT = Path(__file__).parent.parent
CACHE = Path(
    os.environ.get("JIJIAO_TEST_CACHE") or f"/var/tmp/jijiao-test-{os.geteuid()}"
).resolve()
TEMPLATE = "tmpl"
UNUSED = 24 * 3600  # seconds after which the cluster of another state is removed
# Rows that migrations write: cleaning between tests leaves these tables alone.
# Stories wait for nobody: one person asks more in a second than people do in an hour.
HURRY = {
    "graphql_rate": "1000000",
    "graphql_rate_reviewer": "1000000",
    "sign_in_rate": "1000000",
    "registration_rate": "1000000",
    "registration_work": "8",
}
KEPT = ("tortoise_migrations",)


def postgres(root: Path) -> Postgres:
    return Postgres(root, given=_given("JIJIAO_PG_BIN"))


def redis(root: Path) -> Redis:
    return Redis(root, given=_given("JIJIAO_REDIS_BIN"))


def configuration(server: Postgres, database: str, **more: str) -> settings.Settings:
    """Settings as an operator would give them, for one database of the test server."""
    return settings.read(environment(server, database, **more))


def surroundings() -> dict[str, str]:
    """What a process needs beside its settings: programs, and to be counted where we are."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {"PATH": os.defpath, **measured}


def environment(server: Postgres, database: str, **more: str) -> dict[str, str]:
    """The same for a process of its own: names without the prefix, in lower case."""
    usual = {"mode": "dev", "pool": "5", "keyring": str(keys(server)), **HURRY}
    given = {"database_url": server.url(database), **usual, **more}
    return {settings.variable(name): value for name, value in given.items()}


def keys(server: Postgres) -> Path:
    """The keyring of everybody around this server."""
    path = server.root.with_name("keyring")
    if not path.exists():
        keyfile.write(path, keyring.fresh(demo=True))
    return path


def migrated_copy(root: Path) -> Postgres:
    """A server over a copy of the cluster whose database `tmpl` has every migration."""
    cluster = _migrated()
    place.directory_for(place.account(), root)
    subprocess.run(["cp", "-Rp", cluster, root / "data"], check=True)
    return postgres(root)


async def sql(server: Postgres, database: str, statement: str) -> None:
    connection = await asyncpg.connect(host=str(server.socket), user=SUPERUSER, database=database)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _migrated() -> Path:
    """One per state of the sources; of several xdist workers the first builds, the others wait."""
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    if CACHE.stat().st_uid != os.geteuid():
        raise PermissionError(f"{CACHE} belongs to somebody else: set JIJIAO_TEST_CACHE")
    ready = CACHE / _state()
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _remove_unused()
            _build(ready)
        os.utime(ready)
    return ready


def _build(ready: Path) -> None:
    building, half = place.scratch(), CACHE / "half"
    shutil.rmtree(half, ignore_errors=True)
    try:
        with postgres(building / "pg") as server:
            asyncio.run(_migrate(server))
        subprocess.run(["cp", "-Rp", server.data, half], check=True)
        half.rename(ready)
    finally:
        shutil.rmtree(building)


async def _migrate(server: Postgres) -> None:
    await sql(server, "postgres", f"CREATE DATABASE {TEMPLATE}")
    await roles.make(settings.tortoise(configuration(server, TEMPLATE)))
    as_owner = server.url(TEMPLATE, roles.OWNER)
    await migrate.upgrade(settings.tortoise(configuration(server, TEMPLATE, database_url=as_owner)))


def _state() -> str:
    """What the cluster depends on: models and migrations, launcher, server version."""
    programs = binaries.postgres(_given("JIJIAO_PG_BIN"))
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True)
    digest = hashlib.sha256(version.stdout)
    for source in _sources():
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterable[Path]:
    yield from sorted((ROOT / "models").rglob("*.py"))
    yield ROOT / "devserver" / "postgres.py"


def _remove_unused() -> None:
    for old in CACHE.glob("[0-9a-f]" * 16):
        if time.time() - old.stat().st_mtime > UNUSED:
            shutil.rmtree(old, ignore_errors=True)


def _given(name: str) -> Path | None:
    return Path(os.environ[name]) if os.environ.get(name) else None
