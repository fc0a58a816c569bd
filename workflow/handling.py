"""What is done to a case beside reviewing it: handing over, urging, showing, moving elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from workflow import arrival
from workflow.case import Event, Facts, Kind
from workflow.question import Question
from workflow.vocabulary import Act


def transfer(q: Question) -> Iterable[Event]:
    """Give the task to one colleague of the same organisation and group."""
    place = {"step": q.desk.step, "slot": q.desk.slot, "org": q.desk.org_id}
    yield Event(
        Kind.TRANSFERRED, {**q.hand, **place, "whom": q.command.to, "stand_in": q.desk.stand_in}
    )


def add_signer(q: Question) -> Iterable[Event]:
    """Ask for one more opinion in the organisation before the outward decision."""
    name, group = q.command.to, q.signable[q.command.to]
    whom = None if name == group else name
    place = {"step": q.desk.step, "org": q.desk.org_id}
    yield Event(Kind.SIGNER_ADDED, {**q.hand, **place, "whom": whom, "group": group})


def drop_signer(q: Question) -> Iterable[Event]:
    """Ask for it no more."""
    place = {"step": q.desk.step, "org": q.desk.org_id}
    yield Event(Kind.SIGNER_DROPPED, {**q.hand, **place, "name": q.command.to})


def urge(q: Question) -> Iterable[Event]:
    """Ask whoever has the task to hurry."""
    place = {"step": q.desk.step, "slot": q.desk.slot, "org": q.desk.org_id}
    yield Event(Kind.URGED, {**q.hand, **place})


def copy(q: Question) -> Iterable[Event]:
    """Let somebody read the case for a time."""
    until = q.command.until and q.command.until.isoformat()
    yield Event(Kind.COPIED, {**q.hand, "whom": q.command.to, "until": until})


def redirect(q: Question) -> Iterable[Event]:
    """Move the step to another organisation, where it begins anew."""
    step, facts = q.here, settled(q)
    place = arrival.place(step, facts)
    yield Event(Kind.REDIRECTED, {**q.hand, **place, "was": q.case.org_id})
    yield from arrival.consequences(step, facts)


def settled(q: Question) -> Facts:
    """The facts with the step in the hands of the other organisation, and its staff counted."""
    step, org = q.here, q.command.to
    there = q.facts.seats.get(org, {})
    held = {
        one: groups & frozenset(step.groups)
        for one, groups in there.items()
        if one not in q.case.parties
    }
    staff = {one: groups for one, groups in held.items() if groups}
    return replace(
        q.facts,
        organisations={**q.facts.organisations, step.org: org},
        eligible={**q.facts.eligible, step.key: len(staff)},
        staffed={**q.facts.staffed, step.key: frozenset[str]().union(*staff.values())},
    )


def places(q: Question) -> Mapping[Act, tuple[str, ...]]:
    """Name where each act may lead: a return to steps, a transfer to people, and so on."""
    moved = () if q.case.step is None else tuple(q.facts.bodies)
    if q.task is None:
        return {Act.REDIRECT: moved}
    asked = q.about(Act.ADD_SIGNER)
    return {
        Act.RETURN: q.step.return_to,
        Act.TRANSFER: q.colleagues,
        Act.REDIRECT: moved,
        Act.ADD_SIGNER: tuple(asked.signable),
        Act.DROP_SIGNER: tuple(signer.name for signer in q.case.signers),
    }


EFFECTS: Mapping[Act, Callable[[Question], Iterable[Event]]] = {
    Act.TRANSFER: transfer,
    Act.ADD_SIGNER: add_signer,
    Act.DROP_SIGNER: drop_signer,
    Act.URGE: urge,
    Act.COPY: copy,
    Act.REDIRECT: redirect,
}
