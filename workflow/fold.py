"""What an event changes in a case: the only place where its state moves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workflow import signer
from workflow.case import APPLICANT, Case, Event, Kind, Reason, Status
from workflow.opinion import Opinion
from workflow.route import Route
from workflow.vocabulary import INSIDE, Act, OnResubmit, Relation

Data = Mapping[str, Any]
Changes = dict[str, Any]
Fold = Callable[[Route, Case, Data], Changes]

PUT_DOWN: Changes = {
    "claimed_by": None,
    "only_for": frozenset(),
    "only_stand_in": False,
    "urged_at": "",
}
ALONE: Changes = {"stand_in": None, "own_reviewers": 0, "told": (), "signers": ()}
NOWHERE: Changes = {
    **PUT_DOWN,
    **ALONE,
    "step": None,
    "org_id": None,
    "slot": 0,
    "entered_at": "",
    "reason": None,
    "missing": None,
}
NOTHING_SAID: Changes = {"opinions": (), "skipped": ()}


def evolve(route: Route, case: Case, event: Event) -> Case:
    """Apply one event."""
    changes = FOLDS[event.kind](route, case, event.data)
    return replace(case, seq=case.seq + 1, **changes)


def submitted(route: Route, case: Case, data: Data) -> Changes:
    """A round begins; a resumed one keeps what was said at the steps before."""
    return {
        **at(data, Reason.SUBMITTED),
        **({} if data["resumed"] else NOTHING_SAID),
        "status": Status.IN_REVIEW,
        "round": data["round"],
        **content(data),
        "definition": data["digest"],
        "returned_from": None,
    }


def content(data: Data) -> Changes:
    """What is decided from now on."""
    parts = data.get("parts", {})  # events from before it was kept have none
    return {"revision": data["revision"], "parts": tuple(sorted(parts.items()))}


def restated(route: Route, case: Case, data: Data) -> Changes:
    """The content is another; the case stands at its beginning, in the same round."""
    return {**at(data, Reason.RESTATED), **NOTHING_SAID, **content(data)}


def forwarded(route: Route, case: Case, data: Data) -> Changes:
    """The next step begins."""
    return at(data, Reason.SUBMITTED)


def at(data: Data, reason: Reason) -> Changes:
    """Stand at a step, with nobody holding it."""
    return {
        **PUT_DOWN,
        **ALONE,
        "step": data["step"],
        "org_id": data["org"],
        "slot": data["slot"],
        "entered_at": data.get("entered", ""),
        "reason": reason,
    }


def returned(route: Route, case: Case, data: Data) -> Changes:
    """Back to an earlier step, or to the applicant, who may change everything."""
    if data["to"] != APPLICANT:
        return reopened(route, case, data, Reason.RETURNED)
    back = {**NOWHERE, "status": Status.RETURNED}
    if route.on_resubmit is OnResubmit.RESTART:
        return {**back, **NOTHING_SAID}
    before = earlier(route, data["from"])
    return {
        **back,
        "opinions": tuple(one for one in case.opinions if one.step in before),
        "skipped": tuple(key for key in case.skipped if key in before),
        "returned_from": data["from"],
    }


def recalled(route: Route, case: Case, data: Data) -> Changes:
    """Taken back by whoever sent it."""
    if data["to"] != APPLICANT:
        return reopened(route, case, data, Reason.RECALLED)
    return {**NOWHERE, **NOTHING_SAID, "status": Status.DRAFT}


def reopened(route: Route, case: Case, data: Data, reason: Reason) -> Changes:
    """An earlier step opens again: its inside opinions stay, what followed is void."""
    before = earlier(route, data["step"])
    inside = tuple(one for one in case.opinions if one.step == data["step"] and one.act in INSIDE)
    return {
        **at(data, reason),
        "slot": max([data["slot"], *(one.slot + 1 for one in inside if not one.signed)]),
        "opinions": (*(one for one in case.opinions if one.step in before), *inside),
        "skipped": tuple(key for key in case.skipped if key in before),
    }


def earlier(route: Route, key: str) -> frozenset[str]:
    """Name the steps before one."""
    return frozenset(step.key for step in route.steps[: route.order[key]])


def opined(route: Route, case: Case, data: Data) -> Changes:
    """Somebody has spoken; whoever spoke before at this step replaces himself."""
    opinion = Opinion(
        step=data["step"],
        round=case.round,
        act=Act(data["act"]),
        people=frozenset(data["people"]),
        revision=case.revision,
        slot=case.slot,
        org_id=data["org"],
        stood_in=data["stand_in"],
        signed=data.get("signed", False),
        values=tuple(sorted(data["values"].items())),
        at=data["at"],
    )
    opinions = (*without(case, opinion.people), opinion)
    if opinion.signed:  # the desk goes on where it was
        return {**signer.spoke(case, opinion.people), "opinions": opinions}
    return {
        **PUT_DOWN,
        "opinions": opinions,
        "slot": case.slot + 1,
        "reason": Reason.SUBMITTED,
    }


def without(case: Case, people: frozenset[str]) -> tuple[Opinion, ...]:
    """List the opinions in force but those of these people at the current step."""
    return tuple(one for one in case.opinions if one.step != case.step or not one.people & people)


def returned_inside(route: Route, case: Case, data: Data) -> Changes:
    """An opinion is handed back: it is void, and so is whatever was said at the step after it."""
    to = frozenset(data["to"])
    back = next(number for number, one in enumerate(case.here) if one.people == to)
    void = case.here[back:]
    return {
        **PUT_DOWN,
        "opinions": tuple(one for one in case.opinions if one not in void),
        "slot": data["slot"],
        "only_for": to,
        "only_stand_in": data["stand_in"],
        "reason": Reason.HANDED_BACK,
    }


def claimed(route: Route, case: Case, data: Data) -> Changes:
    """Somebody holds the task."""
    return {"claimed_by": data["person"]}


def transferred(route: Route, case: Case, data: Data) -> Changes:
    """The task is one colleague's; whose turn it is stays as it was."""
    kept = {"only_for": frozenset({data["whom"]}), "only_stand_in": data["stand_in"]}
    return {**PUT_DOWN, **kept}


