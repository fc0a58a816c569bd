"""The second factor (双因素): what somebody holds beside what he knows.

The secret of his app lies in the vault, sealed for his account; it leaves once, when he enrols.
Each code works once. Who loses the app has ten recovery codes, or a colleague with the duty who
takes the factor off; nobody takes off his own.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import factor_sql, read
from models.access import Viewer
from models.read import Connection, Row
from models.viewer import Lack
from rules.refusal import Refused
from workflow import audit, code, digest, history, keyring, password, throttle
from workflow.history import Tag

ENROLS_WITHIN = timedelta(minutes=15)
FRESH = timedelta(minutes=10)
# From all networks together: whoever is asked for a code knows the password already.
CODE = throttle.Limit(
    name="code", most=10, within=timedelta(minutes=15), shut=timedelta(minutes=15)
)
WRONG = Refused("CODE_WRONG", {}, ("code",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A code that was right when it was looked at: the step of the app, or a recovery code."""

    step: int | None = None
    recovery: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What an app is told, once."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The token a session has from now on."""

    token: str
    expires_at: datetime


async def begin(viewer: Viewer, *, current: str, address: str, now: datetime) -> Begun | Refused:
    """Make a secret for an app; nothing is asked for it before a code has confirmed it."""
    if viewer.lacks is Lack.PASSWORD:
        return Refused("PASSWORD_EXPIRED")
    who = (str(viewer.account_id), throttle.network(address))
    if refused := await throttle.take(throttle.SIGN_IN, *who, now=now):
        return refused
    secret = secrets.token_bytes(code.SECRET)
    async with in_transaction() as c:
        account = await read.row(factor_sql.LOGIN, [viewer.account_id], on=c)
        if account is None or not await password.matches(current, account.password_hash):
            return Refused("PASSWORD_WRONG", {}, ("password",))
        sealed = keyring.current().seal(secret, bound(account.id))
        row = [account.id, sealed, keyring.current().writing, now]
        if not await read.value(factor_sql.BEGIN, row, on=c):
            return Refused("FACTOR_HELD")
        await tell(c, Tag.FACTOR_BEGIN, viewer, account.id, now)
    await throttle.forget(throttle.SIGN_IN, *who)
    return Begun(secret=code.written(secret), address=code.address(secret, account.login))


async def confirm(viewer: Viewer, *, given: str, now: datetime) -> list[str] | Refused:
    """The first code confirms the app; the answer is the recovery codes, which nobody sees again.

    This session goes on; all others end, for they have shown no code.
    """
    held = await read.row(factor_sql.HELD, [viewer.account_id])
    if held is None or held.confirmed_at or now - held.begun_at > ENROLS_WITHIN:
        return Refused("FACTOR_NOT_BEGUN")
    proof = await proven(viewer.account_id, held, given, now=now)
    if isinstance(proof, Refused):
        return proof
    made = code.recovery()
    async with in_transaction() as c:
        await read.row(factor_sql.LOGIN, [viewer.account_id], on=c)  # who signs in now waits
        if not await use(c, viewer.account_id, proof, now):
            return WRONG
        await keep(c, viewer.account_id, made)
        await c.execute_query(factor_sql.END_OTHERS, [viewer.account_id, viewer.session_id, now])
        await c.execute_query(factor_sql.SHOWN, [viewer.session_id, now])
        await tell(c, Tag.FACTOR_ENROL, viewer, viewer.account_id, now)
    return made


async def renew_codes(viewer: Viewer, *, given: str, now: datetime) -> list[str] | Refused:
    """Ten new recovery codes, for a code of the app; the old ones open nothing."""
    proof = await asked(viewer.account_id, given, now=now)
    if proof is None or isinstance(proof, Refused):
        return proof or Refused("FACTOR_MISSING")
    if proof.step is None:
        return WRONG  # a recovery code opens once, and makes no others
    made = code.recovery()
    async with in_transaction() as c:
        if not await use(c, viewer.account_id, proof, now):
            return WRONG
        await keep(c, viewer.account_id, made)
        await tell(c, Tag.FACTOR_CODES, viewer, viewer.account_id, now)
    return made


