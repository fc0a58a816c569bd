"""To whom the open task of a case is addressed."""

from dataclasses import replace

from workflow.case import Addressed, Case, Reason, Status
from workflow.route import Route, Step
from workflow.vocabulary import Group


def open_task(route: Route, case: Case) -> Addressed | None:
    """Find the one open task: the desk's, unless a signer was added who has not spoken."""
    found = desk(route, case)
    if found is None or not case.signers:
        return found
    signer = case.signers[0]
    only = frozenset({signer.person}) if signer.person else frozenset[str]()
    groups = (Group(signer.group),)
    return replace(found, groups=groups, only_for=only, reason=Reason.SIGNER)


def desk(route: Route, case: Case) -> Addressed | None:
    """Find whose turn it is by the route; nobody's unless the case is in review."""
    if case.status is not Status.IN_REVIEW or case.step is None:
        return None
    assert case.org_id is not None and case.reason is not None  # a case without them is blocked
    step = route.step(case.step)
    helping = stands_in(case)
    return Addressed(
        step=step.key,
        slot=case.slot,
        org_id=case.stand_in if helping and case.stand_in else case.org_id,
        groups=groups_of(step, slot=case.slot, stood_in=helping),
        only_for=case.only_for,
        reason=case.reason,
        stand_in=helping,
    )


def stands_in(case: Case) -> bool:
    """Tell whether help was called and it is its turn; what is handed back follows its author."""
    if case.stand_in is None or case.only_for:
        return case.only_stand_in
    own = sum(not (opinion.stood_in or opinion.signed) for opinion in case.here)
    return own >= case.own_reviewers


def groups_of(step: Step, *, slot: int, stood_in: bool) -> tuple[Group, ...]:
    """Name the groups that may take a slot: one of the step's own, or any of the stand-in's."""
    if stood_in and step.stand_in:
        return step.stand_in.groups
    return (step.groups[min(slot, len(step.groups) - 1)],)
