"""How a case reaches a step: whose it becomes, what is skipped, who is missing."""

from collections.abc import Iterator
from typing import Any

from workflow.case import Case, Event, Facts, Kind
from workflow.route import Route, Step
from workflow.vocabulary import OnResubmit, Relation, Understaffed

SAME_ORG = "same_org"
ENDS_FOR = "ends_for"


def onward(route: Route, facts: Facts, start: int) -> tuple[tuple[Event, ...], Step | None]:
    """Walk forward from a position: the skips on the way, and the step to stop at."""
    skips: list[Event] = []
    for position in range(start, len(route.steps)):
        step = route.steps[position]
        if not same_org(route, facts, position):
            return tuple(skips), step
        skips.append(Event(Kind.STEP_SKIPPED, {"step": step.key, "why": SAME_ORG}))
    return tuple(skips), None


def same_org(route: Route, facts: Facts, position: int) -> bool:
    """Tell whether a step that may be skipped repeats its neighbour's organisation."""
    step = route.steps[position]
    org = facts.organisations.get(step.org)
    if step.skip_when is None or org is None:
        return False
    around = (*route.steps[max(0, position - 1) : position], *route.steps[position + 1 :][:1])
    return any(facts.organisations.get(neighbour.org) == org for neighbour in around)


def left_out(route: Route, step: Step) -> tuple[Event, ...]:
    """Name the steps after one whose pass is final."""
    after = route.steps[route.order[step.key] + 1 :]
    return tuple(Event(Kind.STEP_SKIPPED, {"step": one.key, "why": ENDS_FOR}) for one in after)


def place(step: Step, facts: Facts) -> dict[str, Any]:
    """Tell where a case stands when it reaches a step."""
    return {
        "step": step.key,
        "org": facts.organisations.get(step.org),
        "slot": first_slot(step, facts),
        "entered": facts.now.isoformat(),
    }


def first_slot(step: Step, facts: Facts) -> int:
    """Find the first slot somebody can take; with nobody at all it stays the first."""
    staffed = facts.staffed.get(step.key)
    if staffed is None:
        return 0
    return next((slot for slot, group in enumerate(step.groups) if group in staffed), 0)


def consequences(step: Step, facts: Facts) -> Iterator[Event]:
    """Tell what reaching a step brings with it: a missing organisation, missing people."""
    relation = missing(step, facts)
    if relation is not None:
        yield Event(Kind.BLOCKED, {"step": step.key, "relation": relation.value})
        return
    have = facts.eligible.get(step.key, 0)
    if have >= step.needs:
        return
    lack = {"step": step.key, "have": have, "need": step.needs}
    org = facts.organisations[step.org]
    yield Event(Kind.STEP_UNDERSTAFFED, {**lack, "org": org, "policy": step.understaffed.value})
    if step.stand_in:
        groups = [group.value for group in step.stand_in.groups]
        called = facts.organisations[step.stand_in.org]
        yield Event(Kind.STAND_IN_CALLED, {**lack, "org": called, "groups": groups})


def missing(step: Step, facts: Facts) -> Relation | None:
    """Find the organisation a step cannot do without; nothing is ever skipped for it."""
    if facts.organisations.get(step.org) is None:
        return step.org
    if not calls_stand_in(step, facts) or step.stand_in is None:
        return None
    return step.stand_in.org if facts.organisations.get(step.stand_in.org) is None else None


def calls_stand_in(step: Step, facts: Facts) -> bool:
    """Tell whether a step has too few people of its own and somebody to help out."""
    understaffed = facts.eligible.get(step.key, 0) < step.needs
    return understaffed and step.understaffed is Understaffed.STAND_IN


def entry(route: Route, case: Case, facts: Facts) -> tuple[tuple[Event, ...], Step]:
    """Find where a submission begins: at the start, or at the step that returned it."""
    if case.returned_from is not None and resumes(route, case, facts):
        return (), route.step(case.returned_from)
    return beginning(route, facts)


def beginning(route: Route, facts: Facts) -> tuple[tuple[Event, ...], Step]:
    """Find the first step that is not skipped."""
    skips, step = onward(route, facts, 0)
    assert step is not None  # a step is only skipped for a neighbour that cannot be
    return skips, step


def resumes(route: Route, case: Case, facts: Facts) -> bool:
    """Tell whether earlier opinions stay: only for the same content on the same route."""
    return (
        route.on_resubmit is OnResubmit.SAME_STEP
        and case.returned_from is not None
        and case.revision == facts.revision
        and case.definition == route.digest
    )
