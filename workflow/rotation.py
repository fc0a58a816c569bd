"""Exchange of keys: every number sealed with the newest key, every hash in both columns."""

from datetime import datetime

import asyncpg

from models import factor_sql
from workflow import factor, failpoint, identity
from workflow.keyring import Keyring, KeyTrouble
from workflow.seal import Connection

BATCH = 500
# Rows that are behind the keyring; others at the same work are passed by, whoever died is not.
BEHIND = """
SELECT person_id, document_type, ciphertext, masked_std, masked_strict FROM vault.person_identity
WHERE key_id <> $1 OR (lookup_a IS NULL) <> $2 OR (lookup_b IS NULL) <> $3
ORDER BY person_id LIMIT $4 FOR UPDATE SKIP LOCKED
"""
LEFT = """
SELECT count(*) FROM vault.person_identity
WHERE key_id <> $1 OR (lookup_a IS NULL) <> $2 OR (lookup_b IS NULL) <> $3
"""
RENEW = """
UPDATE vault.person_identity
SET ciphertext = $2, lookup_a = $3, lookup_b = $4, key_id = $5, updated_at = $6
WHERE person_id = $1
"""


async def rotate(c: Connection, ring: Keyring, now: datetime) -> int:
    """Bring every row up to the keyring, 500 in a transaction; killed, it goes on where it was."""
    done = 0
    while renewed := await batch(c, ring, now):
        done += renewed
        failpoint.hit("rotate:after_batch")
    while await resealed(c, ring):
        failpoint.hit("rotate:after_batch")
    return done


async def resealed(c: Connection, ring: Keyring) -> int:
    """The next secrets of second factors under the key of now, all of them or none."""
    async with c.transaction():
        rows = await c.fetch(factor_sql.BEHIND, ring.writing, BATCH)
        for row in rows:
            bound = factor.bound(row["account_id"])
            sealed = ring.seal(ring.open(row["ciphertext"], bound), bound)
            await c.execute(factor_sql.RESEAL, row["account_id"], sealed, ring.writing)
    return len(rows)


async def batch(c: Connection, ring: Keyring, now: datetime) -> int:
    """The next rows, all of them or none."""
    async with c.transaction():
        rows = await c.fetch(BEHIND, *wanted(ring), BATCH)
        await c.executemany(RENEW, [renewed(row, ring, now) for row in rows])
        failpoint.hit("rotate:before_commit")
    return len(rows)


def renewed(row: asyncpg.Record, ring: Keyring, now: datetime) -> tuple[object, ...]:
    """A row under the keys of now."""
    bound = identity.bound(row["person_id"], row["document_type"])
    number = ring.open(row["ciphertext"], bound)
    hashes = ring.lookups(row["document_type"], number.decode("ascii"))
    return row["person_id"], ring.seal(number, bound), *hashes, ring.writing, now


async def finished(c: Connection, ring: Keyring) -> bool:
    """Is nothing behind?"""
    return not await c.fetchval(LEFT, *wanted(ring))


async def may_finish(c: Connection, ring: Keyring) -> None:
    """A lookup key goes only when every row is found by the other; else one number enters twice."""
    if not await finished(c, ring):
        raise KeyTrouble("Some numbers are not found by the new key yet: `jijiao keys rotate`.")


def wanted(ring: Keyring) -> tuple[str, bool, bool]:
    """The key of the envelopes, and which column is empty."""
    a, b = ring.columns
    return ring.writing, a is None, b is None
