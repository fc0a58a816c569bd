"""Applying for cycle verification (周期验证申请): draft, edit, delete, submit, recall, withdraw.

Checking, verifying and rechecking are decisions on a task like any other (`workflow.task`), and so
is taking a case back that one's organisation has sent on.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models import cycle_sql, read, training_sql
from models.ids import uuid7
from models.read import Connection, Row
from rules import dates, refusal, title
from rules import profile as profiles
from rules.person import Discipline
from rules.refusal import Refused
from rules.title import Title
from workflow import command, cycle_subject, history, training_subject, transition
from workflow.case import Act, Command, Status
from workflow.command import Answer, Done, Request
from workflow.history import Tag

EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a person applies for; discipline and day of the title are his profile's unless given."""

    target_title: str
    discipline: Discipline | None = None
    qualified_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The same, complete."""

    target: Title
    discipline: Discipline
    qualified_on: date


async def apply(request: Request, *, application: Application) -> Answer:
    """Write a draft; it may be handed in as soon as its years and one's records allow."""
    stated = await state(request, application)
    if isinstance(stated, Refused):
        return stated

    async def verb(c: Connection) -> Answer:
        application_id = uuid7()
        year = dates.shanghai_date(request.now).year
        values = [application_id, request.viewer.person_id, request.now, *columns(stated), year]
        if not await c.execute_query_dict(cycle_sql.APPLY, values):
            return await taken(c, request, stated, year) or Refused("NO_EMPLOYER")
        await note(c, request, Tag.CYCLE_APPLY, application_id)
        return Done({"application": str(application_id), "version": 1})

    return await command.once(request, "apply_for_cycle", given(application), verb)


async def edit(
    request: Request, *, application_id: UUID, expected_version: int, application: Application
) -> Answer:
    """Change a draft or a returned application."""
    stated = await state(request, application)
    if isinstance(stated, Refused):
        return stated

    async def verb(c: Connection) -> Answer:
        held = await own(c, request, application_id, expected_version)
        if isinstance(held, Refused):
            return held
        refused = closed_to_change(held) or await taken(
            c, request, stated, held.year, other_than=application_id
        )
        if refused is not None:
            return refused
        values = [application_id, request.now, *columns(stated)]
        await c.execute_query(cycle_sql.EDIT, values)
        fields = {"fields": changed_fields(held, stated)}
        await note(c, request, Tag.CYCLE_EDIT, application_id, fields)
        return Done({"application": str(application_id), "version": held.version + 1})

    asked = {"application": application_id, "version": expected_version, **given(application)}
    return await command.once(request, "edit_cycle_application", asked, verb)


async def delete(request: Request, *, application_id: UUID, expected_version: int) -> Answer:
    """Throw a draft away that was never handed in; nobody else has ever seen it."""

    async def verb(c: Connection) -> Answer:
        held = await own(c, request, application_id, expected_version)
        if isinstance(held, Refused):
            return held
        if refused := closed_to_deletion(held):
            return refused
        await c.execute_query(cycle_sql.DELETE, [application_id])
        await note(c, request, Tag.CYCLE_DELETE, application_id)
        return Done({"application": str(application_id)})

    asked = {"application": application_id, "version": expected_version}
    return await command.once(request, "delete_cycle_application", asked, verb)


async def submit(request: Request, *, application_id: UUID, expected_version: int) -> Answer:
    """Hand an application in (送审): its day is today, its figures are those of this moment."""
    return await act(request, Act.SUBMIT, application_id, expected_version)


async def recall(request: Request, *, application_id: UUID, expected_version: int) -> Answer:
    """Take it back while nobody has given an opinion (回收); it is a draft again, without a day."""
    return await act(request, Act.RECALL, application_id, expected_version)


async def withdraw(request: Request, *, application_id: UUID, expected_version: int) -> Answer:
    """Give it up for good (撤回)."""
    return await act(request, Act.WITHDRAW, application_id, expected_version)


async def act(request: Request, wanted: Act, application_id: UUID, expected_version: int) -> Answer:
    """One act of the applicant on the case of his application."""

    async def verb(c: Connection) -> Answer:
        await c.execute_query(training_sql.HOLD_CASE, [cycle_subject.TYPE, application_id])
        held = await own(c, request, application_id, expected_version)
        if isinstance(held, Refused):
            return held
        if refused := closed_to(held, wanted):
            return refused
        done = await transition.run(
            c,
            request,
            cycle_subject.ADAPTER,
            application_id,
            Command(act=wanted, actor=transition.actor(request.viewer)),
        )
        if isinstance(done, Refused):
            return done
        changed = {"application": str(application_id), "version": held.version + 1}
        return Done({**done.data, **changed})

    asked = {"application": application_id, "version": expected_version}
    return await command.once(request, f"{wanted.value}_cycle", asked, verb)


