"""The guards of every command, in the order that is their contract."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from rules.refusal import Refused, all_of
from workflow import arrival
from workflow.case import TERMINAL, Case, Opinion, Status
from workflow.question import Question
from workflow.route import Route, Step
from workflow.vocabulary import FINAL, INSIDE, REVIEWING, Act

ALL = frozenset(Act)
AGREEING = frozenset({Act.AGREE_UP, Act.PASS})
IN_REVIEW = ALL - {Act.SUBMIT, Act.WITHDRAW}
SEATED = REVIEWING | {Act.CLAIM, Act.UNCLAIM}


def same_version(q: Question) -> Refused | None:
    """1: the caller saw this version."""
    expected, actual = q.command.expected_seq, q.case.seq
    if expected is None or expected == actual:
        return None
    return Refused("CONFLICT", {"expected": expected, "actual": actual, **q.facts.conflict})


def not_closed(q: Question) -> Refused | None:
    """2: a closed case accepts nothing."""
    return Refused("CLOSED", {"status": q.case.status}) if q.case.status in TERMINAL else None


def applicant_himself(q: Question) -> Refused | None:
    """3: nobody applies for another, a delegate neither."""
    himself = q.command.actor.person_id == q.case.applicant
    return None if himself else Refused("NOT_APPLICANT")


def not_about_himself(q: Question) -> Refused | None:
    """3: nobody asks others to decide about himself where a colleague must ask."""
    return Refused("OWN_CASE") if q.case.concerns in q.identities else None


def editable(q: Question) -> Refused | None:
    """4: only what lies with the applicant is submitted."""
    if q.case.status in (Status.DRAFT, Status.RETURNED):
        return None
    return Refused("NOT_EDITABLE", {"status": q.case.status})


def no_obstacle(q: Question) -> Refused | None:
    """5: the subject itself is ready."""
    return together(q.facts.obstacles)


def in_review(q: Question) -> Refused | None:
    """6: there is an open task."""
    if q.case.status is Status.BLOCKED:
        return Refused("BLOCKED", {"relation": q.case.missing})
    if q.case.status is Status.IN_REVIEW:
        return None
    return Refused("NOT_IN_REVIEW", {"status": q.case.status})


def not_yet_reviewed(q: Question) -> Refused | None:
    """7: nobody at the current step has given an opinion."""
    if not q.case.here:
        return None
    latest = q.case.here[-1]
    return Refused("ALREADY_REVIEWED", {"by": sorted(latest.people), "at": latest.at})


def forwarder(q: Question) -> Refused | None:
    """8: the applicant at the first step, later the groups that sent the case on."""
    actor, passed = q.command.actor, q.forwarded
    if passed is None:
        theirs = actor.person_id == q.case.applicant
    else:
        theirs = actor.org_id == passed.org_id and bool(actor.groups & sent_on(q.route, passed))
    return None if theirs else Refused("NOT_YOURS_TO_RECALL")


def sent_on(route: Route, passed: Opinion) -> frozenset[str]:
    """Name the groups an outward decision was made for."""
    step = route.step(passed.step)
    return frozenset(step.stand_in.groups if passed.stood_in and step.stand_in else step.groups)


def recall_not_own(q: Question) -> Refused | None:
    """8: a forwarding organisation does not act through the applicant."""
    own = q.forwarded is not None and not q.case.parties.isdisjoint(q.identities)
    return Refused("OWN_CASE") if own else None


def organisation_exists(q: Question) -> Refused | None:
    """9: the first step has an organisation; a later one would block the case."""
    _, step = arrival.entry(q.route, q.case, q.facts)
    relation = arrival.missing(step, q.facts)
    return Refused("NO_SUCH_ORGANISATION", {"relation": relation}) if relation else None


def seat(q: Question) -> Refused | None:
    """10: a member of the task's organisation and group."""
    actor, task = q.command.actor, q.desk
    seated = actor.org_id == task.org_id and not actor.groups.isdisjoint(task.groups)
    return None if seated else Refused("NOT_YOUR_TASK")


def administrator(q: Question) -> Refused | None:
    """10: the administrator of the task's organisation."""
    actor = q.command.actor
    return None if actor.admin and actor.org_id == q.desk.org_id else Refused("NOT_YOUR_TASK")


def not_own_case(q: Question) -> Refused | None:
    """11: nobody reviews what he sent or what is about him, by whatever name."""
    return None if q.case.parties.isdisjoint(q.identities) else Refused("OWN_CASE")


def handed_to(q: Question) -> Refused | None:
    """12: what was handed back to somebody is his."""
    only = q.case.only_for
    if not only or only & q.identities:
        return None
    return Refused("NOT_YOUR_TASK", {"only_for": sorted(only)})


def separate(q: Question) -> Refused | None:
    """13: separation of duties, over the person and whom he stands for."""
    apart = q.step.not_acted_in
    for opinion in q.case.opinions:
        if opinion.step in apart and opinion.people & q.identities:
            return Refused("SEPARATION_OF_DUTIES", {"step": opinion.step})
    return None


