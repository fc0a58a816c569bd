"""Requests about one's own data: the list of both sides, and their verbs."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import sources
from models.data_request import DataField, DataRequestKind
from models.data_request_source import DATA_REQUEST
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import data_request as verbs


@dataclass(frozen=True, kw_only=True)
class DataRequestFilter:
    waiting: bool | None = None
    overdue: bool | None = None
    due_at: filter.Ordered[datetime] | None = None
    kind: filter.Among[DataRequestKind] | None = None
    person: filter.OfRow | None = None
    and_: list["DataRequestFilter"] | None = None
    or_: list["DataRequestFilter"] | None = None
    not_: "DataRequestFilter | None" = None


class DataRequestOrderField(StrEnum):
    CREATED_AT = "created_at"
    DUE_AT = "due_at"


@dataclass(frozen=True, kw_only=True)
class DataRequestOrder:
    field: DataRequestOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class RequestCorrectionInput:
    field: DataField
    wish: str
    reason: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RequestClosureInput:
    reason: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class WithdrawDataRequestInput:
    request_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class AnswerDataRequestInput:
    request_id: ids.NodeId
    granted: bool
    answer: str
    idempotency_key: str


async def requests(
    context: Context,
    *,
    where: DataRequestFilter | None = None,
    order_by: list[DataRequestOrder] | None = None,
    asked: Asked,
) -> Page:
    """One's own, and to those who answer all; what is due first comes first."""
    wanted = filter.condition(DATA_REQUEST.filters, where)
    return await page.read(
        DATA_REQUEST, context.me, wanted, asked=asked, orders=order_by, usual="due_at"
    )


def person(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who asks."""
    return context.one(sources.NAMED_PERSON, row.person_id)


async def correct(context: Context, *, input: RequestCorrectionInput) -> Payload:
    """Ask for a correction."""
    done = await verbs.request_correction(
        command.request(context, input), field=input.field, wish=input.wish, reason=input.reason
    )
    return await told(context, done)


async def close(context: Context, *, input: RequestClosureInput) -> Payload:
    """Ask that the account be closed."""
    request = command.request(context, input)
    return await told(context, await verbs.request_closure(request, reason=input.reason))


async def withdraw(context: Context, *, input: WithdrawDataRequestInput) -> Payload:
    """Take it back."""
    key = command.key(input.request_id, "DataRequest", path="requestId")
    if isinstance(key, Refused):
        return key
    request = command.request(context, input)
    return await told(context, await verbs.withdraw(request, request_id=key))


async def answer(context: Context, *, input: AnswerDataRequestInput) -> Payload:
    """Grant or refuse it."""
    key = command.key(input.request_id, "DataRequest", path="requestId")
    if isinstance(key, Refused):
        return key
    done = await verbs.answer(
        command.request(context, input),
        request_id=key,
        granted=input.granted,
        words=input.answer,
    )
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The request after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, DATA_REQUEST, done.data["request"])
    return {"request": found, "replayed": done.replayed}
