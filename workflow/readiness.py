"""The guards about what is asked: does it fit the case, its content and what was said?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rules.refusal import Refused, all_of
from workflow import arrival, deadline
from workflow.case import TERMINAL, Case, Status
from workflow.question import Question
from workflow.route import Step
from workflow.vocabulary import FITTING, INSIDE, Act

AGREEING = frozenset({Act.AGREE_UP, Act.PASS})
LONGEST_COPY = timedelta(days=180)  # ours: nothing is shown for ever


def same_version(q: Question) -> Refused | None:
    """1: the caller saw this version."""
    expected, actual = q.command.expected_seq, q.case.seq
    if expected is None or expected == actual:
        return None
    return Refused("CONFLICT", {"expected": expected, "actual": actual, **q.facts.conflict})


def not_closed(q: Question) -> Refused | None:
    """2: a closed case accepts nothing."""
    return Refused("CLOSED", {"status": q.case.status}) if q.case.status in TERMINAL else None


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


def open_or_blocked(q: Question) -> Refused | None:
    """6: the case stands at a step, with a task or for want of an organisation."""
    if q.case.status in (Status.IN_REVIEW, Status.BLOCKED):
        return None
    return Refused("NOT_IN_REVIEW", {"status": q.case.status})


def handed_in(q: Question) -> Refused | None:
    """6: a draft belongs to its author alone."""
    drafted = q.case.status is Status.DRAFT
    return Refused("NOT_IN_REVIEW", {"status": q.case.status}) if drafted else None


def not_yet_reviewed(q: Question) -> Refused | None:
    """7: nobody at the current step has given an opinion."""
    if not q.case.here:
        return None
    latest = q.case.here[-1]
    return Refused("ALREADY_REVIEWED", {"by": sorted(latest.people), "at": latest.at})


def organisation_exists(q: Question) -> Refused | None:
    """9: the first step has an organisation; a later one would block the case."""
    _, step = arrival.entry(q.route, q.case, q.facts)
    relation = arrival.missing(step, q.facts)
    return Refused("NO_SUCH_ORGANISATION", {"relation": relation}) if relation else None


def offered(q: Question) -> Refused | None:
    """15: the step offers this act."""
    may = INSIDE if q.case.signers else q.step.may  # a signer gives an opinion, and no more
    return None if q.command.act in may else Refused("NOT_ALLOWED_HERE")


def settled(q: Question) -> Refused | None:
    """17: what is passed on, decided or adopted is not being counted again just now."""
    return q.facts.unsettled


def same_content(q: Question) -> Refused | None:
    """17: what is decided is what was submitted."""
    if q.facts.revision == q.case.revision:
        return None
    return Refused("CONTENT_CHANGED", {"fields": q.changed})


def other_content(q: Question) -> Refused | None:
    """17: only content that has changed is stated anew."""
    return Refused("CONTENT_UNCHANGED") if q.facts.revision == q.case.revision else None


def files_clean(q: Question) -> Refused | None:
    """18: nothing passes with a file that was not found clean."""
    files = [dict(file) for file in q.facts.unclean]
    return Refused("ATTACHMENT_NOT_CLEAN", {"files": files}) if files else None


def falls_short(q: Question) -> Refused | None:
    """18: what fails does not pass; it can be returned or rejected."""
    return q.facts.shortfall


def first_opinion(q: Question) -> Refused | None:
    """19: one opinion per person and step; one that was handed back no longer counts."""
    return None if len(q.others) == len(q.case.here) else Refused("ALREADY_GAVE_OPINION")


def somebody_to_return_to(q: Question) -> Refused | None:
    """20: an opinion of somebody else can be handed back."""
    return None if q.returnable else Refused("NOBODY_TO_RETURN_TO")


def quorum(q: Question) -> Refused | None:
    """21: enough distinct people have judged, the decider included."""
    have, need = sum(not one.signed for one in q.others) + 1, q.step.needs
    return None if have >= need else Refused("MORE_REVIEWERS_NEEDED", {"have": have, "need": need})


def patient(q: Question) -> Refused | None:
    """23: half of the term is over, and a day since the task was last urged."""
    moments = [moment for moment in (half_over(q), day_later(q.case.urged_at)) if moment]
    when = max(moments, default=q.facts.now)
    if q.facts.now >= when:
        return None
    return Refused("TOO_EARLY_TO_URGE", {"when": when.isoformat()})


def half_over(q: Question) -> datetime | None:
    """When half of the step's term is over, in working days; none without a term."""
    if q.step.due is None or not q.case.entered_at:
        return None
    half = (q.step.due + 1) // 2
    return deadline.due_at(workdays=half, arrived=datetime.fromisoformat(q.case.entered_at))


def day_later(moment: str) -> datetime | None:
    """A day after a moment, if there was one."""
    return datetime.fromisoformat(moment) + timedelta(days=1) if moment else None


def reason_given(q: Question) -> Refused | None:
    """23: what shows or moves a case is explained."""
    said = q.command.comment.strip()
    return None if said else Refused("REASON_REQUIRED", {}, ("reason",))


def explained(q: Question) -> Refused | None:
    """23: who gives up what another has sent says why."""
    himself = q.command.actor.person_id == q.case.applicant
    return None if himself else reason_given(q)


def receiver_known(q: Question) -> Refused | None:
    """23: a copy goes to somebody who exists."""
    return None if q.facts.known else Refused("RECEIVER_UNKNOWN", {}, ("to",))


def ends_in_time(q: Question) -> Refused | None:
    """23: a copy is read for a time, and not for ever."""
    until, now = q.command.until, q.facts.now
    if until is not None and now < until <= now + LONGEST_COPY:
        return None
    return Refused("COPY_TERM", {"days": LONGEST_COPY.days}, ("until",))


def fitting(q: Question) -> Refused | None:
    """23: a step moves to another organisation above the employer that fits what it is for."""
    org, step = q.command.to, q.here
    fits = q.facts.bodies.get(org) in FITTING[step.org]
    if fits and (org != q.case.org_id or q.case.status is Status.BLOCKED):
        return None
    return Refused("ORGANISATION_DOES_NOT_FIT", {"relation": step.org}, ("organisationId",))


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
    sets = q.command.act in AGREEING and not q.case.signers
    allowed = q.step.writes if sets else ()
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
