"""The city that is measured: built once per size, kept for the next run."""

import asyncio
import hashlib
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg

from devserver import place
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis
from workflow import keyfile, keyring

CHECKOUT = Path(__file__).parent.parent
HOME = place.data_of(CHECKOUT) / "bench"
TOKEN = "bench" * 9
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# busiest: the group with the longest inbox, one of its people, and an open case of that inbox.
BUSIEST = """
SELECT t.organisation_id, t.group_key, s.id AS seat_id, a.id AS account_id, t.a_case
FROM (SELECT organisation_id, group_key, count(*) AS tasks, min(case_id::text)::uuid AS a_case
      FROM wf_task WHERE status = 'open' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1) t
JOIN seat s ON s.organisation_id = t.organisation_id AND t.group_key = ANY (s.groups)
JOIN account a ON a.person_id = s.person_id
WHERE s.ended_at IS NULL ORDER BY s.id LIMIT 1
"""
# files: two rows about files for every record of that inbox; nobody opens them here.
FILES = """
INSERT INTO attachment (id, record_id, label, file_name, media_type, size, sha256, scan_state,
  scan_engine, scan_finding, signatures_at, scanned_at, created_at, uploaded_by_id)
SELECT gen_random_uuid(), c.subject_id, '结业证书', '证书' || n || '.pdf', 'application/pdf',
  40000 + n, repeat('a', 64), 'clean', 'bench', '', '', now(), now(), c.applicant_id
FROM wf_task t JOIN wf_case c ON c.id = t.case_id, generate_series(1, 2) n
WHERE t.status = 'open' AND t.organisation_id = $1 AND c.subject_type = 'training_record'
  AND NOT EXISTS (SELECT FROM attachment WHERE record_id = c.subject_id)
"""
SESSION = """
INSERT INTO session (id, token_hash, account_id, seat_id, created_at, seen_at, expires_at, address,
  user_agent)
VALUES ($1, $2, $3, $4, now(), now(), now() + interval '1 day', '', 'bench')
"""
# closed: the history of years in the same inbox; half of it is given to each of two steps.
CLOSED = """
INSERT INTO wf_task (id, case_id, route_code, step_key, round, slot, organisation_id, group_key,
  reason, status, only_for, opened_seq, created_at, due_at, done_at, outcome)
SELECT gen_random_uuid(), $3, 'declaration', 'unit_review', 1, 1, $1, $2, 'submitted', 'done', '{}',
  1, now() - n * interval '1 minute', now(), now(), 'pass'
FROM generate_series(1, $4::int) n
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the contenders find the city, and who asks them for which case."""

    variables: dict[str, str]
    token: str
    case_id: uuid.UUID


@contextmanager
def opened(persons: int) -> Iterator[Place]:
    """A city of so many persons."""
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
            "JIJIAO_KEYRING": str(keys()),
            "JIJIAO_LOG_LEVEL": "WARNING",
            "JIJIAO_GRAPHQL_RATE": "1000000000",  # one viewer is the whole load
            "JIJIAO_GRAPHQL_RATE_REVIEWER": "1000000000",
            "JIJIAO_GRAPHQL_AT_ONCE": "1000",
        }
        build(postgres, name, persons, variables)
        case_id = asyncio.run(prepare(postgres, name))
        yield Place(variables=variables, token=TOKEN, case_id=case_id)


def keys() -> Path:
    """Keys of this city's own, as `make dev` has some."""
    path = HOME / "keyring"
    if not path.exists():
        keyfile.write(path, keyring.fresh(demo=True))
    return path


def build(postgres: Postgres, name: str, persons: int, variables: dict[str, str]) -> None:
    """Seed it under another name first: what has the right name is complete."""
    if asyncio.run(create(postgres, f"{name}_half", name)):
        run(variables, "migrate")
        return
    half = {**variables, "JIJIAO_DATABASE_URL": postgres.url(f"{name}_half")}
    run(half, "migrate")
    run(half, "seed", "--scale", str(persons))
    asyncio.run(rename(postgres, f"{name}_half", name))


def run(variables: dict[str, str], *command: str) -> None:
    """One of our commands."""
    subprocess.run([sys.executable, CHECKOUT, *command], env=variables, check=True)


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


async def prepare(postgres: Postgres, name: str) -> uuid.UUID:
    """Somebody with the longest inbox is signed in, and its records have files."""
    connection = await connected(postgres, name)
    try:
        who = await busiest(connection)
        await connection.execute(FILES, who["organisation_id"])
        digest = hashlib.sha256(TOKEN.encode()).digest()
        await connection.execute("DELETE FROM session WHERE token_hash = $1", digest)
        values = [uuid.uuid4(), digest, who["account_id"], who["seat_id"]]
        await connection.execute(SESSION, *values)
        await connection.execute("VACUUM ANALYZE attachment, wf_task, wf_case, training_record")
        case_id: uuid.UUID = who["a_case"]
        return case_id
    finally:
        await connection.close()


async def busiest(connection: Connection) -> Any:
    """The inbox that is measured."""
    return await connection.fetchrow(BUSIEST)


async def grow(database: str, tasks: int) -> None:
    """So many closed tasks more in the inbox that is measured."""
    connection = await asyncpg.connect(database)
    try:
        who = await busiest(connection)
        await connection.execute("SET synchronous_commit = off")
        for _ in range(max(tasks // 100_000, 1)):
            values = [who["organisation_id"], who["group_key"], who["a_case"], min(tasks, 100_000)]
            await connection.execute(CLOSED, *values)
        await connection.execute("VACUUM ANALYZE wf_task")
    finally:
        await connection.close()


async def connected(postgres: Postgres, name: str = "postgres") -> Connection:
    """A superuser's connection."""
    return await asyncpg.connect(host=str(postgres.socket), user=SUPERUSER, database=name)
