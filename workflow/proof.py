"""Proof of an amendment (更正的证明材料): files sent before it is proposed, and those it stands on.

They are sent for an approved record. Until a proposal names them they are their sender's alone;
then they are read with it, and change with it while it lies with its proposer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import access, proof_sql, read
from models.access import Viewer
from models.read import Connection, Parameters, Row
from rules.refusal import Refused
from workflow import history
from workflow.command import Request
from workflow.history import Tag

UNPROPOSED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The files of a proposal as `amendment_sql.AMENDED` lists them, and what it had before."""

    kept: Sequence[Mapping[str, Any]] = ()
    dropped: Sequence[UUID] = ()


async def hold(c: Connection, viewer: Viewer, record_id: UUID) -> Row | None:
    """A record one may read, locked, with what is open about it and how many files there are."""
    p = Parameters([record_id])
    readable = access.records(viewer, p, "r")
    if await read.row(proof_sql.HOLD.format(readable=readable), p, on=c) is None:
        return None
    return await read.row(proof_sql.RECORD, [record_id, viewer.person_id], on=c)


async def hold_of(c: Connection, viewer: Viewer, attachment_ids: Collection[UUID]) -> list[Row]:
    """The records the viewer sent these files for, locked; an only one with what is open."""
    p = Parameters([attachment_ids, viewer.person_id])
    readable = access.records(viewer, p, "r")
    held = await read.rows(proof_sql.HOLD_OF.format(readable=readable), p, on=c)
    if len(held) != 1:
        return held
    return await read.rows(proof_sql.RECORD, [held[0].id, viewer.person_id], on=c)


async def chosen(
    c: Connection,
    viewer: Viewer,
    *,
    record_id: UUID,
    amendment_id: UUID | None,
    wanted: Collection[UUID] | None,
) -> Proofs | Refused:
    """The files a proposal names, of those its proposer has sent; unnamed, those it has."""
    if amendment_id is None and not wanted:
        return Proofs()
    sent = await read.rows(proof_sql.FILES, [record_id, viewer.person_id, amendment_id], on=c)
    had = [one.id for one in sent if one.amendment_id is not None]
    named = set(had if wanted is None else wanted)
    kept = [listed(one) for one in sent if one.id in named]
    if len(kept) < len(named):
        return Refused("NOT_FOUND", {}, ("attachmentIds",))
    return Proofs(kept=kept, dropped=[one for one in had if one not in named])


def listed(file: Row) -> Mapping[str, Any]:
    """A file as the JSON of `amendment_sql.AMENDED` has it."""
    told = {name: getattr(file, name) for name in ("label", "name", "sha256", "state")}
    return {"id": str(file.id), **told}


async def keep(c: Connection, request: Request, amendment_id: UUID, proofs: Proofs) -> None:
    """The proposal was taken: its files are read with it, what it no longer names is removed."""
    if not proofs.kept and not proofs.dropped:
        return
    kept = [UUID(one["id"]) for one in proofs.kept]
    values = [amendment_id, kept, list(proofs.dropped), request.now]
    await c.execute_query(proof_sql.KEEP, values)
    await removed(c, proofs.dropped, request.viewer, request.now)


async def forget(now: datetime) -> int:
    """What was sent a day ago and never proposed is removed; its bytes go with the collector."""
    async with in_transaction() as c:
        old = await read.rows(proof_sql.FORGET, [now, now - UNPROPOSED_FOR], on=c)
        await removed(c, [one.id for one in old], None, now)
    return len(old)


async def removed(
    c: Connection, attachment_ids: Collection[UUID], viewer: Viewer | None, now: datetime
) -> None:
    """A line of history about each."""
    for attachment_id in attachment_ids:
        await history.write(
            c,
            tag=Tag.ATTACHMENT_REMOVE,
            subject_type="attachment",
            subject_id=attachment_id,
            viewer=viewer,
            now=now,
        )
