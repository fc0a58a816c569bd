"""One's own login sessions (登录设备), and the password that opens them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import read, session_sql
from models.access import Viewer
from models.ids import uuid7
from models.read import Connection, Row
from rules import password as rules
from rules import refusal
from rules.password import PasswordProfile
from rules.refusal import Refused
from workflow import history, password, throttle
from workflow.admission import NOTHING, Asks, used_since
from workflow.history import Tag

REMEMBERED = 5  # none of so many last passwords comes back


async def own(viewer: Viewer, *, now: datetime, idle: timedelta, asks: Asks = NOTHING) -> list[Row]:
    """The sessions that would be let in now."""
    since = used_since(now, idle, asks)
    return await read.rows(session_sql.OWN, [viewer.account_id, now, *since])


async def revoke(viewer: Viewer, session_id: UUID, now: datetime) -> Refused | None:
    """End one of one's own sessions; its next request is a stranger's."""
    async with in_transaction() as c:
        values = [session_id, viewer.account_id, now]
        if await read.row(session_sql.REVOKE, values, on=c) is None:
            return Refused("NOT_FOUND", {}, ("sessionId",))
        await tell(c, Tag.SESSION_REVOKE, viewer, session_id, now)
    return None


async def revoke_others(viewer: Viewer, now: datetime) -> int:
    """End all but the one that asks."""
    async with in_transaction() as c:
        values = [viewer.account_id, viewer.session_id, now]
        ended = await read.rows(session_sql.REVOKE_OTHERS, values, on=c)
        for each in ended:
            await tell(c, Tag.SESSION_REVOKE, viewer, each.id, now)
    return len(ended)


async def change_password(
    viewer: Viewer, *, current: str, new: str, profile: PasswordProfile, address: str, now: datetime
) -> Refused | None:
    """Replace one's password (修改密码); every session ends, the one that asks as well."""
    who = (str(viewer.account_id), throttle.network(address))
    if refused := await throttle.take(throttle.SIGN_IN, *who, now=now):
        return refused
    async with in_transaction() as c:
        account = await secret(c, viewer.account_id)
        if account is None or not await password.matches(current, account.password_hash):
            return Refused("PASSWORD_WRONG", {}, ("current",))
        if refused := await renew(c, account, new, profile=profile, at="new", now=now):
            return refused
        await tell(c, Tag.PASSWORD_CHANGE, viewer, account.id, now)
    await throttle.forget(throttle.SIGN_IN, *who)
    return None


async def secret(c: Connection, account_id: UUID) -> Row | None:
    """An account with its former passwords, locked."""
    return await read.row(session_sql.SECRET, [account_id, REMEMBERED], on=c)


async def renew(
    c: Connection, account: Row, new: str, *, profile: PasswordProfile, at: str, now: datetime
) -> Refused | None:
    """Write a new password, if it is one that may be."""
    problems = rules.check(new, profile=profile, about=known(account))
    if not problems and await used([account.password_hash, *account.former], new):
        problems = (Refused("PASSWORD_USED", {"last": REMEMBERED}),)
    if problems:
        return refusal.all_of([one.under(at) for one in problems])
    hashed = await password.hashed(new)
    await c.execute_query(session_sql.RENEW, [account.id, hashed, uuid7(), now])
    return None


def known(account: Row) -> list[str]:
    """What others know of the owner of an account."""
    return [account.login, account.phone, account.contact.partition("@")[0], account.employer]


async def used(hashes: Collection[str], new: str) -> bool:
    """Was it one of these?"""
    for stored in list(hashes)[: REMEMBERED + 1]:
        if await password.matches(new, stored):
            return True
    return False


async def tell(
    c: Connection, tag: Tag, viewer: Viewer | None, subject_id: UUID, now: datetime
) -> None:
    """One line of history."""
    kind = "session" if tag is Tag.SESSION_REVOKE else "account"
    await history.write(
        c, tag=tag, subject_type=kind, subject_id=subject_id, viewer=viewer, now=now
    )
