"""Numbers that are shown or asked for: with a purpose, within limits, and never unnoticed.

The row of the audit log is committed before a number is opened: a rollback would take the row
back, but not the knowledge.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tortoise.transactions import in_transaction

from models import access, audit_sql, read
from models.access import Viewer
from models.read import Connection, Parameters
from rules import identity as numbers
from rules import text
from rules.document import Document, DocumentType
from rules.refusal import Refused
from workflow import audit, factor, identity, keyring

HOURLY, DAILY = 30, 100
SHORTEST, LONGEST = 4, 200
NUMBER = re.compile(r"\d{9}")  # a reason that holds a number would keep it in the log
TOO_OFTEN = Refused("DISCLOSED_TOO_OFTEN", {"hourly": HOURLY, "daily": DAILY})


class Purpose(StrEnum):
    """What a number is needed for."""

    VERIFY = "verify"
    COMPARE = "compare"
    CORRECT = "correct"
    INQUIRY = "inquiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Why a number is asked for."""

    purpose: Purpose
    reason: str


async def reveal(
    viewer: Viewer, *, person_id: UUID, case_id: UUID, stated: Stated, now: datetime
) -> Document | Refused:
    """The number of somebody a task of the viewer's is about, once that is in the log for good."""
    if refused := factor.stale(viewer, now) or unfit(stated.reason):
        return refused
    told = {"purpose": stated.purpose.value, "reason": stated.reason, "case": str(case_id)}
    call = audit.CALL.get()
    given = [person_id, case_id, sorted(viewer.groups), json.dumps(told), HOURLY, DAILY]
    whence = [*audit.who(viewer), call.address, call.request_id]
    async with in_transaction() as c:
        found = await read.row(audit_sql.REVEAL, [*given, *whence], on=c)
    call.written = call.request_id is not None
    assert found is not None
    if found.verdict != "done":
        return TOO_OFTEN if found.verdict == TOO_OFTEN.code else Refused(found.verdict)
    kind = DocumentType(found.document)
    plain = keyring.current().open(found.sealed, identity.bound(person_id, kind))
    return Document(type=kind, number=plain.decode("ascii"))


async def look_up(viewer: Viewer, document: Document) -> UUID | Refused | None:
    """Who has exactly this number, among those the viewer may read; counted like a reveal."""
    async with in_transaction() as c:
        await c.execute_query(audit_sql.ONE_AT_A_TIME, [viewer.account_id])
        seen = await read.row(audit_sql.DISCLOSED, [viewer.account_id], on=c)
        assert seen is not None
        refused = TOO_OFTEN if seen.hour >= HOURLY or seen.day >= DAILY else None
        found = None if refused else await readable(c, viewer, await identity.find(c, document))
        await audit.write(
            c,
            audit.Event(
                viewer=viewer,
                action="identity:find",
                object_type="person",
                object_id=found,
                refused=refused,
            ),
        )
    return refused or found


async def readable(c: Connection, viewer: Viewer, person_id: UUID | None) -> UUID | None:
    """The person, if the viewer may read him; else there is nobody."""
    p = Parameters([person_id])
    condition = access.persons(viewer, p, "s")
    found: UUID | None = await read.value(
        f"SELECT s.id FROM person s WHERE s.id = $1::uuid AND {condition}", p, on=c
    )
    return found


def unfit(reason: str) -> Refused | None:
    """Why these words cannot stand in the log for ever."""
    if text.blank(reason) or len(reason.strip()) < SHORTEST:
        return Refused("REASON_TOO_SHORT", {"least": SHORTEST}, ("reason",))
    if NUMBER.search(numbers.compact(reason)):
        return Refused("NUMBER_IN_TEXT", {}, ("reason",))
    return next((each.under("reason") for each in text.check(reason, most=LONGEST)), None)
