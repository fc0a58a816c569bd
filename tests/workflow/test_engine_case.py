"""How a case travels: rounds, returns, recalls, stand-ins, skips, ends and what it carries."""

import json

import pytest

from rules.refusal import Refused
from tests.workflow import scene
from tests.workflow.scene import (
    AGREE,
    ANNA,
    BOTH,
    CHECKER,
    CHIEF,
    CITY,
    DISTRICT,
    HANDLER,
    LEADER,
    PASS,
    SECOND_CHECKER,
    SECOND_CITY,
    SUBMIT,
    move,
    person,
)
from workflow import engine, route
from workflow.case import Case, Kind, Reason, Status
from workflow.vocabulary import Act, Group, Relation

PUBLIC = scene.route("public_course")
DISTRICT_ROUTE = scene.route("district")
ALONE = {"eligible": {**scene.STAFFED, "unit_review": 1}}
NOBODY_LEFT = {"eligible": {**scene.STAFFED, "unit_review": 0}}
UNIT_CHECK = (SUBMIT, AGREE, PASS)
DEPT_CHECK = (*UNIT_CHECK, move(Act.PASS, CHECKER))
DISTRICT_CHECK = (*DEPT_CHECK, move(Act.PASS, DISTRICT))


def kinds(*moves: scene.Move, on: route.Route | None = None) -> list[Kind]:
    return [event.kind for event in scene.played(*moves, on=on)[1]]


def test_two_people_of_the_unit_make_a_declaration_final() -> None:
    case, events = scene.played(SUBMIT, AGREE, PASS)

    assert case.status is Status.APPROVED
    assert [event.kind for event in events] == [Kind.OPINED, Kind.APPROVED]
    assert [(one.act, *one.people) for one in case.opinions] == [
        (Act.AGREE_UP, "hans"),
        (Act.PASS, "lena"),
    ]


def test_a_submission_pins_route_content_and_organisation() -> None:
    case, (event,) = scene.played(SUBMIT)

    assert event.data["digest"] == case.definition == scene.route().digest
    assert (event.data["route"], event.data["version"]) == ("declaration", 1)
    assert (case.revision, case.org_id, case.round, case.seq) == ("r0", "unit", 1, 1)


def test_the_open_task_moves_up_the_groups_and_stays_with_the_last() -> None:
    on = scene.route()
    groups = [
        engine.open_task(on, scene.case(*moves))
        for moves in (
            (SUBMIT,),
            (SUBMIT, AGREE),
            (SUBMIT, AGREE, move(Act.DISAGREE_UP, LEADER)),
        )
    ]

    assert [task and task.group for task in groups] == [
        Group.HANDLER,
        Group.UNIT_LEADER,
        Group.UNIT_LEADER,
    ]


def test_who_agreed_inside_may_still_decide_when_others_have_judged() -> None:
    case = scene.case(SUBMIT, AGREE, move(Act.AGREE_UP, LEADER), PASS)

    assert case.status is Status.APPROVED
    assert [one.people for one in case.opinions] == [{"hans"}, {"lena"}]


def test_a_disagreement_counts_as_a_review() -> None:
    assert kinds(SUBMIT, move(Act.DISAGREE_UP, HANDLER), PASS)[-1] is Kind.APPROVED


def test_a_rejection_needs_the_quorum_and_ends_the_case() -> None:
    case = scene.case(SUBMIT, AGREE, move(Act.REJECT, LEADER))

    assert (case.status, case.step, case.org_id) == (Status.REJECTED, None, None)


def test_one_reviewer_can_return_a_case_to_its_applicant() -> None:
    case, events = scene.played(SUBMIT, move(Act.RETURN, HANDLER, comment="没有证明"))

    assert (case.status, case.opinions, case.step) == (Status.RETURNED, (), None)
    assert events[0].data["comment"] == "没有证明"
    assert scene.case(SUBMIT, move(Act.RETURN, HANDLER), SUBMIT).round == 2


