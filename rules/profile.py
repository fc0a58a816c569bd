"""Profiles (个人资料): what a person must have filled in, and what cannot be so."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rules import text, title
from rules.person import Discipline, Education, Gender
from rules.refusal import Refused

# Mobile, or landline with area code and extension; the country code may stand before either.
PHONE = re.compile(r"(\+?86)?(1[3-9]\d{9}|0\d{2,3}-?[2-9]\d{6,7}(-\d{1,6})?)", re.ASCII)
# From elsewhere (Hong Kong, Macao, Taiwan, abroad): E.164.
PHONE_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the rules read of a profile: L91, L230, L609."""

    gender: Gender | None = None
    birth_date: date | None = None
    employed: bool = False
    education: Education | None = None
    has_title: bool = True
    title_code: str | None = None
    qualified_on: date | None = None
    started_work_on: date | None = None
    discipline: Discipline | None = None
    phone: str | None = None


def missing(profile: Profile) -> tuple[str, ...]:
    """Return the required fields (*) that are empty, as a client names them: L91.

    With a title, which one and since when; without, the start of work instead (L230–231).
    """
    given = {
        "gender": profile.gender is not None,
        "birthDate": profile.birth_date is not None,
        "employer": profile.employed,
        "education": profile.education is not None,
        **_career(profile),
        "discipline": profile.discipline is not None,
        "phone": not text.blank(profile.phone),
    }
    return tuple(path for path, there in given.items() if not there)


def check(profile: Profile, *, today: date) -> tuple[Refused, ...]:
    """Return what cannot be so; empty fields are `missing`, not wrong. `today` is in Shanghai."""
    return (*_dates(profile, today), *_title(profile), *_phone(profile))


def plain_phone(phone: str) -> str:
    """Return a telephone number in half width, without spaces and brackets."""
    return re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", phone))


def _career(profile: Profile) -> dict[str, bool]:
    if not profile.has_title:
        return {"startedWorkOn": profile.started_work_on is not None}
    return {
        "titleCode": profile.title_code is not None,
        "qualifiedOn": profile.qualified_on is not None,
    }


def _dates(profile: Profile, today: date) -> Iterator[Refused]:
    born = profile.birth_date
    if born is not None and born > today:
        yield Refused("DATE_IN_FUTURE", {"today": today.isoformat()}, ("birthDate",))
    later = (("startedWorkOn", profile.started_work_on), ("qualifiedOn", profile.qualified_on))
    for path, day in later:
        if day is not None and day > today:
            yield Refused("DATE_IN_FUTURE", {"today": today.isoformat()}, (path,))
        if day is not None and born is not None and day < born:
            yield Refused("BEFORE_BIRTH", path=(path,))


def _title(profile: Profile) -> Iterator[Refused]:
    if profile.title_code is not None and profile.title_code not in title.catalogue():
        yield Refused("TITLE_UNKNOWN", path=("titleCode",))


def _phone(profile: Profile) -> Iterator[Refused]:
    phone = plain_phone(profile.phone or "")
    if phone and not (PHONE.fullmatch(phone) or PHONE_ABROAD.fullmatch(phone)):
        yield Refused("PHONE_FORMAT", path=("phone",))
