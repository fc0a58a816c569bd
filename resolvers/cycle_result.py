"""Figures of cycle applications in words: the explanation, the yearly table, what has changed."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.cycle_source import CYCLE_RESULT
from models.read import Row
from models.sources import RECORD
from resolvers import explanation as words
from resolvers import label
from resolvers.context import Context
from resolvers.explanation import Data, Explanation, Figures, Line
from resolvers.label import Label
from rules import difference
from rules.difference import FigureChange, RecordChange
from workflow import cycle_result


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that is another now."""

    field: Label
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """One record that counts otherwise now."""

    fate: str
    before: Line | None
    after: Line | None


async def current(context: Context, row: Row) -> Row | None:
    """The latest figures of an application."""
    found = await context.many(CYCLE_RESULT, "application_id", row.id, "g.number DESC")
    return found[0] if found else None


async def of_application(context: Context, row: Row) -> Explanation | None:
    """Why the latest figures are so."""
    found = await current(context, row)
    return await explanation(context, found) if found else None


async def explanation(context: Context, row: Row) -> Explanation | None:
    """The years and the verdict in words; nothing where there is no cycle any more."""
    told = json.loads(row.explanation)
    if "refused" in told:
        return None
    return words.told(context, told, await readable(context, told["records"]))


def obstacle(context: Context, row: Row) -> str | None:
    """Why these figures do not pass, in a sentence; nothing when they do."""
    short = cycle_result.shortfall(json.loads(row.explanation))
    return context.say(short.code, **short.data) if short else None


async def years(context: Context, row: Row) -> Sequence[Figures]:
    """The yearly table: each year of the cycle (年度培训情况列表)."""
    told = await latest(context, row)
    first, last = told.get("firstYear"), told.get("lastYear")
    return [
        words.figures(each, by_category=True)
        for each in told.get("table", ())
        if first <= each["year"] <= last
    ]


async def year_panel(context: Context, row: Row) -> Figures | None:
    """The year of the application beside the cycle (YYYY年度培训情况)."""
    told = await latest(context, row)
    found = [each for each in told.get("table", ()) if each["year"] == row.year]
    return words.figures(found[0], by_category=True) if found else None


async def latest(context: Context, row: Row) -> Data:
    """What the latest figures say, as data."""
    found = await current(context, row)
    told: Data = json.loads(found.explanation) if found else {}
    return told


async def readable(context: Context, lines: Iterable[Data]) -> Mapping[str, Data]:
    """The records among these that the viewer may read, as explanations name them."""
    asked = [context.one(RECORD, UUID(each["recordId"])) for each in lines]
    rows = await asyncio.gather(*(one for one in asked if one is not None))
    return {
        str(row.id): {"course_name": row.course_name, "ends_on": row.ends_on.isoformat()}
        for row in rows
        if row is not None
    }


def pair(row: Row) -> tuple[Data | None, Data]:
    """A snapshot's explanation and that of the one before."""
    return json.loads(row.before) if row.before else None, json.loads(row.explanation)


def changes(context: Context, row: Row) -> list[Change]:
    """Figure by figure, what is another than in the snapshot before."""
    return [change(context, each) for each in difference.figures(*pair(row))]


def change(context: Context, given: FigureChange) -> Change:
    """A changed figure for the eye: 1265.0 → 1250.0."""

    def shown(value: Any) -> str | None:
        if value is None:
            return None
        key = str(value).lower() if isinstance(value, bool) else str(value)
        return label.word(context, given.name, key).name

    return Change(
        field=label.word(context, "figure", given.name),
        before=shown(given.before),
        after=shown(given.after),
    )


async def records(context: Context, row: Row) -> list[Recount]:
    """Record by record, what counts otherwise than in the snapshot before."""
    found = list(difference.records(*pair(row)))
    known = await readable(context, [each.after or each.before or {} for each in found])
    return [recount(context, each, known.get(each.record_id, {})) for each in found]


def recount(context: Context, given: RecordChange, record: Data) -> Recount:
    """A record before and after."""

    def shown(line: Data | None) -> Line | None:
        return words.line(context, line, record) if line else None

    return Recount(fate=given.fate, before=shown(given.before), after=shown(given.after))
