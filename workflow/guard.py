"""The guards of every command, in the order that is their contract."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rules.refusal import Refused
from workflow import entitlement, readiness
from workflow.question import Question
from workflow.vocabulary import FINAL, INSIDE, REVIEWING, Act

ALL = frozenset(Act)
IN_REVIEW = ALL - {Act.SUBMIT, Act.WITHDRAW, Act.COPY, Act.REDIRECT}
TAKING = REVIEWING | {Act.CLAIM, Act.UNCLAIM, Act.TRANSFER}
SEATED = TAKING | {Act.ADD_SIGNER}
ADD, DROP = frozenset({Act.ADD_SIGNER}), frozenset({Act.DROP_SIGNER})
URGE, COPY, REDIRECT = (frozenset({act}) for act in (Act.URGE, Act.COPY, Act.REDIRECT))
WITHDRAW = frozenset({Act.WITHDRAW})

Check = Callable[[Question], Refused | None]


class Guard(NamedTuple):
    """One check and the commands it stands before."""

    check: Check
    acts: frozenset[Act]


TABLE: tuple[Guard, ...] = (
    Guard(readiness.same_version, ALL),
    Guard(readiness.not_closed, ALL - COPY),
    Guard(entitlement.applicant_himself, frozenset({Act.SUBMIT})),
    Guard(entitlement.withdrawer, WITHDRAW),
    Guard(entitlement.not_about_himself, frozenset({Act.SUBMIT})),
    Guard(readiness.editable, frozenset({Act.SUBMIT})),
    Guard(readiness.no_obstacle, frozenset({Act.SUBMIT})),
    Guard(readiness.in_review, IN_REVIEW),
    Guard(readiness.open_or_blocked, REDIRECT),
    Guard(readiness.handed_in, COPY),
    Guard(readiness.not_yet_reviewed, frozenset({Act.RECALL})),
    Guard(entitlement.forwarder, frozenset({Act.RECALL})),
    Guard(entitlement.recall_not_own, frozenset({Act.RECALL})),
    Guard(readiness.organisation_exists, frozenset({Act.SUBMIT})),
    Guard(entitlement.signer_first, TAKING),
    Guard(entitlement.seat, SEATED),
    Guard(entitlement.dropper, DROP),
    Guard(entitlement.administrator, frozenset({Act.RELEASE})),
    Guard(entitlement.restater, frozenset({Act.RESTATE})),
    Guard(entitlement.urger, URGE),
    Guard(entitlement.copier, COPY),
    Guard(entitlement.redirector, REDIRECT),
    Guard(entitlement.not_own_case, SEATED | DROP | {Act.RESTATE, Act.REDIRECT}),
    Guard(entitlement.handed_to, SEATED),
    Guard(entitlement.separate, SEATED),
    Guard(entitlement.holder, frozenset({Act.UNCLAIM})),
    Guard(entitlement.claimed, frozenset({Act.RELEASE})),
    Guard(readiness.offered, REVIEWING),
    Guard(entitlement.not_held_by_other, REVIEWING | ADD | {Act.CLAIM, Act.TRANSFER}),
    Guard(entitlement.signer_known, DROP),
    Guard(entitlement.fits_as_signer, ADD),
    Guard(entitlement.colleague, frozenset({Act.TRANSFER})),
    Guard(readiness.settled, INSIDE | FINAL | {Act.RESTATE}),
    Guard(readiness.same_content, REVIEWING),
    Guard(readiness.other_content, frozenset({Act.RESTATE})),
    Guard(readiness.files_clean, frozenset({Act.PASS})),
    Guard(readiness.falls_short, frozenset({Act.PASS})),
    Guard(readiness.first_opinion, INSIDE),
    Guard(readiness.somebody_to_return_to, frozenset({Act.RETURN_INSIDE})),
    Guard(readiness.quorum, FINAL),
    Guard(readiness.patient, URGE),
    Guard(readiness.reason_given, COPY | REDIRECT),
    Guard(readiness.explained, WITHDRAW),
    Guard(readiness.receiver_known, COPY),
    Guard(readiness.ends_in_time, COPY),
    Guard(readiness.fitting, REDIRECT),
    Guard(readiness.return_target, frozenset({Act.RETURN})),
    Guard(readiness.writable, REVIEWING),
    Guard(readiness.values_valid, readiness.AGREEING),
)


def by_act(table: Iterable[Guard]) -> Mapping[Act, tuple[Check, ...]]:
    """List the checks of each command, in order."""
    guards = tuple(table)
    return {act: tuple(guard.check for guard in guards if act in guard.acts) for act in Act}


CHECKS = by_act(TABLE)


def refusal(q: Question) -> Refused | None:
    """Find the first reason why not."""
    for check in CHECKS[q.command.act]:
        if refused := check(q):
            return refused
    return None
