"""What docs/operations.md tells an operator works: its units, its SQL, its backup."""

from __future__ import annotations

import asyncio
import configparser
import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

import settings
from devserver import binaries
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis
from models import Person, read, roles
from resolvers import ids
from schema import documents
from schema.example import OPERATIONS
from tests import shape
from tests.factories import city, file
from tests.town import NO_TLS
from tests.uploads import clamd
from workers import load, sealer
from workflow import account, keyfile, keyring

PAGE = (shape.ROOT / "docs/operations.md").read_text(encoding="utf-8")
UNITS = sorted((shape.ROOT / "docs/systemd").glob("*.service"))
EXAMPLE = shape.ROOT / "docs/systemd/jijiao.env.example"
INSTALLED = "/opt/jijiao/bin/jijiao"
DIRECTORY = "/var/lib/jijiao/files"
PATIENCE = 45.0
CLEANLY = {0, -signal.SIGTERM}  # what systemd takes for a clean exit after SIGTERM
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "CapabilityBoundingSet": "",
    "Restart": "always",
}


def unit(path: Path) -> configparser.RawConfigParser:
    """A unit file; names keep their capitals."""
    parsed = configparser.RawConfigParser(strict=False)  # several files of variables
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(path, encoding="utf-8")
    return parsed


def blocks(language: str, text: str = PAGE) -> list[str]:
    """The code blocks of the page in one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def statements(block: str) -> Iterator[str]:
    return (each.strip() for each in block.split(";\n") if each.strip())


ROLES, *WATCHING = blocks("sql")


def example(path: Path = EXAMPLE) -> dict[str, str]:
    """An environment file of the page, as systemd reads it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_fenced_in_and_comes_back(path: Path) -> None:
    service = unit(path)["Service"]

    assert {name: service[name] for name in HARDENED} == HARDENED
    assert unit(path)["Unit"]["StartLimitIntervalSec"] == "0"
    text = path.read_text(encoding="utf-8")
    assert "EnvironmentFile=/etc/jijiao/jijiao.env\n" in text
    assert service["User"] == ("jijiao-auditor" if path.stem == "jijiao-seal" else "jijiao")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_only_who_handles_files_may_write_and_only_there(path: Path) -> None:
    handles = path.stem in {"jijiao-api", "jijiao-scan"}

    exported = "/var/lib/jijiao-seals" if path.stem == "jijiao-seal" else None
    expected = DIRECTORY if handles else exported
    assert unit(path)["Service"].get("ReadWritePaths") == expected
    assert example()["JIJIAO_STORAGE"] == DIRECTORY


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_worker_is_given_longer_to_stop_than_its_jobs_take(path: Path) -> None:
    given = int(unit(path)["Service"]["TimeoutStopSec"].removesuffix("s"))

    assert given > (load.DRAIN if "work" in unit(path)["Service"]["ExecStart"] else 10)


def test_the_target_brings_up_every_unit() -> None:
    wanted = unit(shape.ROOT / "docs/systemd/jijiao.target")["Unit"]["Wants"].split()

    assert sorted(wanted) == [path.name for path in UNITS]


def test_the_example_environment_is_one_of_production() -> None:
    assert settings.read(example()).mode == "production"


def test_the_page_and_the_directories_agree() -> None:
    made = (shape.ROOT / "docs/systemd/jijiao.tmpfiles.conf").read_text(encoding="utf-8")

    assert f"d {DIRECTORY} " in made
    assert all(path.name in PAGE or "*.service" in PAGE for path in UNITS)


@dataclass(frozen=True)
class Site:
    """A host set up as the page says, around the servers of the tests."""

    environment: Mapping[str, str]
    pg: Postgres

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.environment['JIJIAO_PORT']}"

    def url(self, role: str) -> str:
        return f"postgresql://{role}@/jijiao?host={self.pg.socket}"

    def command(self, line: str) -> list[str]:
        """An ExecStart line with this checkout instead of the installed program."""
        return [sys.executable, str(shape.ROOT), *shlex.split(line.removeprefix(INSTALLED))]

    async def connect(self, role: str) -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(host=str(self.pg.socket), user=role, database="jijiao")


@pytest.fixture
async def site(
    pg: Postgres,
    admin: asyncpg.Connection[asyncpg.Record],
    redis_server: Redis,
    redis: Any,
    tmp_path: Path,
) -> AsyncIterator[Site]:
    for statement in statements(ROLES):
        await admin.execute(statement)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    found = Site({**example(), **changed(pg, redis_server, tmp_path, port)}, pg)
    await set_up(found)
    yield found
    await admin.execute("DROP DATABASE jijiao WITH (FORCE)")


def changed(pg: Postgres, redis_server: Redis, tmp_path: Path, port: str) -> dict[str, str]:
    """What of the example cannot be as on the host."""
    return {
        "PATH": os.defpath,
        "JIJIAO_DATABASE_URL": f"postgresql://jijiao@/jijiao?host={pg.socket}",
        "JIJIAO_REDIS_URL": redis_server.url(),
        "JIJIAO_STORAGE": str(tmp_path),
        "JIJIAO_KEYRING": str(own_keys(tmp_path)),
        "JIJIAO_CLAMD": str(redis_server.socket.with_name("clamd.sock")),
        "JIJIAO_PORT": port,
    }


