"""`token LOGIN`: a session of a demo account, for curl and scripts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from models import read
from models.account import UserType
from models.read import Row
from workflow import account

if TYPE_CHECKING:
    from settings import Settings

USAGE = "usage: token LOGIN [USER_TYPE]"


async def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Print a Bearer token; only in dev, and only for demo accounts."""
    if settings.mode != "dev":
        print("Tokens without a password exist in JIJIAO_MODE=dev only.", file=sys.stderr)
        return 2
    if not 1 <= len(arguments) <= 2:
        print(USAGE, file=sys.stderr)
        return 2
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        token = await issued(*arguments, now=datetime.now(UTC), hours=settings.session_hours)
    if token is None:
        print(f"No demo account signs in like that. {USAGE}", file=sys.stderr)
        return 1
    print(token)
    return 0


async def issued(
    login: str, user_type: str | None = None, *, now: datetime, hours: int
) -> str | None:
    """The token of a new session; an unnamed seat is the one of work, where there is one."""
    found = await account.find(login)
    if found is None or not await read.value(DEMO, [found.id]):
        return None
    seat = seat_of(await account.seats(found.person_id), user_type)
    if seat is None:
        return None
    async with in_transaction() as c:
        opened = await account.open_session(
            c, account=found, seat=seat, device=account.NOWHERE, now=now, hours=hours
        )
    return opened.token


DEMO = "SELECT demo FROM account WHERE id = $1"


def seat_of(seats: Sequence[Row], user_type: str | None) -> Row | None:
    """The first seat of the type, else the first one at work, else one's own."""
    fitting = [seat for seat in seats if user_type in (None, seat.user_type)]
    working = [seat for seat in fitting if seat.user_type != UserType.PERSON]
    return next(iter(working or fitting), None)
