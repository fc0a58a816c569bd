"""Who may come in, and what he must do first (登录条件): what the operator asks of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import account_sql, read
from models.account import OFFICERS, UserType
from models.read import Row
from models.viewer import Lack
from rules.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What the operator asks of who comes in: a second factor of staff, a password not too old.

    A session of staff that is unused for `idle` ends, where that is sooner than everybody's; an
    account of staff that is unused for `sleeps` lets nobody in.
    """

    second_factor: bool = False
    lasts: timedelta | None = None
    idle: timedelta | None = None
    sleeps: timedelta | None = None


NOTHING = Asks()


async def barred(
    account: Row, living: Sequence[Row], *, asks: Asks, now: datetime
) -> Refused | None:
    """Why nobody comes in though he knows the password: an account of staff has slept too long.

    It sleeps as a whole, so that its seats are not opened through that of the person.
    """
    staff = any(each.user_type not in OFFICERS | {UserType.PERSON} for each in living)
    if asks.sleeps is None or not staff:
        return None
    asleep = await read.value(account_sql.ASLEEP, [account.id, now - asks.sleeps])
    return Refused("ACCOUNT_ASLEEP", {"days": asks.sleeps.days}) if asleep else None


def lacking(
    account: Row, seat: Row, mfa_at: datetime | None, *, asks: Asks, now: datetime
) -> Lack | None:
    """What he must do before anything else; a demo's password is no secret and never too old."""
    if asks.lasts and not account.demo and now - account.password_set_at > asks.lasts:
        return Lack.PASSWORD
    return Lack.SECOND_FACTOR if uncovered(seat.user_type, mfa_at, asks) else None


def uncovered(user_type: str, mfa_at: datetime | None, asks: Asks) -> bool:
    """Does a seat want a second factor that this session has not shown?"""
    return asks.second_factor and mfa_at is None and user_type != UserType.PERSON


def used_since(now: datetime, idle: timedelta, asks: Asks) -> tuple[datetime, datetime]:
    """Since when a session must have been used: one of a person, and one of staff."""
    return now - idle, now - min(idle, asks.idle or idle)
