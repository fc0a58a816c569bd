"""Declaring training (个人参加继续教育情况申报): draft, edit, delete, submit, recall, withdraw."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import read, training_sql
from models.ids import uuid7
from models.read import Connection, Row
from models.training import RecordStatus
from rules import course, dates, feed, refusal, text
from rules import profile as profiles
from rules.course import Achievement, Authorship, CourseCategory, Record, RecordOrigin
from rules.refusal import Refused
from workflow import command, history, training_subject, transition
from workflow.case import Act, Command
from workflow.command import Answer, Done, Request
from workflow.history import Tag

EDITABLE = frozenset({RecordStatus.DRAFT, RecordStatus.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a person states about one training or achievement; hours and days may wait."""

    course_name: str
    category: CourseCategory
    starts_on: date
    ends_on: date
    declared_hours: Decimal | None = None
    attended_days: int | None = None
    declared_credits: Decimal | None = None
    organiser_id: UUID | None = None
    organiser_name: str = ""
    study_form: str = ""
    place: str = ""
    content: str = ""
    note: str = ""
    achievement: Achievement | None = None
    authorship: Authorship | None = None


async def declare(request: Request, *, declaration: Declaration) -> Answer:
    """Write a draft. It lacks nothing that would make it false; hours and proof may follow."""
    refused = await unfit(request, declaration)
    if refused is not None:
        return refused

    async def verb(c: Connection) -> Answer:
        record_id = uuid7()
        values = [record_id, request.viewer.person_id, request.now, *columns(declaration)]
        inserted = await c.execute_query_dict(training_sql.DECLARE, values)
        if not inserted:
            return Refused("NO_EMPLOYER")
        await note(c, request, Tag.RECORD_DECLARE, record_id)
        return Done({"record": str(record_id), "version": 1})

    return await command.once(request, "declare", given(declaration), verb)


async def edit(
    request: Request, *, record_id: UUID, expected_version: int, declaration: Declaration
) -> Answer:
    """Change a draft or a returned record."""
    refused = await unfit(request, declaration)
    if refused is not None:
        return refused

    async def verb(c: Connection) -> Answer:
        held = await hold(c, request, record_id, expected_version)
        if isinstance(held, Refused):
            return held
        values = [record_id, request.now, *columns(declaration)]
        changed = await c.execute_query_dict(training_sql.EDIT, values)
        fields = changed_fields(held, changed[0])
        await note(c, request, Tag.RECORD_EDIT, record_id, {"fields": fields})
        return Done({"record": str(record_id), "version": held.version + 1})

    asked = {"record": record_id, "version": expected_version, **given(declaration)}
    return await command.once(request, "edit", asked, verb)


async def delete(request: Request, *, record_id: UUID, expected_version: int) -> Answer:
    """Delete a draft or a returned record; it stays visible as deleted (L123)."""

    async def verb(c: Connection) -> Answer:
        await c.execute_query(training_sql.HOLD_CASE, [training_subject.TYPE, record_id])
        held = await hold(c, request, record_id, expected_version)
        if isinstance(held, Refused):
            return held
        if held.status == RecordStatus.RETURNED:
            await withdraw_case(c, request, record_id)
        deleted = await c.execute_query_dict(training_sql.DELETE, [record_id, request.now])
        await note(c, request, Tag.RECORD_DELETE, record_id)
        return Done({"record": str(record_id), "version": deleted[0]["version"]})

    asked = {"record": record_id, "version": expected_version}
    return await command.once(request, "delete", asked, verb)


async def submit(request: Request, *, record_id: UUID, expected_version: int) -> Answer:
    """Send a record up for review (送审)."""
    return await act(request, Act.SUBMIT, record_id, expected_version)


async def recall(request: Request, *, record_id: UUID, expected_version: int) -> Answer:
    """Take a record back while nobody has given an opinion (回收)."""
    return await act(request, Act.RECALL, record_id, expected_version)


async def withdraw(request: Request, *, record_id: UUID, expected_version: int) -> Answer:
    """Give a submitted record up for good (撤回)."""
    return await act(request, Act.WITHDRAW, record_id, expected_version)


async def act(request: Request, wanted: Act, record_id: UUID, expected_version: int) -> Answer:
    """One act of the applicant on the case of his record."""

    async def verb(c: Connection) -> Answer:
        await c.execute_query(training_sql.HOLD_CASE, [training_subject.TYPE, record_id])
        held = await own(c, request, record_id, expected_version)
        if isinstance(held, Refused):
            return held
        refused = closed_to(held, wanted)
        if refused is not None:
            return refused
        done = await transition.run(
            c,
            request,
            training_subject.ADAPTER,
            record_id,
            Command(act=wanted, actor=transition.actor(request.viewer)),
        )
        if isinstance(done, Refused):
            return done
        return Done({**done.data, "record": str(record_id), "version": held.version + 1})

    asked = {"record": record_id, "version": expected_version}
    return await command.once(request, wanted.value, asked, verb)


