"""What a password must be, by profile: the one that is assessed here, and the one we would choose.

`mlps3` is the complexity GB/T 22239-2019 (等保2.0, level 3) is assessed by: three kinds of
characters and a change every 90 days. `asvs` follows OWASP ASVS 5.0: length and no kinds.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from rules.refusal import Refused

LONGEST = 128
COMMON = Path(__file__).with_name("common_passwords.txt")
LOOKS_LIKE = str.maketrans("@40135$7!", "aaoiessti")  # p@ssw0rd is password
SHORTEST_WORD = 4  # shorter names and numbers occur in many passwords by chance


class PasswordProfile(StrEnum):
    """Which rule passwords are held to."""

    MLPS3 = "mlps3"
    ASVS = "asvs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The numbers of a profile."""

    shortest: int
    kinds: int
    lasts: timedelta | None


RULES = {
    PasswordProfile.MLPS3: Rule(shortest=10, kinds=3, lasts=timedelta(days=90)),
    PasswordProfile.ASVS: Rule(shortest=15, kinds=0, lasts=None),
}


def check(
    password: str, *, profile: PasswordProfile, about: Collection[str] = ()
) -> tuple[Refused, ...]:
    """Return all that is wrong with a new password; `about` is what others know of its owner."""
    return tuple(problems(password, RULES[profile], about))


def problems(password: str, rule: Rule, about: Collection[str]) -> Iterator[Refused]:
    """The same one by one."""
    if len(password) < rule.shortest:
        yield Refused("PASSWORD_SHORT", {"least": rule.shortest})
    if len(password) > LONGEST:
        yield Refused("TEXT_TOO_LONG", {"most": LONGEST, "length": len(password)})
    if len(kinds(password)) < rule.kinds:
        yield Refused("PASSWORD_KINDS", {"kinds": rule.kinds})
    if is_common(password):
        yield Refused("PASSWORD_COMMON")
    if any(word in password.casefold() for word in words(about)):
        yield Refused("PASSWORD_ABOUT_YOU")


def kinds(password: str) -> set[str]:
    """The kinds of characters there are: capitals, small letters, digits, and all others."""
    return {kind(character) for character in password}


def kind(character: str) -> str:
    """The kind of one."""
    if character.isdecimal():
        return "digit"
    if character.isupper():
        return "capital"
    return "small" if character.islower() else "other"


def is_common(password: str) -> bool:
    """Is it one that is tried first, also with letters replaced or something hung on?"""
    plain = password.casefold()
    bare = plain.rstrip("0123456789!@#$%^&*.?_-+").lstrip("0123456789!@#$%^&*.?_-+")
    tried = {plain, bare, plain.translate(LOOKS_LIKE), bare.translate(LOOKS_LIKE)}
    return bool(tried & common()) or len(set(plain)) < SHORTEST_WORD or not bare


@cache
def common() -> frozenset[str]:
    """The list: few words, those that people here use most."""
    return frozenset(COMMON.read_text(encoding="ascii").split())


def words(about: Collection[str]) -> Iterator[str]:
    """What must not stand in a password: login, tail of the number, telephone, unit."""
    for word in about:
        if len(word) >= SHORTEST_WORD:
            yield word.casefold()
