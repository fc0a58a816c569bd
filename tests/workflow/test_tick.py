"""The clock: what it tells, each thing once, and that it never decides."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models import Case, Event, Opinion, Seat, Task, TrainingRecord
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.statements import counted
from tests.workflow import scene
from tests.workflow.scene import AGREE, BOTH, HANDLER, LEADER, PASS, SUBMIT, move
from workflow import clock, engine, task, tick
from workflow.case import Act, Facts, Kind, Status
from workflow.route import Route

PUBLIC = scene.route("public_course")
LATE = {"due_at": scene.NOW - timedelta(seconds=1)}
STAFF: Mapping[str, frozenset[str]] = {
    "anna": frozenset(),
    "hans": frozenset({"handler"}),
    "lena": frozenset({"unit_leader"}),
    "lutz": frozenset({"unit_leader"}),
}
OTHERS = {"dora": frozenset({"checker"})}


def known(*gone: str, **more: Any) -> Facts:
    """The facts after some people have left."""
    unit = {one: groups for one, groups in STAFF.items() if one not in gone}
    return scene.facts(seats={"unit": unit, "department": OTHERS}, **more)


def told(
    facts: Facts, *moves: scene.Move, on: Route | None = None
) -> list[tuple[Kind, dict[str, Any]]]:
    """What one strike of the clock says; a second one must say nothing."""
    chosen = on or scene.route()
    case = scene.case(*moves, on=chosen)
    happened = tick.tick(chosen, case, facts)
    for event in happened:
        case = engine.evolve(chosen, case, event)
    assert tick.tick(chosen, case, facts) == ()
    assert case.status is Status.IN_REVIEW
    return [(event.kind, dict(event.data)) for event in happened]


def test_a_term_that_is_over_is_told_once_for_each_level() -> None:
    said = told(known(**LATE), SUBMIT)

    assert [(kind, data["level"], data["step"], data["slot"]) for kind, data in said] == [
        (Kind.OVERDUE, "remind", "unit_review", 0),
        (Kind.OVERDUE, "tell_superior", "unit_review", 0),
    ]


def test_what_is_told_belongs_to_the_arrival_not_to_each_opinion() -> None:
    case = scene.case(SUBMIT)
    for event in tick.tick(scene.route(), case, known(**LATE)):
        case = engine.evolve(scene.route(), case, event)
    agreed = scene.events(engine.decide(scene.route(), case, AGREE.command, known(**LATE)))
    for event in agreed:
        case = engine.evolve(scene.route(), case, event)

    assert tick.tick(scene.route(), case, known(**LATE)) == ()


@pytest.mark.parametrize(
    "moves", [(), (SUBMIT, AGREE, PASS), (SUBMIT, move(Act.WITHDRAW, scene.ANNA))]
)
def test_of_what_is_not_under_review_the_clock_says_nothing(moves: tuple[scene.Move, ...]) -> None:
    case = scene.case(*moves)

    assert tick.tick(scene.route(), case, known(**LATE)) == ()


@pytest.mark.parametrize(("days", "lapses"), [(1, False), (2, False), (3, True)])
def test_a_claim_lapses_after_two_working_days(days: int, lapses: bool) -> None:
    since = scene.NOW - timedelta(days=days)  # a Monday; the weekend does not count
    since = since if days < 3 else since - timedelta(days=2)

    said = told(known(claimed_at=since), SUBMIT, move(Act.CLAIM, HANDLER))

    assert said == ([(Kind.CLAIM_EXPIRED, {"person": "hans"})] if lapses else [])


def test_nobody_having_left_the_clock_is_silent() -> None:
    assert told(known(), SUBMIT, AGREE) == []


def test_when_the_last_leader_has_left_the_superior_body_helps_out() -> None:
    said = told(known("lena", "lutz"), SUBMIT, AGREE)

    lack = {"step": "unit_review", "have": 1, "need": 2}
    assert said == [
        (Kind.STEP_UNDERSTAFFED, {**lack, "org": "unit", "policy": "stand_in"}),
        (Kind.STAND_IN_CALLED, {**lack, "org": "department", "groups": ["checker"]}),
    ]


def test_a_helper_decides_what_those_who_left_cannot() -> None:
    case = scene.case(SUBMIT, AGREE)
    for event in tick.tick(scene.route(), case, known("lena", "lutz")):
        case = engine.evolve(scene.route(), case, event)

    helped = engine.decide(
        scene.route(), case, move(Act.PASS, scene.CHECKER).command, known("lena", "lutz")
    )
    alone = engine.decide(scene.route(), case, PASS.command, known("lena", "lutz"))

    assert not isinstance(helped, Refused)
    assert alone == Refused("NOT_YOUR_TASK")


def test_when_the_last_handler_has_left_the_task_goes_to_the_next_group_up() -> None:
    said = told(known("hans"), SUBMIT)

    assert said == [(Kind.MOVED_UP, {"step": "unit_review", "org": "unit", "slot": 1})]


def test_when_everybody_has_spoken_and_the_decider_leaves_somebody_else_is_called() -> None:
    said = told(known("lena", "lutz"), SUBMIT, AGREE, move(Act.AGREE_UP, LEADER))

    assert [kind for kind, _ in said] == [Kind.STEP_UNDERSTAFFED, Kind.STAND_IN_CALLED]


def test_what_was_handed_back_to_somebody_who_left_is_the_groups_again() -> None:
    handed_back = (SUBMIT, AGREE, move(Act.RETURN_INSIDE, LEADER))

    stays = told(known(), *handed_back)
    leaves = told(known("hans"), *handed_back)

    assert stays == []
    assert leaves[0] == (Kind.FREED, {"step": "unit_review", "only_for": ["hans"]})


def test_a_stand_in_already_called_takes_over_when_the_only_reviewer_leaves() -> None:
    alone = SUBMIT.knowing(eligible={**scene.STAFFED, "unit_review": 1})
    both = {"unit": {"bert": BOTH.groups}, "department": OTHERS}

    stays = told(scene.facts(seats=both), alone)
    leaves = told(scene.facts(seats={"unit": {}}), alone)

    assert stays == []
    assert [(kind, data["have"]) for kind, data in leaves] == [
        (Kind.STEP_UNDERSTAFFED, 0),
        (Kind.STAND_IN_CALLED, 0),
    ]


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def struck(**later: float) -> list[str]:
    case = await Case.get()
    events = await clock.strike(case_id=case.id, now=cities.NOW + timedelta(**later))
    return [event.kind.value for event in events]


async def test_the_clock_writes_what_it_tells_once_and_nobody_has_done_it(city: City) -> None:
    await records.submitted(city)

    with counted() as statements:
        first = await struck(days=30)
    again = await struck(days=31)

    assert (first, again) == (["overdue", "overdue"], [])
    assert len(statements) <= 6, statements
    (event, _) = await Event.filter(kind="overdue").order_by("seq")
    assert (event.person_id, event.account_id, event.command_id) == (None, None, "")
    assert (await Task.get(status="open")).opened_seq == 1


async def test_a_claim_that_lapsed_leaves_the_task_to_colleagues(city: City) -> None:
    task_id = await records.submitted(city)
    case = await Case.get()
    records.done(
        await task.claim(city.request("handler"), task_id=task_id, expected_version=case.seq)
    )

    early = await struck(days=2)
    lapsed = await struck(days=3)

    assert (early, lapsed) == ([], ["claim_expired"])
    held = await Task.get(id=task_id)
    assert (held.status, held.claimed_by_id, held.claimed_at) == ("open", None, None)


async def test_a_reminder_leaves_a_claim_as_it_was(city: City) -> None:
    task_id = await records.submitted(city)
    case = await Case.get()
    late = city.request("handler", now=cities.NOW + timedelta(days=30))
    records.done(await task.claim(late, task_id=task_id, expected_version=case.seq))

    await struck(days=30, hours=1)

    held = await Task.get(id=task_id)
    assert (held.claimed_by_id, held.claimed_at) == (late.viewer.person_id, late.now)


async def test_a_task_nobody_can_take_is_addressed_anew(city: City) -> None:
    task_id = await records.submitted(city)
    people = [city.viewers[who].person_id for who in ("handler", "second handler")]
    await Seat.filter(person_id__in=people).update(ended_at=cities.NOW)

    said = await struck(hours=1)

    assert said == ["step_understaffed", "stand_in_called", "moved_up"]
    old, new = await Task.get(id=task_id), await Task.get(status="open")
    assert (old.status, old.done_by_id, old.outcome) == ("void", None, None)
    assert (new.group_key, new.slot, new.due_at) == ("unit_leader", 1, old.due_at)


async def test_the_clock_never_decides(city: City) -> None:
    await records.agreed(city, await records.submitted(city))
    people = [city.viewers[who].person_id for who in ("handler", "second handler", "leader")]
    await Seat.filter(person_id__in=people).update(ended_at=cities.NOW)
    record, opinions = await TrainingRecord.get(), await Opinion.all().values()

    await struck(days=300)

    assert (await TrainingRecord.get()).version == record.version
    assert await Opinion.all().values() == opinions
    assert (await Case.get()).status == "in_review"


async def test_of_what_is_over_or_never_was_the_clock_says_nothing(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    records.done(await records.decided(city, "leader", task_id, Act.PASS))

    assert await struck(days=300) == []
    assert await clock.strike(case_id=uuid7(), now=cities.NOW) == ()