def test_an_opinion_handed_back_is_void_and_its_author_is_asked_again() -> None:
    case = scene.case(SUBMIT, AGREE, move(Act.RETURN_INSIDE, LEADER))
    task = engine.open_task(scene.route(), case)

    assert case.opinions == ()
    assert task is not None
    assert (task.group, task.reason) == (Group.HANDLER, Reason.HANDED_BACK)
    assert task.only_for == {"hans"}


def test_who_hands_back_keeps_what_he_said_before_but_not_after() -> None:
    chief = person("cato", "unit", "unit_leader")
    agreed = (SUBMIT, AGREE, move(Act.AGREE_UP, LEADER), move(Act.AGREE_UP, chief))

    before = scene.case(*agreed, move(Act.RETURN_INSIDE, LEADER))
    after = scene.case(*agreed[:-1], move(Act.RETURN_INSIDE, LEADER))

    assert [one.people for one in before.opinions] == [{"hans"}, {"lena"}]
    assert before.only_for == {"cato"}
    assert after.opinions == ()
    assert after.only_for == {"hans"}


def test_what_was_returned_to_an_earlier_step_loses_its_outward_decision_only() -> None:
    case = scene.case(*UNIT_CHECK, move(Act.RETURN, CHECKER, to="unit_review"), on=PUBLIC)

    assert [one.act for one in case.opinions] == [Act.AGREE_UP]
    assert (case.step, case.slot, case.reason) == ("unit_review", 1, Reason.RETURNED)


def test_whoever_sent_a_case_on_takes_it_back_while_nobody_has_judged() -> None:
    case = scene.case(*UNIT_CHECK, move(Act.RECALL, HANDLER), on=PUBLIC)

    assert (case.step, case.reason, case.org_id) == ("unit_review", Reason.RECALLED, "unit")
    assert [one.act for one in case.opinions] == [Act.AGREE_UP]


def test_the_applicant_takes_back_what_nobody_has_judged() -> None:
    claimed = move(Act.CLAIM, HANDLER)
    case = scene.case(SUBMIT, claimed, move(Act.RECALL, ANNA))

    assert (case.status, case.claimed_by, case.step) == (Status.DRAFT, None, None)


def test_a_case_can_be_withdrawn_at_any_time_and_for_good() -> None:
    case = scene.case(SUBMIT, AGREE, move(Act.WITHDRAW, ANNA))

    assert (case.status, engine.open_task(scene.route(), case)) == (Status.WITHDRAWN, None)


def test_a_claim_is_held_put_back_and_released() -> None:
    claim = move(Act.CLAIM, HANDLER)

    assert scene.case(SUBMIT, claim).claimed_by == "hans"
    assert scene.answer(claim, SUBMIT, claim) == ()
    assert scene.case(SUBMIT, claim, move(Act.UNCLAIM, HANDLER)).claimed_by is None
    released = scene.played(SUBMIT, claim, move(Act.RELEASE, CHIEF))[1]
    assert [(event.kind, event.data["person"]) for event in released] == [(Kind.RELEASED, "hans")]


def test_an_opinion_frees_the_task() -> None:
    assert scene.case(SUBMIT, move(Act.CLAIM, HANDLER), AGREE).claimed_by is None


def test_values_of_the_handler_reach_the_decision_of_the_leader() -> None:
    values = {"approved_hours": "6.0", "approved_credits": "1.0"}
    agree = move(Act.AGREE_UP, HANDLER, values=values)
    decide = move(Act.PASS, LEADER, values={"approved_hours": "5.0"})

    case, events = scene.played(SUBMIT, agree, decide)

    assert events[-1].data["values"] == {"approved_hours": "5.0", "approved_credits": "1.0"}
    assert case.values == events[-1].data["values"]


def test_what_was_declared_is_told_beside_the_values_that_take_its_place() -> None:
    known = {"approved_hours": "6.0", "approved_credits": None}
    agree = move(Act.AGREE_UP, HANDLER, values={"approved_hours": "5.0"}).knowing(declared=known)

    _, (opinion,) = scene.played(SUBMIT, agree)
    _, (silent,) = scene.played(SUBMIT, AGREE.knowing(declared=known))
    _, events = scene.played(SUBMIT, agree, PASS.knowing(declared=known))

    assert [each.data["declared"] for each in (opinion, *events)] == [{"approved_hours": "6.0"}] * 3
    assert "declared" not in silent.data


