"""Moves between employers (调动): the list, and the verbs of both sides."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models import staff_source
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
    """One's own moves, and those to the organisation whose staff one manages; newest first."""
    source = staff_source.MOVE
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at desc"
    )


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