def urged(route: Route, case: Case, data: Data) -> Changes:
    """Whoever has the task was asked to hurry."""
    return {"urged_at": data["at"]}


def copied(route: Route, case: Case, data: Data) -> Changes:
    """Somebody may read the case; nothing else changes."""
    return {}


def redirected(route: Route, case: Case, data: Data) -> Changes:
    """The step is another organisation's; what was said at it by the old one no longer counts."""
    return {
        **at(data, Reason.REDIRECTED),
        "status": Status.IN_REVIEW,
        "missing": None,
        "opinions": tuple(one for one in case.opinions if one.step != data["step"]),
    }


def unclaimed(route: Route, case: Case, data: Data) -> Changes:
    """Nobody holds the task."""
    return {"claimed_by": None}


def step_skipped(route: Route, case: Case, data: Data) -> Changes:
    """A step is left out, and said so."""
    return {"skipped": (*case.skipped, data["step"])}


def step_understaffed(route: Route, case: Case, data: Data) -> Changes:
    """People are missing; this is told, nothing else changes."""
    return {"told": (*case.told, short(data["have"]))}


def short(have: int) -> str:
    """What is remembered of people missing: that so few were left."""
    return f"short:{have}"


def overdue(route: Route, case: Case, data: Data) -> Changes:
    """The term is over; this is told once for each level."""
    return {"told": (*case.told, data["level"])}


def moved_up(route: Route, case: Case, data: Data) -> Changes:
    """Nobody is left in the group: the task goes to the next group up."""
    return {**PUT_DOWN, "slot": data["slot"]}


def freed(route: Route, case: Case, data: Data) -> Changes:
    """Whoever it was kept for has left; it is the group's again."""
    return PUT_DOWN


def stand_in_called(route: Route, case: Case, data: Data) -> Changes:
    """Another organisation helps out once the step's own people have spoken."""
    return {"stand_in": data["org"], "own_reviewers": data["have"]}


def blocked(route: Route, case: Case, data: Data) -> Changes:
    """An organisation is missing."""
    return {"status": Status.BLOCKED, "missing": Relation(data["relation"])}


def migrated(route: Route, case: Case, data: Data) -> Changes:
    """Under another version of its route from here on; steps that are called otherwise keep on."""
    names: Data = data["map"]
    return {
        "definition": data["digest"],
        "step": data["step"],
        "opinions": tuple(
            replace(one, step=names.get(one.step, one.step)) for one in case.opinions
        ),
        "skipped": tuple(names.get(key, key) for key in case.skipped),
    }


def closed(status: Status) -> Fold:
    """Make the fold of an end."""
    return lambda route, case, data: {**NOWHERE, "status": status}


FOLDS: Mapping[Kind, Fold] = {
    Kind.SUBMITTED: submitted,
    Kind.RECALLED: recalled,
    Kind.WITHDRAWN: closed(Status.WITHDRAWN),
    Kind.CLAIMED: claimed,
    Kind.UNCLAIMED: unclaimed,
    Kind.RELEASED: unclaimed,
    Kind.CLAIM_EXPIRED: unclaimed,
    Kind.OPINED: opined,
    Kind.RETURNED_INSIDE: returned_inside,
    Kind.FORWARDED: forwarded,
    Kind.STEP_SKIPPED: step_skipped,
    Kind.STEP_UNDERSTAFFED: step_understaffed,
    Kind.STAND_IN_CALLED: stand_in_called,
    Kind.TRANSFERRED: transferred,
    Kind.SIGNER_ADDED: signer.added,
    Kind.SIGNER_DROPPED: signer.dropped,
    Kind.SIGNER_LEFT: signer.left,
    Kind.URGED: urged,
    Kind.COPIED: copied,
    Kind.REDIRECTED: redirected,
    Kind.MOVED_UP: moved_up,
    Kind.FREED: freed,
    Kind.OVERDUE: overdue,
    Kind.BLOCKED: blocked,
    Kind.RETURNED: returned,
    Kind.RESTATED: restated,
    Kind.APPROVED: closed(Status.APPROVED),
    Kind.REJECTED: closed(Status.REJECTED),
    Kind.MIGRATED_DEFINITION: migrated,
}
