"""Notices (提醒): the list, unread first, each as a sentence, and that they were read."""

import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import case_source, desk
from models.notice import NoticeKind
from models.read import Row
from models.select import Condition
from resolvers import command, filter, ids, label, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules import dates
from rules.refusal import Refused
from workflow import notice as verbs

INSTANTS = ("due", "from", "until")
SHOWN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, kw_only=True)
class NoticeFilter:
    kind: filter.Among[NoticeKind] | None = None
    unread: bool | None = None
    case: filter.OfRow | None = None
    created_at: filter.Ordered[datetime] | None = None
    and_: list["NoticeFilter"] | None = None
    or_: list["NoticeFilter"] | None = None
    not_: "NoticeFilter | None" = None


class NoticeOrderField(StrEnum):
    UNREAD = "unread"
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class NoticeOrder:
    field: NoticeOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class MarkNoticesReadInput:
    notice_ids: list[ids.NodeId] | None = None
    idempotency_key: str


UNREAD_FIRST = (
    NoticeOrder(field=NoticeOrderField.UNREAD, direction=Direction.DESC),
    NoticeOrder(field=NoticeOrderField.CREATED_AT, direction=Direction.DESC),
)


async def notices(
    context: Context,
    *,
    where: NoticeFilter | None = None,
    order_by: list[NoticeOrder] | None = None,
    asked: Asked,
) -> Page:
    """To the viewer and to his groups, the unread ones first, the latest of them on top."""
    wanted: Condition = filter.condition(desk.NOTICE.filters, where)
    return await page.read(
        desk.NOTICE,
        context.me,
        wanted,
        asked=asked,
        orders=order_by or UNREAD_FIRST,
        usual="created_at",
    )


def sentence(context: Context, row: Row) -> str:
    """What it says, in the reader's language."""
    data = json.loads(row.data)
    role = f"_{data['as']}" if "as" in data else ""
    return context.say(f"notice.{row.kind}{role}", **worded(context, row, data))


def worded(context: Context, row: Row, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a notice as people read it."""
    told = {**data, "about": row.about_name or "…"}
    for name in INSTANTS:
        if data.get(name):
            moment = datetime.fromisoformat(data[name])
            told[name] = moment.astimezone(dates.SHANGHAI).strftime(SHOWN)
    if route := data.get("route"):
        shipped = label.shipped(route)
        step = label.step(context, shipped, data.get("step"))
        told["business"] = label.business(context, shipped, route).name
        told["step"] = step.name if step else "…"
    return told


def case(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The case it is about, if it may be read."""
    return context.one(case_source.CASE, row.case_id)


async def unread(context: Context, _: Row) -> int:
    """How many the viewer has not read."""
    return 0 if context.me.lacks else await verbs.unread(context.me)


async def mark_read(context: Context, *, input: MarkNoticesReadInput) -> Payload:
    """These are read, or all there are."""
    chosen: Any = None
    if input.notice_ids is not None:
        chosen = command.keys(input.notice_ids, "Notice", path="noticeIds")
        if isinstance(chosen, Refused):
            return chosen
    done: Any = await verbs.mark_read(command.request(context, input), notice_ids=chosen)
    if isinstance(done, Refused):
        return done
    return {"unread_notices": await verbs.unread(context.me), "replayed": done.replayed}
