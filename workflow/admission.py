"""Who may come in, and what he must do first (登录条件): what the operator asks of sessions."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import account_sql, read
from models.account import OFFICERS, UserType
from models.read import Row
from models.viewer import Lack
from rules.refusal import Refused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What the operator asks of who comes in: a second factor of staff, a password not too old.

    A session of staff that is unused for `idle` ends, where that is sooner than everybody's; an
    account of staff that is unused for `sleeps` lets nobody in. The three officers come from
    certain networks only, where any are named.
    """

    second_factor: bool = False
    lasts: timedelta | None = None
    idle: timedelta | None = None
    sleeps: timedelta | None = None
    officers_from: tuple[Network, ...] = ()


NOTHING = Asks()


async def barred(
    account: Row, living: Sequence[Row], *, address: str, asks: Asks, now: datetime
) -> Refused | None:
    """Why somebody who knows the password does not come in: an officer from elsewhere, one asleep.

    An account of staff sleeps as a whole: its seats are not opened through that of the person.
    """
    kinds = {UserType(each.user_type) for each in living}
    if any(elsewhere(each, address, asks) for each in kinds):
        return Refused("NOT_FROM_HERE")
    if asks.sleeps is None or not kinds - OFFICERS - {UserType.PERSON}:
        return None
    asleep = await read.value(account_sql.ASLEEP, [account.id, now - asks.sleeps])
    return Refused("ACCOUNT_ASLEEP", {"days": asks.sleeps.days}) if asleep else None


def elsewhere(user_type: UserType, address: str, asks: Asks) -> bool:
    """Does an officer come from outside the networks that are named?"""
    if user_type not in OFFICERS or not asks.officers_from:
        return False
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return True
    known = getattr(known, "ipv4_mapped", None) or known
    return not any(known in each for each in asks.officers_from)


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
