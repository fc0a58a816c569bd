"""Invitations: how an officer (三员) comes to an account, by a link that is good once and a day.

An account is made without a password and without power. The link of one officer opens it only
together with the code of another, who gives it its office, so neither of them can open it; the
links of `setup`, where there is no other yet, open by themselves.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import office_sql, read
from models.ids import uuid7
from models.read import Connection, Row
from rules import refusal, text
from rules.password import PasswordProfile
from rules.refusal import Refused
from workflow import (
    account,
    audit,
    code,
    digest,
    history,
    password_link,
    registration,
    session,
    throttle,
)
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


async def let_in(c: Connection, account_id: UUID, *, now: datetime) -> str:
    """The code without which the link of an officer opens nothing, which nobody can show again."""
    made = code.on_paper()
    kept = code.hash_of(account_id, made).hex()
    await c.execute_query(office_sql.LET_IN, [account_id, kept, now + LASTS])
    return made


def shut(held: Row, given: str) -> Refused | None:
    """Why a link alone opens nothing: an officer made it, and another has not handed out a code."""
    if held.created_by_id is None:
        return None
    if not held.code_hash:
        return Refused("INVITATION_WAITS")
    shown = code.hash_of(held.account_id, given).hex()
    same = hmac.compare_digest(shown, held.code_hash)
    return None if same else Refused("INVITATION_CODE", {}, ("openingCode",))


async def redeem(
    token: str, *, given: str, new: str, profile: PasswordProfile, address: str, now: datetime
) -> str | Refused:
    """Give the account its first password, for link and code; the answer is its login."""
    if refused := await throttle.take(password_link.GUESSES, address, now=now):
        return refused
    async with in_transaction() as c:
        hashed = digest.of_token(token).hex()
        held = await read.row(office_sql.HOLD_INVITATION, [hashed, now], on=c)
        known = held and await session.secret(c, held.account_id)
        if held is None or known is None:
            return Refused("TOKEN_UNKNOWN", {}, ("token",))
        if refused := shut(held, given):
            return refused
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
