"""Citizen numbers, unit codes and organisation codes: their normal form, checks and masks."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import ric, uscc

from rules.person import Gender
from rules.refusal import Refused

DIGITS = frozenset("0123456789")
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
UNIT_CODE_CHARACTERS = (DIGITS | LETTERS) - frozenset("IOSVZ")

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """What a citizen number says. The number itself stays out of every printed form."""

    number: str = field(repr=False)
    born: date = field(repr=False)
    gender: Gender = field(repr=False)


def citizen(written: str, *, today: date | None = None) -> Citizen | Refused:
    """Read a citizen number (公民身份号码) of 18 digits, or of 15 as issued until 1999.

    GB 11643-1999: the check digit is ISO 7064 MOD 11-2. In the 15-digit form of 1989 the century
    is missing (always 19) and there is no check digit. Whether the region exists is not checked:
    codes of regions that are gone stay valid. With `today`, nobody is born after it.
    """
    typed = compact(written)
    refused = _misshapen(typed)
    if refused:
        return refused
    number = typed if len(typed) == 18 else _of_18_digits(typed)
    if number[-1] != ric.calc_check_digit(number):
        return Refused("CHECK_DIGIT")
    born = _birth_date(number)
    if born is None or (today is not None and born > today):
        return Refused("DATE_IMPOSSIBLE")
    return Citizen(number=number, born=born, gender=_gender(number))


def unit_code(written: str) -> str | Refused:
    """Return the normal form of a unified social credit code (统一社会信用代码).

    GB 32100-2015: 18 of 0-9 A-Z without I O S V Z; the last is a check mod 31. The first two may
    be letters, which `stdnum.cn.uscc.validate` refuses, so only its check digit is used.
    """
    code = compact(written)
    if len(code) != 18:
        return Refused("LENGTH", {"lengths": [18], "length": len(code)})
    stray = first_outside(code, UNIT_CODE_CHARACTERS)
    if stray:
        return Refused("CHARACTER", {"position": stray})
    return code if code[-1] == uscc.calc_check_digit(code[:-1]) else Refused("CHECK_DIGIT")


def organisation_code(written: str) -> str | Refused:
    """Return the normal form of an organisation code (组织机构代码): GB 11714.

    8 characters and a check mod 11, where 10 is written X and 11 is written 0.
    """
    code = compact(written)
    if len(code) != 9:
        return Refused("LENGTH", {"lengths": [9], "length": len(code)})
    stray = first_outside(code[:-1], DIGITS | LETTERS) or (0 if code[-1] in DIGITS | {"X"} else 9)
    if stray:
        return Refused("CHARACTER", {"position": stray})
    return code if code[-1] == _organisation_check(code) else Refused("CHECK_DIGIT")


def organisation_code_of(code: str) -> str:
    """Return the organisation code inside a unit code, its positions 9–17: GB 32100-2015."""
    return code[8:17]


def mask_strict(number: str) -> str:
    """Return 440***************: for screens that also show birth date, gender or district."""
    return masked(number, head=3, tail=0)


def mask_standard(number: str) -> str:
    """Return 4401**********1234: for the person, and where no birth date or gender is shown."""
    return masked(number, head=4, tail=4)


def compact(written: str) -> str:
    """Return a number as it is stored: half width, upper case, without spaces and hyphens."""
    plain = unicodedata.normalize("NFKC", written).upper()
    return "".join(
        character
        for character in plain
        if not character.isspace() and unicodedata.category(character) not in ("Pd", "Cf")
    )


def _misshapen(typed: str) -> Refused | None:
    if len(typed) not in (15, 18):
        return Refused("LENGTH", {"lengths": [15, 18], "length": len(typed)})
    digits = typed[:-1] if len(typed) == 18 and typed.endswith("X") else typed
    stray = first_outside(digits, DIGITS)
    return Refused("CHARACTER", {"position": stray}) if stray else None


def first_outside(code: str, allowed: frozenset[str]) -> int:
    """Return the position of the first character that is not allowed, counted from 1; else 0."""
    return next((place for place, sign in enumerate(code, start=1) if sign not in allowed), 0)


def _of_18_digits(number: str) -> str:
    body = f"{number[:6]}19{number[6:]}"
    return body + ric.calc_check_digit(f"{body}0")


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _gender(number: str) -> Gender:
    return Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def _organisation_check(code: str) -> str:
    weighted = zip(code, ORGANISATION_WEIGHTS, strict=False)
    check = 11 - sum(int(sign, 36) * weight for sign, weight in weighted) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def masked(number: str, *, head: int, tail: int) -> str:
    """Return a number with all but its ends hidden; of one that is too short nothing is shown."""
    hidden = max(len(number) - head - tail, 0)
    if not hidden:
        return "*" * len(number)
    return number[:head] + "*" * hidden + number[len(number) - tail :]