def test_values_of_an_opinion_handed_back_are_gone() -> None:
    agree = move(Act.AGREE_UP, HANDLER, values={"approved_hours": "6.0"})

    assert scene.case(SUBMIT, agree, move(Act.RETURN_INSIDE, LEADER)).values == {}


# --- stand-in


def test_the_second_person_of_a_one_person_unit_comes_from_above() -> None:
    submit = SUBMIT.knowing(**ALONE)
    agree = move(Act.AGREE_UP, BOTH)

    assert kinds(submit) == [Kind.SUBMITTED, Kind.STEP_UNDERSTAFFED, Kind.STAND_IN_CALLED]
    task = engine.open_task(scene.route(), scene.case(submit, agree))
    assert task is not None
    assert (task.org_id, task.groups, task.stand_in) == ("department", (Group.CHECKER,), True)
    case = scene.case(submit, agree, move(Act.PASS, CHECKER))
    assert case.status is Status.APPROVED
    assert [(one.org_id, one.stood_in) for one in case.opinions] == [
        ("unit", False),
        ("department", True),
    ]


def test_with_help_called_the_unit_still_speaks_first() -> None:
    task = engine.open_task(scene.route(), scene.case(SUBMIT.knowing(**ALONE)))

    assert task is not None
    assert (task.org_id, task.stand_in) == ("unit", False)


def test_with_nobody_in_the_unit_both_people_come_from_above() -> None:
    moves = (SUBMIT.knowing(**NOBODY_LEFT), move(Act.AGREE_UP, CHECKER))

    alone = scene.answer(move(Act.PASS, CHECKER), *moves)
    together = scene.case(*moves, move(Act.PASS, SECOND_CHECKER))

    assert isinstance(alone, Refused)
    assert alone.code == "MORE_REVIEWERS_NEEDED"
    assert together.status is Status.APPROVED


def test_a_first_slot_nobody_can_take_goes_to_the_next_group() -> None:
    staffed = {"staffed": {"unit_review": frozenset({"unit_leader"})}}

    task = engine.open_task(scene.route(), scene.case(SUBMIT.knowing(**ALONE, **staffed)))

    assert task is not None
    assert task.group is Group.UNIT_LEADER


def test_with_no_group_staffed_the_task_waits_at_the_first() -> None:
    staffed = {"staffed": {"unit_review": frozenset[str]()}}

    assert scene.case(SUBMIT.knowing(**ALONE, **staffed)).slot == 0


def test_what_is_handed_back_to_a_stand_in_stays_with_the_stand_in() -> None:
    moves = (SUBMIT.knowing(**NOBODY_LEFT), move(Act.AGREE_UP, CHECKER))

    task = engine.open_task(
        scene.route(), scene.case(*moves, move(Act.RETURN_INSIDE, SECOND_CHECKER))
    )

    assert task is not None
    assert (task.org_id, task.stand_in) == ("department", True)
    assert task.only_for == {"dora"}


def test_nothing_is_handed_back_to_somebody_the_task_cannot_reach() -> None:
    helped = (
        SUBMIT.knowing(**NOBODY_LEFT),
        move(Act.AGREE_UP, CHECKER),
        move(Act.PASS, SECOND_CHECKER),
        move(Act.RETURN, CHECKER, to="unit_review"),  # meanwhile the unit has people again
    )

    refused = scene.answer(move(Act.RETURN_INSIDE, LEADER), *helped, on=PUBLIC)

    assert refused == Refused("NOBODY_TO_RETURN_TO")


def test_the_organisation_that_stood_in_takes_back_what_it_sent_on() -> None:
    moves = (SUBMIT.knowing(**ALONE), move(Act.AGREE_UP, BOTH), move(Act.PASS, CHECKER))

    unit = scene.answer(move(Act.RECALL, BOTH), *moves, on=PUBLIC)
    case = scene.case(*moves, move(Act.RECALL, SECOND_CHECKER).knowing(**ALONE), on=PUBLIC)

    assert unit == Refused("NOT_YOURS_TO_RECALL")
    assert (case.step, case.reason) == ("unit_review", Reason.RECALLED)


