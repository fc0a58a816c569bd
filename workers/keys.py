"""`keys`: the keyring of citizen numbers is made, its keys are exchanged, its rows brought after.

As the owner of the tables, since nobody else reads the vault.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from models import migrate
from workflow import failpoint, keyfile, keyring, rotation
from workflow.keyring import Keyring, KeyTrouble
from workflow.seal import Connection

if TYPE_CHECKING:
    from settings import Settings

USAGE = "usage: keys make | data | lookup | rotate | finish"
ADD: Mapping[str, Callable[[Keyring], Keyring]] = {
    "data": keyring.with_data_key,
    "lookup": keyring.with_lookup_key,
}


async def main(given: "Settings", arguments: Sequence[str]) -> int:
    """Do what is asked; the answer says what comes next."""
    if len(arguments) != 1 or arguments[0] not in {"make", *ADD, "rotate", "finish"}:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        print(await done(given, arguments[0]))
    except KeyTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


async def done(given: "Settings", what: str) -> str:
    """One step of the work."""
    if what == "make":
        return made(given.keyring)
    ring = keyfile.read(given.keyring, demo=given.dev)
    assert given.keyring is not None  # read has refused that
    if what in ADD:
        keyfile.write(given.keyring, ADD[what](ring))
        return "Added. Restart the API on every host, then `jijiao keys rotate`."
    connection = await asyncpg.connect(**migrate.identity(given.orm))
    try:
        return await (rotated if what == "rotate" else finished)(connection, ring, given)
    finally:
        await connection.close()


def made(path: Path | None) -> str:
    """A new keyring where there is none."""
    if path is None:
        raise KeyTrouble("Where to? Set JIJIAO_KEYRING.")
    if path.exists():
        raise KeyTrouble(f"{path} exists: without it nobody could open a number again.")
    keyfile.write(path, keyring.fresh())
    return f"{path} is written. Keep a copy of it apart from the backups of the database."


async def rotated(connection: Connection, ring: Keyring, given: "Settings") -> str:
    """Every row after the keyring."""
    failpoint.arm(given.failpoint)
    count = await rotation.rotate(connection, ring, datetime.now(UTC))
    return f"{count} numbers renewed."


async def finished(connection: Connection, ring: Keyring, given: "Settings") -> str:
    """The old lookup key goes, once every row is found by the new one."""
    shorter = keyring.without_old_lookup(ring)
    await rotation.may_finish(connection, ring)
    assert given.keyring is not None
    keyfile.write(given.keyring, shorter)
    return "The old lookup key is gone. Restart the API on every host, then `jijiao keys rotate`."
