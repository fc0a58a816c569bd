"""Annual results (年度验证): read what a verdict reads, judge, and add a snapshot if it differs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import access, annual_sql, read
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from rules import annual, dates, figures, regulation
from rules.annual import AnnualVerdict, Verdict
from rules.course import CourseCategory
from rules.figures import Entry
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from workflow import certificate, command, history, later
from workflow.command import Answer, Done, Request
from workflow.history import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A record with the years it touches; it counts in the year of its end."""

    entry: Entry
    starts_on: date

    @property
    def years(self) -> set[int]:
        """The years whose explanation names it."""
        return {self.starts_on.year, self.entry.ends_on.year}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that the verdicts of a person read, and the version they were read at."""

    person_id: UUID
    version: int
    person_group: PersonGroup
    discipline: Discipline | None
    records: Sequence[Lasting]
    current: Mapping[int, tuple[int, Mapping[str, Any]]]


async def load(person_id: UUID, *, on: Connection | None = None) -> Inputs | None:
    """Read the inputs of one person; nothing when he has never had anything to count."""
    row = await read.row(annual_sql.INPUTS, [person_id], on=on)
    return None if row is None else inputs(person_id, row)


def inputs(person_id: UUID, row: Row) -> Inputs:
    """The row as values of the rules."""
    current = json.loads(row.current or "{}")
    return Inputs(
        person_id=person_id,
        version=row.dirty_version,
        person_group=PersonGroup(row.person_group),
        discipline=Discipline(row.discipline) if row.discipline else None,
        records=[lasting(one) for one in json.loads(row.records or "[]", parse_float=Decimal)],
        current={int(year): (number, told) for year, (number, told) in current.items()},
    )


def lasting(one: Mapping[str, Any]) -> Lasting:
    """A record as the rules count it."""
    entry = Entry(
        record_id=one["id"],
        course_name=one["course_name"],
        category=CourseCategory(one["category"]),
        ends_on=date.fromisoformat(one["ends_on"]),
        approved=one["approved"],
        approved_hours=None if one["hours"] is None else Decimal(one["hours"]),
        deleted=one["deleted"],
    )
    return Lasting(entry=entry, starts_on=date.fromisoformat(one["starts_on"]))


def judge(given: Inputs, *, this_year: int) -> list[AnnualVerdict]:
    """The verdict of every year the person's records touch, and of the present one."""
    touched = {year for record in given.records for year in record.years}
    return [
        judge_year(given, year) for year in sorted(touched | given.current.keys() | {this_year})
    ]


def judge_year(given: Inputs, year: int) -> AnnualVerdict:
    """The verdict of one year by the policy row in force for the person."""
    entries = [record.entry for record in given.records if year in record.years]
    policy = regulation.current().annual(
        year, person_group=given.person_group, discipline=given.discipline
    )
    counted = figures.figures(entries, year=year)
    return annual.judge(counted, year=year, policy=policy, entries=entries)


async def store(
    c: Connection, given: Inputs, verdicts: Sequence[AnnualVerdict], *, now: datetime
) -> bool:
    """Add the snapshots that differ from the last ones; False when the inputs have changed.

    A certificate of a year that no longer passes ends with it.
    """
    settled = await c.execute_query_dict(annual_sql.SETTLE, [given.person_id, given.version, now])
    if not settled:
        return False
    fresh = [one for one in map(lambda verdict: snapshot(given, verdict), verdicts) if one]
    if fresh:
        years = [one["year"] for one in fresh]
        await c.execute_query(annual_sql.RETIRE, [given.person_id, years])
        await c.execute_query(annual_sql.SNAPSHOT, [given.person_id, json.dumps(fresh), now])
    if turned := [one["year"] for one in fresh if has_turned(given, one)]:
        await certificate.revoke_turned(c, given.person_id, turned, now)
    return True


def has_turned(given: Inputs, fresh: Mapping[str, Any]) -> bool:
    """Did the year pass before, and does it no longer?"""
    _, last = given.current.get(fresh["year"], (0, {}))
    return last.get("verdict") == Verdict.PASS and fresh["verdict"] == Verdict.FAIL


def snapshot(given: Inputs, verdict: AnnualVerdict) -> dict[str, Any] | None:
    """The row that follows the last snapshot of the year; nothing when it would say the same."""
    number, last = given.current.get(verdict.year, (0, None))
    told = verdict.as_data()
    if told == last:
        return None
    counted = verdict.figures
    return {
        "id": str(uuid7()),
        "year": verdict.year,
        "number": number + 1,
        "total_hours": str(counted.total_hours),
        "public_hours": str(counted.public_hours),
        "professional_hours": str(counted.professional_hours),
        "elective_hours": str(counted.elective_hours),
        "public_courses": counted.public_courses,
        "professional_courses": counted.professional_courses,
        "verdict": verdict.verdict.value,
        "binding": verdict.binding,
        "explanation": told,
    }


async def settle(person_id: UUID, *, now: datetime) -> bool:
    """Read, judge and store in one go; False when somebody edits meanwhile."""
    given = await load(person_id)
    if given is None:
        return True
    verdicts = judge(given, this_year=dates.shanghai_date(now).year)
    async with in_transaction() as c:
        return await store(c, given, verdicts, now=now)


async def recalculate(request: Request, *, person_id: UUID) -> Answer:
    """The button 重新统计学时: the worker counts again, although nothing is known to be stale."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([person_id])
        readable = access.persons(request.viewer, p, "s")
        known = await read.row(f"SELECT s.id FROM person s WHERE s.id = $1 AND {readable}", p, on=c)
        if known is None:
            return Refused("NOT_FOUND")
        await later.recalculate(c, [person_id], request.now, request.viewer.person_id)
        await history.write(
            c,
            tag=Tag.ANNUAL_RECALCULATE,
            subject_type="person",
            subject_id=person_id,
            viewer=request.viewer,
            now=request.now,
        )
        return Done({"person": str(person_id)})

    return await command.once(request, "recalculate", {"person": person_id}, verb)
