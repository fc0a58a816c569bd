"""Accounts (帐号): signing in and out, and the seat (身份) from which somebody acts.

A session is a row; its token is 256 random bits of which only the hash is kept. Disabling an
account, ending a seat or revoking a session acts on the next request.
"""

import secrets
import unicodedata
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
from workflow import (
    audit,
    delegation,
    digest,
    factor,
    history,
    password,
    throttle,
)
from workflow import device as devices
from workflow.admission import NOTHING, Asks, barred, elsewhere, lacking, uncovered, used_since
from workflow.device import NOWHERE, Device
from workflow.factor import Proof
from workflow.history import Tag
from workflow.seat import ANY_SEAT, Wanted, choose

# Whoever opens a session says from where, for which seat, and what is asked of it.
__all__ = ["ANY_SEAT", "NOTHING", "NOWHERE", "Asks", "Device", "Wanted"]

LONGEST_LOGIN = 40
USUAL_RATE = 60  # tries a minute from one address
MOST_SESSIONS = 3
TOUCH_EVERY = timedelta(minutes=1)  # a session seen more often is not written more often
WRONG = Refused("WRONG_LOGIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The token, which nobody can show again, and who the session belongs to."""

    token: str
    viewer: Viewer
    expires_at: datetime


async def sign_in(
    *,
    login: str,
    given: str,
    code: str = "",
    wanted: Wanted = ANY_SEAT,
    device: Device = NOWHERE,
    asks: Asks = NOTHING,
    now: datetime,
    hours: int,
    rate: int = USUAL_RATE,
) -> SignedIn | Refused:
    """Open a session for a login and its password, `given`, and a code where there is a factor.

    An unknown login, a disabled account and a wrong password get the same answer after the same
    time; a code is asked for after the password, seats are told after both. Each try counts first.
    """
    who = (normalised(login), throttle.network(device.address))
    if refused := await throttle.take(throttle.by_address(rate), device.address, now=now):
        return refused
    if refused := await throttle.take(throttle.SIGN_IN, *who, now=now):
        return refused
    known = await recognised(login, given, code, now=now)
    if isinstance(known, Refused):
        return known
    account, proof = known
    seat = await seat_of(account, wanted, address=device.address, asks=asks, now=now)
    fresh = await password.hashed(given) if password.outdated(account.password_hash) else None
    async with in_transaction() as c:
        if refused := await outrun(c, account, proof, now, enters=isinstance(seat, Row)):
            return await turned_away(account.id, refused)
        if fresh:
            await c.execute_query(account_sql.REHASH, [account.id, fresh, account.password_hash])
        await throttle.forget(throttle.SIGN_IN, *who)
        if isinstance(seat, Refused):
            return seat
        at: dict[str, Any] = {"device": device, "now": now, "hours": hours, "asks": asks}
        shown = now if proof else None
        return await open_session(c, account=account, seat=seat, mfa_at=shown, **at)


async def recognised(
    login: str, given: str, code: str, *, now: datetime
) -> tuple[Row, Proof | None] | Refused:
    """The account of whoever knows its password, and shows a code where it asks for one."""
    account = await find(login)
    stored = account.password_hash if account else None
    if not await password.matches(given, stored) or account is None:
        return await turned_away(account.id if account else None)
    proof = await factor.asked(account.id, code, now=now)
    if isinstance(proof, Refused):
        return await turned_away(account.id, proof) if proof == factor.WRONG else proof
    return account, proof


async def seat_of(
    account: Row, wanted: Wanted, *, address: str, asks: Asks, now: datetime
) -> Row | Refused:
    """The seat he wants to act from, if he may come in at all."""
    living = await seats(account.person_id)
    if refused := await barred(account, living, address=address, asks=asks, now=now):
        return await turned_away(account.id, refused)
    return choose(living, wanted)


async def outrun(
    c: Connection, account: Row, proof: Proof | None, now: datetime, *, enters: bool
) -> Refused | None:
    """What is true no longer: the password, an open account, the lack of an app, or a code."""
    if not await hold(c, account.id, account.password_hash):
        return WRONG
    if not enters:
        return None
    if proof is None:
        enrolled = await factor.asked(account.id, "", now=now)
        return enrolled if isinstance(enrolled, Refused) else None
    return None if await factor.use(c, account.id, proof, now) else factor.WRONG


async def hold(c: Connection, account_id: UUID, stored: str | None = None) -> bool:
    """Lock an account; False if it was shut meanwhile, or has another password than that."""
    return await read.value(account_sql.LOCK, [account_id, stored], on=c) is not None


async def turned_away(account_id: UUID | None, why: Refused = WRONG) -> Refused:
    """One row for a failed attempt, of whoever; what was typed is in none, it may be a number."""
    failed = audit.Event(
        viewer=None,
        action=Tag.SESSION_SIGN_IN.value,
        object_type="account",
        object_id=account_id,
        refused=why,
    )
    await audit.write(read.connection(), failed)
    return why


async def open_session(
    c: Connection,
    *,
    account: Row,
    seat: Row,
    device: Device,
    now: datetime,
    hours: int,
    asks: Asks = NOTHING,
    mfa_at: datetime | None = None,
) -> SignedIn:
    """Write the session; whoever calls this has made sure of the person, and holds his account."""
    token, session_id = secrets.token_urlsafe(32), uuid7()
    expires_at = now + timedelta(hours=hours)
    row = [session_id, digest.of_token(token), account.id, seat.id, now, expires_at]
    found = await read.row(
        account_sql.OPEN, [*row, *devices.columns(device), mfa_at, MOST_SESSIONS - 1], on=c
    )
    viewer = Viewer(
        account_id=account.id,
        person_id=account.person_id,
        session_id=session_id,
        mfa_at=mfa_at,
        lacks=lacking(account, seat, mfa_at, asks=asks, now=now),
        **acting_from(seat),
    )
    await tell(c, Tag.SESSION_SIGN_IN, viewer, now)
    assert found is not None
    await devices.tell(c, viewer, device, ended=found.ended, new=found.new_device, now=now)
    return SignedIn(token=token, viewer=viewer, expires_at=expires_at)


async def viewer_of(
    token: str,
    *,
    now: datetime,
    idle: timedelta,
    asks: Asks = NOTHING,
    address: str = "",
    used: bool = True,
) -> Viewer | None:
    """Who a token belongs to, in one statement; None when it is worth nothing (any more).

    `used` is False where nobody did anything and only a change is told.
    """
    since = used_since(now, idle, asks)
    row = await read.row(account_sql.VIEWER, [digest.of_token(token), now, *since])
    if row is None or elsewhere(UserType(row.user_type), address, asks):
        return None
    if used and now - row.seen_at >= TOUCH_EVERY:
        await read.connection().execute_query(account_sql.TOUCH, [row.session_id, now])
    return Viewer(
        account_id=row.account_id,
        person_id=row.person_id,
        session_id=row.session_id,
        mandates=delegation.mandates(row.mandates),
        former=tuple(row.former),
        mfa_at=row.mfa_at,
        lacks=lacking(row, row, row.mfa_at, asks=asks, now=now),
        **acting_from(row, seat_id=row.seat_id),
    )


async def choose_seat(
    viewer: Viewer, seat_id: UUID, now: datetime, *, asks: Asks = NOTHING
) -> Viewer | Refused:
    """Act from another of one's own seats; the session stays the same."""
    seat = choose(await seats(viewer.person_id), Wanted(seat_id=seat_id))
    if isinstance(seat, Refused):
        return seat
    if uncovered(seat.user_type, viewer.mfa_at, asks):
        return Refused("FACTOR_REQUIRED", {}, ("seatId",))
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
