"""Authenticator apps of the test city: who has one shows what it would show."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher

from models import Account
from models.access import Viewer
from workflow import code, factor, password

# The real parameters cost what they should: tests/workflow/test_password.py.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "Yuexiu-2031xd"
HALF = timedelta(seconds=30)


@dataclass(frozen=True)
class App:
    """An app that was told a secret, and the recovery codes on paper beside it."""

    secret: bytes
    codes: list[str]

    def shows(self, now: datetime) -> str:
        """What it shows at this moment."""
        return code.of_step(self.secret, code.step_of(now))


async def with_password(viewer: Viewer) -> None:
    """Give somebody the password of these tests."""
    hashed = await password.hashed(PASSWORD)
    await Account.filter(id=viewer.account_id).update(password_hash=hashed)


async def enrolled(viewer: Viewer, now: datetime) -> App:
    """The app of somebody who has enrolled half a minute ago."""
    before = now - HALF
    begun = await factor.begin(viewer, current=PASSWORD, address="", now=before)
    assert isinstance(begun, factor.Begun), begun
    secret = base64.b32decode(begun.secret)
    shown = App(secret, []).shows(before)
    codes = await factor.confirm(viewer, given=shown, now=before)
    assert isinstance(codes, list), codes
    return App(secret, codes)
