"""Accounts (帐号): signing in and out, and the seat (身份) from which somebody acts.

A session is a row; its token is 256 random bits of which only the hash is kept. Disabling an
account, ending a seat or revoking a session acts on the next request.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import account_sql, read
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection, Row
from rules import text
from rules.refusal import Refused
from workflow import audit, delegation, grant_form, history, password, throttle
from workflow.history import Tag

LONGEST_LOGIN = 40
USUAL_RATE = 60  # tries a minute from one address
TOUCH_EVERY = timedelta(minutes=1)  # a session seen more often is not written more often
WRONG = Refused("WRONG_LOGIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """From where somebody signs in."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The seat somebody wants to act from: named, or by its user type, or his only one."""

    seat_id: UUID | None = None
    user_type: UserType | None = None
    code: str = ""  # of the organisation, as users of organisations give it (L436–442)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The token, which nobody can show again, and who the session belongs to."""

    token: str
    viewer: Viewer
    expires_at: datetime


NOWHERE, ANY_SEAT = Device(), Wanted()


async def sign_in(
    *,
    login: str,
    given: str,
    wanted: Wanted = ANY_SEAT,
    device: Device = NOWHERE,
    now: datetime,
    hours: int,
    rate: int = USUAL_RATE,
) -> SignedIn | Refused:
    """Open a session for a login and its password, `given`.

    An unknown login, a disabled account and a wrong password get the same answer after the same
    time; what seats there are is told only after the right password. Each try counts, for its
    address and for the login from that network, before anything is looked at.
    """
    who = (normalised(login), throttle.network(device.address))
    if refused := await throttle.take(
        throttle.by_address(rate), device.address, now=now
    ) or await throttle.take(throttle.SIGN_IN, *who, now=now):
        return refused
    account = await find(login)
    stored = account.password_hash if account else None
    if not await password.matches(given, stored) or account is None:
        return await turned_away(account.id if account else None)
    await throttle.forget(throttle.SIGN_IN, *who)
    seat = choose(await seats(account.person_id), wanted)
    if isinstance(seat, Refused):
        return seat
    fresh = await password.hashed(given) if password.outdated(account.password_hash) else None
    async with in_transaction() as c:
        if fresh:
            await c.execute_query(account_sql.REHASH, [account.id, fresh, stored])
        return await open_session(
            c, account=account, seat=seat, device=device, now=now, hours=hours
        )


async def turned_away(account_id: UUID | None) -> Refused:
    """One row for a failed attempt, of whoever; what was typed is in none, it may be a number."""
    failed = audit.Event(
        viewer=None,
        action=Tag.SESSION_SIGN_IN.value,
        object_type="account",
        object_id=account_id,
        refused=WRONG,
    )
    await audit.write(read.connection(), failed)
    return WRONG


async def open_session(
    c: Connection, *, account: Row, seat: Row, device: Device, now: datetime, hours: int
) -> SignedIn:
    """Write the session; whoever calls this has made sure of the person."""
    token, session_id = secrets.token_urlsafe(32), uuid7()
    expires_at = now + timedelta(hours=hours)
    await c.execute_query(
        account_sql.OPEN,
        [session_id, digest(token), account.id, seat.id, now, expires_at, *from_where(device)],
    )
    viewer = Viewer(
        account_id=account.id,
        person_id=account.person_id,
        session_id=session_id,
        **acting_from(seat),
    )
    await tell(c, Tag.SESSION_SIGN_IN, viewer, now)
    return SignedIn(token=token, viewer=viewer, expires_at=expires_at)


async def viewer_of(
    token: str, *, now: datetime, idle: timedelta, used: bool = True
) -> Viewer | None:
    """Who a token belongs to, in one statement; None when it is worth nothing (any more).

    `used` is False where nobody did anything and only a change is told.
    """
    row = await read.row(account_sql.VIEWER, [digest(token), now, now - idle])
    if row is None:
        return None
    if used and now - row.seen_at >= TOUCH_EVERY:
        await read.connection().execute_query(account_sql.TOUCH, [row.session_id, now])
    return Viewer(
        account_id=row.account_id,
        person_id=row.person_id,
        session_id=row.session_id,
        mandates=delegation.mandates(row.mandates),
        **acting_from(row, seat_id=row.seat_id),
    )


