"""Profiles (个人资料): what a person states about himself, kept by himself alone."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from models import read
from models.ids import uuid7
from models.read import Connection, Row
from rules import dates, refusal, text
from rules import profile as rules
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from workflow import command, history, later
from workflow.command import Answer, Done, Request
from workflow.history import Tag

# The row of the person serialises two first savings of one profile.
LOCK = "SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE"
READ = "SELECT * FROM profile WHERE person_id = $1"
EMPLOYED = "SELECT 1 FROM employment WHERE person_id = $1 AND until_on IS NULL"
LAST_CHANGE = """
SELECT p.name AS by, h.tag AS what FROM history h JOIN person p ON p.id = h.person_id
WHERE h.subject_type = 'profile' AND h.subject_id = $1 ORDER BY h.at DESC, h.id DESC LIMIT 1
"""
SAVE = """
INSERT INTO profile (id, person_id, updated_at, version, gender, birth_date, education, has_title,
  title_code, qualified_on, started_work_on, discipline, person_group, phone)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (person_id) DO UPDATE SET updated_at = $3, version = profile.version + 1,
  gender = $4, birth_date = $5, education = $6, has_title = $7, title_code = $8,
  qualified_on = $9, started_work_on = $10, discipline = $11, person_group = $12, phone = $13
RETURNING version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileInput:
    """The whole profile as it shall be; the order of the fields is that of the statement."""

    gender: Gender | None = None
    birth_date: date | None = None
    education: Education | None = None
    has_title: bool = True
    title_code: str | None = None
    qualified_on: date | None = None
    started_work_on: date | None = None
    discipline: Discipline | None = None
    person_group: PersonGroup = PersonGroup.GENERAL
    phone: str | None = None


FIELDS = tuple(field.name for field in fields(ProfileInput))
# What a verdict reads: a change of any of these makes the person's figures stale.
JUDGED = frozenset(
    {
        "has_title",
        "title_code",
        "qualified_on",
        "started_work_on",
        "discipline",
        "person_group",
    }
)


async def save(request: Request, *, profile: ProfileInput, expected_version: int) -> Answer:
    """Keep the viewer's own profile; a person who has none yet expects version 0."""
    given = tidied(profile)
    problems = rules.check(as_rules_read(given), today=dates.shanghai_date(request.now))
    if problems:
        return refusal.all_of(problems)

    async def verb(c: Connection) -> Answer:
        person_id = request.viewer.person_id
        await c.execute_query_dict(LOCK, [person_id])
        row = await read.row(READ, [person_id], on=c)
        version = row.version if row else 0
        if version != expected_version:
            numbers = {"expected": expected_version, "actual": version}
            last = await read.row(LAST_CHANGE, [person_id], on=c)
            told = {"by": last.by, "what": last.what} if last else {}
            return Refused("CONFLICT", {**numbers, **told}, ("expectedVersion",))
        changed = changes(row, given)
        if changed or row is None:
            version = await write(c, request, given, changed)
        return Done({"person": str(person_id), "version": version})

    asked = {**asdict(given), "expected_version": expected_version}
    return await command.once(request, "save_profile", asked, verb)


async def write(
    c: Connection, request: Request, given: ProfileInput, changed: tuple[str, ...]
) -> int:
    """Write it, tell the history which fields changed, and have verdicts made anew."""
    person_id = request.viewer.person_id
    saved = await c.execute_query_dict(SAVE, [uuid7(), person_id, request.now, *values(given)])
    await history.write(
        c,
        tag=Tag.PROFILE_SAVE,
        subject_type="profile",
        subject_id=person_id,
        viewer=request.viewer,
        now=request.now,
        data={"fields": changed},
    )
    if JUDGED.intersection(changed):
        await later.recalculate(c, [person_id], request.now, request.viewer.person_id)
    version: int = saved[0]["version"]
    return version


async def missing(person_id: UUID) -> tuple[str, ...]:
    """The required fields that are empty, as a client names them; nothing opens before (PROF-1)."""
    row = await read.row(READ, [person_id])
    employed = await read.value(EMPLOYED, [person_id]) is not None
    stated = replace(as_rules_read(stored(row) if row else ProfileInput()), employed=employed)
    return rules.missing(stated)


def tidied(profile: ProfileInput) -> ProfileInput:
    """Empty text is no text; without a title there is neither which nor since when."""
    phone = rules.plain_phone(profile.phone or "")
    tidy = replace(
        profile,
        phone=None if text.blank(phone) else phone,
        title_code=(profile.title_code or "").strip() or None,
    )
    return tidy if tidy.has_title else replace(tidy, title_code=None, qualified_on=None)


def values(profile: ProfileInput) -> list[Any]:
    """The fields in the order of the statement."""
    return [getattr(profile, name) for name in FIELDS]


def stored(row: Row) -> ProfileInput:
    """A row as it would be given; words are equal to the members they name."""
    return ProfileInput(**{name: getattr(row, name) for name in FIELDS})


def as_rules_read(profile: ProfileInput) -> rules.Profile:
    """The part of it that the rules know."""
    known = {field.name for field in fields(rules.Profile)}
    return rules.Profile(
        **{name: value for name, value in asdict(profile).items() if name in known}
    )


def changes(row: Row | None, given: ProfileInput) -> tuple[str, ...]:
    """The names of the fields that are different now."""
    before = stored(row) if row else ProfileInput()
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(given, name))
