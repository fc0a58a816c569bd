"""Certificates (验证证书): their numbers, the names the public may see, and what is signed."""

import json
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from stdnum.iso7064 import mod_37_36

PREFIX = "JX"
# Crockford's letters: none that is taken for another, and no word comes about by chance.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TAKEN_FOR = str.maketrans("OIL", "011")
RANDOM = 11  # characters, 55 bits
GROUP = 4


class CertificateKind(StrEnum):
    """What was verified."""

    ANNUAL = "annual"
    CYCLE = "cycle"


class Revocation(StrEnum):
    """Why a certificate is no longer valid."""

    RECALCULATED = "recalculated"
    REPLACED = "replaced"


def number(year: int, chance: int) -> str:
    """Return the number of a certificate: the year of issue, 55 bits of chance, a check character.

    It says nothing about the person, and who knows one number knows no other.
    """
    letters = [ALPHABET[chance >> 5 * place & 31] for place in range(RANDOM)]
    body = f"{year:04d}{''.join(letters)}"
    return grouped(body + mod_37_36.calc_check_digit(body, ALPHABET))


def grouped(plain: str) -> str:
    """Return a number as it is printed: JX2026-7K3M-9PQR-T8C5."""
    parts = [plain[start : start + GROUP] for start in range(0, len(plain), GROUP)]
    return PREFIX + "-".join(parts)


def read_number(typed: str) -> str | None:
    """Return the number somebody typed as it is printed; nothing if a character is wrong.

    Width, case, spaces and hyphens make no difference, nor O for 0 and I or L for 1.
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    plain = plain.removeprefix(PREFIX).translate(TAKEN_FOR)
    if len(plain) != GROUP + RANDOM + 1 or set(plain) - set(ALPHABET):
        return None
    return grouped(plain) if mod_37_36.is_valid(plain, ALPHABET) else None


def masked(name: str) -> str:
    """Return a name as the public may see it: 张*三, 李*, J********h."""
    if len(name) < 2:
        return "*"
    last = name[-1] if len(name) > 2 else ""
    return name[0] + "*" * (len(name) - 1 - len(last)) + last


def hidden(number: str) -> str:
    """Return a masked citizen number with no more than its first three digits: 440***…

    A certificate is shown around, and with its tail a number can be worked out from a birth date.
    """
    return number[:3] + "*" * (len(number) - 3)


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return the one way to write what is signed: sorted, without spaces, in UTF-8.

    Hours and dates are text in it, so that nobody reads a number otherwise than it was written.
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
