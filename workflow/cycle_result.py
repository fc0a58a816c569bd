"""Figures of cycle applications (统计结果): read what a verdict reads, judge, add a snapshot.

All of it takes many persons at once. Whoever counts anew holds the cases first, then settles the
version of the records (`annual.store`), then stores: in this order nobody waits in a ring, nothing
is decided between the old snapshot and the new one, and no older reading replaces a newer one.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import cycle_sql, read
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection, Row
from rules import amount, cycle, explanation, figures, period, precedent
from rules.annual import Verdict
from rules.cycle import CycleVerdict, Requirement
from rules.figures import Figures
from rules.period import Application, Cycle
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from workflow import annual, award, notice

Told = Mapping[str, Any]
NO_HOURS = amount.written(amount.NO_HOURS)
NO_FIGURES = figures.Figures().as_data(hours_per_day=Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of one application now, and the snapshot that said so last."""

    application_id: UUID
    version: int
    told: Told
    number: int
    last: Told | None
    closed: bool
    most: Figures | None

    @property
    def differs(self) -> bool:
        """Does a snapshot follow? Of what is decided, only other figures are worth one."""
        return self.moved if self.closed else self.told != self.last

    @property
    def moved(self) -> bool:
        """Are the figures others than those a reviewer has before him?"""
        return self.last is not None and decided(self.told) != decided(self.last)


async def load(person_ids: Collection[UUID], *, on: Connection | None = None) -> list[Row]:
    """The applications of these persons that are under way or approved, with what verdicts read."""
    found = await read.rows(cycle_sql.COUNTING, [list(person_ids), True], on=on)
    return [plain(row) for row in found]


def plain(row: Row) -> Row:
    """A row of `cycle_sql.APPLICATIONS` with its JSON as values."""
    row.explanation = json.loads(row.explanation) if row.explanation else None
    row.profile = json.loads(row.profile or "{}")
    row.records = json.loads(row.records or "[]", parse_float=Decimal)
    row.others = json.loads(row.others or "[]")
    return row


def judge(rows: Sequence[Row]) -> list[Judged]:
    """What the rules say of applications that keep their day."""
    return [judged(row, applied=row.applied_on) for row in rows]


def judged(row: Row, *, applied: date) -> Judged:
    """What the rules say of one, applied for on a day."""
    found = verdict_on(row, applied)
    return Judged(
        application_id=row.id,
        version=row.dirty_version,
        told=told(row, applied, found),
        number=row.number or 0,
        last=row.explanation,
        closed=row.closed_at is not None,
        most=None if isinstance(found, Refused) else found.tally.supplemented,
    )


def verdict_on(row: Row, applied: date) -> CycleVerdict | Refused:
    """What the rules say; where there is no cycle (any more), why not."""
    found = decided_upon(row) or period.cycle(
        Application(
            applied=applied,
            qualified=row.qualified_on,
            discipline=Discipline(row.discipline),
            person_group=group_of(row),
        )
    )
    if isinstance(found, Refused):
        return found
    entries = [annual.lasting(each).entry for each in row.records]
    return cycle.judge(cycle.tally(entries, found), found, entries=entries)


def told(row: Row, applied: date, found: CycleVerdict | Refused) -> Told:
    """The explanation that is kept."""
    if not isinstance(found, Refused):
        return explanation.of_verdict(found)
    refused = {"code": found.code, "data": dict(found.data)}
    group = group_of(row).value
    return {"applied": applied.isoformat(), "personGroup": group, "refused": refused}


def group_of(row: Row) -> PersonGroup:
    """The group a person states now."""
    return PersonGroup(str(row.profile.get("person_group", PersonGroup.GENERAL)))


def decided_upon(row: Row) -> Cycle | None:
    """The cycle of what is decided, by the rules and the group it was decided by."""
    over = row.closed_at is not None and row.explanation and "refused" not in row.explanation
    return precedent.cycle(row.explanation) if over else None


def shortfall(told: Told) -> Refused | None:
    """Why figures do not pass: what there is no cycle for, or the rules they fall short of."""
    if refused := told.get("refused"):
        return Refused(refused["code"], refused["data"])
    if told["verdict"] == Verdict.PASS:
        return None
    missing = {each["code"]: each["missing"] for each in told["rules"]}
    return Refused(
        "FIGURES_SHORT",
        {
            "hours": missing[Requirement.TOTAL_HOURS],
            "publicCourses": missing[Requirement.PUBLIC_COURSES],
            "professionalCourses": missing[Requirement.PROFESSIONAL_COURSES],
        },
    )


def decided(told: Told) -> Told:
    """The part of it that is decided upon: years, hours, courses, verdict."""
    return {
        "years": [told.get("firstYear"), told.get("lastYear")],
        "required": told.get("required"),
        "figures": told.get("figures"),
        "verdict": verdict(told),
        "supplement": told.get("supplementUsed"),
        "binding": told.get("binding"),
    }


def verdict(told: Told) -> str:
    """Pass or fail; without a cycle nothing passes."""
    return str(told.get("verdict", Verdict.FAIL.value))


async def hold(c: Connection, given: Sequence[Judged]) -> None:
    """Lock the cases of these applications: nobody decides on what is being counted."""
    if given:
        await c.execute_query(cycle_sql.HOLD_CASES, [[one.application_id for one in given]])


async def store(c: Connection, given: Sequence[Judged], *, now: datetime) -> None:
    """Add the snapshots that differ from the last ones, behind `hold` and the settled version.

    Whoever has the case before him hears of other figures; what was approved on others loses its
    certificate.
    """
    fresh = [columns(one) for one in given if one.differs]
    if fresh:
        await c.execute_query(cycle_sql.RETIRE, [json.dumps(fresh)])
        await c.execute_query(cycle_sql.SNAPSHOT, [json.dumps(fresh), now])
    moved = [one.application_id for one in given if one.moved]
    await notice.tell_reviewers(
        c,
        NoticeKind.CONTENT_CHANGED,
        subject_type="cycle_application",
        subject_ids=moved,
        now=now,
    )
    await award.recounted(c, moved, now)


def most(given: Figures | None) -> dict[str, Any]:
    """What other minimums are held against: with the current year, where it may be added."""
    if given is None:
        return {}
    return {
        "most_hours": amount.written(given.total_hours),
        "most_public_courses": given.public_courses,
        "most_professional_courses": given.professional_courses,
    }


def columns(given: Judged) -> dict[str, Any]:
    """A snapshot as it is stored: what lists show beside the whole explanation."""
    said = given.told
    found = said.get("figures", NO_FIGURES)
    return {
        "id": str(uuid7()),
        "application": str(given.application_id),
        "number": given.number + 1,
        "person_group": said["personGroup"],
        "first_year": said.get("firstYear"),
        "last_year": said.get("lastYear"),
        "required_hours": said.get("required", NO_HOURS),
        "total_hours": found["totalHours"],
        "public_hours": found["publicHours"],
        "professional_hours": found["professionalHours"],
        "elective_hours": found["electiveHours"],
        "days": found["days"],
        "public_courses": found["publicCourses"],
        "professional_courses": found["professionalCourses"],
        **most(given.most),
        "verdict": verdict(said),
        "supplement_used": said.get("supplementUsed", False),
        "binding": said.get("binding", False),
        "explanation": said,
        "dirty_version": given.version,
    }
