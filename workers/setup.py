"""`setup`: the first officers, or one of them again; the links are printed once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from models.account import OFFICERS, UserType
from workflow import password_link, setup
from workflow.setup import Cannot

if TYPE_CHECKING:
    from settings import Settings

USAGE = "usage: setup [--again ROLE] [ROLE=LOGIN:NAME …]; ROLE is sys_admin, sec_admin, audit_admin"


async def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Make the three, or one of them again where nobody holds his office."""
    try:
        offices, again = asked(arguments)
        async with TortoiseContext() as context:
            await context.init(config=settings.orm)
            async with in_transaction() as c:
                links = await setup.founded(c, offices, again=again, now=datetime.now(UTC))
    except Cannot as cannot:
        print(cannot, file=sys.stderr)
        return 2
    for office, token in links.items():
        print(f"{office.value}  {password_link.address(settings.origin, token)}")
    print("Each link is good once, for 24 hours, and is shown nowhere again.", file=sys.stderr)
    return 0


def asked(arguments: Sequence[str]) -> tuple[dict[UserType, str], bool]:
    """Which offices, and the login and name of each."""
    given, again = list(arguments), "--again" in arguments
    try:
        pairs = [each.split("=", 1) for each in given if "=" in each]
        named = {UserType(office): who for office, who in pairs}
        only = [UserType(given[given.index("--again") + 1])] if again else list(setup.USUAL)
    except (ValueError, IndexError):
        raise Cannot(USAGE) from None
    if not {*named, *only} <= OFFICERS or len(given) != len(named) + 2 * again:
        raise Cannot(USAGE)
    return {office: named.get(office, setup.USUAL[office]) for office in only}, again
