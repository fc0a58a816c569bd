"""Exchange of keys: killed in the middle it goes on, and no number is known twice meanwhile."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from devserver.postgres import SUPERUSER, Postgres
from models import factor_sql
from rules.document import Document
from tests import servers, shape
from tests.factories import people
from tests.factories.identity import citizen, numbered
from workflow import factor, identity, keyfile, keyring, rotation
from workflow.seal import Connection

LEFT = "SELECT count(*) FROM vault.person_identity WHERE key_id <> $1"
ROWS = "SELECT FROM vault.person_identity"
COLUMNS = "SELECT count(lookup_a), count(lookup_b) FROM vault.person_identity"


@pytest.fixture
async def vault(pg: Postgres, database: str, clone: TortoiseContext) -> AsyncIterator[Connection]:
    before = keyring.current()
    connection = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database=database)
    yield connection
    keyring.use(before)
    await connection.close()


@pytest.fixture
def file(tmp_path: Path, vault: Connection) -> Path:
    """A keyring of this test's own, which the process and we use."""
    path = tmp_path / "keyring"
    keyfile.write(path, keyring.fresh(demo=True))
    keyring.use(keyfile.read(path, demo=True))
    return path


@pytest.fixture
def command(environment: dict[str, str], file: Path) -> list[dict[str, str]]:
    return [{**servers.surroundings(), **environment, "JIJIAO_KEYRING": str(file)}]


def run(command: list[dict[str, str]], what: str, failpoint: str = "") -> int:
    given = command[0] | ({"JIJIAO_FAILPOINT": failpoint} if failpoint else {})
    line = [sys.executable, str(shape.ROOT), "keys", what]
    return subprocess.run(line, env=given, capture_output=True, check=False).returncode


async def everybody(count: int) -> list[Document]:
    return [await numbered((await people.person()).id) for _ in range(count)]


@pytest.mark.parametrize("where", ["rotate:before_commit:2", "rotate:after_batch:1"])
async def test_killed_in_the_middle_it_goes_on_where_it_was(
    vault: Connection, command: list[dict[str, str]], file: Path, where: str
) -> None:
    known = await everybody(501)
    assert run(command, "data") == 0
    newest = keyfile.read(file, demo=True)

    assert run(command, "rotate", where) == -signal.SIGKILL
    assert await vault.fetchval(LEFT, newest.writing) == 1

    assert run(command, "rotate") == 0
    assert await vault.fetchval(LEFT, newest.writing) == 0
    row = await vault.fetchrow("SELECT * FROM vault.person_identity LIMIT 1")
    assert row is not None
    opened = newest.open(row["ciphertext"], identity.bound(row["person_id"], "citizen"))
    assert opened.decode() in {each.number for each in known}


async def test_while_lookup_keys_are_exchanged_no_number_enters_twice(
    vault: Connection, command: list[dict[str, str]], file: Path, clone: TortoiseContext
) -> None:
    (old,) = await everybody(1)
    assert run(command, "lookup") == 0
    keyring.use(keyfile.read(file, demo=True))
    (young,) = await everybody(1)

    for each in (old, young):
        other = (await people.person()).id
        assert not await identity.register(clone.db(), other, each, now=people.NOW)
    assert run(command, "finish") == 1  # not before everybody is found by the new key
    assert tuple((await vault.fetchrow(COLUMNS)) or ()) == (2, 1)

    assert run(command, "rotate") == run(command, "finish") == run(command, "rotate") == 0

    keyring.use(keyfile.read(file, demo=True))
    assert tuple((await vault.fetchrow(COLUMNS)) or ()) == (0, 2)
    for each in (old, young):
        assert await identity.find(clone.db(), each) is not None
        other = (await people.person()).id
        assert not await identity.register(clone.db(), other, each, now=people.NOW)


async def test_two_at_work_at_once_share_the_rows(
    vault: Connection, file: Path, pg: Postgres, database: str
) -> None:
    await everybody(3)
    ring = keyring.with_data_key(keyfile.read(file, demo=True))
    async with vault.transaction():
        await vault.execute(
            "SELECT FROM vault.person_identity ORDER BY person_id LIMIT 1 FOR UPDATE"
        )
        other = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database=database)
        assert await rotation.batch(other, ring, people.NOW) == 2
        await other.close()

    assert await rotation.rotate(vault, ring, people.NOW) == 1
    assert await rotation.finished(vault, ring)


def test_a_keyring_is_never_overwritten(command: list[dict[str, str]], file: Path) -> None:
    before = file.read_bytes()

    assert (run(command, "make"), run(command, "nonsense")) == (1, 2)

    assert file.read_bytes() == before
    os.unlink(file)
    assert run(command, "make") == 0 and file.exists()


def test_numbers_of_tests_are_new_each_time() -> None:
    assert citizen().number != citizen().number


async def test_secrets_of_apps_are_sealed_with_the_new_key_too(
    vault: Connection, file: Path
) -> None:
    login = await people.account(await people.person())
    old, bound = keyfile.read(file, demo=True), factor.bound(login.id)
    sealed = old.seal(b"secret of an app", bound)
    await vault.fetchval(factor_sql.BEGIN, login.id, sealed, old.writing, people.NOW)
    ring = keyring.with_data_key(old)

    assert await rotation.rotate(vault, ring, people.NOW) == 0  # there are no numbers

    row = await vault.fetchrow("SELECT ciphertext, key_id FROM vault.second_factor")
    assert row is not None and row["key_id"] == ring.writing != old.writing
    assert ring.open(row["ciphertext"], bound) == b"secret of an app"
