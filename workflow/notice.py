"""Notices (提醒): written in the transaction of their cause, read by each person for himself."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models import access, notice_sql, read
from models.access import Viewer
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection, Parameters
from workflow import command
from workflow.command import Answer, Done, Request

KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever holds a group of an organisation when he looks."""

    organisation_id: UUID | str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One notice: `to` a person or a desk; `about` a person it speaks of.

    `data` holds codes, numbers and dates, never personal data. With `once` an addressee is told
    one time however often it is tried.
    """

    kind: NoticeKind
    to: UUID | str | Desk
    case_id: UUID | None = None
    subject: tuple[str, UUID] | None = None
    about: UUID | str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    once: str | None = None


async def tell(c: Connection, *told: Telling, now: datetime) -> None:
    """Write them, in one statement; they are heard at commit."""
    if told:
        await c.execute_query(notice_sql.TELL, [json.dumps([*map(row, told)], default=str), now])


async def tell_reviewers(
    c: Connection,
    kind: NoticeKind,
    *,
    subject_type: str,
    subject_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Tell whoever has the open tasks about some subjects; of one task once a day."""
    if subject_ids:
        values = [kind.value, subject_type, list(subject_ids), now]
        await c.execute_query(notice_sql.TELL_REVIEWERS, values)


def row(told: Telling) -> dict[str, Any]:
    """The columns of a notice."""
    desk = told.to if isinstance(told.to, Desk) else None
    subject_type, subject_id = told.subject or (None, None)
    return {
        "id": uuid7(),
        "kind": told.kind.value,
        "person": None if desk else told.to,
        "organisation": desk and desk.organisation_id,
        "group_key": desk and desk.group,
        "case_id": told.case_id,
        "subject_type": subject_type,
        "subject": subject_id,
        "about": told.about,
        "data": dict(told.data),
        "once": told.once,
    }


async def mark_read(request: Request, *, notice_ids: Sequence[UUID] | None) -> Answer:
    """These are read, or all there are now; what one may not read stays as it is."""

    async def verb(c: Connection) -> Answer:
        p = Parameters()
        me, now = f"{p(request.viewer.person_id)}::uuid", p(request.now)
        chosen = f"i.created_at <= {now}"
        if notice_ids is not None:
            chosen = f"i.id = ANY ({p(list(notice_ids))}::uuid[])"
        readable = access.notices(request.viewer, p, "i")
        sql = notice_sql.READ.format(me=me, now=now, readable=readable, these=chosen)
        await c.execute_query(sql, p)
        return Done({})

    return await command.once(request, "mark_notices_read", {"notices": notice_ids}, verb)


async def unread(viewer: Viewer) -> int:
    """How many the viewer has not read."""
    p = Parameters()
    me, readable = f"{p(viewer.person_id)}::uuid", access.notices(viewer, p, "i")
    return int(await read.value(notice_sql.UNREAD.format(me=me, readable=readable), p))


async def forget(c: Connection, now: datetime) -> None:
    """What is half a year old is nobody's news."""
    await c.execute_query(notice_sql.FORGET, [now - KEPT])
