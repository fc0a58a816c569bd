"""The guards about what is asked: does it fit the case, its content and what was said?"""

from collections.abc import Sequence

from rules.refusal import Refused, all_of
from workflow import arrival
from workflow.case import TERMINAL, Case, Status
from workflow.question import Question
from workflow.route import Step
from workflow.vocabulary import Act

AGREEING = frozenset({Act.AGREE_UP, Act.PASS})


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
    return None if q.command.act in q.step.may else Refused("NOT_ALLOWED_HERE")


def settled(q: Question) -> Refused | None:
    """17: what is decided or adopted is not being counted again this very moment."""
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
