"""Requests to change name or number: one's own, those for the city, and the verbs of both."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import sources
from models.identity_change_source import IDENTITY_CHANGE
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.document import DocumentType
from rules.refusal import Refused
from workflow import identity_change as verbs


@dataclass(frozen=True, kw_only=True)
class IdentityChangeFilter:
    waiting: bool | None = None
    overdue: bool | None = None
    due_at: filter.Ordered[datetime] | None = None
    and_: list["IdentityChangeFilter"] | None = None
    or_: list["IdentityChangeFilter"] | None = None
    not_: "IdentityChangeFilter | None" = None


class IdentityChangeOrderField(StrEnum):
    CREATED_AT = "created_at"
    DUE_AT = "due_at"


@dataclass(frozen=True, kw_only=True)
class IdentityChangeOrder:
    field: IdentityChangeOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class AskIdentityChangeInput:
    name: str | None = None
    document_type: DocumentType = DocumentType.CITIZEN
    number: str | None = None
    reason: str
    evidence: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class WithdrawIdentityChangeInput:
    change_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class DecideIdentityChangeInput:
    change_id: ids.NodeId
    granted: bool
    reason: str
    number: str | None = None
    idempotency_key: str


async def changes(
    context: Context,
    *,
    where: IdentityChangeFilter | None = None,
    order_by: list[IdentityChangeOrder] | None = None,
    asked: Asked,
) -> Page:
    """One's own, or all for the city's approvers; oldest first."""
    source = IDENTITY_CHANGE
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at"
    )


def person(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who asked, under the name he has now."""
    return context.one(sources.NAMED_PERSON, row.person_id)


def decider(_: Context, row: Row) -> str | None:
    """The name of who decided, as it is now."""
    name: str | None = row.decider
    return name


async def ask(context: Context, *, input: AskIdentityChangeInput) -> Payload:
    """Ask for another name or number."""
    asked = verbs.Asked(
        name=input.name,
        document_type=input.document_type,
        number=input.number,
        reason=input.reason,
        evidence=input.evidence,
    )
    return await told(context, await verbs.ask(command.request(context, input), asked=asked))


async def withdraw(context: Context, *, input: WithdrawIdentityChangeInput) -> Payload:
    """Take it back."""
    key = command.key(input.change_id, "IdentityChange", path="changeId")
    if isinstance(key, Refused):
        return key
    return await told(context, await verbs.withdraw(command.request(context, input), change_id=key))


async def decide(context: Context, *, input: DecideIdentityChangeInput) -> Payload:
    """Grant or refuse it."""
    key = command.key(input.change_id, "IdentityChange", path="changeId")
    if isinstance(key, Refused):
        return key
    done = await verbs.decide(
        command.request(context, input),
        change_id=key,
        granted=input.granted,
        answer=input.reason,
        number=input.number,
    )
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The request after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, IDENTITY_CHANGE, done.data["change"])
    return {"change": found, "replayed": done.replayed}