def own_keys(folder: Path) -> Path:
    """A keyring of production."""
    path = folder.with_name(f"{folder.name}.keys")
    keyfile.write(path, keyring.fresh())
    return path


async def set_up(found: Site) -> None:
    """The roles as superuser, twice, since that does no harm; the migrations as the owner."""
    for role, line in (
        (SUPERUSER, "migrate --roles"),
        (roles.OWNER, "migrate"),
        (SUPERUSER, "migrate --roles"),
    ):
        given = {**found.environment, "JIJIAO_DATABASE_URL": found.url(role)}
        done = subprocess.run(found.command(line), env=given, capture_output=True)
        assert done.returncode == 0, done.stderr


def overridden(site: Site, path: Path) -> dict[str, str]:
    """What the second file of variables of a unit says, with this host's places."""
    name = Path(unit(path)["Service"]["EnvironmentFile"]).name
    if name == "jijiao.env":
        return {}
    told = example(shape.ROOT / f"docs/systemd/{name}.example")
    role = told["JIJIAO_DATABASE_URL"].partition("//")[2].partition("@")[0]
    here = {"JIJIAO_DATABASE_URL": site.url(role)}
    if "JIJIAO_SEAL_KEY" in told:
        key = Path(site.environment["JIJIAO_KEYRING"]).with_suffix(".seal")
        sealer.make(key)
        here |= {"JIJIAO_SEAL_KEY": str(key), "JIJIAO_SEAL_HEADS": str(key.with_suffix(".heads"))}
    return here


@contextlib.asynccontextmanager
async def running(site: Site, log: Path) -> AsyncIterator[dict[str, subprocess.Popen[bytes]]]:
    """Every unit, until SIGTERM."""
    with log.open("wb") as lines:
        started = {
            path.stem: subprocess.Popen(
                site.command(unit(path)["Service"]["ExecStart"]),
                env={**site.environment, **overridden(site, path)},
                cwd="/",
                stdout=lines,
                stderr=lines,
            )
            for path in UNITS
        }
    try:
        yield started
    finally:
        for each in started.values():
            each.kill()
            each.wait()


async def bearer(site: Site) -> tuple[str, Any]:
    """A session of somebody who may declare: registration is not in this release."""
    async with TortoiseContext() as context:
        await context.init(config=settings.read(site.environment).orm)
        async with in_transaction() as c:
            here = await city.build(c)
            person = here.viewers["applicant"].person_id
            known = await read.row("SELECT * FROM account WHERE person_id = $1", [person], on=c)
            assert known is not None
            opened = await account.open_session(
                c,
                account=known,
                seat=(await account.seats(person))[0],
                device=account.NOWHERE,
                now=datetime.now(UTC),
                hours=1,
            )
        assert await Person.exists(id=person)
    return opened.token, person


async def until(client: httpx.AsyncClient, path: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(path)).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def ask(client: httpx.AsyncClient, name: str, **variables: Any) -> Any:
    """A trusted document by its id: production takes no others from persons."""
    text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    asked = {"documentId": documents.identity(text), "variables": variables}
    answer = await client.post("/graphql", json=asked)
    body = answer.json()
    assert "errors" not in body, body
    return next(iter(body["data"].values()))


DECLARATION = {
    "courseName": "部署演练",
    "category": "PROFESSIONAL",
    "startsOn": "2026-05-11",
    "endsOn": "2026-05-11",
    "declaredHours": "6.0",
    "attendedDays": 1,
}
UPLOAD = {"label": "证书", "fileName": "证书.pdf", "idempotencyKey": "upload"}
JOBS = "SELECT kind, state FROM job ORDER BY kind"


async def test_the_processes_of_the_units_do_the_work_and_stop_cleanly(
    site: Site, tmp_path: Path
) -> None:
    token, person = await bearer(site)
    log, headers = tmp_path / "log", {"Authorization": f"Bearer {token}"}
    content = file.pdf()

    async with (
        clamd.fake(Path(site.environment["JIJIAO_CLAMD"])) as scanner,
        running(site, log) as processes,
        httpx.AsyncClient(base_url=site.address, headers=headers, verify=NO_TLS) as client,
    ):
        await until(client, "/health/ready")
        declared = await ask(client, "10_declare", declaration=DECLARATION, key="declare")
        upload = {**UPLOAD, "recordId": declared["record"]["id"], "size": len(content)}
        permit = await ask(client, "12_upload", input=upload)
        sent = await client.put(permit["uploadUrl"], content=content)
        whose = ids.encode("Person", person)
        counted = await ask(client, "28_recalculate", personId=whose, key="again")
        await done(site)
        healthy = await doctor(site)
        codes = await stopped(processes)

    assert (sent.status_code, counted["__typename"]) == (201, "PersonPayload"), sent.text
    assert scanner.seen == [content]
    assert healthy.returncode == 0, healthy.stdout
    assert set(codes.values()) <= CLEANLY, (codes, log.read_text())
    assert await left(site) == 0


