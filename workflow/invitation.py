"""Invitations: how an officer (三员) comes to an account, by a link that is good once and a day.

An account is made without a password and without power; the link gives it the one, and another
officer, or `setup`, the other.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import office_sql, read
from models.ids import uuid7
from models.read import Connection
from rules import refusal, text
from rules.password import PasswordProfile
from rules.refusal import Refused
from workflow import account, audit, digest, history, registration, reset, session, throttle
from workflow.history import Tag

LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An account nobody can open yet, and the token that does, which nobody can show again."""

    account_id: UUID
    person_id: UUID
    token: str


def unfit(login: str, name: str) -> Refused | None:
    """Why these cannot be login and name of an account."""
    problems = [each.under("name") for each in text.check(name, most=registration.LONGEST_NAME)]
    if text.blank(name):
        problems.append(Refused("REQUIRED", {}, ("name",)))
    if not registration.is_login(account.normalised(login)):
        least = {"least": registration.SHORTEST_LOGIN}
        problems.append(Refused("LOGIN_SHAPE", least, ("login",)))
    return refusal.all_of(problems) if problems else None


async def make(
    c: Connection, *, login: str, name: str, by: UUID | None, now: datetime
) -> Invited | Refused:
    """A person with an account and an invitation, and no seat."""
    wanted = account.normalised(login)
    if await read.value(office_sql.TAKEN, [wanted], on=c):
        return Refused("LOGIN_TAKEN", {}, ("login",))
    made = Invited(account_id=uuid7(), person_id=uuid7(), token=secrets.token_urlsafe(32))
    who = [made.person_id, name.strip(), made.account_id, wanted]
    link = [uuid7(), digest.of_token(made.token).hex(), now, now + LASTS, by]
    await c.execute_query(office_sql.INVITE, [*who, *link])
    return made


async def redeem(
    token: str, *, new: str, profile: PasswordProfile, address: str, now: datetime
) -> str | Refused:
    """Give the account its first password; the answer is its login."""
    if refused := await throttle.take(reset.GUESSES, address, now=now):
        return refused
    async with in_transaction() as c:
        hashed = digest.of_token(token).hex()
        held = await read.row(office_sql.HOLD_INVITATION, [hashed, now], on=c)
        known = held and await session.secret(c, held.account_id)
        if known is None:
            return Refused("TOKEN_UNKNOWN", {}, ("token",))
        if refused := await session.renew(c, known, new, profile=profile, at="password", now=now):
            return refused
        await c.execute_query(office_sql.USE, [known.id, now])
        await audit.record(c, None, Tag.ACCOUNT_REDEEM.value, ("account", known.id))
        await history.write(
            c,
            tag=Tag.ACCOUNT_REDEEM,
            subject_type="account",
            subject_id=known.id,
            viewer=None,
            now=now,
        )
    return str(known.login)
