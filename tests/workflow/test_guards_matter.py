"""Each guard is taken away, or weakened, once: the exploration must notice."""

from collections.abc import Callable, Iterable, Mapping

import pytest

from rules.refusal import Refused
from tests.workflow import scene, worlds
from tests.workflow.product import Disagreement
from tests.workflow.refusals import ROWS, Row
from workflow import guard, question
from workflow.guard import Check, Guard
from workflow.question import Question
from workflow.vocabulary import INSIDE

CLAIMS = "claims and weather"
HANDLING, ABOVE = "handling", "handling beyond the unit"
HELP = "declaration with help"
OWN = "correction of one's own"
CORRECTION = "correction with help"
TWO_STEPS = "two steps, separated"
SIGNERS = "signers"
# Where a fault shows first; everything else shows in the world of claims.
SHOWS: Mapping[str, str] = {
    "open_or_blocked": ABOVE,
    "handed_in": HANDLING,
    "urger": HANDLING,
    "copier": HANDLING,
    "redirector": ABOVE,
    "colleague": HANDLING,
    "signer_first": SIGNERS,
    "dropper": SIGNERS,
    "signer_known": SIGNERS,
    "fits_as_signer": SIGNERS,
    "patient": HANDLING,
    "reason_given": HANDLING,
    "receiver_known": HANDLING,
    "ends_in_time": HANDLING,
    "fitting": ABOVE,
    "not_own_case": HELP,
    "not_about_himself": OWN,
    "offered": TWO_STEPS,
    "organisation_exists": "nowhere",
    "recall_not_own": TWO_STEPS,
    "separate": TWO_STEPS,
}


def goes_wrong(name: str) -> bool:
    """Explore until the engine and the regulation disagree; a broken promise is a fault too."""
    try:
        worlds.CROOKED[name].walked()
    except (Disagreement, AssertionError, LookupError):
        return True
    return False


def put(monkeypatch: pytest.MonkeyPatch, table: Iterable[Guard]) -> None:
    monkeypatch.setattr(guard, "CHECKS", guard.by_act(table))


@pytest.mark.parametrize("name", [one.check.__name__ for one in guard.TABLE])
def test_without_a_guard_the_exploration_goes_wrong(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(monkeypatch, (one for one in guard.TABLE if one.check.__name__ != name))

    assert goes_wrong(SHOWS.get(name, CLAIMS))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guard} {row.code}")
def test_without_its_guard_an_example_is_no_longer_refused_so(
    row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = scene.route(row.route)
    case = scene.case(*row.before, on=on)
    asked = question.ask(on, case, row.refused.command, scene.facts(**row.refused.known))
    put(monkeypatch, (one for one in guard.TABLE if one.check.__name__ != row.guard))

    try:
        refused = guard.refusal(asked)
    except AssertionError:  # a guard behind it relied on it
        return
    assert refused is None or refused != Refused(row.code, row.data, row.path)


def by_person_alone(check: Check) -> Check:
    """Forget whom a delegate stands for."""
    return lambda q: check(q._replace(identities=frozenset({q.command.actor.person_id})))


def by_applicant_alone(q: Question) -> Refused | None:
    return Refused("OWN_CASE") if q.case.applicant in q.identities else None


def by_whom_it_concerns_alone(q: Question) -> Refused | None:
    return Refused("OWN_CASE") if q.case.concerns in q.identities else None


def any_group(q: Question) -> Refused | None:
    return None if q.command.actor.org_id == q.desk.org_id else Refused("NOT_YOUR_TASK")


def any_organisation(q: Question) -> Refused | None:
    seated = not q.command.actor.groups.isdisjoint(q.desk.groups)
    return None if seated else Refused("NOT_YOUR_TASK")


def one_fewer(q: Question) -> Refused | None:
    have, need = len(q.others) + 1, q.step.needs - 1
    return None if have >= need else Refused("MORE_REVIEWERS_NEEDED")


def everybody_counts(q: Question) -> Refused | None:
    have, need = len(q.case.here) + 1, q.step.needs
    return None if have >= need else Refused("MORE_REVIEWERS_NEEDED")


def any_group_recalls(q: Question) -> Refused | None:
    passed, actor = q.forwarded, q.command.actor
    theirs = actor.org_id == passed.org_id if passed else actor.person_id == q.case.applicant
    return None if theirs else Refused("NOT_YOURS_TO_RECALL")


def no_opinion_anywhere(q: Question) -> Refused | None:
    spoken = [one for one in q.case.opinions if one.act in INSIDE]
    return Refused("ALREADY_REVIEWED") if spoken else None


WEAKER: Mapping[str, tuple[str, str, Callable[[Check], Check]]] = {
    "own case by person alone": ("not_own_case", HELP, by_person_alone),
    "what is about himself": ("not_own_case", CORRECTION, lambda _: by_applicant_alone),
    "what he proposed": ("not_own_case", CORRECTION, lambda _: by_whom_it_concerns_alone),
    "duties by person alone": ("separate", TWO_STEPS, by_person_alone),
    "one opinion by person alone": ("first_opinion", HELP, by_person_alone),
    "quorum by person alone": ("quorum", HELP, by_person_alone),
    "recall by person alone": ("recall_not_own", "public course", by_person_alone),
    "any group of the organisation": ("seat", CLAIMS, lambda _: any_group),
    "the group of any organisation": ("seat", HELP, lambda _: any_organisation),
    "one reviewer fewer": ("quorum", CLAIMS, lambda _: one_fewer),
    "whoever spoke counts again": ("quorum", CLAIMS, lambda _: everybody_counts),
    "any group recalls": ("forwarder", "public course", lambda _: any_group_recalls),
    "opinions anywhere forbid a recall": (
        "not_yet_reviewed",
        "public course",
        lambda _: no_opinion_anywhere,
    ),
}


@pytest.mark.parametrize("name", WEAKER)
def test_a_weaker_guard_goes_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    weakened, shows, weaken = WEAKER[name]
    changed = (
        Guard(weaken(one.check), one.acts) if one.check.__name__ == weakened else one
        for one in guard.TABLE
    )
    put(monkeypatch, changed)

    assert goes_wrong(shows)
