"""Signers (加签, 减签): one more opinion is waited for; it lowers nothing and nothing passes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models import Case, Event, Notice, Opinion, Seat, Task, TrainingRecord
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.statements import counted
from tests.workflow import scene
from tests.workflow.refusals import ADD, ADD_LEADERS, SEATS
from tests.workflow.scene import AGREE, ANNA, CHIEF, HANDLER, LEADER, PASS, SUBMIT, move
from workflow import clock, engine, errand, tick
from workflow.case import Act, Kind
from workflow.command import Answer

SPEAK = move(Act.AGREE_UP, LEADER)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await city.person("second leader", "hospital", "unit_leader")
    return city


def code(answer: Answer | tuple[Any, ...]) -> str | None:
    return answer.code if isinstance(answer, Refused) else None


async def everything() -> list[Any]:
    tables = (TrainingRecord, Case, Task, Event, Opinion, Notice)
    return [await table.all().order_by("id").values() for table in tables]


def named(city: City, whom: str) -> str:
    """A person by his name in the city, a group after an equals sign."""
    return whom[1:] if whom.startswith("=") else str(city.viewers[whom].person_id)


async def added(city: City, who: str, whom: str, reason: str = "请先发表意见") -> Answer:
    case = await Case.get()
    return await errand.add_signer(
        city.request(who),
        case_id=case.id,
        expected_version=case.seq,
        who=named(city, whom),
        reason=reason,
    )


async def dropped(city: City, who: str, whom: str) -> Answer:
    case = await Case.get()
    return await errand.drop_signer(
        city.request(who),
        case_id=case.id,
        expected_version=case.seq,
        who=named(city, whom),
        reason="",
    )


async def at_the_leaders(city: City) -> UUID:
    return await records.agreed(city, await records.submitted(city))


async def open_id() -> UUID:
    return (await Task.get(status="open")).id


async def test_the_decision_waits_for_the_opinion_and_then_falls(city: City) -> None:
    await at_the_leaders(city)
    with counted() as statements:
        records.done(await added(city, "leader", "second handler"))
    asked = await Task.get(status="open")

    early = await records.decided(city, "leader", asked.id, Act.PASS)
    records.done(await records.decided(city, "second handler", asked.id, Act.DISAGREE_UP))
    records.done(await records.decided(city, "leader", await open_id(), Act.PASS))

    assert len(statements) <= 10, statements
    assert (asked.reason, asked.group_key) == ("signer", "handler")
    assert asked.only_for == [city.viewers["second handler"].person_id]
    assert code(early) == "SIGNER_PENDING"
    assert [one.signed for one in await Opinion.all().order_by("id")] == [False, True, False]
    assert (await TrainingRecord.get()).status == "approved"


@pytest.mark.parametrize(
    ("who", "whom", "refusal"),
    [
        ("leader", "museum handler", "SIGNER_DOES_NOT_FIT"),
        ("leader", "applicant", "SIGNER_DOES_NOT_FIT"),
        ("leader", "leader", "SIGNER_DOES_NOT_FIT"),
        ("leader", "handler", "SIGNER_DOES_NOT_FIT"),  # he has spoken
        ("leader", "=rechecker", "SIGNER_DOES_NOT_FIT"),
        ("second handler", "second leader", "NOT_YOUR_TASK"),
        ("museum handler", "second leader", "NOT_FOUND"),
        ("administrator", "second leader", None),
        ("leader", "second leader", None),
        ("leader", "second handler", None),
        ("leader", "=handler", None),
    ],
)
async def test_a_colleague_or_a_group_who_may_still_speak_is_asked(
    city: City, who: str, whom: str, refusal: str | None
) -> None:
    await at_the_leaders(city)
    before = await everything()

    answer = await added(city, who, whom)

    assert code(answer) == refusal
    assert (await everything() == before) == (refusal is not None)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("second handler", "NOT_YOUR_TASK"),
        ("second leader", "NOT_YOUR_TASK"),
        ("museum handler", "NOT_FOUND"),
        ("administrator", None),
        ("leader", None),
    ],
)
async def test_whoever_asked_or_the_administrator_asks_no_more(
    city: City, who: str, refusal: str | None
) -> None:
    await at_the_leaders(city)
    records.done(await added(city, "leader", "second handler"))
    before = await everything()

    answer = await dropped(city, who, "second handler")

    assert code(answer) == refusal
    assert (await everything() == before) == (refusal is not None)


async def test_a_second_signer_leaves_the_first_one_his_task_and_comes_after_him(
    city: City,
) -> None:
    await at_the_leaders(city)
    records.done(await added(city, "leader", "second handler"))
    first = await open_id()

    records.done(await added(city, "leader", "second leader"))

    assert await open_id() == first
    records.done(await records.decided(city, "second handler", first, Act.AGREE_UP))
    assert (await Task.get(status="open")).only_for == [city.viewers["second leader"].person_id]


async def test_a_signer_is_told_and_when_he_has_left_the_administrator(city: City) -> None:
    await at_the_leaders(city)
    records.done(await added(city, "leader", "second handler"))
    signer = city.viewers["second handler"].person_id
    await Seat.filter(person_id=signer).update(ended_at=NOW)

    for _ in range(2):
        await clock.strike(case_id=(await Case.get()).id, now=NOW + timedelta(hours=1))

    told = [(one.kind.value, one.person_id, one.group_key) for one in await Notice.all()]
    assert told == [("signer_added", signer, None), ("understaffed", None, "unit_admin")]
    assert await Event.filter(kind="signer_left").count() == 1
    assert (await Case.get()).status == "in_review"
    records.done(await dropped(city, "administrator", "second handler"))
    records.done(await records.decided(city, "leader", await open_id(), Act.PASS))


async def test_the_database_counts_no_signed_opinion_among_the_four_eyes(
    city: City, db: Connection
) -> None:
    await at_the_leaders(city)
    await db.execute_script("UPDATE wf_opinion SET signed = true")

    with pytest.raises(Exception, match="lacks lawful reviewers"):
        await records.decided(city, "leader", await open_id(), Act.PASS)
    await db.execute_script("UPDATE wf_opinion SET signed = false")
    records.done(await records.decided(city, "leader", await open_id(), Act.PASS))


@pytest.mark.parametrize(
    "leaves",
    [
        move(Act.RECALL, ANNA),
        move(Act.RESTATE, HANDLER).knowing(revision="r1"),
        move(Act.WITHDRAW, ANNA),
    ],
    ids=lambda one: one.act,
)
def test_signers_vanish_when_the_step_is_left(leaves: scene.Move) -> None:
    case = scene.case(SUBMIT, ADD, leaves)

    assert case.signers == ()


def test_an_opinion_asked_for_moves_no_slot_and_counts_for_no_quorum() -> None:
    before, after = scene.case(SUBMIT), scene.case(SUBMIT, ADD, SPEAK)

    assert after.slot == before.slot
    assert code(scene.answer(move(Act.PASS, HANDLER), SUBMIT, ADD, SPEAK)) == (
        "MORE_REVIEWERS_NEEDED"
    )


def test_who_speaks_for_his_group_is_not_asked_again_by_name() -> None:
    case = scene.case(SUBMIT, ADD_LEADERS, ADD, SPEAK)

    assert case.signers == ()


@pytest.mark.parametrize("asked", [ADD, ADD_LEADERS], ids=["person", "group"])
def test_of_a_signer_who_left_the_clock_tells_once_and_again_if_asked_anew(
    asked: scene.Move,
) -> None:
    party = {"anna": frozenset({"unit_leader"})}  # she may not speak in their place
    gone = scene.facts(seats={"unit": {"hans": frozenset({"handler"}), **party}})
    drop = move(Act.DROP_SIGNER, CHIEF, to=asked.more["to"])
    case = scene.case(SUBMIT, asked)

    first = tick.tick(scene.route(), case, gone)
    told = engine.evolve(scene.route(), case, first[0])
    second = tick.tick(scene.route(), told, gone)

    assert [one.kind for one in first] == [Kind.SIGNER_LEFT]
    assert second == ()
    assert tick.tick(scene.route(), scene.case(SUBMIT, asked, drop, asked), gone) == first
    assert tick.tick(scene.route(), case, scene.facts(**SEATS)) == ()


def test_a_delegate_speaks_for_a_signer_and_no_party_does() -> None:
    delegate = scene.person("lutz", "unit", "unit_leader", on_behalf_of="lena")
    party = scene.person("lutz", "unit", "unit_leader", on_behalf_of="anna")

    spoken = scene.answer(move(Act.AGREE_UP, delegate), SUBMIT, ADD)
    barred = scene.answer(move(Act.AGREE_UP, party), SUBMIT, ADD_LEADERS)

    assert (code(spoken), code(barred)) == (None, "OWN_CASE")


def test_a_history_from_before_signers_is_the_same_case() -> None:
    case = scene.case(SUBMIT, AGREE)
    state = case.to_state()
    del state["signers"]
    for one in state["opinions"]:
        del one["signed"]

    assert type(case).from_state(state) == case
    assert scene.answer(PASS, SUBMIT, AGREE)
