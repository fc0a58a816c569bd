"""Annual results (年度验证): read what verdicts read, judge, and add snapshots where they differ.

One person or thousands: the same reading, the same rules, the same writing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from tortoise.transactions import in_transaction

from models import access, annual_sql, read
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from rules import annual, dates, figures, regulation, total
from rules.annual import AnnualVerdict, Verdict
from rules.course import CourseCategory
from rules.figures import Entry
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from workflow import certificate, command, history, later, mark
from workflow.command import Answer, Done, Request
from workflow.history import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A record with the years it touches; it counts in the year of its end."""

    entry: Entry
    starts_on: date
    mark: int = 0  # the record as one number: annual_sql.MARK

    @property
    def years(self) -> set[int]:
        """The years whose explanation names it."""
        return {self.starts_on.year, self.entry.ends_on.year}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that the verdicts of a person read, and the version they were read at."""

    person_id: UUID
    version: int
    settled: int = 0
    person_group: PersonGroup
    discipline: Discipline | None
    records: Sequence[Lasting]
    current: Mapping[int, tuple[int, Mapping[str, Any]]]
    years: frozenset[int] | None = None  # the years that are wanted, where not all are


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A person with the verdicts on his years."""

    given: Inputs
    verdicts: Sequence[AnnualVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Whose figures are fresh now, and how many snapshots that took."""

    persons: frozenset[UUID]
    snapshots: int


async def load(person_id: UUID, *, on: Connection | None = None) -> Inputs | None:
    """Read the inputs of one person; nothing when he has never had anything to count."""
    found = await load_many({person_id: None}, on=on)
    return found[0] if found else None


async def load_many(
    wanted: Mapping[UUID, Iterable[int] | None], *, on: Connection | None = None
) -> list[Inputs]:
    """Read the inputs of persons in one statement, each for some of his years or for all."""
    asked = [
        {"person_id": key, "years": None if years is None else list(years)}
        for key, years in wanted.items()
    ]
    return [inputs(row) for row in await read.rows(annual_sql.INPUTS, [written(asked)], on=on)]


def inputs(row: Row) -> Inputs:
    """The row as values of the rules."""
    current = orjson.loads(row.current or "{}")
    return Inputs(
        person_id=row.person_id,
        version=row.dirty_version,
        settled=row.settled,
        person_group=PersonGroup(row.person_group),
        discipline=Discipline(row.discipline) if row.discipline else None,
        records=[lasting(one) for one in orjson.loads(row.records or "[]")],
        current={int(year): (number, told) for year, (number, told) in current.items()},
        years=None if row.years is None else frozenset(row.years),
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
    return Lasting(
        entry=entry, starts_on=date.fromisoformat(one["starts_on"]), mark=one.get("mark", 0)
    )


def judge(given: Inputs, *, this_year: int) -> list[AnnualVerdict]:
    """The verdict of every year that is wanted: those records touch, and the present one."""
    by_year: dict[int, list[Entry]] = defaultdict(list)
    for record in given.records:
        for year in record.years:
            by_year[year].append(record.entry)
    wanted = given.years
    if wanted is None:
        wanted = frozenset(by_year.keys() | given.current.keys() | {this_year})
    return [judge_year(given, year, by_year.get(year, ())) for year in sorted(wanted)]


def judge_year(given: Inputs, year: int, entries: Sequence[Entry]) -> AnnualVerdict:
    """The verdict of one year by the policy row in force for the person."""
    policy = regulation.current().annual(
        year, person_group=given.person_group, discipline=given.discipline
    )
    counted = figures.figures(entries, year=year)
    return annual.judge(counted, year=year, policy=policy, entries=entries)


async def store(
    c: Connection, given: Inputs, verdicts: Sequence[AnnualVerdict], *, now: datetime
) -> bool:
    """Add the snapshots that differ from the last ones; False when the inputs have changed."""
    stored = await store_many(c, [Judged(given=given, verdicts=verdicts)], now=now)
    return bool(stored.persons)


async def store_many(c: Connection, judged: Sequence[Judged], *, now: datetime) -> Stored:
    """The same for many persons in five statements; whoever was edited meanwhile is left out.

    A certificate of a year that no longer passes ends with it.
    """
    settled = await settle_many(c, [each.given for each in judged], now=now)
    kept = [each for each in judged if each.given.person_id in settled]
    fresh = [one for each in kept for one in snapshots(each)]
    if fresh:
        places = [[one["person_id"] for one in fresh], [one["year"] for one in fresh]]
        await c.execute_query(annual_sql.RETIRE, places)
        await c.execute_query(annual_sql.SNAPSHOT, [written(fresh), now])
    for person_id, years in turned(kept, fresh).items():
        await certificate.revoke_turned(c, person_id, years, now)
    totals = [one for each in kept for one in year_totals(each)]
    if totals:
        await c.execute_query(annual_sql.TOTALS, [written(totals)])
    return Stored(persons=settled, snapshots=len(fresh))


async def settle_many(c: Connection, given: Sequence[Any], *, now: datetime) -> frozenset[UUID]:
    """Whose figures are fresh now: whoever is still at the version that was read."""
    read_at = [
        [each.person_id for each in given],
        [each.version for each in given],
        [each.settled for each in given],
    ]
    rows = await c.execute_query_dict(annual_sql.SETTLE, [*read_at, now])
    return frozenset(row["person_id"] for row in rows)


def snapshots(judged: Judged) -> list[dict[str, Any]]:
    """The snapshots that say something else than the last ones."""
    fresh = (snapshot(judged.given, verdict) for verdict in judged.verdicts)
    return [{"person_id": judged.given.person_id, **one} for one in fresh if one]


def turned(
    judged: Sequence[Judged], fresh: Sequence[Mapping[str, Any]]
) -> Mapping[UUID, list[int]]:
    """The years that passed before and no longer do, by person."""
    given = {each.given.person_id: each.given for each in judged}
    found: dict[UUID, list[int]] = defaultdict(list)
    for one in fresh:
        if has_turned(given[one["person_id"]], one):
            found[one["person_id"]].append(one["year"])
    return found


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


def year_totals(judged: Judged) -> list[dict[str, Any]]:
    """The yearly totals of the years that were judged, and what they were judged from."""
    given = judged.given
    return [
        {
            "person_id": given.person_id,
            "inputs": mark.of_year(given.records, verdict.year),
            "ruled": mark.of_rule(verdict.year, verdict.policy),
            **total_row(given, verdict),
        }
        for verdict in judged.verdicts
    ]


def total_row(given: Inputs, verdict: AnnualVerdict) -> dict[str, Any]:
    """The totals of one year as columns."""
    entries = [record.entry for record in given.records]
    one = total.total(entries, year=verdict.year, counted=verdict.figures)
    return {
        "year": one.year,
        "total_hours": str(one.total_hours),
        "public_hours": str(one.public_hours),
        "professional_hours": str(one.professional_hours),
        "public_courses": one.public_courses,
        "professional_courses": one.professional_courses,
    }


def written(value: Any) -> str:
    """JSON for a statement."""
    return orjson.dumps(value, default=str).decode()


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