def closed_to(record: Row, wanted: Act) -> Refused | None:
    """Why an act of the applicant is not open for this record, whatever its route says."""
    if record.origin != RecordOrigin.DECLARED:
        return Refused("NOT_DECLARED", {"origin": record.origin})
    if wanted is not Act.SUBMIT and record.submitted_at is None:
        return Refused("NOT_IN_REVIEW", {"status": record.status})
    return None


def closed_to_change(record: Row) -> Refused | None:
    """Why a record cannot be edited or deleted by its author."""
    if record.deleted_at is not None:
        return Refused("DELETED")
    if record.origin != RecordOrigin.DECLARED:
        return Refused("NOT_DECLARED", {"origin": record.origin})
    if record.status not in EDITABLE:
        return Refused("NOT_EDITABLE", {"status": record.status})
    return None


async def withdraw_case(c: Connection, request: Request, record_id: UUID) -> None:
    """The case of a returned record ends with it."""
    wanted = Command(act=Act.WITHDRAW, actor=transition.actor(request.viewer))
    answer = await transition.run(c, request, training_subject.ADAPTER, record_id, wanted)
    assert isinstance(answer, Done), answer  # a returned case can always be withdrawn


async def own(
    c: Connection, request: Request, record_id: UUID, expected_version: int
) -> Row | Refused:
    """One's own living record, locked; somebody else's is answered like one that is not there."""
    held = await read.row(training_sql.HOLD, [record_id, request.viewer.person_id], on=c)
    if held is None:
        return Refused("NOT_FOUND")
    if held.deleted_at is not None:
        return Refused("DELETED")
    return await outdated(c, held, expected_version) or held


async def outdated(c: Connection, record: Row, expected_version: int) -> Refused | None:
    """Who changed a record since the client read it."""
    if record.version == expected_version:
        return None
    last = await read.row(training_sql.LAST_CHANGE, [record.id], on=c)
    told = {"by": last.by, "what": last.what, "at": last.at.isoformat()} if last else {}
    numbers = {"expected": expected_version, "actual": record.version}
    return Refused("CONFLICT", {**numbers, **told}, ("expectedVersion",))


async def hold(
    c: Connection, request: Request, record_id: UUID, expected_version: int
) -> Row | Refused:
    """The same, and it may be edited."""
    held = await own(c, request, record_id, expected_version)
    return held if isinstance(held, Refused) else closed_to_change(held) or held


async def unfit(request: Request, declaration: Declaration) -> Refused | None:
    """What is wrong with a declaration before any command begins: nothing of it is kept."""
    person = await read.row(
        training_sql.APPLICANT, [request.viewer.person_id, declaration.organiser_id]
    )
    assert person is not None  # he is signed in
    person.profile = json.loads(person.profile or "{}")
    lacking = profiles.missing(training_subject.profile_of(person))
    if lacking:
        return Refused("PROFILE_INCOMPLETE", {"fields": list(lacking)})
    record = stated(declaration)
    problems = [
        *course.check(
            record,
            today=dates.shanghai_date(request.now),
            born=training_subject.born(person),
            complete=False,
        ),
        *feed.check(record, person_group=training_subject.person_group(person)),
    ]
    if text.blank(declaration.course_name):  # hours and days may wait, a name may not
        problems.append(Refused("REQUIRED", path=("courseName",)))
    if declaration.organiser_id and not person.organiser_known:
        problems.append(Refused("ORGANISER_UNKNOWN", path=("organiserId",)))
    if problems:
        return refusal.all_of([problem.under("declaration") for problem in problems])
    return None


def stated(declaration: Declaration) -> Record:
    """A declaration as the rules read it."""
    values = asdict(declaration)
    del values["organiser_id"]
    return Record(**values)


def columns(declaration: Declaration) -> list[Any]:
    """The values in the order of `training_sql.COLUMNS`."""
    values = asdict(declaration)
    return [values[name] for name in training_sql.COLUMNS]


def given(declaration: Declaration) -> Mapping[str, Any]:
    """A declaration as it enters the digest of a command."""
    return {name: value for name, value in asdict(declaration).items() if value is not None}


def changed_fields(before: Row, after: Mapping[str, Any]) -> list[str]:
    """The names of the fields an edit changed; the values stay out of the history."""
    return [name for name in training_sql.COLUMNS if getattr(before, name) != after[name]]


async def note(
    c: Connection,
    request: Request,
    tag: Tag,
    record_id: UUID,
    data: Mapping[str, Any] | None = None,
) -> None:
    """A line of the record's history."""
    await history.write(
        c,
        tag=tag,
        subject_type=training_subject.TYPE,
        subject_id=record_id,
        viewer=request.viewer,
        now=request.now,
        data=data or {},
    )
