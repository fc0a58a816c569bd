"""Cases in flight under another version of their route (流程换版): which may move, and what then.

A case keeps the version it was submitted under; only this moves it, and only where it would stand
as lawfully under the new one. Whatever does not fit stays and ends under the old one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from workflow import address, arrival, engine
from workflow.case import Case, Event, Facts, Kind, Status
from workflow.opinion import Opinion
from workflow.route import Route, Step

MOVABLE = frozenset({Status.IN_REVIEW, Status.BLOCKED})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why something does not move: a key of the catalogue below `changeover`, and its data."""

    rule: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Two versions of a route, and which step becomes which."""

    old: Route
    new: Route
    explicit: Mapping[str, str]

    @property
    def steps(self) -> dict[str, str]:
        """Old keys and new ones: what was said, else the step of the same key."""
        same = {key: key for key in self.old.order if key in self.new.order}
        return {**same, **self.explicit}

    @property
    def renamed(self) -> dict[str, str]:
        """Those that are called otherwise now."""
        return {before: after for before, after in self.steps.items() if before != after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A case that may move: what happens, and what the operator should know."""

    events: tuple[Event, ...]
    after: Case
    notes: tuple[str, ...] = ()


def faults(plan: Plan) -> tuple[Obstacle, ...]:
    """Find what is wrong with a plan before any case is looked at."""
    old, new = plan.old, plan.new
    if (old.code, old.subject) != (new.code, new.subject):
        return (Obstacle("other_route", {"old": old.code, "new": new.code}),)
    if old.digest == new.digest:
        return (Obstacle("same_version", {"version": old.version}),)
    return tuple(wrong_steps(plan))


def wrong_steps(plan: Plan) -> Iterator[Obstacle]:
    """Find steps that do not exist, that would meet, or that would change their order."""
    known, steps = True, plan.steps
    for before, after in plan.explicit.items():
        if before not in plan.old.order or after not in plan.new.order:
            known = False
            yield Obstacle("unknown_step", {"before": before, "after": after})
    if not known:
        return
    places = [plan.new.order[steps[key]] for key in plan.old.order if key in steps]
    if any(second <= first for first, second in pairwise(places)):
        yield Obstacle("order_changed", {"steps": list(steps.values())})
    for before, after in steps.items():
        if before not in plan.explicit and moved_away(plan.old.step(before), plan.new.step(after)):
            yield Obstacle("other_organisation", {"step": before})


def moved_away(old: Step, new: Step) -> bool:
    """Does the step belong to somebody else now? Then it has to be said explicitly."""
    return old.org is not new.org


def move(plan: Plan, case: Case, facts: Facts, *, operator: str) -> Move | Obstacle | None:
    """Decide about one case; nothing happens to one that is over or lies with its applicant.

    `facts` are those of the new version.
    """
    if case.status not in MOVABLE or case.step is None:
        return None
    if case.step not in plan.steps:
        return Obstacle("step_not_mapped", {"step": case.step})
    events = tuple(happens(plan, case, facts, operator))
    after = case
    for event in events:
        after = engine.evolve(plan.new, after, event)
    refused = next(unlawful(plan, case, after), None)
    if refused is not None:
        return refused
    return Move(events=events, after=after, notes=tuple(notes(plan, case, after)))


def happens(plan: Plan, case: Case, facts: Facts, operator: str) -> Iterator[Event]:
    """Tell what moving brings: the new version, and help where it asks for more people."""
    assert case.step is not None  # looked at before
    here = plan.new.step(plan.steps[case.step])
    yield Event(
        Kind.MIGRATED_DEFINITION,
        {
            "version": plan.new.version,
            "digest": plan.new.digest,
            "was": {"version": plan.old.version, "digest": plan.old.digest},
            "step": here.key,
            "map": plan.renamed,
            "titles": {step.key: [step.title, step.title_en] for step in plan.old.steps},
            "operator": operator,
        },
    )
    if case.status is Status.IN_REVIEW and asks_for_more(plan.old.step(case.step), here):
        yield from arrival.consequences(here, facts)


def asks_for_more(old: Step, new: Step) -> bool:
    """Could people be missing now who were not before?"""
    return new.needs > old.needs or (new.stand_in is not None and old.stand_in is None)


def unlawful(plan: Plan, case: Case, after: Case) -> Iterator[Obstacle]:
    """Find why a case would not stand lawfully under the new version."""
    yield from left_out(plan.new, after)
    yield from too_few(plan.new, after)
    yield from separated(plan.new, after)
    yield from not_writable(plan.new, after)
    yield from elsewhere(plan, case, after)


def left_out(new: Route, after: Case) -> Iterator[Obstacle]:
    """Every step before the present one was decided or skipped, and none of them is gone."""
    assert after.step is not None
    before = {step.key for step in new.steps[: new.order[after.step]]}
    been = {one.step for one in after.opinions} | set(after.skipped)
    for key in new.order:
        if key in before and key not in been:
            yield Obstacle("step_left_out", {"step": key})
    for key in sorted(been - before - {after.step}):
        yield Obstacle("step_gone", {"step": key})


def too_few(new: Route, after: Case) -> Iterator[Obstacle]:
    """The steps behind have as many different people as the new version asks for."""
    for step in new.steps[: new.order[after.step or ""]]:
        said = [one for one in said_at(after, step.key) if not one.signed]
        if said and len(said) < step.needs:
            yield Obstacle(
                "quorum_raised", {"step": step.key, "have": len(said), "need": step.needs}
            )


def separated(new: Route, after: Case) -> Iterator[Obstacle]:
    """Nobody has acted in two steps that the new version keeps apart."""
    for one in after.opinions:
        if one.step in new.order:
            for earlier in new.step(one.step).not_acted_in:
                if any(other.people & one.people for other in said_at(after, earlier)):
                    yield Obstacle("separation_violated", {"step": one.step, "earlier": earlier})


def said_at(case: Case, key: str) -> tuple[Opinion, ...]:
    """The opinions in force at a step."""
    return tuple(one for one in case.opinions if one.step == key)


def not_writable(new: Route, after: Case) -> Iterator[Obstacle]:
    """What a reviewer has set may still be set there."""
    for one in after.opinions:
        lost = {name for name, _ in one.values} - set(
            new.step(one.step).writes if one.step in new.order else ()
        )
        if lost:
            yield Obstacle("not_writable", {"step": one.step, "field": sorted(lost)})


def elsewhere(plan: Plan, case: Case, after: Case) -> Iterator[Obstacle]:
    """The open task stays with the organisation and the group that have it."""
    assert case.step is not None and after.step is not None
    if after.status is Status.BLOCKED:
        changed = moved_away(plan.old.step(case.step), plan.new.step(after.step))
        if changed or case.status is not Status.BLOCKED:
            yield Obstacle("blocked", {"step": after.step})
        return
    was, shall = address.desk(plan.old, case), address.desk(plan.new, after)
    assert was is not None and shall is not None  # both are in review
    if replace(was, step=shall.step) != shall:
        yield Obstacle("task_elsewhere", {"step": after.step})


def notes(plan: Plan, case: Case, after: Case) -> Iterator[str]:
    """Name what an operator should know of a case that moves."""
    assert case.step is not None and after.step is not None
    if after.claimed_by is not None:
        yield "claimed"
    enough = sum(not one.signed for one in after.here) + 1  # with whoever decides next
    if plan.new.step(after.step).needs <= enough < plan.old.step(case.step).needs:
        yield "quorum_met"
