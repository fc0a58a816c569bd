"""What awaits a case: who decides next, by when, where people are missing; without any effect."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from rules import calendar, dates
from workflow import arrival, engine
from workflow.case import TERMINAL, Act, Case, Facts, StepForecast
from workflow.route import Route


class Where(StrEnum):
    """Where a case is, seen from a step."""

    DONE = "done"
    HERE = "here"
    AHEAD = "ahead"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One step of the way, and the day by which it is done if every step takes its whole term."""

    where: Where
    step: StepForecast
    due_on: date | None


def prospects(
    route: Route, case: Case, facts: Facts, *, due_at: datetime | None = None
) -> tuple[Prospect, ...]:
    """Tell the whole way of a case; one that is over has none.

    `due_at` is the term of the step it stands at. After a step without a term no day is known.
    """
    if case.status in TERMINAL:
        return ()
    return tuple(walked(route, case, facts, due_at))


def walked(route: Route, case: Case, facts: Facts, due_at: datetime | None) -> Iterator[Prospect]:
    """Go from step to step and from term to term."""
    last: date | None = dates.shanghai_date(facts.now)
    for step in engine.preview(route, facts):
        where = seen(route, case, step)
        if where in (Where.DONE, Where.SKIPPED):
            yield Prospect(where=where, step=behind(step, where), due_on=None)
            continue
        if where is Where.HERE and due_at is not None:
            last = max(dates.shanghai_date(due_at), dates.shanghai_date(facts.now))
            due_on: date | None = dates.shanghai_date(due_at)
        else:
            last = due_on = after(last, step.due)
        yield Prospect(where=where, step=present(case, step, where), due_on=due_on)


def after(begins: date | None, workdays: int | None) -> date | None:
    """The last day of a term that begins then; unknown without a term."""
    if begins is None or workdays is None:
        return None
    return calendar.add_workdays(begins, workdays)


def seen(route: Route, case: Case, step: StepForecast) -> Where:
    """Tell where a case is, seen from a step."""
    if step.step in case.skipped:
        return Where.SKIPPED
    if case.step is not None and step.step == case.step:
        return Where.HERE
    if case.step is not None and route.order[step.step] < route.order[case.step]:
        return Where.DONE
    return Where.SKIPPED if step.skipped else Where.AHEAD


def behind(step: StepForecast, where: Where) -> StepForecast:
    """What lies behind has no problem any more; what was left out says why."""
    why = (step.skipped or arrival.SAME_ORG) if where is Where.SKIPPED else None
    return replace(step, problem=None, stand_in=None, skipped=why)


def present(case: Case, step: StepForecast, where: Where) -> StepForecast:
    """The step a case stands at belongs to whom it has reached, whatever the tree says now."""
    if where is not Where.HERE:
        return step
    return replace(
        step,
        org_id=case.org_id or step.org_id,
        stand_in=case.stand_in or step.stand_in,
        skipped=None,
    )


def done(case: Case) -> frozenset[str]:
    """Name the steps that have sent a case on, as its opinions in force tell."""
    return frozenset(one.step for one in case.opinions if one.act is Act.PASS)