async def step_up(viewer: Viewer, *, given: str, now: datetime) -> Renewed | Refused:
    """Show a code again, for what asks for a fresh one; the session gets another token."""
    proof = await asked(viewer.account_id, given, now=now)
    if proof is None or isinstance(proof, Refused):
        return proof or Refused("FACTOR_MISSING")
    token = secrets.token_urlsafe(32)
    async with in_transaction() as c:
        if not await use(c, viewer.account_id, proof, now):
            return WRONG
        row = [viewer.session_id, now, digest.of_token(token)]
        expires_at = await read.value(factor_sql.FRESH, row, on=c)
        if expires_at is None:
            return Refused("NOT_FOUND")
        await tell(c, Tag.FACTOR_STEP_UP, viewer, viewer.account_id, now)
    return Renewed(token=token, expires_at=expires_at)


def stale(viewer: Viewer, now: datetime) -> Refused | None:
    """Has he a second factor and shown it too long ago for what he wants?"""
    if viewer.mfa_at is None or now - viewer.mfa_at <= FRESH:
        return None
    return Refused("STEP_UP_REQUIRED", {"minutes": int(FRESH / timedelta(minutes=1))})


async def asked(account_id: UUID, given: str, *, now: datetime) -> Proof | Refused | None:
    """What a code proves; None where the account has no second factor. Nothing is used up yet."""
    held = await read.row(factor_sql.HELD, [account_id])
    if held is None or held.confirmed_at is None:
        return None
    if not given.strip():
        return Refused("CODE_REQUIRED", {}, ("code",))
    return await proven(account_id, held, given, now=now)


async def proven(account_id: UUID, held: Row, given: str, *, now: datetime) -> Proof | Refused:
    """Compare with the app and with the recovery codes; every try is counted."""
    if refused := await throttle.take(CODE, str(account_id), now=now):
        return refused
    secret = keyring.current().open(held.sealed, bound(account_id))
    step = code.step_shown(secret, given, now)
    if step is not None and step > held.used_step:
        return Proof(step=step)
    hashed = code.hash_of(account_id, given)
    known = await read.value(factor_sql.KNOWS_CODE, [account_id, hashed])
    return Proof(recovery=hashed) if known else WRONG


async def use(c: Connection, account_id: UUID, proof: Proof, now: datetime) -> bool:
    """Use a code up; False when somebody was faster with it."""
    if proof.step is not None:
        used = await read.value(factor_sql.USE_STEP, [account_id, proof.step, now], on=c)
    else:
        used = await read.value(factor_sql.USE_CODE, [account_id, proof.recovery, now], on=c)
    if used:
        await throttle.forget(CODE, str(account_id))
    return bool(used)


async def keep(c: Connection, account_id: UUID, made: list[str]) -> None:
    """Keep the hashes of recovery codes, and forget the ones before."""
    hashes = [code.hash_of(account_id, each) for each in made]
    await c.execute_query(factor_sql.KEEP_CODES, [account_id, hashes])


async def take_off(c: Connection, viewer: Viewer, account_id: UUID, now: datetime) -> bool:
    """Take somebody's factor off, which ends his sessions; whoever calls this has the duty."""
    ended = await read.value(factor_sql.END, [account_id], on=c)
    if ended:
        await c.execute_query(factor_sql.END_SESSIONS, [account_id, now])
        await history.write(
            c,
            tag=Tag.FACTOR_RESET,
            subject_type="account",
            subject_id=account_id,
            viewer=viewer,
            now=now,
        )
    return bool(ended)


def bound(account_id: UUID) -> bytes:
    """The row a secret is sealed for."""
    return f"second_factor|{account_id}".encode()


async def tell(c: Connection, tag: Tag, viewer: Viewer, account_id: UUID, now: datetime) -> None:
    """One line of history, and one of the audit log."""
    await audit.record(c, viewer, tag.value, ("account", account_id))
    await history.write(
        c, tag=tag, subject_type="account", subject_id=account_id, viewer=viewer, now=now
    )
