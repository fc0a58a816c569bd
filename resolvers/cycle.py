"""Previews of cycle verification: which years, how many hours, and would it pass."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from models import cycle_sql, read
from models.read import Parameters, Row
from resolvers import command, explanation, ids, training
from resolvers.command import Payload
from resolvers.context import Context
from rules import cycle, figures, period, refusal, title
from rules import explanation as explained
from rules.cycle import CycleVerdict, Tally
from rules.figures import Entry, Figures
from rules.period import Application, Cycle
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from rules.title import Title
from workflow import annual


@dataclass(frozen=True, kw_only=True)
class CycleFiguresInput:
    total_hours: Decimal
    public_courses: int
    professional_courses: int


@dataclass(frozen=True, kw_only=True)
class CyclePreviewInput:
    person_id: ids.NodeId | None = None
    applied: date | None = None
    qualified: date | None = None
    discipline: Discipline | None = None
    person_group: PersonGroup | None = None
    target_title: str | None = None
    figures: CycleFiguresInput | None = None
    current_year: CycleFiguresInput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of the person asked about; nothing, when nobody is."""

    qualified: date | None = None
    discipline: Discipline | None = None
    person_group: PersonGroup = PersonGroup.GENERAL
    present: Title | None = None
    entries: tuple[Entry, ...] | None = None
    readable: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


async def preview(context: Context, *, input: CyclePreviewInput) -> Payload:
    """Judge an application nobody has made: of a person one may read, or of figures typed in."""
    known = await standing(context, input)
    if isinstance(known, Refused):
        return known
    problems = list(check(input, known))
    if problems:
        return refusal.all_of(problems)
    asked = application(context, input, known)
    found = period.cycle(asked)
    if isinstance(found, Refused):
        return found
    judged = judge(input, known, found)
    data = explained.of_verdict(judged) if judged else explained.of_cycle(found)
    target = title.by_code(input.target_title)
    return {
        "applied": asked.applied,
        "qualified": asked.qualified,
        "discipline": asked.discipline,
        "person_group": asked.person_group,
        "target": target,
        "business": target and title.business_of_level(target.level),
        "explanation": explanation.told(context, data, known.readable),
        "warnings": [training.warning(context, each) for each in warnings(target, known.present)],
    }


async def standing(context: Context, input: CyclePreviewInput) -> Standing | Refused:
    """Read the person asked about in one statement; whom one may not read is not there."""
    if input.person_id is None:
        return Standing()
    key = command.key(input.person_id, "Person", path="personId")
    if isinstance(key, Refused):
        return key
    p = Parameters()
    row = await read.row(cycle_sql.standing(context.me, p, key), p)
    return Refused("NOT_FOUND", {}, ("personId",)) if row is None else stood(row)


def stood(row: Row) -> Standing:
    """The row as values of the rules."""
    records = json.loads(row.records or "[]", parse_float=Decimal)
    return Standing(
        qualified=row.qualified_on,
        discipline=Discipline(row.discipline) if row.discipline else None,
        person_group=PersonGroup(row.person_group),
        present=title.by_code(row.title_code),
        entries=tuple(annual.lasting(each).entry for each in records),
        readable={each["id"]: each for each in records if each["readable"]},
    )


def check(input: CyclePreviewInput, known: Standing) -> Iterator[Refused]:
    """What is missing, with the person asked about or without, and what cannot be so."""
    if input.qualified is None and known.qualified is None:
        yield Refused("REQUIRED", path=("qualified",))
    if input.discipline is None and known.discipline is None:
        yield Refused("REQUIRED", path=("discipline",))
    if input.target_title is not None and title.by_code(input.target_title) is None:
        yield Refused("TITLE_UNKNOWN", path=("targetTitle",))
    if input.current_year is not None and input.figures is None:
        yield Refused("REQUIRED", path=("figures",))
    for path, given in (("figures", input.figures), ("currentYear", input.current_year)):
        if given is not None:
            yield from (each.under(path) for each in figures.check(typed(given)))


def application(context: Context, input: CyclePreviewInput, known: Standing) -> Application:
    """What was typed in, then what the person states; applied for today unless said otherwise."""
    qualified, discipline = input.qualified or known.qualified, input.discipline or known.discipline
    assert qualified is not None and discipline is not None, "they were checked"
    return Application(
        applied=input.applied or context.today,
        qualified=qualified,
        discipline=discipline,
        person_group=input.person_group or known.person_group,
    )


def judge(input: CyclePreviewInput, known: Standing, found: Cycle) -> CycleVerdict | None:
    """Judge the figures typed in, else the records of the person; without both, nothing."""
    if input.figures is not None:
        alone = typed(input.figures)
        more = typed(input.current_year) if input.current_year else Figures()
        return cycle.judge(Tally(alone=alone, supplemented=together(alone, more)), found)
    if known.entries is None:
        return None
    return cycle.judge(cycle.tally(known.entries, found), found, entries=known.entries)


def typed(given: CycleFiguresInput) -> Figures:
    """Figures as the rules read them."""
    return Figures(
        total_hours=given.total_hours,
        public_courses=given.public_courses,
        professional_courses=given.professional_courses,
    )


def together(one: Figures, other: Figures) -> Figures:
    """Two sets of figures that have no course in common."""
    return Figures(
        total_hours=one.total_hours + other.total_hours,
        public_courses=one.public_courses + other.public_courses,
        professional_courses=one.professional_courses + other.professional_courses,
    )


def warnings(target: Title | None, present: Title | None) -> Iterator[Refused]:
    """What is allowed and yet worth a second look: a target that is no promotion."""
    if target and present and not title.above(target, present):
        yield Refused("TARGET_NOT_ABOVE", path=("targetTitle",))
