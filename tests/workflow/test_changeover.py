"""Cases in flight move to another version only where they stand as lawfully under it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rules.refusal import Refused
from tests.workflow import scene, worlds
from tests.workflow.scene import (
    AGREE,
    ANNA,
    BOTH,
    CHECKER,
    CITY,
    DISTRICT,
    HANDLER,
    LEADER,
    PASS,
    SECOND_CITY,
    SUBMIT,
    Move,
)
from workflow import changeover, engine, route
from workflow.case import Case, Command, Kind
from workflow.changeover import Obstacle, Plan
from workflow.route import Route
from workflow.vocabulary import INSIDE, Act

OLD = worlds.text("district")
PEOPLE = (ANNA, HANDLER, LEADER, BOTH, CHECKER, DISTRICT, CITY, SECOND_CITY)
UP = (SUBMIT, AGREE, PASS)
TO_DISTRICT = (*UP, scene.move(Act.PASS, CHECKER))
TO_CITY = (*TO_DISTRICT, scene.move(Act.PASS, DISTRICT))


def version(*changes: tuple[str, str], of: Route = OLD) -> Route:
    """The next version of a route with some of its text changed."""
    text = of.text.replace(f"version  = {of.version}", f"version  = {of.version + 1}")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return route.compile_route(text)


def plan(new: Route, old: Route = OLD, /, **explicit: str) -> Plan:
    return Plan(old=old, new=new, explicit=explicit)


def moved(
    new: Route, *moves: Move, known: Any = None, **explicit: str
) -> changeover.Move | Obstacle | None:
    case = scene.case(*moves, on=OLD)
    facts = scene.facts(**(known or {}))
    return changeover.move(plan(new, **explicit), case, facts, operator="运维")


def accepted(answer: changeover.Move | Obstacle | None) -> changeover.Move:
    assert isinstance(answer, changeover.Move), answer
    return answer


SAME = version()
RENAMED = version(
    ('key   = "dept_check"', 'key   = "superior_check"'),
    ('return_to = ["applicant", "unit_check", "dept_check"]', 'return_to = ["applicant"]'),
    ('return_to = ["unit_check", "dept_check", "district_check"]', 'return_to = ["applicant"]'),
    ('not_acted_in = ["dept_check", "district_check"]', 'not_acted_in = ["superior_check"]'),
)


def rename() -> dict[str, str]:
    return {"dept_check": "superior_check"}


@pytest.mark.parametrize(
    ("new", "explicit", "rule"),
    [
        (OLD, {}, "same_version"),
        (worlds.text("mini"), {}, "other_route"),
        (SAME, {"dept_check": "nowhere"}, "unknown_step"),
        (SAME, {"nowhere": "dept_check"}, "unknown_step"),
        (SAME, {"dept_check": "district_check"}, "order_changed"),
        (SAME, {"dept_check": "city_recheck"}, "order_changed"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_before_any_case_is_looked_at(
    new: Route, explicit: dict[str, str], rule: str
) -> None:
    assert [fault.rule for fault in changeover.faults(plan(new, **explicit))] == [rule]


def test_a_step_that_belongs_to_another_organisation_is_mapped_only_explicitly() -> None:
    elsewhere = version(
        ('by    = { org = "district_bureau"', 'by    = { org = "ce_authority"'),
    )

    silent = changeover.faults(plan(elsewhere))
    explicit = changeover.faults(plan(elsewhere, district_check="district_check"))

    assert silent == (Obstacle("other_organisation", {"step": "district_check"}),)
    assert explicit == ()


def test_a_case_goes_on_at_the_step_of_the_same_key_with_everything_that_was_said() -> None:
    before = scene.case(*TO_CITY, on=OLD)

    move = accepted(moved(SAME, *TO_CITY))

    (event,) = move.events
    assert (event.kind, event.data["operator"]) == (Kind.MIGRATED_DEFINITION, "运维")
    assert move.after == replace(before, seq=before.seq + 1, definition=SAME.digest)


def test_a_renamed_step_keeps_what_was_said_at_it() -> None:
    move = accepted(moved(RENAMED, *TO_DISTRICT, **rename()))

    assert [one.step for one in move.after.opinions][-1] == "superior_check"
    assert move.after.step == "district_check"
    assert accepted(moved(RENAMED, *UP, **rename())).after.step == "superior_check"


@pytest.mark.parametrize(
    ("new", "moves", "rule"),
    [
        (RENAMED, UP, "step_not_mapped"),
        (RENAMED, TO_DISTRICT, "step_left_out"),  # nobody said anything at the new step
        (
            version(("needs = 2\nmay", "needs = 3\nmay")),
            UP,
            "quorum_raised",
        ),
        (
            version(('groups = ["复验", "处领导"]', 'groups = ["复核", "处领导"]')),
            TO_CITY,
            "task_elsewhere",
        ),
    ],
)
def test_a_case_that_would_not_stand_lawfully_stays(
    new: Route, moves: tuple[Move, ...], rule: str
) -> None:
    answer = moved(new, *moves)

    assert isinstance(answer, Obstacle) and answer.rule == rule


def test_a_quorum_raised_ahead_or_here_holds_nobody_up() -> None:
    here = version(("needs = 2\nnot", "needs = 3\nnot"))

    assert accepted(moved(here, *TO_CITY)).after.step == "city_recheck"
    assert accepted(moved(here, *UP)).after.step == "dept_check"


def test_a_quorum_raised_above_the_people_there_are_is_told() -> None:
    here = version(("needs = 2\nnot", "needs = 4\nnot"))

    kinds = [event.kind for event in accepted(moved(here, *TO_CITY)).events]

    assert kinds == [Kind.MIGRATED_DEFINITION, Kind.STEP_UNDERSTAFFED]


def test_who_acted_in_a_step_that_is_kept_apart_now_holds_the_case_up() -> None:
    apart = version(('not_acted_in = ["dept_check"', 'not_acted_in = ["unit_check", "dept_check"'))
    twice = scene.person("lena", "city", "rechecker", "division_leader")
    said = scene.move(Act.AGREE_UP, twice)

    free = moved(apart, *TO_CITY, scene.move(Act.AGREE_UP, CITY))
    bound = moved(apart, *TO_CITY, said)

    assert isinstance(free, changeover.Move)
    assert bound == Obstacle(
        "separation_violated", {"step": "city_recheck", "earlier": "unit_check"}
    )


def test_a_claim_survives_and_is_noted() -> None:
    move = accepted(moved(SAME, *UP, scene.move(Act.CLAIM, CHECKER)))

    assert (move.after.claimed_by, move.notes) == ("dora", ("claimed",))


def test_a_quorum_that_is_met_now_is_noted_and_decides_nothing() -> None:
    lower = version(("needs = 2\nnot", "needs = 1\nnot"))

    move = accepted(moved(lower, *TO_CITY))

    assert (move.notes, move.after.status) == (("quorum_met",), "in_review")


@pytest.mark.parametrize(
    "moves",
    [
        (),
        (SUBMIT, scene.move(Act.RECALL, ANNA)),
        (SUBMIT, scene.move(Act.RETURN, HANDLER)),
        (SUBMIT, scene.move(Act.WITHDRAW, ANNA)),
        (*UP, scene.move(Act.REJECT, CHECKER)),
    ],
)
def test_what_is_over_or_lies_with_its_applicant_is_left_alone(moves: tuple[Move, ...]) -> None:
    assert moved(SAME, *moves) is None


def test_a_blocked_case_stays_blocked_until_its_organisation_is_there() -> None:
    nobody = {"organisations": {**scene.ORGANISATIONS, "superior": None}}
    blocked = (SUBMIT, AGREE, PASS.knowing(**nobody))

    move = accepted(moved(SAME, *blocked, known=nobody))

    assert (move.after.status, move.after.step) == ("blocked", "dept_check")


def test_what_a_reviewer_has_set_must_be_his_to_set() -> None:
    declaration = scene.route()
    new = version(('writes   = ["approved_hours", "approved_credits"]', ""), of=declaration)
    said = scene.move(Act.AGREE_UP, HANDLER, values={"approved_hours": "6.0"})
    case = scene.case(SUBMIT, said, on=declaration)

    answer = changeover.move(plan(new, declaration), case, scene.facts(), operator="o")

    assert answer == Obstacle("not_writable", {"step": "unit_review", "field": ["approved_hours"]})


# --- P16: what has moved behaves as if it had been under the new version all along


def walk(one: Route, most: int = 400) -> Iterator[Case]:
    """Cases that can be reached by these people, the nearest first."""
    first = engine.opening(applicant="anna")
    seen, todo = {repr(first)}, [first]
    while todo and len(seen) < most:
        case = todo.pop(0)
        yield case
        for _, events in answers(one, case):
            after = case
            for event in events:
                after = engine.evolve(one, after, event)
            key = repr(replace(after, seq=0, round=0))
            if events and key not in seen:
                seen.add(key)
                todo.append(after)


def answers(one: Route, case: Case) -> Iterator[tuple[Any, Any]]:
    """Every act of everybody that is accepted, with what it brings."""
    for actor in PEOPLE:
        for act in Act:
            for to in ("applicant", *one.order) if act is Act.RETURN else ("applicant",):
                answer = engine.decide(
                    one, case, Command(act=act, actor=actor, to=to), scene.facts()
                )
                if not isinstance(answer, Refused):
                    yield (actor.person_id, act, to), answer


def test_under_the_same_words_a_moved_case_answers_everybody_as_before() -> None:
    compared = 0
    for case in walk(OLD):
        move = changeover.move(plan(SAME), case, scene.facts(), operator="o")
        if not isinstance(move, changeover.Move):
            continue
        before = {key: [e.kind for e in events] for key, events in answers(OLD, case)}
        after = {key: [e.kind for e in events] for key, events in answers(SAME, move.after)}
        assert after == before
        compared += 1

    assert compared > 100


VARIANTS = (
    SAME,
    version(("needs = 2\nmay", "needs = 3\nmay")),
    version(("needs = 2\nnot", "needs = 3\nnot")),
    version(("needs = 2\nmay", "needs = 1\nmay")),
    version(('not_acted_in = ["dept_check"', 'not_acted_in = ["unit_check", "dept_check"')),
    version(('groups = ["初验", "单位领导"]', 'groups = ["单位领导", "初验"]')),
    version(('skip_when = "same_org"\n', "")),
)


@pytest.mark.parametrize("number", range(len(VARIANTS)))
def test_whatever_moves_stands_lawfully_under_the_new_version(number: int) -> None:
    new, several = VARIANTS[number], 0
    for case in walk(OLD, 250):
        move = changeover.move(plan(new), case, scene.facts(), operator="o")
        if isinstance(move, changeover.Move):
            several += 1
            lawful(new, case, move.after)

    assert several > 10


def lawful(new: Route, case: Case, after: Case) -> None:
    """P1 to P4 and P10, in words of their own."""
    position = [step.key for step in new.steps].index(after.step or "")
    for step in new.steps[:position]:
        people = [one.people for one in after.opinions if one.step == step.key]
        acts = [one.act for one in after.opinions if one.step == step.key]
        assert step.key in after.skipped or (Act.PASS in acts and len(people) >= step.needs)
        assert len(frozenset().union(*people)) == sum(map(len, people))  # no identity twice
    for one in after.opinions:
        assert "anna" not in one.people
        assert (one.round, one.revision) == (after.round, after.revision)
        for earlier in new.step(one.step).not_acted_in:
            others = [other.people for other in after.opinions if other.step == earlier]
            assert not one.people & frozenset().union(*others)
        assert one.act in INSIDE or one.step != after.step
    was, now = engine.open_task(OLD, case), engine.open_task(new, after)
    assert was and now and (was.org_id, was.groups, was.slot) == (now.org_id, now.groups, now.slot)
