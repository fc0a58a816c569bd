"""Two accounts of the same person (重复帐号): one ends, and what lives in it goes to the other.

Who stays is who has the right number. Records, applications and places of work go over and count
from now on; cases, snapshots and certificates stay as they were written, and whoever stays reads
them. What both were credited with counts once.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models import duplicate_sql, read
from models.notice import NoticeKind
from models.read import Connection, Row
from rules import dates
from rules.refusal import Refused
from workflow import history, later, notice
from workflow.command import Request
from workflow.history import Tag
from workflow.notice import Telling


async def previews(
    claim_ids: Sequence[UUID], *, on: Connection | None = None
) -> Mapping[UUID, Row]:
    """What would go over if those of each claim were one person, and what is in the way."""
    found = await read.rows(duplicate_sql.PREVIEW, [list(claim_ids)], on=on)
    return {row.id: row for row in found}


def obstacle(seen: Row) -> Refused | None:
    """What must be finished before an account can end in another."""
    if seen.contested:
        return Refused("CLAIM_OPEN")
    if seen.shut:
        return Refused("DUPLICATE_STAYS_SHUT")
    if seen.seats:
        return Refused("DUPLICATE_HAS_SEATS", {"count": seen.seats})
    if seen.open_cases:
        return Refused("DUPLICATE_HAS_CASES", {"count": seen.open_cases})
    return None


async def hold(c: Connection, claim: Row) -> Row | Refused:
    """Lock both with their figures, and see whether the one can end in the other."""
    both = [claim.claimant_id, claim.owner_id]
    await c.execute_query(duplicate_sql.HOLD_FIGURES, both)
    await c.execute_query(duplicate_sql.HOLD, both)
    seen = (await previews([claim.id], on=c))[claim.id]
    return obstacle(seen) or seen


async def absorb(
    c: Connection, request: Request, seen: Row, *, gone_id: UUID, stays_id: UUID
) -> None:
    """Let one of two persons that are held end in the other, whose account nobody touches.

    The account of who is gone opens nothing any more: the caller has silenced it.
    """
    await hand_over(c, request, gone_id, stays_id)
    await later.recalculate(c, [stays_id], request.now)
    counted = {name: getattr(seen, name) for name in ("records", "repeated", "applications")}
    await tell(c, request, gone_id, stays_id, {**counted, "judged_own": seen.judged_own})


async def hand_over(c: Connection, request: Request, gone_id: UUID, stays_id: UUID) -> None:
    """Move what lives; the number of who is gone is forgotten."""
    both, who = [gone_id, stays_id], request.viewer
    why = json.dumps({"why": "repeated", "kept_by": str(stays_id)})
    actor = [Tag.RECORD_DELETE.value, who.person_id, who.account_id, who.organisation_id]
    await c.execute_query(duplicate_sql.REPEAT, [*both, request.now, *actor, why])
    today = dates.shanghai_date(request.now)
    moved: list[tuple[str, list[Any]]] = [
        (duplicate_sql.RECORDS, [*both, request.now]),
        (duplicate_sql.APPLICATIONS, [*both, request.now]),
        (duplicate_sql.EMPLOYMENTS, [*both, today]),
        (duplicate_sql.PROFILE, both),
        (duplicate_sql.LEAVE, [stays_id]),
        (duplicate_sql.FORGET, [gone_id]),
        (duplicate_sql.UNCOUNT, [gone_id]),
        (duplicate_sql.CLOSE_REQUESTS, [gone_id, request.now]),
        (duplicate_sql.ABSORB, both),
    ]
    for sql, values in moved:
        await c.execute_query(sql, values)
    await read.value(duplicate_sql.ERASE, [gone_id], on=c)


async def tell(
    c: Connection, request: Request, gone_id: UUID, stays_id: UUID, counted: dict[str, Any]
) -> None:
    """A line of history for both, and a notice to who stays."""
    for person_id in (gone_id, stays_id):
        await history.write(
            c,
            tag=Tag.ACCOUNT_ABSORB,
            subject_type="person",
            subject_id=person_id,
            viewer=request.viewer,
            now=request.now,
            data={"gone": gone_id, "stays": stays_id, **counted},
        )
    data = {name: counted[name] for name in ("records", "repeated")}
    merged = Telling(kind=NoticeKind.ACCOUNT_MERGED, to=stays_id, data=data)
    await notice.tell(c, merged, now=request.now)