def test_a_missing_stand_in_keeps_a_case_from_being_submitted() -> None:
    gone = {"organisations": {**scene.ORGANISATIONS, "superior": None}}

    assert scene.answer(SUBMIT.knowing(**ALONE, **gone)) == Refused(
        "NO_SUCH_ORGANISATION", {"relation": "superior"}
    )


# --- skipping, ending, blocking


def test_a_unit_that_is_its_own_department_skips_the_department() -> None:
    merged = {"organisations": {**scene.ORGANISATIONS, "superior": "unit"}}

    case, events = scene.played(SUBMIT, AGREE, PASS.knowing(**merged), on=DISTRICT_ROUTE)

    assert (case.step, case.skipped) == ("district_check", ("dept_check",))
    assert {"step": "dept_check", "why": "same_org"} in [event.data for event in events]
    refused = scene.answer(
        move(Act.RETURN, DISTRICT, to="dept_check"),
        SUBMIT,
        AGREE,
        PASS.knowing(**merged),
        on=DISTRICT_ROUTE,
    )
    assert isinstance(refused, Refused)
    assert refused.data == {"allowed": ["applicant", "unit_check"]}


def test_a_pass_is_final_for_the_businesses_that_end_there() -> None:
    ending = move(Act.PASS, DISTRICT).knowing(business="to_intermediate")

    case, events = scene.played(*DEPT_CHECK, ending, on=DISTRICT_ROUTE)

    assert case.status is Status.APPROVED
    assert case.skipped == ("city_recheck",)
    assert [event.kind for event in events] == [Kind.OPINED, Kind.STEP_SKIPPED, Kind.APPROVED]


def test_a_missing_organisation_blocks_a_case_and_is_never_skipped() -> None:
    gone = {"organisations": {**scene.ORGANISATIONS, "superior": None}}

    case = scene.case(SUBMIT, AGREE, PASS.knowing(**gone), on=DISTRICT_ROUTE)

    assert (case.status, case.missing) == (Status.BLOCKED, Relation.SUPERIOR)
    assert engine.open_task(DISTRICT_ROUTE, case) is None
    withdrawn = scene.case(
        SUBMIT, AGREE, PASS.knowing(**gone), move(Act.WITHDRAW, ANNA), on=DISTRICT_ROUTE
    )
    assert (withdrawn.status, withdrawn.missing) == (Status.WITHDRAWN, None)


def test_a_last_step_that_repeats_its_neighbour_ends_the_case_before_it() -> None:
    text = DISTRICT_ROUTE.text.replace(
        'return_to = ["unit_check", "dept',
        'skip_when = "same_org"\nreturn_to = ["unit_check", "dept',
    )
    on = route.compile_route(text)
    merged = {"organisations": {**scene.ORGANISATIONS, "city_bureau": "district"}}

    case = scene.case(*DEPT_CHECK, move(Act.PASS, DISTRICT).knowing(**merged), on=on)

    assert (case.status, case.skipped) == (Status.APPROVED, ("city_recheck",))


def test_understaffed_steps_without_help_are_told_and_wait() -> None:
    few = {"eligible": {**scene.STAFFED, "city_recheck": 1}}

    case, events = scene.played(
        *DEPT_CHECK, move(Act.PASS, DISTRICT).knowing(**few), on=DISTRICT_ROUTE
    )

    assert case.stand_in is None
    assert events[-1].data == {
        "step": "city_recheck",
        "have": 1,
        "need": 2,
        "org": "city",
        "policy": "tell_superior",
    }


def test_returning_over_several_steps_voids_all_that_followed() -> None:
    back = move(Act.RETURN, CITY, to="dept_check")

    case = scene.case(*DISTRICT_CHECK, move(Act.AGREE_UP, SECOND_CITY), back, on=DISTRICT_ROUTE)

    assert [(one.step, one.act) for one in case.opinions] == [
        ("unit_check", Act.AGREE_UP),
        ("unit_check", Act.PASS),
    ]


