"""Forgotten passwords (取回密码): a one-time token on a channel the owner gave when he registered.

Whether a login is known changes nothing a stranger could see. The token is made where it is sent:
no row and no job ever holds it.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import read, reset_sql
from models.ids import uuid7
from models.read import Connection
from rules.password import PasswordProfile
from rules.refusal import Refused
from workflow import account, digest, later, password_link, session, throttle
from workflow.history import Tag

KIND = "password_reset"
LASTS = timedelta(minutes=30)
# More than of one person: a whole office may come from one address.
LETTERS = throttle.by_address(20, "letters", timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody is sent."""

    to: str
    login: str
    token: str
    about: str = "reset"
    minutes: int = int(LASTS / timedelta(minutes=1))


Send = Callable[[Letter], Awaitable[None]]


async def ask(*, login: str, address: str, now: datetime) -> Refused | None:
    """Ask for a token; nobody is told whether there will be one."""
    typed = account.normalised(login)[: account.LONGEST_LOGIN].replace("\0", "")
    if refused := await throttle.take(LETTERS, address, now=now):
        return refused
    if refused := await throttle.take(throttle.RESET, typed, throttle.network(address), now=now):
        return refused
    async with in_transaction() as c:
        reset_id = uuid7()
        values = [reset_id, typed.encode("utf-8", "replace").decode(), now, now + LASTS]
        await c.execute_query(reset_sql.ASK, values)
        await later.later(c, kind=KIND, queue=later.SHORT, subject=reset_id)
    return None


async def deliver(
    reset_id: UUID, send: Send, now: datetime
) -> Callable[[Connection], Awaitable[None]]:
    """Make the token and send it; its hash is kept with the end of the job."""
    wanted = await read.row(reset_sql.WANTED, [reset_id, now])
    if wanted is None:
        return nothing
    token = secrets.token_urlsafe(32)
    await send(Letter(to=wanted.contact, login=wanted.login, token=token))

    async def effect(c: Connection) -> None:
        await c.execute_query(reset_sql.KEEP, [reset_id, digest.of_token(token).hex()])

    return effect


async def nothing(_: Connection) -> None:
    """There is nobody to send anything to."""


async def use(
    token: str, *, new: str, profile: PasswordProfile, address: str, now: datetime
) -> Refused | None:
    """Set a new password by the token, once; every session ends."""
    if refused := await throttle.take(password_link.GUESSES, address, now=now):
        return refused
    async with in_transaction() as c:
        held = await read.row(reset_sql.HOLD, [digest.of_token(token).hex(), now], on=c)
        known = held and await session.secret(c, held.account_id)
        if known is None:
            return Refused("TOKEN_UNKNOWN", {}, ("token",))
        if refused := await session.renew(c, known, new, profile=profile, at="new", now=now):
            return refused
        await c.execute_query(reset_sql.USE, [known.id, now])
        await session.tell(c, Tag.PASSWORD_RESET, None, known.id, now)
    return None
