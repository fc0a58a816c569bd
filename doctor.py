"""Is everything that the settings name reachable and current? For operators and their alarms."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from arq import create_pool
from redis.exceptions import RedisError

import settings
from models import audit_sql, migrate
from settings import Settings
from variable import SettingError
from workflow import keyfile, keyring

OLDEST = 16  # major version of PostgreSQL that the migrations are written for
PATIENCE = 5.0
SEALED_WITHIN = 60.0  # seconds
ROLE = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user"
APART = 2.0  # seconds two clocks may differ
JOBS = """
SELECT count(*) FILTER (WHERE state = 'dead') AS dead,
  count(*) FILTER (WHERE state <> 'dead') AS live,
  count(*) FILTER (WHERE state = 'pending' AND run_after < now() - interval '2 minutes') AS late
FROM job WHERE state <> 'done'
"""
REMEDY = {
    "database": "Start PostgreSQL, or set JIJIAO_DATABASE_URL.",
    "migrations": "Nothing was started.",
    "keys": "Nothing was started.",
    "role": "Nothing was started.",
    "accounts": "Nothing was started.",
}
UNSCANNED = {
    "dev": "none: a development scanner takes its place, which is NOT a virus scanner",
    "production": "none: files stay unscanned, and what is unscanned is not served",
}


class Trouble(Exception):
    """What is wrong, and what to do about it."""


async def main(given: Settings, arguments: Sequence[str]) -> int:
    """One line per part; the status is 1 if any of them is in trouble."""
    findings = [await _examine(check, given) for check in CHECKS.values()]
    for name, (fine, words) in zip(CHECKS, findings, strict=True):
        print(f"{'ok' if fine else 'NO':3} {name:10} {words}")
    return 0 if all(fine for fine, _ in findings) else 1


async def obstacle(given: Settings, parts: Sequence[str]) -> str | None:
    """The first of these parts that is in trouble, in one sentence."""
    for part in parts:
        fine, words = await _examine(CHECKS[part], given)
        if not fine:
            return f"{part}: {words}. {REMEDY[part]}"
    return None


async def _examine(check: Check, given: Settings) -> tuple[bool, str]:
    try:
        async with asyncio.timeout(PATIENCE):
            return True, await check(given)
    except TimeoutError:
        return False, f"no answer within {PATIENCE:g} s"
    except (Trouble, SettingError, OSError, RedisError, asyncpg.PostgresError) as error:
        return False, str(error) or type(error).__name__


async def _database(given: Settings) -> str:
    identity = migrate.identity(given.orm)
    connection = await asyncpg.connect(**identity)
    try:
        version, encoding = connection.get_server_version(), connection.get_settings()
        if version.major < OLDEST:
            raise Trouble(f"PostgreSQL {version.major} is too old: {OLDEST} or newer is needed")
        if encoding.server_encoding != "UTF8":
            raise Trouble(f"the database is in {encoding.server_encoding}: it must be in UTF8")
    finally:
        await connection.close()
    return f"PostgreSQL {version.major}.{version.minor}"


async def _migrations(given: Settings) -> str:
    pending = await migrate.pending(given.orm)
    if pending:
        raise Trouble(f"{', '.join(pending)} not applied: run `jijiao migrate`")
    return "all applied"


async def _clock(given: Settings) -> str:
    """Terms and sessions count on the hosts agreeing."""
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > APART:
        raise Trouble(f"{apart:.0f} s away from the database's: let NTP set both")
    return f"within {max(apart, 0.1):.1f} s of the database's"


async def _jobs(given: Settings) -> str:
    """Dead work waits for an operator; old work means that no worker or relay runs."""
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        row = await connection.fetchrow(JOBS)
    finally:
        await connection.close()
    if row["dead"]:
        raise Trouble(f"{row['dead']} dead: see `jijiao jobs`, then `jijiao jobs resume`")
    if row["late"]:
        raise Trouble(f"{row['late']} waiting for more than two minutes: start worker and relay")
    return f"{row['live']} live, none dead"


async def _accounts(given: Settings) -> str:
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        demo = await connection.fetchval("SELECT count(*) FROM account WHERE demo")
    finally:
        await connection.close()
    if demo and given.mode == "production":
        raise Trouble(f"{demo} demo accounts have a public password: use an empty database")
    return f"{demo} demo accounts"


async def _role(given: Settings) -> str:
    """A superuser passes every trigger that keeps the rules."""
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        row = await connection.fetchrow(ROLE)
    finally:
        await connection.close()
    if row["rolsuper"] and given.mode == "production":
        raise Trouble(f"{row['rolname']} is a superuser: see `jijiao migrate --roles`")
    return str(row["rolname"])


async def _audit(given: Settings) -> str:
    """What waits long for its seal could still be changed unseen."""
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        waits: float | None = await connection.fetchval(audit_sql.WAITS)
    finally:
        await connection.close()
    if (waits or 0) > SEALED_WITHIN:
        raise Trouble(f"a row has waited {waits:.0f} s for its seal: start `jijiao audit seal`")
    return "nothing waits long for its seal"


async def _keys(given: Settings) -> str:
    """Without a word about the keys themselves."""
    try:
        ring = keyfile.read(given.keyring, demo=given.dev)
    except keyring.KeyTrouble as trouble:
        raise Trouble(str(trouble).removesuffix(".")) from None
    rotation = ", a lookup key is being exchanged" if all(ring.columns) else ""
    return f"{len(ring.data)} to open numbers with{rotation}"


async def _redis(given: Settings) -> str:
    reached = settings.redis(given)
    reached.conn_retries, reached.retry = 0, None
    pool = await create_pool(reached)
    try:
        policy = (await pool.config_get("maxmemory-policy")).get("maxmemory-policy")
        version = (await pool.info("server"))["redis_version"]
    finally:
        await pool.aclose()
    if policy != "noeviction":
        raise Trouble(f"maxmemory-policy is {policy}: set it to noeviction")
    return f"Redis {version}"


async def _storage(given: Settings) -> str:
    if given.storage is None:
        raise Trouble("no directory for files: set JIJIAO_STORAGE")
    await asyncio.to_thread(_write, given.storage)
    return str(given.storage)


def _write(directory: Path) -> None:
    with tempfile.TemporaryFile(dir=directory) as file:
        file.write(b"jijiao")
        file.flush()


async def _clamd(given: Settings) -> str:
    if not given.clamd:
        return UNSCANNED[given.mode]
    reader, writer = await _line_to(given.clamd)
    try:
        writer.write(b"zPING\0")
        answer = await reader.readuntil(b"\0")
    except asyncio.IncompleteReadError as error:
        answer = error.partial
    finally:
        writer.close()
    if answer != b"PONG\0":
        raise Trouble(f"{given.clamd} does not answer as clamd does")
    return given.clamd


async def _line_to(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


Check = Callable[[Settings], Awaitable[str]]
CHECKS: Mapping[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "clock": _clock,
    "role": _role,
    "keys": _keys,
    "audit": _audit,
    "accounts": _accounts,
    "jobs": _jobs,
    "redis": _redis,
    "storage": _storage,
    "clamd": _clamd,
}