def closed_to(held: Row, wanted: Act) -> Refused | None:
    """What was never handed in has no case to take back or to give up."""
    if wanted is not Act.SUBMIT and held.submitted_at is None:
        return Refused("NOT_IN_REVIEW", {"status": held.status})
    return None


def closed_to_change(held: Row) -> Refused | None:
    """Why an application cannot be edited by its author."""
    editable = held.status in EDITABLE
    return None if editable else Refused("NOT_EDITABLE", {"status": held.status})


def closed_to_deletion(held: Row) -> Refused | None:
    """Why a draft cannot be thrown away."""
    if held.submitted_at is None:
        return None
    return Refused("WITHDRAW_INSTEAD", {"status": held.status})


async def own(
    c: Connection, request: Request, application_id: UUID, expected_version: int
) -> Row | Refused:
    """One's own application, locked; somebody else's is answered like one that is not there."""
    held = await read.row(cycle_sql.HOLD, [application_id, request.viewer.person_id], on=c)
    if held is None:
        return Refused("NOT_FOUND", {}, ("applicationId",))
    return await outdated(c, held, expected_version) or held


async def outdated(c: Connection, held: Row, expected_version: int) -> Refused | None:
    """Who changed an application since the client read it."""
    if held.version == expected_version:
        return None
    last = await read.row(cycle_sql.LAST_CHANGE, [held.id], on=c)
    told = {"by": last.by, "what": last.what, "at": last.at.isoformat()} if last else {}
    numbers = {"expected": expected_version, "actual": held.version}
    return Refused("CONFLICT", {**numbers, **told}, ("expectedVersion",))


async def taken(
    c: Connection, request: Request, stated: Stated, year: int, *, other_than: UUID | None = None
) -> Refused | None:
    """One's open application for the same title in the same year, if there is another."""
    asked = [request.viewer.person_id, stated.target.code, year, other_than]
    other = await read.row(cycle_sql.OTHER_OPEN, asked, on=c)
    if other is None:
        return None
    told = cycle_subject.already(other.id, other.status, year)
    return Refused("ALREADY_APPLIED", told, ("targetTitle",))


async def state(request: Request, application: Application) -> Stated | Refused:
    """An application made complete by the profile, or what is wrong before any command begins."""
    person = await read.row(training_sql.APPLICANT, [request.viewer.person_id, None])
    assert person is not None  # he is signed in
    person.profile = json.loads(person.profile or "{}")
    profile = training_subject.profile_of(person)
    if lacking := profiles.missing(profile):
        return Refused("PROFILE_INCOMPLETE", {"fields": list(lacking)})
    since = profile.qualified_on if profile.has_title else profile.started_work_on
    qualified, discipline = application.qualified_on or since, application.discipline
    target, today = title.by_code(application.target_title), dates.shanghai_date(request.now)
    assert qualified is not None and profile.discipline is not None, "the profile is complete"
    problems = list(wrong(target, qualified, today))
    if target is None or problems:
        return refusal.all_of(problems)
    return Stated(
        target=target, discipline=discipline or profile.discipline, qualified_on=qualified
    )


def wrong(target: Title | None, qualified: date, today: date) -> Iterator[Refused]:
    """What cannot be so, whenever it is handed in."""
    if target is None:
        yield Refused("TITLE_UNKNOWN", path=("targetTitle",))
    if qualified > today:
        yield Refused("DATE_IN_FUTURE", {"today": today.isoformat()}, ("qualifiedOn",))


def columns(stated: Stated) -> list[Any]:
    """The values in the order of `cycle_sql.APPLY` and `cycle_sql.EDIT`."""
    target = stated.target
    business = title.business_of_level(target.level)
    return [target.code, target.level, business, stated.discipline, stated.qualified_on]


def given(application: Application) -> Mapping[str, Any]:
    """An application as it enters the digest of a command."""
    return {name: value for name, value in asdict(application).items() if value is not None}


def changed_fields(held: Row, stated: Stated) -> list[str]:
    """The names of the fields an edit changed."""
    now = {
        "target_title": stated.target.code,
        "discipline": stated.discipline,
        "qualified_on": stated.qualified_on,
    }
    return [name for name, value in now.items() if getattr(held, name) != value]


async def note(
    c: Connection,
    request: Request,
    tag: Tag,
    application_id: UUID,
    data: Mapping[str, Any] | None = None,
) -> None:
    """A line of the application's history."""
    await history.write(
        c,
        tag=tag,
        subject_type=cycle_subject.TYPE,
        subject_id=application_id,
        viewer=request.viewer,
        now=request.now,
        data=data or {},
    )
