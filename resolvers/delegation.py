"""Delegations (代理): who stands for whom, what the viewer may do by it, and the two verbs."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import delegation_sql, desk, read, sources
from models.access import Mandate
from models.read import Row
from resolvers import command, filter, ids, label, page, task
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from resolvers.offers import Action
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import delegation as verbs


@dataclass(frozen=True, kw_only=True)
class DelegationFilter:
    principal: filter.OfRow | None = None
    delegate: filter.OfRow | None = None
    starts_at: filter.Ordered[datetime] | None = None
    ends_at: filter.Ordered[datetime] | None = None
    revoked: bool | None = None
    and_: list["DelegationFilter"] | None = None
    or_: list["DelegationFilter"] | None = None
    not_: "DelegationFilter | None" = None


class DelegationOrderField(StrEnum):
    STARTS_AT = "starts_at"


@dataclass(frozen=True, kw_only=True)
class DelegationOrder:
    field: DelegationOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class CreateDelegationInput:
    principal_id: ids.NodeId | None = None
    delegate_id: ids.NodeId
    groups: list[str] | None = None
    routes: list[str] | None = None
    starts_at: datetime | None = None
    ends_at: datetime
    reason: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RevokeDelegationInput:
    delegation_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody in whose name the viewer may act on one task."""

    task: Row
    mandate: Mandate
    until: datetime


async def delegations(
    context: Context,
    *,
    where: DelegationFilter | None = None,
    order_by: list[DelegationOrder] | None = None,
    asked: Asked,
) -> Page:
    """Those that name the viewer, and for the administrator those of his organisation."""
    source = desk.DELEGATION
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="starts_at desc"
    )


async def colleagues(context: Context) -> list[Row]:
    """Who may stand for whom: the other people seated in the viewer's organisation."""
    me = context.me
    asked = [me.organisation_id, [*verbs.REVIEWING], me.person_id]
    return await read.rows(delegation_sql.COLLEAGUES, asked) if me.has_business else []


def principal(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """In whose name."""
    return context.one(sources.NAMED_PERSON, row.principal_id)


def delegate(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """By whom."""
    return context.one(sources.NAMED_PERSON, row.delegate_id)


def created_by(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who gave it."""
    return context.one(sources.NAMED_PERSON, row.created_by_id)


def groups(context: Context, row: Row) -> list[Label]:
    """The groups, in words."""
    return [label.word(context, "group", key) for key in row.groups or ()]


def routes(context: Context, row: Row) -> list[Label]:
    """The businesses, in words."""
    return [label.business(context, label.shipped(code), code) for code in row.routes]


def active(context: Context, row: Row) -> bool:
    """Is it in force now?"""
    return row.revoked_at is None and bool(row.starts_at <= context.now < row.ends_at)


def of_task(context: Context, row: Row) -> list[Standing]:
    """For whom the viewer may decide a task of his organisation."""
    me = context.me
    return [
        Standing(task=row, mandate=one, until=one.until)
        for one in me.mandates
        if row.organisation_id == me.organisation_id and one.covers(row.group_key, row.route_code)
    ]


def stands_for(context: Context, row: Standing) -> Awaitable[Row | None] | None:
    """The person in whose name."""
    return context.one(sources.NAMED_PERSON, row.mandate.principal_id)


async def available_actions(context: Context, row: Standing) -> list[Action]:
    """Every act in his name, each with the refusal it would get."""
    return await task.actions(context, row.task, row.mandate)


async def create(context: Context, *, input: CreateDelegationInput) -> Payload:
    """Let a colleague decide in one's own name, or in that of another."""
    delegate = command.key(input.delegate_id, "Person", path="delegateId")
    if isinstance(delegate, Refused):
        return delegate
    principal = context.me.person_id
    if input.principal_id is not None:
        named = command.key(input.principal_id, "Person", path="principalId")
        if isinstance(named, Refused):
            return named
        principal = named
    wanted = verbs.Wanted(
        principal_id=principal,
        delegate_id=delegate,
        groups=input.groups,
        routes=input.routes or (),
        starts_at=input.starts_at or context.now,
        ends_at=input.ends_at,
        reason=input.reason,
    )
    return await told(context, await verbs.give(command.request(context, input), wanted))


async def revoke(context: Context, *, input: RevokeDelegationInput) -> Payload:
    """End one now."""
    key = command.key(input.delegation_id, "Delegation", path="delegationId")
    if isinstance(key, Refused):
        return key
    done = await verbs.revoke(command.request(context, input), delegation_id=key)
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The delegation after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, desk.DELEGATION, done.data["delegation"])
    return {"delegation": found, "replayed": done.replayed}
