"""Moves between employers (调动): the list, and the verbs of both sides."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import sources, staff_source
from models.move import MoveSide
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import move as verbs


@dataclass(frozen=True, kw_only=True)
class MoveFilter:
    waiting: bool | None = None
    person: filter.OfRow | None = None
    organisation: filter.OfRow | None = None
    former: filter.OfRow | None = None
    name: filter.Text | None = None
    and_: list["MoveFilter"] | None = None
    or_: list["MoveFilter"] | None = None
    not_: "MoveFilter | None" = None


class MoveOrderField(StrEnum):
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class MoveOrder:
    field: MoveOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class AskToMoveInput:
    organisation_id: ids.NodeId
    note: str = ""
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class WithdrawMoveInput:
    move_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class DecideMoveInput:
    move_id: ids.NodeId
    confirmed: bool
    reason: str = ""
    idempotency_key: str


async def moves(
    context: Context,
    *,
    where: MoveFilter | None = None,
    order_by: list[MoveOrder] | None = None,
    asked: Asked,
) -> Page:
    """One's own moves, and those to or from the body whose staff one manages; newest first."""
    source = staff_source.MOVE
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at desc"
    )


def former(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Whom he leaves."""
    return context.one(sources.ORGANISATION, row.former_id)


def waits_for(_: Context, row: Row) -> list[MoveSide]:
    """Who has to act still, while it waits."""
    return sorted(verbs.sides(row)) if row.closed_at is None else []


async def preview(context: Context, row: Row) -> Row | None:
    """What becomes of cases and seats, for himself and for whom he leaves, while it waits."""

    async def load(keys: list[UUID]) -> Mapping[UUID, Row]:
        return await verbs.previews(context.me, keys)

    found: Row | None = await context.loader("move", load).load(row.id)
    return found


def drafts(context: Context, row: Row) -> int | None:
    """What he has not handed in is told to himself alone."""
    return row.drafts if row.person_id == context.me.person_id else None


async def own_preview(context: Context) -> Row:
    """The same before one asks."""
    return await verbs.preview(context.me.person_id)


def employer(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Whom he leaves."""
    return context.one(sources.ORGANISATION, row.employer_id)


async def ask(context: Context, *, input: AskToMoveInput) -> Payload:
    """Say where one works."""
    key = command.key(input.organisation_id, "Unit", "Department", path="organisationId")
    if isinstance(key, Refused):
        return key
    request = command.request(context, input)
    return await told(context, await verbs.ask(request, organisation_id=key, note=input.note))


async def withdraw(context: Context, *, input: WithdrawMoveInput) -> Payload:
    """Take the wish back."""
    key = command.key(input.move_id, "Move", path="moveId")
    if isinstance(key, Refused):
        return key
    return await told(context, await verbs.withdraw(command.request(context, input), move_id=key))


async def decide(context: Context, *, input: DecideMoveInput) -> Payload:
    """Confirm or refuse it."""
    key = command.key(input.move_id, "Move", path="moveId")
    if isinstance(key, Refused):
        return key
    done = await verbs.decide(
        command.request(context, input),
        move_id=key,
        confirmed=input.confirmed,
        reason=input.reason,
    )
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The move after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, staff_source.MOVE, done.data["move"])
    return {"move": found, "replayed": done.replayed}
