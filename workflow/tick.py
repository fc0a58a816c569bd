"""What the clock tells of a case: terms that are over, claims that lapse, people who have left.

It never decides: nothing is approved, passed or skipped because time ran out or staff is missing.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflow import address, deadline, fold, signer
from workflow.case import Addressed, Case, Event, Facts, Kind
from workflow.route import Route, Step

CLAIM_WORKDAYS = 2  # assumed: the guide knows no claims


def tick(route: Route, case: Case, facts: Facts) -> tuple[Event, ...]:
    """Tell all that time has brought; told once, so that a second tick says nothing."""
    told: list[Event] = []
    while happened := once(route, case, facts):
        told += happened
        for event in happened:
            case = fold.evolve(route, case, event)
    return tuple(told)


def once(route: Route, case: Case, facts: Facts) -> tuple[Event, ...]:
    """Tell what is to be said of a case as it stands."""
    task = address.open_task(route, case)
    if task is None:
        return ()
    step = route.step(task.step)
    return (
        *overdue(step, case, task, facts),
        *expired(case, facts),
        *departed(step, case, task, facts),
    )


def overdue(step: Step, case: Case, task: Addressed, facts: Facts) -> Iterator[Event]:
    """Tell each level of a term that is over."""
    if not deadline.overdue(due=facts.due_at, now=facts.now):
        return
    for level in step.on_overdue:
        if level not in case.told:
            data = {"level": level.value, "step": step.key, "slot": task.slot}
            yield Event(Kind.OVERDUE, {**data, "org": task.org_id})


def expired(case: Case, facts: Facts) -> Iterator[Event]:
    """Put a task back that somebody has held for too long."""
    if case.claimed_by is None or facts.claimed_at is None:
        return
    until = deadline.due_at(workdays=CLAIM_WORKDAYS, arrived=facts.claimed_at)
    if deadline.overdue(due=until, now=facts.now):
        yield Event(Kind.CLAIM_EXPIRED, {"person": case.claimed_by})


def departed(step: Step, case: Case, task: Addressed, facts: Facts) -> Iterator[Event]:
    """Tell that people have left since the case came here, and keep it from lying unseen."""
    if case.signers:  # whoever asked for them, or the administrator, can ask for them no more
        yield from signers_left(step, case, task, facts)
    elif task.only_for:
        yield from freed(case, task, facts)
    elif not task.stand_in:
        left = remaining(step, case, facts)
        yield from understaffed(step, case, left, facts)
        yield from moved_up(step, case, left)


def freed(case: Case, task: Addressed, facts: Facts) -> Iterator[Event]:
    """Give a task back to the group whose addressee sits there no more."""
    there = facts.seats.get(task.org_id, {})
    if not any(there.get(one, frozenset()) & set(task.groups) for one in task.only_for):
        yield Event(Kind.FREED, {"step": task.step, "only_for": sorted(task.only_for)})


def signers_left(step: Step, case: Case, task: Addressed, facts: Facts) -> Iterator[Event]:
    """Tell of each signer who can speak no more; nothing passes without him."""
    spoken = (one.people for one in case.here)
    barred = case.parties.union(acted(case, step.not_acted_in), *spoken)
    there = facts.seats.get(task.org_id, {})
    for asked in case.signers:
        people = there if asked.person is None else {asked.person}
        able = any(asked.group in there.get(one, ()) for one in people if one not in barred)
        if not able and signer.gone(asked.name) not in case.told:
            data = {"step": step.key, "org": task.org_id, "name": asked.name}
            yield Event(Kind.SIGNER_LEFT, data)


class Remaining(NamedTuple):
    """Who of a step's own people can still take this slot or a later one."""

    seated: Mapping[str, frozenset[str]]
    fresh: frozenset[str]  # those who have not spoken here
    have: int  # the distinct people there can be: who has spoken, and the fresh


def remaining(step: Step, case: Case, facts: Facts) -> Remaining:
    """Count anew who is left."""
    above = frozenset(step.groups[min(case.slot, len(step.groups) - 1) :])
    barred = case.parties | acted(case, step.not_acted_in)
    there = facts.seats.get(case.org_id or "", {})
    seated = {one: groups & above for one, groups in there.items() if one not in barred}
    seated = {one: groups for one, groups in seated.items() if groups}
    spoken = [one for one in case.here if not (one.stood_in or one.signed)]
    hands = frozenset[str]().union(*(one.people for one in case.here))
    fresh = frozenset(seated) - hands
    return Remaining(seated, fresh, len(spoken) + len(fresh))


def acted(case: Case, steps: tuple[str, ...]) -> frozenset[str]:
    """Name everybody with a hand in an opinion at some steps."""
    return frozenset[str]().union(*(one.people for one in case.opinions if one.step in steps))


def understaffed(step: Step, case: Case, left: Remaining, facts: Facts) -> Iterator[Event]:
    """Tell that too few are left, and call the stand-in where the route names one."""
    need = case.own_reviewers if case.stand_in else step.needs
    if (left.have >= need and left.seated) or fold.short(left.have) in case.told:
        return
    lack = {"step": step.key, "have": left.have, "need": step.needs}
    policy = step.understaffed.value
    yield Event(Kind.STEP_UNDERSTAFFED, {**lack, "org": case.org_id, "policy": policy})
    if step.stand_in and (called := facts.organisations.get(step.stand_in.org)):
        groups = [group.value for group in step.stand_in.groups]
        yield Event(Kind.STAND_IN_CALLED, {**lack, "org": called, "groups": groups})


def moved_up(step: Step, case: Case, left: Remaining) -> Iterator[Event]:
    """Pass a slot that nobody can take to the next group up, as at the arrival."""
    if not left.fresh and left.have < step.needs:
        return
    for slot in range(min(case.slot, len(step.groups) - 1), len(step.groups)):
        if any(step.groups[slot] in groups for groups in left.seated.values()):
            if slot > case.slot:
                yield Event(Kind.MOVED_UP, {"step": step.key, "org": case.org_id, "slot": slot})
            return
