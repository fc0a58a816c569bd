"""Seals of the audit log: a signed root over its rows, chained, so that a changed byte shows.

A seal covers the transactions from the last one up to the oldest still running, so that none in
flight leaves a hole. When rows are past their term they go, and their seals stay. After a cluster
was restored its transactions count anew: the next era.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models import audit_sql
from workflow import merkle, signature
from workflow.merkle import leaf, root
from workflow.signature import Signer

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
# As the text of a row is made, so it is compared.
SESSION = {"timezone": "UTC", "datestyle": "ISO", "bytea_output": "hex", "extra_float_digits": "1"}
LOCK = "SELECT pg_advisory_lock(hashtext('jijiao-seal'))"  # before the snapshot is taken
UNLOCK = "SELECT pg_advisory_unlock(hashtext('jijiao-seal'))"
NOTHING_BEFORE = b""
KEPT = timedelta(days=184)  # the longest "six months" (网络安全法)
AT_ONCE = 500  # seals whose rows go in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One seal as it is stored and exported."""

    number: int
    era: int
    from_xid: int
    below_xid: int
    count: int
    root: bytes
    previous: bytes
    at: datetime
    key_id: UUID
    signature: bytes = field(default=b"", repr=False)

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        told = {
            "number": self.number,
            "era": self.era,
            "from": self.from_xid,
            "below": self.below_xid,
            "count": self.count,
            "root": self.root.hex(),
            "previous": self.previous.hex(),
            "at": self.at.astimezone(UTC).isoformat(),
            "key": str(self.key_id),
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()

    @property
    def line(self) -> str:
        """The seal as it is exported."""
        return f"{self.signed.decode()} {self.signature.hex()}"

    @property
    def hash(self) -> bytes:
        """What the next seal names."""
        return leaf(self.line)

    def is_by(self, keys: Mapping[UUID, bytes]) -> bool:
        """Was it signed by one of these keys?"""
        if self.key_id not in keys:
            return False
        try:
            public = Ed25519PublicKey.from_public_bytes(keys[self.key_id])
            public.verify(self.signature, self.signed)
        except (InvalidSignature, ValueError):
            return False
        return True


async def seal(c: Connection, signer: Signer, now: datetime) -> list[Seal]:
    """Seal whatever can be sealed; usually one seal, none where nothing has happened."""
    await c.execute(LOCK)
    try:
        return await seal_alone(c, signer, now)
    finally:
        await c.execute(UNLOCK)


async def seal_alone(c: Connection, signer: Signer, now: datetime) -> list[Seal]:
    """The same, for whoever holds the lock."""
    made: list[Seal] = []
    async with c.transaction(isolation="repeatable_read"):
        last = await c.fetchrow(audit_sql.LAST_SEAL)
        horizon = await c.fetchrow(audit_sql.HORIZON, last["era"] if last else 1)
        for era, start, end in ranges(last, horizon):
            before = made[-1] if made else last and row_of(last)
            kept = (before.number, before.hash) if before else (0, NOTHING_BEFORE)
            texts = await c.fetch(audit_sql.ROWS, era, str(start), str(end))
            if texts:
                leaves = [leaf(each["text"]) for each in texts]
                made.append(signed(signer, kept, (era, start, end), leaves, now))
                await store(c, made[-1])
    return made


def ranges(last: Any, horizon: Any) -> Iterator[tuple[int, int, int]]:
    """Which transactions to seal: the rest of a past era first, then the present one."""
    era, start = (last["era"], last["below_xid"]) if last else (1, 0)
    if last and (horizon["later"] or horizon["xmin"] < start):
        if horizon["newest"] is not None and horizon["newest"] >= start:
            yield era, start, horizon["newest"] + 1
        era, start = era + 1, 0
    if horizon["xmin"] > start:
        yield era, start, horizon["xmin"]


def signed(
    signer: Signer,
    before: tuple[int, bytes],
    span: tuple[int, int, int],
    leaves: Sequence[bytes],
    now: datetime,
) -> Seal:
    """The next seal, over these leaves."""
    number, previous = before
    era, start, end = span
    made: dict[str, Any] = {
        "number": number + 1,
        "era": era,
        "from_xid": start,
        "below_xid": end,
        "count": len(leaves),
        "root": root(leaves),
        "previous": previous,
        "at": now,
        "key_id": signer.key_id,
    }
    return Seal(**made, signature=signer.private.sign(Seal(**made).signed))


async def store(c: Connection, made: Seal) -> None:
    """Write a seal."""
    span = (made.number, made.era, str(made.from_xid), str(made.below_xid), made.count)
    rest = (made.root, made.previous, made.at, made.key_id, made.signature)
    await c.execute(audit_sql.SEAL, *span, *rest)


def row_of(row: Any) -> Seal:
    """A seal as it is stored."""
    return Seal(**{name: row[name] for name in Seal.__dataclass_fields__})


async def seals(c: Connection, *, after: int = 0) -> list[Seal]:
    """All seals behind this one, in order."""
    return [row_of(row) for row in await c.fetch(audit_sql.SEALS_FROM, after)]


@dataclass(slots=True)
class Findings:
    """What verification has found, in sentences, and what it has looked at."""

    wrong: list[str] = field(default_factory=list)
    seals: int = 0
    rows: int = 0
    unsealed: int = 0
    pruned: int = 0


async def verify(
    c: Connection, keys: Mapping[UUID, bytes], exported: Sequence[str] | None, now: datetime
) -> Findings:
    """Walk every link from the first seal, compute every root anew, compare every exported line."""
    found = Findings()
    async with c.transaction(isolation="repeatable_read", readonly=True):
        chain = await seals(c)
        found.wrong += broken(chain, keys)
        found.wrong += missing(chain, exported)
        found.pruned = await c.fetchval(audit_sql.PRUNED)
        found.wrong += too_early(chain[: found.pruned], now)
        await compare(c, emptied(chain, found.pruned), found)
    found.seals = len(chain)
    return found


def broken(chain: Sequence[Seal], keys: Mapping[UUID, bytes]) -> Iterator[str]:
    """Links that do not hold, from the first to the last."""
    number, previous, era, below = 0, NOTHING_BEFORE, 1, 0
    for each in chain:
        if each.number != number + 1:
            yield f"seal {number + 1} is missing"
        elif each.previous != previous:
            yield f"seal {each.number} does not follow from the one before"
        if not each.is_by(keys):
            yield f"seal {each.number} is not signed by a known key"
        follows = each.from_xid == below if each.era == era else each.from_xid == 0
        if not follows or each.era not in (era, era + 1):
            yield f"seal {each.number} leaves out transactions before it"
        number, previous, era, below = each.number, each.hash, each.era, each.below_xid


def missing(chain: Sequence[Seal], exported: Sequence[str] | None) -> Iterator[str]:
    """Exported seals that are not there, or not like that; without an export nothing is known."""
    here = {each.number: each.line for each in chain}
    for number, line in enumerate(exported or (), start=1):
        if here.get(number) != line:
            yield f"seal {number} is not the one that was exported"


def emptied(chain: Sequence[Seal], upto: int) -> Sequence[Seal]:
    """The chain as its rows are to be found: none where they were removed for their age."""
    bare, kept = chain[:upto], chain[upto:]
    return [*(replace(each, count=0, root=root([])) for each in bare), *kept]


def too_early(bare: Sequence[Seal], now: datetime) -> Iterator[str]:
    """Rows that were to be kept still; when they were sealed is signed."""
    for each in bare:
        if each.at > now - KEPT:
            yield f"the rows of seal {each.number} were removed before their term"


async def prune(c: Connection, before: datetime) -> int:
    """Remove sealed rows that are older, oldest first; how many they were.

    The database itself keeps what is younger than 184 days, from everybody.
    """
    removed = 0
    while (row := await c.fetchrow(audit_sql.PRUNE, before, AT_ONCE))["upto"]:
        removed += row["removed"]
    return removed


async def compare(c: Connection, chain: Sequence[Seal], found: Findings) -> None:
    """Rows against the roots of their seals; a row in no seal waits, or does not belong."""
    waiting = list(chain)
    leaves: list[bytes] = []
    async for era, xid, text in rows(c):
        found.rows += 1
        while waiting and (era, xid) >= (waiting[0].era, waiting[0].below_xid):
            found.wrong += differs(waiting.pop(0), leaves)
            leaves = []
        if waiting and (era, xid) >= (waiting[0].era, waiting[0].from_xid):
            leaves.append(leaf(text))
        elif waiting:
            found.wrong.append(f"a row of transaction {xid} stands before the first seal")
        else:
            found.unsealed += 1
    while waiting:
        found.wrong += differs(waiting.pop(0), leaves)
        leaves = []


def differs(sealed: Seal, leaves: Sequence[bytes]) -> Iterator[str]:
    """Are these the rows that were sealed?"""
    if len(leaves) != sealed.count:
        yield f"seal {sealed.number} covers {sealed.count} rows, there are {len(leaves)}"
    elif merkle.root(leaves) != sealed.root:
        yield f"a row under seal {sealed.number} was changed"


async def rows(c: Connection) -> AsyncIterator[tuple[int, int, str]]:
    """Every row in the order of the seals."""
    async for row in c.cursor(audit_sql.EVERY_IN_ORDER, prefetch=2000):
        yield row["era"], row["xid"], row["text"]


def key_ring(public: Sequence[bytes]) -> dict[UUID, bytes]:
    """Public keys by their names."""
    return {signature.key_id(each): each for each in public}