# --- coming back to the same step


def same_step() -> route.Route:
    text = DISTRICT_ROUTE.text.replace('"restart"', '"same_step"').replace(
        'return_to = ["unit_check", "dept', 'return_to = ["applicant", "unit_check", "dept'
    )
    return route.compile_route(text)


RETURNED = (*DISTRICT_CHECK, move(Act.RETURN, CITY))


def test_unchanged_content_goes_on_at_the_step_that_returned_it() -> None:
    case = scene.case(*RETURNED, SUBMIT, on=same_step())

    assert (case.step, case.round, case.org_id) == ("city_recheck", 1, "city")
    assert len(case.opinions) == 4


@pytest.mark.parametrize("other", ["content", "route"])
def test_other_content_or_another_route_starts_again(other: str) -> None:
    on = same_step()
    case = scene.case(*RETURNED, on=on)
    renewed = route.compile_route(on.text + "# a new text\n") if other == "route" else on
    known = scene.facts(revision="r1" if other == "content" else "r0")

    for event in scene.events(engine.decide(renewed, case, SUBMIT.command, known)):
        case = engine.evolve(renewed, case, event)

    assert (case.step, case.round, case.opinions) == ("unit_check", 2, ())


# --- what is asked and stored


def test_every_return_target_is_offered_by_itself() -> None:
    offers = engine.available(
        DISTRICT_ROUTE, scene.case(*DEPT_CHECK, on=DISTRICT_ROUTE), DISTRICT, scene.facts()
    )

    assert offers[Act.RETURN].targets == ("applicant", "unit_check", "dept_check")
    assert offers[Act.PASS].refusal is None
    assert offers[Act.AGREE_UP].refusal == Refused("NOT_ALLOWED_HERE")


def test_a_draft_offers_its_applicant_to_submit_and_to_withdraw() -> None:
    offers = engine.available(scene.route(), scene.case(), ANNA, scene.facts())

    assert {act for act, offer in offers.items() if offer.refusal is None} == {
        Act.SUBMIT,
        Act.WITHDRAW,
    }
    assert list(offers) == list(Act)


@pytest.mark.parametrize(
    "moves",
    [(), (SUBMIT,), (SUBMIT, AGREE), UNIT_CHECK, (SUBMIT, AGREE, move(Act.RETURN_INSIDE, LEADER))],
)
def test_a_stored_case_reads_back_and_stays_small(moves: tuple[scene.Move, ...]) -> None:
    case = scene.case(*moves, on=PUBLIC)

    text = json.dumps(case.to_state())

    assert Case.from_state(json.loads(text)) == case
    assert len(text) < 4096


def test_a_preview_tells_who_is_next_and_what_is_missing() -> None:
    few = {**scene.STAFFED, "unit_check": 1, "city_recheck": 1}
    merged = {**scene.ORGANISATIONS, "superior": "unit", "district_bureau": None}

    forecast = engine.preview(DISTRICT_ROUTE, scene.facts(eligible=few, organisations=merged))

    assert [(one.step, one.org_id, one.skipped, one.stand_in) for one in forecast] == [
        ("unit_check", "unit", None, "unit"),
        ("dept_check", "unit", "same_org", None),
        ("district_check", None, None, None),
        ("city_recheck", "city", None, None),
    ]
    assert [one.problem for one in forecast] == [
        None,
        None,
        Refused("NO_SUCH_ORGANISATION", {"relation": "district_bureau"}),
        Refused("MORE_REVIEWERS_NEEDED", {"have": 1, "need": 2}),
    ]


def test_a_preview_knows_where_a_business_ends() -> None:
    forecast = engine.preview(DISTRICT_ROUTE, scene.facts(business="to_intermediate"))

    assert [one.skipped for one in forecast] == [None, None, None, "ends_for"]
    assert [one.problem for one in forecast] == [None] * 4
