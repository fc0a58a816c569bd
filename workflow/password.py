"""Passwords: argon2id in threads, two at a time, and the same work for a login nobody has."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
# Of a password nobody knows. Made with the parameters above: a test compares them.
NOBODYS = (
    "$argon2id$v=19$m=47104,t=2,p=1$Dtx2wFDkP95KcTbcxRRQQw$"
    "F3DDbJ4MRK3WmL2RFlFUYpU7x5p+CYDK1hZmPZmHCMk"
)

_two_at_a_time = asyncio.Semaphore(2)  # 2 x 46 MiB, however many people sign in


async def hashed(password: str) -> str:
    """What is stored of a password."""
    async with _two_at_a_time:
        return await asyncio.to_thread(HASHER.hash, plain(password))


async def matches(password: str, stored: str | None) -> bool:
    """Is it the password? Without a stored one the answer is no, after the same time."""
    async with _two_at_a_time:
        same = await asyncio.to_thread(verify, stored or NOBODYS, plain(password))
    return same and bool(stored)  # an account that was never opened has none


def outdated(stored: str) -> bool:
    """Was it stored with other parameters than today's?"""
    return HASHER.check_needs_rehash(stored)


def verify(stored: str, password: bytes) -> bool:
    """Compare; a hash that cannot be read matches nothing."""
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def plain(password: str) -> bytes:
    """One form for what different keyboards send."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
