"""Annual results: the verdict on a year, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import select, sources
from models.read import Row
from resolvers import command, filter, ids, page, person
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.explanation import Finding, finding
from resolvers.page import Asked, Direction, Page
from rules import regulation
from rules.annual import Reason, Verdict
from rules.person import PersonGroup
from rules.refusal import Refused
from workflow import annual as verbs


@dataclass(frozen=True, kw_only=True)
class AnnualResultFilter:
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    employer: filter.OfRow | None = None
    year: filter.Ordered[int] | None = None
    verdict: filter.Among[Verdict] | None = None
    person_group: filter.Among[PersonGroup] | None = None
    changed_under: filter.Draft | None = None
    and_: list["AnnualResultFilter"] | None = None
    or_: list["AnnualResultFilter"] | None = None
    not_: "AnnualResultFilter | None" = None


class AnnualResultOrderField(StrEnum):
    YEAR = "year"
    TOTAL_HOURS = "total_hours"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class AnnualResultOrder:
    field: AnnualResultOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class RecalculateInput:
    person_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record, and whether it counts."""

    record_id: UUID
    category: str
    counted: bool
    hours: Decimal
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything a verdict rests on."""

    findings: Sequence[Finding]
    lines: Sequence[Line]
    days: Decimal
    remedy: str | None
    document: str | None
    source: str
    unsourced: bool


async def results(
    context: Context,
    *,
    where: AnnualResultFilter | None = None,
    order_by: list[AnnualResultOrder] | None = None,
    asked: Asked,
) -> Page:
    """Verdicts of the viewer, or of the people of his organisation; the latest year first."""
    source = sources.ANNUAL_RESULT
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="year desc"
    )


async def of_person(context: Context, row: Row) -> list[Row]:
    """Yearly totals of a person (学时统计情况), the latest first."""
    return await context.many(sources.ANNUAL_RESULT, "person_id", row.id, "x.year DESC")


async def stale_since(context: Context, row: Row) -> Any:
    """Since when these figures are older than the records."""
    return await person.stale(context, row.person_id)


async def explanation(context: Context, row: Row) -> Explanation:
    """The stored explanation in the reader's language, and what was handed in since."""
    data = json.loads(row.explanation)
    told = {each["recordId"] for each in data["records"]}
    waiting = [
        each
        for each in await context.many(sources.WAITING, "person_id", row.person_id, "r.ends_on")
        if each.year == row.year and str(each.id) not in told
    ]
    return Explanation(
        findings=[
            finding(context, each, "annual.met" if each["met"] else "annual.short")
            for each in data["rules"]
        ],
        lines=[
            *(line(context, each) for each in data["records"]),
            *(line(context, undecided(each)) for each in waiting),
        ],
        days=Decimal(data["figures"]["days"]),
        remedy=remedy(context, data["remedy"]),
        document=regulation.current().document(data["policy"]["id"]) or None,
        source=data["policy"]["source"],
        unsourced=data["policy"]["unsourced"],
    )


def remedy(context: Context, needed: Mapping[str, str]) -> str | None:
    """The least that would make it pass, naming only what is missing."""
    parts = [
        context.say(f"annual.needs.{kind}", hours=hours)
        for kind, hours in needed.items()
        if Decimal(hours)
    ]
    return context.say("annual.remedy", parts=parts) if parts else None


def undecided(row: Row) -> Mapping[str, Any]:
    """A record that no verdict has looked at yet, as the explanation would name it."""
    return {
        "recordId": str(row.id),
        "category": row.category,
        "counted": False,
        "hours": "0.0",
        "reason": Reason.NOT_APPROVED.value,
    }


def line(context: Context, data: Mapping[str, Any]) -> Line:
    """A record in words: why it counts, or why not."""
    return Line(
        record_id=UUID(data["recordId"]),
        category=data["category"],
        counted=data["counted"],
        hours=Decimal(data["hours"]),
        reason=data["reason"],
        sentence=context.say(f"counts.{data['reason']}", hours=data["hours"]),
    )


def record(context: Context, row: Line) -> Any:
    """The record of a line, if it may still be read."""
    return context.one(sources.RECORD, row.record_id)


async def recalculate(context: Context, *, input: RecalculateInput) -> Payload:
    """Ask for a person's years to be judged anew."""
    key = command.key(input.person_id, "Person", path="personId")
    if isinstance(key, Refused):
        return key
    done: Any = await verbs.recalculate(command.request(context, input), person_id=key)
    if isinstance(done, Refused):
        return done
    found = await select.by_id(sources.PERSON, context.me, [key])
    return {"person": found.get(key), "replayed": done.replayed}
