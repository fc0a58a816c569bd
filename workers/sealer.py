"""The sealer: a process with a key and a database role of its own; and the verifier.

The API cannot seal, since it reads neither the key nor writes seals; the sealer cannot open
numbers, since it reads nothing but the log.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from models import migrate
from rules import dates
from workflow import seal, signature
from workflow.seal import Connection, Findings
from workflow.signature import Signer

if TYPE_CHECKING:
    from settings import Settings

EVERY = 10.0  # seconds
USAGE = "usage: audit seal | verify | heads | prune [--before YYYY-MM-DD] | keygen FILE"
log = getLogger("jijiao.audit")


async def main(given: "Settings", arguments: Sequence[str]) -> int:
    """Do what is asked; 1 where the log was tampered with, 2 where something is missing."""
    try:
        match arguments:
            case ["seal"]:
                await sealing(given)
            case ["verify"]:
                return await verified(given)
            case ["heads"]:
                await heads(given)
            case ["prune"]:
                return await pruned(given, term(given, datetime.now(UTC)))
            case ["prune", "--before", day]:
                return await pruned(given, day_of(day))
            case ["keygen", path]:
                make(Path(path))
            case _:
                return told(USAGE)
    except signature.Unreadable as trouble:
        return told(str(trouble))
    return 0


def told(words: str) -> int:
    """One sentence on the error output."""
    print(words, file=sys.stderr)
    return 2


def make(path: Path) -> None:
    """A new key; its public half goes beside it, for whoever verifies."""
    signature.keep(path, signature.generate())
    public = signature.load(path).public
    beside(path).write_bytes(signature.pem(public))


def beside(path: Path) -> Path:
    """Where the public half of a key is kept."""
    return path.with_name(f"{path.name}.pub")


async def sealing(given: "Settings") -> None:
    """Seal every ten seconds, and export; whatever happens to the database, try again."""
    signer = key_of(given)
    while True:
        try:
            await once(given, signer)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.error("not sealed: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


async def once(given: "Settings", signer: Signer) -> int:
    """Seal what there is, and bring the export up to date, also after a crash in between."""
    connection = await connected(given)
    try:
        await seal.seal(connection, signer, datetime.now(UTC))
        lines = exported(given) or []
        new = [each.line for each in await seal.seals(connection, after=len(lines))]
    finally:
        await connection.close()
    if given.seal_heads and new:
        append(given.seal_heads, new)
    return len(new)


async def heads(given: "Settings") -> None:
    """Every seal as it is exported, for whoever keeps a copy of them elsewhere."""
    connection = await connected(given)
    try:
        for each in await seal.seals(connection):
            print(each.line)
    finally:
        await connection.close()


def term(given: "Settings", now: datetime) -> date:
    """The first day that is still kept."""
    return dates.shanghai_date(now) - timedelta(days=given.audit_days)


def day_of(text: str) -> date | None:
    """A day as it was typed, or nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def pruned(given: "Settings", day: date | None) -> int:
    """Remove the rows of all days before this one; never one that is to be kept."""
    last = term(given, datetime.now(UTC))
    if day is None or day > last:
        return told(f"JIJIAO_AUDIT_DAYS is {given.audit_days}: name a day up to {last}.")
    connection = await connected(given)
    try:
        removed = await seal.prune(connection, datetime.combine(day, time.min, dates.SHANGHAI))
    finally:
        await connection.close()
    print(f"ok  {removed} rows of before {day} removed; their seals stay")
    return 0


def append(path: Path, lines: Sequence[str]) -> None:
    """Add lines to the export, and see them on the disk."""
    with path.open("a", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def exported(given: "Settings") -> list[str] | None:
    """The lines of the export; one that was cut short by a crash is written anew."""
    path = given.seal_heads
    if path is None:
        return None
    text = path.read_text(encoding="ascii") if path.exists() else ""
    whole, _, rest = text.rpartition("\n")
    if rest:
        path.write_text(f"{whole}\n" if whole else "", encoding="ascii")
    return whole.splitlines()


async def verified(given: "Settings") -> int:
    """Walk the whole log, and say what was found."""
    keys = public_keys(given)
    known = exported(given)
    connection = await connected(given)
    try:
        found = await seal.verify(connection, keys, known, datetime.now(UTC))
    finally:
        await connection.close()
    report(found, known is not None)
    return 1 if found.wrong else 0


def report(found: Findings, compared: bool) -> None:
    """What verification has found."""
    for words in found.wrong:
        print(f"NO  {words}")
    export = "compared with the export" if compared else "NOT compared with any export"
    verdict = "NO  tampered with:" if found.wrong else "ok "
    print(f"{verdict} {found.rows} rows, {found.seals} seals, {export}")
    print(f"    {found.unsealed} rows wait for their seal")
    if found.pruned:
        print(f"    the rows of the first {found.pruned} seals were removed, being past their term")


def key_of(given: "Settings") -> Signer:
    """The sealer's key."""
    if given.seal_key is None:
        raise signature.Unreadable("There is no key to seal with: set JIJIAO_SEAL_KEY.")
    return signature.load(given.seal_key)


def public_keys(given: "Settings") -> Mapping[UUID, bytes]:
    """The public keys beside the sealer's, which whoever verifies need not have."""
    if given.seal_key is None:
        raise signature.Unreadable("There is no key to verify with: set JIJIAO_SEAL_KEY.")
    path = beside(given.seal_key)
    try:
        return seal.key_ring(signature.public_keys(path.read_bytes()))
    except OSError as error:
        raise signature.Unreadable(f"{path} cannot be read: {error.strerror}") from error


async def connected(given: "Settings") -> Connection:
    """A connection that writes values as they were written when they were sealed."""
    reached: dict[str, Any] = migrate.identity(given.orm)
    return await asyncpg.connect(**reached, server_settings=seal.SESSION)
