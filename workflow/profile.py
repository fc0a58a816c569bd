"""Profiles (个人资料): what a person states about himself; his unit confirms it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from models import profile_sql, read
from models.ids import uuid7
from models.read import Connection, Row
from rules import dates, refusal, text
from rules import profile as rules
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from workflow import command, history, later, profile_subject, transition
from workflow.case import Act, Command, Status
from workflow.command import Answer, Done, Request
from workflow.history import Tag


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
        row = await hold(c, person_id, expected_version)
        if isinstance(row, Refused):
            return row
        version, changed = expected_version, changes(row, given)
        if row is not None and (other := sorted(JUDGED.intersection(changed))):
            await former(c, request, person_id, other)
        if changed or row is None:
            version = await write(c, request, given, changed)
        return Done({"person": str(person_id), "version": version})

    asked = {**asdict(given), "expected_version": expected_version}
    return await command.once(request, "save_profile", asked, verb)


async def submit(request: Request, *, expected_version: int) -> Answer:
    """Ask the unit to confirm one's profile (个人基本资料确认)."""
    return await act(request, Act.SUBMIT, expected_version)


async def recall(request: Request, *, expected_version: int) -> Answer:
    """Take that back while nobody has given an opinion (回收)."""
    return await act(request, Act.RECALL, expected_version)


async def act(request: Request, wanted: Act, expected_version: int) -> Answer:
    """One act of the person on the case of his own profile."""

    async def verb(c: Connection) -> Answer:
        person_id = request.viewer.person_id
        case = await read.value(profile_sql.HOLD_CASE, [person_id], on=c)
        row = await hold(c, person_id, expected_version)
        if isinstance(row, Refused):
            return row
        if case is None and wanted is not Act.SUBMIT:
            return Refused("NOT_IN_REVIEW", {"status": Status.DRAFT.value})
        asked = Command(act=wanted, actor=transition.actor(request.viewer))
        done = await transition.run(c, request, profile_subject.ADAPTER, person_id, asked)
        if isinstance(done, Refused):
            return done
        return Done({**done.data, "person": str(person_id), "version": expected_version})

    given = {"version": expected_version}
    return await command.once(request, f"{wanted.value}_profile", given, verb)


async def hold(c: Connection, person_id: UUID, expected_version: int) -> Row | Refused | None:
    """One's own profile, locked through one's person; none that was saved yet has version 0."""
    await c.execute_query_dict(profile_sql.LOCK, [person_id])
    row = await read.row(profile_sql.READ, [person_id], on=c)
    version = row.version if row else 0
    if version == expected_version:
        return row
    last = await read.row(profile_sql.LAST_CHANGE, [person_id], on=c)
    told = {"by": last.by, "what": last.what} if last else {}
    numbers = {"expected": expected_version, "actual": version}
    return Refused("CONFLICT", {**numbers, **told}, ("expectedVersion",))


async def write(
    c: Connection, request: Request, given: ProfileInput, changed: tuple[str, ...]
) -> int:
    """Write it, tell the history which fields changed, and have verdicts made anew."""
    person_id = request.viewer.person_id
    voids = bool(profile_subject.CONFIRMED.intersection(changed))
    columns = [uuid7(), person_id, request.now, *values(given), voids]
    saved = await c.execute_query_dict(profile_sql.SAVE, columns)
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


async def former(c: Connection, request: Request, person_id: UUID, changed: Sequence[str]) -> None:
    """Keep what was stated of somebody until now: what his rank and his years were judged by."""
    by = request.viewer.person_id
    await c.execute_query(profile_sql.FORMER, [uuid7(), person_id, request.now, by, [*changed]])


async def missing(person_id: UUID) -> tuple[str, ...]:
    """The required fields that are empty, as a client names them; nothing opens before (PROF-1)."""
    row = await read.row(profile_sql.READ, [person_id])
    employed = await read.value(profile_sql.EMPLOYED, [person_id]) is not None
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
