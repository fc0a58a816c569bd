"""An application for cycle verification (周期验证申请) as the subject of a case."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from models import cycle_sql
from models.read import Connection, Row
from models.training import RecordStatus
from rules import profile as profiles
from rules import title
from rules.refusal import Refused
from workflow import cycle_result, training_subject
from workflow.case import TERMINAL, Status
from workflow.cycle_result import Judged, Told
from workflow.subject import Change, Subject

TYPE = "cycle_application"
UNDECIDED = frozenset({RecordStatus.IN_REVIEW, RecordStatus.RETURNED, RecordStatus.BLOCKED})
UNDER_REVIEW = frozenset({Status.IN_REVIEW, Status.BLOCKED})
MOST_NAMED = 10  # undecided records that a refusal names; it counts them all


class CycleSubject:
    """The adapter of cycle applications."""

    type = TYPE

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The applications; a submission is judged by the records as they are now."""
        found = await c.execute_query_dict(cycle_sql.BY_ID, [list(subject_ids), submitting])
        rows = [cycle_result.plain(Row(**columns)) for columns in found]
        return {row.id: (applying(row, today) if submitting else subject(row)) for row in rows}

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """Reviewers set no fields of an application."""
        return ()

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """Follow the case; a submission brings its figures with it."""
        before, after = change.before.status, change.after.status
        if before is after:
            return
        row = subject.row
        judged: Judged | None = row.judged if after in UNDER_REVIEW else None
        fresh = judged is not None and judged.differs
        await c.execute_query(cycle_sql.FOLLOW, followed(subject, change, retires=fresh))
        if judged is not None and fresh:
            snapshot = json.dumps([cycle_result.columns(judged)])
            await c.execute_query(cycle_sql.SNAPSHOT, [snapshot, change.now])


ADAPTER = CycleSubject()


def followed(subject: Subject, change: Change, *, retires: bool) -> list[Any]:
    """The parameters of `cycle_sql.FOLLOW`, in its order; a recalled draft is applied for anew."""
    row, after = subject.row, change.after.status
    applied = None if after is Status.DRAFT else row.applied_on
    return [
        row.id,
        after.value,
        subject.employer_id,
        applied,
        applied.year if applied else row.year,
        change.now if applied else None,
        change.now if after in TERMINAL else None,
        change.now,
        row.version + 1,
        row.number if retires else None,
    ]


def applying(row: Row, today: date) -> Subject:
    """An application as it would be handed in today, and what stands in the way.

    One that was returned keeps its day: what it was returned for may be mended without losing the
    years it was applied for. A draft, recalled or new, is applied for today.
    """
    returned = row.status == Status.RETURNED and row.applied_on is not None
    row.applied_on = row.applied_on if returned else today
    row.employer_id = row.current_employer
    row.judged = cycle_result.judged(row, applied=row.applied_on)
    found = subject(row, told=row.judged.told)
    return replace(found, obstacles=tuple(obstacles(row)))


def subject(row: Row, told: Told | None = None) -> Subject:
    """A row of `cycle_sql.APPLICATIONS` as the engine sees it."""
    told = told or row.explanation
    return Subject(
        type=TYPE,
        id=row.id,
        applicant_id=row.person_id,
        employer_id=row.employer_id,
        selectors={"unit_kind": row.unit_kind or "", "business": row.business},
        business=row.business,
        content=content(row, told),
        declared={},
        obstacles=(),
        unclean=(),
        shortfall=cycle_result.shortfall(told) if told else None,
        unsettled=Refused("FIGURES_STALE") if stale(row) else None,
        row=row,
    )


def stale(row: Row) -> bool:
    """Are the records newer than the figures of an application that is under way?"""
    return bool(row.stale) and row.status in {*UNDER_REVIEW, Status.RETURNED}


def content(row: Row, told: Told | None) -> Mapping[str, Any]:
    """What is decided: for which title, by which discipline and day, on which figures."""
    return {
        "target_title": row.target_title,
        "discipline": row.discipline,
        "qualified_on": row.qualified_on,
        "figures": told and cycle_result.decided(told),
    }


def obstacles(row: Row) -> Iterator[Refused]:
    """Why an application cannot be handed in: CYC-1 and the years it would cover."""
    lacking = profiles.missing(training_subject.profile_of(row))
    if lacking:
        yield Refused("PROFILE_INCOMPLETE", {"fields": list(lacking)})
    if title.by_code(row.target_title) is None:
        yield Refused("TITLE_UNKNOWN", path=("targetTitle",))
    if refused := row.judged.told.get("refused"):
        yield Refused(refused["code"], refused["data"], ("qualifiedOn",))
    yield from undecided(row)
    yield from taken(row)


def undecided(row: Row) -> Iterator[Refused]:
    """The unit has decided about all one's records before one applies: L215."""
    waiting = [each for each in row.records if each["status"] in UNDECIDED and not each["deleted"]]
    if waiting:
        named = [each["course_name"] for each in waiting[:MOST_NAMED]]
        ids = [each["id"] for each in waiting[:MOST_NAMED]]
        yield Refused(
            "UNDECIDED_RECORDS", {"count": len(waiting), "courses": named, "records": ids}
        )


def taken(row: Row) -> Iterator[Refused]:
    """One application for a title in a year: another open one is named."""
    year = row.applied_on.year
    for other in row.others:
        if other["year"] == year:
            yield Refused("ALREADY_APPLIED", already(other["id"], other["status"], year))


def already(application_id: Any, status: str, year: int) -> Mapping[str, Any]:
    """The other application, so that a client can show it."""
    return {"application": str(application_id), "status": status, "year": year}


def warnings(row: Row) -> Iterator[Refused]:
    """What is lawful and yet worth a second look; `row` comes from `applying`."""
    target, present = title.by_code(row.target_title), title.by_code(row.profile.get("title_code"))
    if target and present and not title.above(target, present):
        yield Refused("TARGET_NOT_ABOVE", path=("targetTitle",))
    stated = training_subject.profile_of(row)
    since = stated.qualified_on if stated.has_title else stated.started_work_on
    if since != row.qualified_on:
        yield Refused("OTHER_THAN_PROFILE", path=("qualifiedOn",))
    if stated.discipline != row.discipline:
        yield Refused("OTHER_THAN_PROFILE", path=("discipline",))
    told = row.judged.told
    if "refused" in told:
        return
    if short := cycle_result.shortfall(told):
        yield short
    if not told["binding"]:
        yield Refused("CYCLE_NOT_BINDING", {"year": row.applied_on.year})
