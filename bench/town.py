"""The city that is measured: built once per size, kept for the next run."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from devserver import place
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis

CHECKOUT = Path(__file__).parent.parent
HOME = place.data_of(CHECKOUT) / "bench"


@contextmanager
def opened(persons: int) -> Iterator[dict[str, str]]:
    """The variables for processes over a city of so many persons."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    HOME.parent.chmod(0o711)
    HOME.mkdir(exist_ok=True)
    HOME.chmod(0o711)
    with Postgres(HOME / "postgres", durable=True) as postgres, Redis(HOME / "redis") as redis:
        name = f"bench{persons}"
        variables = {
            "JIJIAO_MODE": "dev",
            "JIJIAO_DATABASE_URL": postgres.url(name),
            "JIJIAO_REDIS_URL": redis.url(),
            "JIJIAO_STORAGE": str(HOME / "files"),
            "JIJIAO_LOG_LEVEL": "WARNING",
            "JIJIAO_GRAPHQL_RATE": "1000000000",  # one viewer is the whole load
            "JIJIAO_GRAPHQL_RATE_REVIEWER": "1000000000",
            "JIJIAO_GRAPHQL_AT_ONCE": "1000",
        }
        build(postgres, name, persons, variables)
        yield variables


def build(postgres: Postgres, name: str, persons: int, variables: dict[str, str]) -> None:
    """Seed it under another name first: what has the right name is complete."""
    if asyncio.run(create(postgres, f"{name}_half", name)):
        return
    half = {**variables, "JIJIAO_DATABASE_URL": postgres.url(f"{name}_half")}
    for command in (["migrate"], ["seed", "--scale", str(persons)]):
        subprocess.run([sys.executable, CHECKOUT, *command], env=half, check=True)
    asyncio.run(rename(postgres, f"{name}_half", name))


async def create(postgres: Postgres, half: str, whole: str) -> bool:
    """An empty database for a new city; True when there is a whole one."""
    connection = await connected(postgres)
    try:
        there = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
        if await connection.fetchval(there, whole):
            return True
        await connection.execute(f"DROP DATABASE IF EXISTS {half}")
        await connection.execute(f"CREATE DATABASE {half}")
        return False
    finally:
        await connection.close()


async def rename(postgres: Postgres, half: str, whole: str) -> None:
    """It is complete."""
    connection = await connected(postgres)
    try:
        await connection.execute(f"ALTER DATABASE {half} RENAME TO {whole}")
    finally:
        await connection.close()


async def connected(postgres: Postgres) -> "asyncpg.Connection[asyncpg.Record]":
    """A connection beside the cities."""
    return await asyncpg.connect(host=str(postgres.socket), user=SUPERUSER, database="postgres")