async def done(site: Site) -> None:
    """Both jobs have been done by the workers."""
    connection = await site.connect("jijiao")
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = [tuple(row) for row in await connection.fetch(JOBS)]
            if rows == [("recalculate", "done"), ("scan", "done")]:
                break
            await asyncio.sleep(0.05)
    await connection.close()


async def doctor(site: Site) -> subprocess.CompletedProcess[str]:
    """In a thread, because the scanner it asks lives in this process."""
    command = site.command("doctor")
    return await asyncio.to_thread(
        subprocess.run, command, env=site.environment, capture_output=True, text=True
    )


async def stopped(processes: Mapping[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    """As `systemctl stop` does; nobody may need SIGKILL."""
    for each in processes.values():
        each.terminate()
    return {name: await asyncio.to_thread(each.wait, PATIENCE) for name, each in processes.items()}


async def left(site: Site) -> int:
    """Heartbeats of processes that did not say goodbye."""
    connection = await site.connect("jijiao")
    found: int = await connection.fetchval("SELECT count(*) FROM worker")
    await connection.close()
    return found


async def test_the_role_of_the_processes_cannot_go_round_the_rules(site: Site) -> None:
    connection = await site.connect("jijiao")
    await connection.execute(A_LINE_OF_HISTORY)

    allowed = [statement for statement in FORBIDDEN if await runs(connection, statement)]

    await connection.close()
    assert allowed == []


A_LINE_OF_HISTORY = """
INSERT INTO history (id, tag, subject_type, subject_id, at, data)
VALUES (gen_random_uuid(), 'record:edit', 'training_record', gen_random_uuid(), now(), '{}')
"""
FORBIDDEN = (
    "UPDATE history SET tag = tag",
    "DELETE FROM history",
    "ALTER TABLE wf_case DISABLE TRIGGER ALL",
    "DROP TRIGGER wf_case_four_eyes ON wf_case",
    "TRUNCATE wf_event",
    "DROP TABLE job",
    "CREATE TABLE mine (id int)",
    "SET session_replication_role = replica",
    "SELECT ciphertext FROM vault.person_identity",
    "SELECT count(*) FROM vault.person_identity",
    "UPDATE vault.person_identity SET masked_std = ''",
    "DELETE FROM vault.person_identity",
    "UPDATE audit.audit_event SET action = action",
    "DELETE FROM audit.audit_event",
    "TRUNCATE audit.audit_event",
    "ALTER TABLE audit.audit_event DISABLE TRIGGER ALL",
    "INSERT INTO audit.audit_seal SELECT * FROM audit.audit_seal",
    "CREATE OR REPLACE FUNCTION vault.find(a bytea, b bytea) RETURNS uuid "
    "LANGUAGE sql AS 'SELECT NULL::uuid'",
    "SET ROLE jijiao_owner",
    "DELETE FROM tortoise_migrations",
)


async def runs(connection: asyncpg.Connection[asyncpg.Record], statement: str) -> bool:
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def test_every_query_of_the_page_runs_and_a_dead_job_lives_again(site: Site) -> None:
    connection = await site.connect("jijiao")
    await connection.execute(
        "INSERT INTO job (id, kind, queue, args, state, attempt, created_at, run_after)"
        " VALUES (gen_random_uuid(), 'scan', 'jijiao:scan', '{}', 'dead', 8, now(), now())"
    )

    for query in WATCHING:
        await connection.fetch(query)

    job = await connection.fetchrow("SELECT state, attempt < max_attempt AS may FROM job")
    await connection.close()
    assert job is not None and tuple(job) == ("pending", True)


async def test_the_backup_of_the_page_can_be_restored(site: Site, tmp_path: Path) -> None:
    await bearer(site)
    dump = tmp_path / "jijiao.dump"
    saved, restored = (
        next(line for line in "".join(blocks("sh")).splitlines() if line.startswith(name))
        for name in ("pg_dump", "pg_restore")
    )

    for line in (saved, "createdb --template=template0 --owner=jijiao_owner drill", restored):
        program(site.pg, line.replace("/var/backups/jijiao/jijiao.dump", str(dump)))

    assert await people(site, "drill") == await people(site, "jijiao") > 0
    program(site.pg, "dropdb drill")


def program(pg: Postgres, line: str) -> None:
    """One of PostgreSQL's own programs, as its superuser."""
    name, *arguments = shlex.split(line)
    given = os.environ.get("JIJIAO_PG_BIN")
    path = binaries.postgres(Path(given) if given else None) / name
    environment = {"PATH": os.defpath, "PGHOST": str(pg.socket), "PGUSER": SUPERUSER}
    ended = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


async def people(site: Site, database: str) -> int:
    connection = await asyncpg.connect(host=str(site.pg.socket), user=SUPERUSER, database=database)
    found: int = await connection.fetchval("SELECT count(*) FROM person")
    await connection.close()
    return found
