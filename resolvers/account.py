"""The viewer: his account, his seats, and the way in and out."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from uuid import UUID

from models import person_sql, read, sources
from models.account import UserType
from models.read import Row
from models.viewer import Lack
from resolvers import ids, label
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from rules.refusal import Refused
from workflow import account as verbs

ACCOUNT = "SELECT 'User' AS type_name, id, person_id, login, created_at FROM account WHERE id = $1"


@dataclass(frozen=True, kw_only=True)
class SignInInput:
    login: str
    password: str
    code: str = ""
    seat_id: ids.NodeId | None = None
    user_type: UserType | None = None
    organisation_code: str = ""
    as_token: bool = False


@dataclass(frozen=True, kw_only=True)
class ChooseSeatInput:
    seat_id: ids.NodeId


async def viewer(context: Context) -> Row | None:
    """Who asks; nobody when nobody is signed in."""
    return await of(context.viewer.account_id) if context.viewer else None


async def of(account_id: UUID) -> Row | None:
    """An account without its secrets."""
    return await read.row(ACCOUNT, [account_id])


async def active_seat(context: Context, _: Row) -> Row | None:
    """The seat the viewer acts from."""
    found = await context.loader(seats_of, seats_of).load(context.me.person_id)
    return next((row for row in found or () if row.id == context.me.seat_id), None)


async def seats(context: Context, _: Row) -> list[Row]:
    """Every seat the viewer may choose, his own first."""
    return await context.loader(seats_of, seats_of).load(context.me.person_id) or []


async def seats_of(keys: list[UUID]) -> Mapping[UUID, list[Row]]:
    """Living seats by person."""
    groups: dict[UUID, list[Row]] = {}
    for row in await read.rows(person_sql.SEATS, [keys]):
        groups.setdefault(row.person_id, []).append(row)
    return groups


def is_active(context: Context, row: Row) -> bool:
    """Is it the seat the viewer acts from?"""
    return bool(row.id == context.me.seat_id)


def groups(context: Context, row: Row) -> list[Label]:
    """The user groups of a seat."""
    return [label.word(context, "group", key) for key in row.groups]


def may(context: Context, row: Row) -> list[Label]:
    """What a seat opens: declaring for a person, its duties and reviews for an organisation."""
    if row.user_type == UserType.PERSON:
        return [label.word(context, "may", "declare")]
    reviewing = ["review"] if set(row.groups) - {"unit_admin"} else []
    return [label.word(context, "may", key) for key in (*reviewing, *row.duties)]


def lacks(context: Context, _: Row) -> Lack | None:
    """What the viewer must do before anything else."""
    return context.me.lacks


def person(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The natural person of the account."""
    return context.one(sources.PERSON, row.person_id)


async def sign_in(context: Context, *, input: SignInInput) -> Payload:
    """Open a session; the token goes into a cookie unless asked for as a value."""
    seat = None
    if input.seat_id is not None:
        decoded = ids.decode(input.seat_id)
        if decoded is None:
            return Refused("NO_SEAT", {}, ("seatId",))
        seat = decoded[1]
    opened = await verbs.sign_in(
        login=input.login,
        given=input.password,
        code=input.code,
        asks=context.limits.asks,
        wanted=verbs.Wanted(seat_id=seat, user_type=input.user_type, code=input.organisation_code),
        device=verbs.Device(address=context.door.address, user_agent=context.door.user_agent),
        now=context.now,
        hours=context.limits.session_hours,
        rate=context.limits.sign_in_rate,
    )
    if isinstance(opened, Refused):
        return opened
    if not input.as_token:
        context.door.token = opened.token
    context.become(opened.viewer)
    return {
        "user": await of(opened.viewer.account_id),
        "token": opened.token if input.as_token else None,
        "expires_at": opened.expires_at,
    }


async def choose_seat(context: Context, *, input: ChooseSeatInput) -> Payload:
    """Act from another seat from now on."""
    decoded = ids.decode(input.seat_id)
    if decoded is None:
        return Refused("NO_SEAT", {}, ("seatId",))
    chosen = await verbs.choose_seat(context.me, decoded[1], context.now, asks=context.limits.asks)
    if isinstance(chosen, Refused):
        return chosen
    context.become(chosen)
    return {"user": await of(chosen.account_id)}


async def sign_out(context: Context) -> bool:
    """End the session."""
    if context.viewer is None:
        return False
    await verbs.sign_out(context.viewer, context.now)
    context.door.closed = True
    context.become(None)
    return True
