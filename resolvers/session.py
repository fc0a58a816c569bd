"""The viewer's own login sessions and his password."""

from dataclasses import dataclass

from models.read import Row
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import session as verbs


@dataclass(frozen=True, kw_only=True)
class RevokeSessionInput:
    session_id: ids.NodeId


@dataclass(frozen=True, kw_only=True)
class ChangePasswordInput:
    current: str
    new: str


async def sessions(context: Context) -> list[Row]:
    """Where the viewer is signed in, the latest first."""
    limits = context.limits
    return await verbs.own(context.me, now=context.now, idle=limits.idle, asks=limits.asks)


def id_of(context: Context, row: Row) -> ids.NodeId:
    """Its global id."""
    return ids.encode("Session", row.id)


def is_current(context: Context, row: Row) -> bool:
    """Is it the one that asks?"""
    return bool(row.id == context.me.session_id)


async def revoke(context: Context, *, input: RevokeSessionInput) -> Payload:
    """End one of them."""
    key = command.key(input.session_id, "Session", path="sessionId")
    if isinstance(key, Refused):
        return key
    if refused := await verbs.revoke(context.me, key, context.now):
        return refused
    if key == context.me.session_id:
        leave(context)
    return {"ended": 1}


async def revoke_others(context: Context) -> int:
    """End all but this one."""
    return await verbs.revoke_others(context.me, context.now)


async def change_password(context: Context, *, input: ChangePasswordInput) -> Payload:
    """Replace the password; the viewer signs in anew."""
    refused = await verbs.change_password(
        context.me,
        current=input.current,
        new=input.new,
        profile=context.limits.passwords,
        address=context.door.address,
        now=context.now,
    )
    if refused:
        return refused
    leave(context)
    return {"ended": 1}


def leave(context: Context) -> None:
    """The session that asked is over."""
    context.door.closed = True
    context.become(None)
