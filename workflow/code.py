"""Codes of a second factor: those of an authenticator app (RFC 6238), and those for emergencies.

Pure: time and secret are handed in, and what was used before is somebody else's business.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP, DIGITS = 30, 6
SECRET = 20  # bytes, as RFC 4226 recommends
RECOVERY, GROUP, CODES = 15, 6, 10  # 120 bits: a plain hash of it cannot be undone by trying
ISSUER = "jijiao"


def step_of(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp()) // STEP


def of_step(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code an app shows in a half minute; SHA-1 is what every app can do."""
    return TOTP(secret, digits, SHA1(), STEP).generate(step * STEP).decode()


def step_shown(secret: bytes, given: str, now: datetime) -> int | None:
    """The half minute a code belongs to: this one, or one before or after; each is compared."""
    typed, present = given.strip().replace(" ", "").encode("utf-8", "replace"), step_of(now)
    near = (present - 1, present, present + 1)
    found = [each for each in near if hmac.compare_digest(of_step(secret, each).encode(), typed)]
    return max(found, default=None)


def address(secret: bytes, login: str) -> str:
    """What an app is told, as an address (otpauth)."""
    return TOTP(secret, DIGITS, SHA1(), STEP).get_provisioning_uri(login, ISSUER)


def written(secret: bytes) -> str:
    """The secret for somebody who types it."""
    return base64.b32encode(secret).decode()


def recovery() -> list[str]:
    """Ten codes for the day the telephone is lost."""
    return [on_paper() for _ in range(CODES)]


def on_paper() -> str:
    """A code that is written down and typed."""
    made = base64.b32encode(secrets.token_bytes(RECOVERY)).decode()
    return "-".join(made[at : at + GROUP] for at in range(0, len(made), GROUP))


def hash_of(account_id: UUID, given: str) -> bytes:
    """What is kept of a code on paper, however it is typed."""
    plain = "".join(filter(str.isalnum, given.upper()))
    return hashlib.sha256(b"recovery\0" + account_id.bytes + plain.encode()).digest()
