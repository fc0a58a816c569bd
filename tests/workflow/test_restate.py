"""Restating (重新统计): content that changed under review is adopted, and all begins again."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models import Case, Event, Opinion, Task, TrainingRecord
from models.read import Connection
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.statements import counted
from tests.workflow import scene
from tests.workflow.scene import AGREE, CITY, HANDLER, LEADER, PASS, SUBMIT, move
from workflow import engine, task
from workflow.case import Act, Kind, Reason, Status
from workflow.command import Answer, Done

PUBLIC, DISTRICT = scene.route("public_course"), scene.route("district")
RESTATED = move(Act.RESTATE, HANDLER).knowing(revision="r1", parts={"declared_hours": "b"})


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


def test_a_case_beyond_the_first_step_goes_back_to_it_in_the_same_round() -> None:
    begun = SUBMIT.knowing(parts={"declared_hours": "a"})

    case, (event,) = scene.played(begun, AGREE, PASS, RESTATED, on=PUBLIC)

    assert (case.status, case.step, case.slot, case.round) == (
        Status.IN_REVIEW,
        "unit_review",
        0,
        1,
    )
    assert (case.revision, case.opinions, case.reason) == ("r1", (), Reason.RESTATED)
    assert event.kind is Kind.RESTATED
    told = {name: event.data[name] for name in ("from", "to", "was", "revision", "fields")}
    assert told == {
        "from": "recognition",
        "to": "unit_review",
        "was": "r0",
        "revision": "r1",
        "fields": ["declared_hours"],
    }


def test_who_gave_an_opinion_on_the_old_content_gives_another_on_the_new() -> None:
    again = (AGREE.knowing(revision="r1"), PASS.knowing(revision="r1"))

    alone = scene.answer(again[1], SUBMIT, AGREE, RESTATED)
    case = scene.case(SUBMIT, AGREE, RESTATED, *again)

    assert isinstance(alone, Refused)
    assert alone.code == "NOT_YOUR_TASK"
    assert case.status is Status.APPROVED
    assert {one.revision for one in case.opinions} == {"r1"}


def test_a_step_that_is_left_out_is_left_out_again_and_missing_people_are_told() -> None:
    known = {
        "revision": "r1",
        "organisations": {**scene.ORGANISATIONS, "superior": "unit"},
        "eligible": {**scene.STAFFED, "unit_check": 1},
    }
    forward = (SUBMIT.knowing(organisations=known["organisations"]), AGREE, PASS)
    forward = (*forward[:2], PASS.knowing(organisations=known["organisations"]))

    case, happened = scene.played(
        *forward, move(Act.RESTATE, HANDLER).knowing(**known), on=DISTRICT
    )

    kinds = [event.kind for event in happened]
    assert kinds == [Kind.RESTATED, Kind.STEP_UNDERSTAFFED, Kind.STAND_IN_CALLED]
    assert (case.step, case.skipped) == ("unit_check", ())


def test_a_claim_does_not_keep_old_content_alive() -> None:
    case = scene.case(SUBMIT, move(Act.CLAIM, scene.BOTH), RESTATED)

    assert (case.claimed_by, case.revision) == (None, "r1")


def test_the_button_is_greyed_until_something_has_changed() -> None:
    case = scene.case(SUBMIT)

    same = engine.available(scene.route(), case, HANDLER, scene.facts())[Act.RESTATE]
    other = engine.available(scene.route(), case, HANDLER, scene.facts(revision="r1"))
    stranger = engine.available(scene.route(), case, CITY, scene.facts(revision="r1"))

    assert same.refusal == Refused("CONTENT_UNCHANGED")
    assert other[Act.RESTATE].refusal is None
    assert other[Act.AGREE_UP].refusal == Refused("CONTENT_CHANGED", {"fields": []})
    assert stranger[Act.RESTATE].refusal == Refused("NOT_YOURS_TO_RESTATE")


@pytest.mark.parametrize("act", [Act.REJECT, Act.RETURN, Act.RETURN_INSIDE])
def test_what_falls_short_is_only_kept_from_passing(act: Act) -> None:
    short = {"shortfall": Refused("REQUIREMENTS_NOT_MET", {"missing": "12.0"})}

    passed = scene.answer(PASS.knowing(**short), SUBMIT, AGREE.knowing(**short))
    other = scene.answer(move(act, LEADER).knowing(**short), SUBMIT, AGREE)

    assert passed == short["shortfall"]
    assert not isinstance(other, Refused)


async def forwarded(city: City) -> UUID:
    """A public course at the authority; its task."""
    task_id = await records.submitted(city, category=CourseCategory.PUBLIC)
    task_id = await records.agreed(city, task_id)
    answer = records.done(await records.decided(city, "leader", task_id, Act.PASS))
    return UUID(answer.data["task"])


async def restated(city: City, who: str, seq: int | None = None) -> Answer:
    case = await Case.get()
    seq = case.seq if seq is None else seq
    return await task.restate(city.request(who), case_id=case.id, expected_version=seq)


async def everything() -> list[Any]:
    tables = (TrainingRecord, Case, Task, Event, Opinion)
    return [await table.all().order_by("id").values() for table in tables]


async def test_changed_content_is_named_adopted_and_reviewed_anew(city: City) -> None:
    task_id = await forwarded(city)
    await TrainingRecord.all().update(declared_hours=Decimal("24.0"))

    refused = await records.decided(city, "city checker", task_id, Act.PASS)
    with counted() as statements:
        records.done(await restated(city, "city checker"))

    assert refused == Refused("CONTENT_CHANGED", {"fields": ["declared_hours"]})
    assert len(statements) <= 10, statements
    assert await Opinion.filter(voided_seq=None).count() == 0
    first = await Task.get(status="open")
    assert (first.step_key, first.slot, first.reason) == ("unit_review", 0, "restated")
    old = await Task.get(id=task_id)
    assert (old.status, old.outcome) == ("void", "restate")


async def test_a_restated_case_is_approved_by_two_who_saw_the_new_content(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    await TrainingRecord.all().update(declared_hours=Decimal("24.0"))
    again = UUID(records.done(await restated(city, "handler")).data["task"])

    over = await records.decided(city, "leader", task_id, Act.PASS)
    leaders = await records.agreed(city, again)
    records.done(await records.decided(city, "leader", leaders, Act.PASS))

    assert isinstance(over, Refused)
    record = await TrainingRecord.get()
    assert (record.status, record.approved_hours) == ("approved", Decimal("24.0"))


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("applicant", "NOT_YOURS_TO_RESTATE"),
        ("administrator", "NOT_YOURS_TO_RESTATE"),
        ("museum handler", "NOT_FOUND"),
        ("handler", None),
        ("city checker", None),
    ],
)
async def test_strangers_do_not_restate(city: City, who: str, code: str | None) -> None:
    await forwarded(city)
    await TrainingRecord.all().update(declared_hours=Decimal("24.0"))
    before = await everything()

    answer = await restated(city, who)

    assert (answer.code if isinstance(answer, Refused) else None) == code
    assert (await everything() == before) == (code is not None)


async def test_restating_against_a_pass_has_one_winner(city: City) -> None:
    task_id = await forwarded(city)
    seq = (await Case.get()).seq
    await TrainingRecord.all().update(declared_hours=Decimal("24.0"))

    answers = await asyncio.gather(
        records.decided(city, "city checker", task_id, Act.RETURN, comment="请核对"),
        restated(city, "handler", seq),
        records.decided(city, "city checker", task_id, Act.PASS),
    )

    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert sum(isinstance(answer, Done) for answer in answers) == 1
    assert set(refused) <= {"CONFLICT", "CONTENT_CHANGED", "NOT_IN_REVIEW", "NOT_YOUR_TASK"}