async def choose_seat(viewer: Viewer, seat_id: UUID, now: datetime) -> Viewer | Refused:
    """Act from another of one's own seats; the session stays the same."""
    seat = choose(await seats(viewer.person_id), Wanted(seat_id=seat_id))
    if isinstance(seat, Refused):
        return seat
    async with in_transaction() as c:
        await c.execute_query(account_sql.MOVE, [viewer.session_id, seat.id])
        chosen = replace(viewer, **acting_from(seat))
        await tell(c, Tag.SESSION_CHOOSE_SEAT, chosen, now)
    return chosen


async def sign_out(viewer: Viewer, now: datetime) -> None:
    """End the session; its token is worth nothing from now on."""
    async with in_transaction() as c:
        await c.execute_query(account_sql.CLOSE, [viewer.session_id, now])
        await tell(c, Tag.SESSION_SIGN_OUT, viewer, now)


async def find(login: str) -> Row | None:
    """The living account of a login, however it was typed."""
    typed = normalised(login)
    if text.check(typed, most=LONGEST_LOGIN):
        return None
    return await read.row(account_sql.BY_LOGIN, [typed])


async def seats(person_id: UUID) -> list[Row]:
    """The living seats of a person, oldest first."""
    return await read.rows(account_sql.SEATS, [person_id])


def normalised(login: str) -> str:
    """One form for full-width and capital letters and white space around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def choose(living: Sequence[Row], wanted: Wanted) -> Row | Refused:
    """The one seat that fits; several are listed, so that the client can ask."""
    fitting = [
        seat
        for seat in living
        if wanted.seat_id in (None, seat.id)
        and wanted.user_type in (None, seat.user_type)
        and (not wanted.code or coded(seat, wanted.code))
    ]
    if not fitting:
        return Refused("NO_SEAT", {}, ("seatId",))
    if len(fitting) > 1:
        return Refused("SEAT_REQUIRED", {"seats": [shown(seat) for seat in fitting]}, ("seatId",))
    return fitting[0]


def coded(seat: Row, written: str) -> bool:
    """Is it a seat of the organisation with this code?"""
    code = grant_form.code(written)
    known: str | None = seat.unit_code
    return isinstance(code, str) and known is not None and grant_form.same_unit(code, known)


def shown(seat: Row) -> dict[str, object]:
    """A seat as its owner is asked about it."""
    return {
        "id": str(seat.id),
        "userType": seat.user_type,
        "organisation": seat.organisation or "",
        "groups": list(seat.groups),
    }


def acting_from(seat: Row, *, seat_id: UUID | None = None) -> dict[str, Any]:
    """The part of a viewer that his seat decides."""
    return {
        "seat_id": seat_id or seat.id,
        "organisation_id": seat.organisation_id,
        "user_type": UserType(seat.user_type),
        "groups": frozenset(seat.groups),
        "duties": frozenset(seat.duties),
    }


async def acting(account_id: UUID, seat_id: UUID, *, on_behalf: UUID) -> Viewer | None:
    """Whom work of a batch is done for, with the rights he has now; None when he has none."""
    row = await read.row(account_sql.ACTING, [account_id, seat_id])
    if row is None:
        return None
    return Viewer(
        account_id=row.account_id,
        person_id=row.person_id,
        session_id=on_behalf,
        **acting_from(row, seat_id=row.seat_id),
    )


def from_where(device: Device) -> tuple[str, str]:
    """The device as its columns hold it."""
    return device.address[:45], "".join(filter(str.isprintable, device.user_agent))[:200]


def digest(token: str) -> bytes:
    """What is stored of a token: a dump of the database opens no session."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def tell(c: Connection, tag: Tag, viewer: Viewer, now: datetime) -> None:
    """One line of history about a session, and one of the audit log."""
    await audit.record(c, viewer, tag.value, ("session", viewer.session_id))
    await history.write(
        c,
        tag=tag,
        subject_type="session",
        subject_id=viewer.session_id,
        viewer=viewer,
        now=now,
        data={"seat": viewer.seat_id},
    )