def holder(q: Question) -> Refused | None:
    """14: only the holder puts a task back."""
    mine = q.case.claimed_by == q.command.actor.person_id
    return None if mine else Refused("NOT_CLAIMED_BY_YOU")


def claimed(q: Question) -> Refused | None:
    """14: only a claimed task can be released."""
    return None if q.case.claimed_by else Refused("NOT_CLAIMED")


def offered(q: Question) -> Refused | None:
    """15: the step offers this act."""
    return None if q.command.act in q.step.may else Refused("NOT_ALLOWED_HERE")


def not_held_by_other(q: Question) -> Refused | None:
    """16: nobody else has claimed the task."""
    who = q.case.claimed_by
    if who is None or who == q.command.actor.person_id:
        return None
    since = q.facts.claimed_at.isoformat() if q.facts.claimed_at else ""
    return Refused("CLAIMED_BY_OTHER", {"who": q.facts.holder or who, "since": since})


def same_content(q: Question) -> Refused | None:
    """17: what is decided is what was submitted."""
    if q.facts.revision == q.case.revision:
        return None
    return Refused("CONTENT_CHANGED", {"fields": list(q.facts.changed_fields)})


def fit_to_pass(q: Question) -> Refused | None:
    """18: nothing passes with a file that was not found clean, or that cannot be done any more."""
    files = [dict(file) for file in q.facts.unclean]
    if files:
        return Refused("ATTACHMENT_NOT_CLEAN", {"files": files})
    return together(q.facts.hindrances)


def first_opinion(q: Question) -> Refused | None:
    """19: one opinion per person and step; one that was handed back no longer counts."""
    return None if len(q.others) == len(q.case.here) else Refused("ALREADY_GAVE_OPINION")


def somebody_to_return_to(q: Question) -> Refused | None:
    """20: an opinion of somebody else can be handed back."""
    return None if q.returnable else Refused("NOBODY_TO_RETURN_TO")


def quorum(q: Question) -> Refused | None:
    """21: enough distinct people have judged, the decider included."""
    have, need = len(q.others) + 1, q.step.needs
    return None if have >= need else Refused("MORE_REVIEWERS_NEEDED", {"have": have, "need": need})


def return_target(q: Question) -> Refused | None:
    """23: a return goes where the route says, and never to a step that was skipped."""
    allowed = targets(q.step, q.case)
    if q.command.to in allowed:
        return None
    return Refused("BAD_RETURN_TARGET", {"allowed": list(allowed)})


def targets(step: Step, case: Case) -> tuple[str, ...]:
    """Name where a return from this step may go."""
    return tuple(key for key in step.return_to if key not in case.skipped)


def writable(q: Question) -> Refused | None:
    """24: who agrees sets the step's own fields, and no others."""
    allowed = q.step.writes if q.command.act in AGREEING else ()
    wrong = [name for name in q.command.values if name not in allowed]
    return Refused("FIELD_NOT_WRITABLE", {"field": wrong[0]}) if wrong else None


def values_valid(q: Question) -> Refused | None:
    """24: the subject accepts the values."""
    given = q.command.values
    return together(q.facts.check_values({**q.case.values, **given})) if given else None


def together(problems: Sequence[Refused]) -> Refused | None:
    """Make one refusal of several; each keeps its field."""
    if len(problems) < 2:
        return problems[0] if problems else None
    return all_of(problems)


Check = Callable[[Question], Refused | None]


class Guard(NamedTuple):
    """One check and the commands it stands before."""

    check: Check
    acts: frozenset[Act]


TABLE: tuple[Guard, ...] = (
    Guard(same_version, ALL),
    Guard(not_closed, ALL),
    Guard(applicant_himself, frozenset({Act.SUBMIT, Act.WITHDRAW})),
    Guard(not_about_himself, frozenset({Act.SUBMIT})),
    Guard(editable, frozenset({Act.SUBMIT})),
    Guard(no_obstacle, frozenset({Act.SUBMIT})),
    Guard(in_review, IN_REVIEW),
    Guard(not_yet_reviewed, frozenset({Act.RECALL})),
    Guard(forwarder, frozenset({Act.RECALL})),
    Guard(recall_not_own, frozenset({Act.RECALL})),
    Guard(organisation_exists, frozenset({Act.SUBMIT})),
    Guard(seat, SEATED),
    Guard(administrator, frozenset({Act.RELEASE})),
    Guard(not_own_case, SEATED),
    Guard(handed_to, SEATED),
    Guard(separate, SEATED),
    Guard(holder, frozenset({Act.UNCLAIM})),
    Guard(claimed, frozenset({Act.RELEASE})),
    Guard(offered, REVIEWING),
    Guard(not_held_by_other, REVIEWING | {Act.CLAIM}),
    Guard(same_content, REVIEWING),
    Guard(fit_to_pass, frozenset({Act.PASS})),
    Guard(first_opinion, INSIDE),
    Guard(somebody_to_return_to, frozenset({Act.RETURN_INSIDE})),
    Guard(quorum, FINAL),
    Guard(return_target, frozenset({Act.RETURN})),
    Guard(writable, REVIEWING),
    Guard(values_valid, AGREEING),
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
