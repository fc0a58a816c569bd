"""Every reachable state of the engine beside an oracle that shares no code with it."""

import pytest

from tests.workflow import worlds
from workflow import route


@pytest.mark.parametrize("name", worlds.HONEST)
def test_in_an_honest_world_every_open_case_can_be_decided(name: str) -> None:
    seen = worlds.HONEST[name].explore()

    assert seen.states > 4
    assert seen.traps == ()


@pytest.mark.parametrize("name", worlds.CROOKED)
def test_no_trick_leads_anywhere_the_regulation_does_not(name: str) -> None:
    seen = worlds.CROOKED[name].explore()

    assert {one.dossier.lies for one in seen.traps} <= {"受阻", "未送审"}
    assert (seen.traps != ()) == (name in {"nobody above", "nowhere", "correction of one's own"})


def test_every_route_of_the_release_is_explored_among_the_honest_and_the_crooked() -> None:
    shipped = {one.code for one in route.load_all().values()}

    for places in (worlds.HONEST, worlds.CROOKED):
        explored = {worlds.routes()[place.route][0].code for place in places.values()}
        assert shipped <= explored


def test_every_refusal_of_the_guards_was_met_on_the_way() -> None:
    met = frozenset[str]().union(*(place.explore().refusals for place in worlds.CROOKED.values()))

    assert met == {
        "CONFLICT",
        "CLOSED",
        "NOT_APPLICANT",
        "NOT_EDITABLE",
        "MISSING_PROOF",
        "NOT_IN_REVIEW",
        "BLOCKED",
        "ALREADY_REVIEWED",
        "NOT_YOURS_TO_RECALL",
        "NOT_YOURS_TO_RESTATE",
        "OWN_CASE",
        "NO_SUCH_ORGANISATION",
        "NOT_YOUR_TASK",
        "SEPARATION_OF_DUTIES",
        "NOT_CLAIMED_BY_YOU",
        "NOT_CLAIMED",
        "NOT_ALLOWED_HERE",
        "CLAIMED_BY_OTHER",
        "CONTENT_CHANGED",
        "CONTENT_UNCHANGED",
        "NOT_YOURS_TO_URGE",
        "NOT_YOURS_TO_COPY",
        "NOT_YOURS_TO_REDIRECT",
        "NOT_IN_THE_SAME_GROUP",
        "SIGNER_PENDING",
        "NO_SUCH_SIGNER",
        "SIGNER_DOES_NOT_FIT",
        "TOO_EARLY_TO_URGE",
        "REASON_REQUIRED",
        "RECEIVER_UNKNOWN",
        "COPY_TERM",
        "ORGANISATION_DOES_NOT_FIT",
        "ATTACHMENT_NOT_CLEAN",
        "REQUIREMENTS_NOT_MET",
        "FIGURES_STALE",
        "ALREADY_GAVE_OPINION",
        "NOBODY_TO_RETURN_TO",
        "MORE_REVIEWERS_NEEDED",
        "BAD_RETURN_TARGET",
        "FIELD_NOT_WRITABLE",
        "HOURS_RANGE",
    }
