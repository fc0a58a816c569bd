"""Seals: one changed byte in any row is found, and so is a lost row, seal or exported line."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devserver.postgres import SUPERUSER, Postgres
from tests.factories.people import NOW
from workflow import merkle, seal
from workflow.signature import Signer

SIGNER = Signer(Ed25519PrivateKey.generate())
KEYS = seal.key_ring([SIGNER.public])
ROW = """INSERT INTO audit.audit_event (era, xid, at, action, outcome)
VALUES (7, '7', now(), $1, 'done')"""
MANY = """INSERT INTO audit.audit_event (era, xid, at, action, outcome, detail)
SELECT 1, '1', now(), 'test:' || n, 'done', jsonb_build_object('n', n)
FROM generate_series(1, $1) n"""
Connection = seal.Connection


@pytest.fixture
async def log(pg: Postgres, database: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(
        host=str(pg.socket), user=SUPERUSER, database=database, server_settings=seal.SESSION
    )
    yield connection
    await connection.close()


async def sealed(log: Connection, rows: int = 3, *, now: datetime = NOW) -> list[seal.Seal]:
    await log.execute(MANY, rows)
    return await seal.seal(log, SIGNER, now)


async def wrong(log: Connection, exported: list[str] | None = None) -> list[str]:
    return (await seal.verify(log, KEYS, exported, NOW)).wrong


async def tampered(log: Connection, statement: str, *values: Any) -> None:
    """As a superuser who knows his way round triggers."""
    async with log.transaction():
        await log.execute("SET LOCAL session_replication_role = replica")
        await log.execute(statement, *values)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 100])
def test_a_root_depends_on_every_leaf_and_on_their_order(count: int) -> None:
    leaves = [merkle.leaf(str(number)) for number in range(count)]
    others = [[*leaves[:at], merkle.leaf("x"), *leaves[at + 1 :]] for at in range(count)]

    roots = {merkle.root(each) for each in (leaves, leaves[:-1], [*leaves, leaves[-1]], *others)}

    assert len(roots) == count + 3


def test_the_root_is_that_of_rfc_6962() -> None:
    """The tree of seven leaves as the RFC draws it: ((a b) (c d)) ((e f) g)."""

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\1" + left + right).digest()

    a, b, c, d, e, f, g = (merkle.leaf(each) for each in "abcdefg")

    assert merkle.root([a, b, c, d, e, f, g]) == node(
        node(node(a, b), node(c, d)), node(node(e, f), g)
    )


async def test_what_was_sealed_verifies_and_what_was_not_waits(log: Connection) -> None:
    first, second = await sealed(log), await sealed(log)
    await log.execute(ROW, "later")

    found = await seal.verify(log, KEYS, [each.line for each in first + second], NOW)

    assert (found.wrong, found.seals, found.rows, found.unsealed) == ([], 2, 7, 1)


async def test_without_a_new_row_there_is_no_new_seal(log: Connection) -> None:
    assert len(await sealed(log)) == 1
    assert await seal.seal(log, SIGNER, NOW) == []


async def test_a_transaction_in_flight_is_sealed_once_it_has_ended(
    log: Connection, pg: Postgres, database: str
) -> None:
    slow = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database=database)
    async with slow.transaction():
        await slow.execute(ROW, "slow")
        assert await sealed(log) == []
    await slow.close()

    (made,) = await seal.seal(log, SIGNER, NOW)

    assert (made.count, await wrong(log)) == (4, [])


@pytest.mark.parametrize("place", [1, 2, 499, 500, 1000])
async def test_one_byte_changed_in_any_row_is_found(log: Connection, place: int) -> None:
    await sealed(log, 500)
    await sealed(log, 500)

    await tampered(
        log,
        "UPDATE audit.audit_event SET detail = '{\"n\": 0}' WHERE detail @> $1",
        f'{{"n": {(place - 1) % 500 + 1}}}',
    )

    assert await wrong(log) == [f"a row under seal {n} was changed" for n in (1, 2)]


@pytest.mark.parametrize(
    "column",
    [
        "at = at + interval '1 microsecond'",
        "person_id = gen_random_uuid()",
        "role = 'unit'",
        "session = ''",
        "address = ' '",
        "action = 'test:1 '",
        "object_id = gen_random_uuid()",
        "fields = '{\"\"}'",
        "outcome = 'denied', code = 'X'",
        "idempotency_key = ''",
        "id = gen_random_uuid()",
    ],
)
async def test_every_column_is_under_the_seal(log: Connection, column: str) -> None:
    await sealed(log)

    await tampered(log, f"UPDATE audit.audit_event SET {column} WHERE action = 'test:1'")

    assert await wrong(log) == ["a row under seal 1 was changed"]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "DELETE FROM audit.audit_event WHERE action = 'test:2'",
            "seal 1 covers 3 rows, there are 2",
        ),
        (
            "UPDATE audit.audit_event SET xid = '999999999' WHERE action = 'test:2'",
            "seal 1 covers 3 rows, there are 2",
        ),
        (
            "INSERT INTO audit.audit_event (era, xid, at, action, outcome)"
            " VALUES (1, '5', now(), 'forged', 'done')",
            "seal 1 covers 3 rows, there are 4",
        ),
        ("DELETE FROM audit.audit_seal WHERE number = 1", "seal 1 is missing"),
        (
            "UPDATE audit.audit_seal SET count = 4 WHERE number = 1",
            "seal 1 is not signed by a known key",
        ),
        (
            "UPDATE audit.audit_seal SET previous = ''::bytea WHERE number = 2",
            "seal 2 does not follow from the one before",
        ),
    ],
)
async def test_what_is_lost_or_added_is_found(log: Connection, statement: str, found: str) -> None:
    await sealed(log)
    await sealed(log)
    assert await wrong(log) == []

    await tampered(log, statement)

    assert found in await wrong(log)


async def test_a_chain_signed_anew_differs_from_its_export(log: Connection) -> None:
    (first,) = await sealed(log)
    await tampered(log, "DELETE FROM audit.audit_seal")
    await tampered(log, "DELETE FROM audit.audit_event WHERE action = 'test:2'")

    (forged,) = await seal.seal(log, SIGNER, NOW)

    assert await wrong(log) == []
    assert await wrong(log, [first.line]) == ["seal 1 is not the one that was exported"]
    assert await wrong(log, [forged.line]) == []


async def test_a_key_nobody_knows_is_found(log: Connection) -> None:
    await log.execute(MANY, 3)
    await seal.seal(log, Signer(Ed25519PrivateKey.generate()), NOW)

    assert await wrong(log) == ["seal 1 is not signed by a known key"]


async def test_after_a_restore_transactions_count_anew(log: Connection) -> None:
    await sealed(log)
    ahead = "UPDATE audit.audit_seal SET below_xid = '900000000'"
    await tampered(log, ahead)  # as if the cluster the seal was made in had been far ahead

    again = await sealed(log)

    assert [(each.era, each.from_xid, each.count) for each in again] == [(2, 0, 3)]
    assert (await seal.verify(log, KEYS, None, NOW)).rows == 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.audit_event SET action = action",
        "DELETE FROM audit.audit_event",
        "TRUNCATE audit.audit_event",
        "UPDATE audit.audit_seal SET count = count",
        "DELETE FROM audit.audit_seal",
        "TRUNCATE audit.audit_seal",
    ],
)
async def test_not_even_the_owner_changes_what_is_written(log: Connection, statement: str) -> None:
    await sealed(log)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await log.execute(statement)

    assert await wrong(log) == []


async def test_time_and_transaction_are_the_databases_own(log: Connection) -> None:
    await log.execute(ROW, "forged")

    row = await log.fetchrow(
        "SELECT era, xid::text <> '7' AS own, at > now() - interval '1 minute' AS recent"
        " FROM audit.audit_event"
    )

    assert row is not None and tuple(row) == (1, True, True)
