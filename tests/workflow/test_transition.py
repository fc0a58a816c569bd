"""The one transaction: what it costs, what it leaves, and that only one of two racing wins."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import Attachment, Case, Command, Event, Job, Opinion, Task, TrainingRecord
from models.attachment import ScanState
from models.read import Connection
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.statements import counted
from workflow import case as engine_case
from workflow import engine, ledger, task, training, training_subject, transition
from workflow.case import Act
from workflow.command import Done
from workflow.task import Decision

TABLES = (TrainingRecord, Case, Task, Event, Opinion, Job)


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def everything() -> list[Any]:
    """All that a refused command must leave as it was."""
    return [await table.all().order_by("id").values() for table in TABLES]


async def test_a_submission_costs_at_most_ten_statements(city: City) -> None:
    record_id = await records.draft(city)

    with counted() as statements:
        await training.submit(city.request("applicant"), record_id=record_id, expected_version=1)

    assert len(statements) <= 10, statements


@pytest.mark.parametrize(
    ("who", "act", "most"), [("handler", Act.AGREE_UP, 8), ("leader", Act.PASS, 10)]
)
async def test_a_decision_costs_at_most_ten_statements(
    city: City, who: str, act: Act, most: int
) -> None:
    task_id = await records.submitted(city)
    if who == "leader":
        task_id = await records.agreed(city, task_id)
    case = await Case.get()

    with counted() as statements:
        answer = await task.decide(
            city.request(who),
            task_id=task_id,
            expected_version=case.seq,
            decision=Decision(act=act),
        )

    assert isinstance(answer, Done), answer
    assert len(statements) <= most, statements


async def test_a_page_of_offers_costs_two_statements_however_many_tasks(city: City) -> None:
    for _ in range(5):
        await records.submitted(city)
    cases = [(case.subject_type, case.subject_id) for case in await Case.all()]

    with counted() as statements:
        offers = await task.offers(city.viewers["handler"], cases=cases, now=cities.NOW)

    assert len(offers) == 5
    assert len(statements) == 2


@pytest.mark.parametrize(
    ("who", "act", "code"),
    [
        ("museum handler", Act.AGREE_UP, "NOT_FOUND"),
        ("leader", Act.AGREE_UP, "NOT_YOUR_TASK"),
        ("checker", Act.PASS, "NOT_YOUR_TASK"),
        ("applicant", Act.PASS, "NOT_YOUR_TASK"),
        ("handler", Act.PASS, "MORE_REVIEWERS_NEEDED"),
        ("handler", Act.RETURN_INSIDE, "NOBODY_TO_RETURN_TO"),
    ],
)
async def test_a_refused_decision_changes_nothing(
    city: City, who: str, act: Act, code: str
) -> None:
    task_id = await records.submitted(city)
    before = await everything()

    answer = await records.decided(city, who, task_id, act)

    assert isinstance(answer, Refused)
    assert answer.code == code
    assert await everything() == before


@pytest.mark.parametrize("state", [ScanState.UNSCANNED, ScanState.INFECTED, ScanState.FAILED])
async def test_a_file_that_is_not_clean_stops_an_approval_but_not_a_return(
    city: City, state: ScanState
) -> None:
    task_id = await records.submitted(city)
    await Attachment.all().update(scan_state=state)
    task_id = await records.agreed(city, task_id)

    refused = await records.decided(city, "leader", task_id, Act.PASS)
    returned = await records.decided(city, "leader", task_id, Act.RETURN, comment="附件有问题")

    assert isinstance(refused, Refused)
    assert refused.code == "ATTACHMENT_NOT_CLEAN"
    assert isinstance(returned, Done)


async def test_a_stale_version_is_told_who_did_what(city: City) -> None:
    task_id = await records.submitted(city)
    await records.agreed(city, task_id)
    open_task = await Task.get(status="open")

    answer = await task.decide(
        city.request("leader"),
        task_id=open_task.id,
        expected_version=1,
        decision=Decision(act=Act.PASS),
    )

    assert isinstance(answer, Refused)
    assert answer.code == "CONFLICT"
    assert answer.data["expected"] == 1
    assert (answer.data["actual"], answer.data["by"]) == (2, "handler")


async def test_a_task_that_is_over_is_not_decided_again(city: City) -> None:
    first = await records.submitted(city)
    await records.agreed(city, first)

    answer = await records.decided(city, "leader", first, Act.PASS)

    assert isinstance(answer, Refused)
    assert answer.code == "TASK_OVER"


async def test_the_same_key_has_one_effect_and_the_same_answer(city: City) -> None:
    task_id = await records.submitted(city)
    request = city.request("handler", "the same key")
    words: dict[str, Any] = {
        "task_id": task_id,
        "expected_version": 1,
        "decision": Decision(act=Act.AGREE_UP),
    }

    answers = await asyncio.gather(*(task.decide(request, **words) for _ in range(5)))

    data = [dict(records.done(answer).data) for answer in answers]
    assert all(one == data[0] for one in data)
    replayed = [answer.replayed for answer in map(records.done, answers)]
    assert sorted(replayed) == [False, True, True, True, True]
    assert await Opinion.all().count() == 1


async def test_a_refusal_is_replayed_too(city: City) -> None:
    task_id = await records.submitted(city)
    request = city.request("handler", "early")
    words: dict[str, Any] = {
        "task_id": task_id,
        "expected_version": 1,
        "decision": Decision(act=Act.PASS),
    }

    first, second = await task.decide(request, **words), await task.decide(request, **words)

    assert first == second
    assert await Command.filter(command_id="early").count() == 1


async def test_the_same_key_for_something_else_is_refused(city: City) -> None:
    task_id = await records.submitted(city)
    request = city.request("handler", "one key")
    words: dict[str, Any] = {"task_id": task_id, "expected_version": 1}
    await task.decide(request, **words, decision=Decision(act=Act.AGREE_UP))

    answer = await task.decide(request, **words, decision=Decision(act=Act.DISAGREE_UP))

    assert isinstance(answer, Refused)
    assert answer.code == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("handler", Act.AGREE_UP), ("second handler", Act.AGREE_UP)),
        (("handler", Act.AGREE_UP), ("second handler", Act.DISAGREE_UP)),
        (("handler", Act.RETURN), ("second handler", Act.AGREE_UP)),
    ],
)
async def test_of_two_racing_reviewers_exactly_one_wins(
    city: City, one: tuple[str, Act], other: tuple[str, Act]
) -> None:
    task_id = await records.submitted(city)

    answers = await asyncio.gather(
        *(
            task.decide(
                city.request(who),
                task_id=task_id,
                expected_version=1,
                decision=Decision(act=act, comment="意见"),
            )
            for who, act in (one, other)
        )
    )

    (loser,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert loser.code == "CONFLICT"


async def test_of_two_leaders_who_pass_a_case_one_has_passed_it(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    await city.person("second leader", "hospital", "unit_leader")

    answers = await asyncio.gather(
        *(
            task.decide(
                city.request(who),
                task_id=task_id,
                expected_version=2,
                decision=Decision(act=Act.PASS),
            )
            for who in ("leader", "second leader")
        )
    )

    (loser,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert loser.code == "CONFLICT"
    assert await Event.filter(kind="approved").count() == 1


async def test_an_edit_against_the_pass_of_what_was_submitted_never_wins(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    record = await TrainingRecord.get()
    edited = replace(records.DECLARATION, declared_hours=Decimal("20.0"))

    passed, refused = await asyncio.gather(
        records.decided(city, "leader", task_id, Act.PASS),
        training.edit(
            city.request("applicant"),
            record_id=record.id,
            expected_version=record.version,
            declaration=edited,
        ),
    )

    assert isinstance(passed, Done)
    assert isinstance(refused, Refused)
    assert refused.code in {"NOT_EDITABLE", "CONFLICT"}
    assert (await TrainingRecord.get()).declared_hours == Decimal("30.0")


async def test_of_two_who_claim_a_task_one_holds_it(city: City) -> None:
    task_id = await records.submitted(city)

    answers = await asyncio.gather(
        *(
            task.claim(city.request(who), task_id=task_id, expected_version=1)
            for who in ("handler", "second handler")
        )
    )

    (loser,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert loser.code == "CONFLICT"


async def test_recall_against_the_first_opinion_has_one_winner(city: City) -> None:
    task_id = await records.submitted(city)
    record = await TrainingRecord.get()

    answers = await asyncio.gather(
        task.decide(
            city.request("handler"),
            task_id=task_id,
            expected_version=1,
            decision=Decision(act=Act.AGREE_UP),
        ),
        training.recall(
            city.request("applicant"), record_id=record.id, expected_version=record.version
        ),
    )

    assert sum(isinstance(answer, Done) for answer in answers) == 1


async def test_the_stored_case_is_the_fold_of_its_events_and_the_chain_of_hashes_holds(
    city: City,
) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    await records.decided(city, "leader", task_id, Act.PASS)
    case = await Case.get()
    events = await Event.all().order_by("seq")

    assert [event.seq for event in events] == list(range(1, case.seq + 1))
    assert case.state["seq"] == case.seq
    previous = ""
    for event in events:
        assert event.previous_hash == previous
        previous = ledger.event_hash(previous, case.id, event.seq, event.kind, event.data, event.at)
        assert event.hash == previous


async def test_a_writer_that_went_round_the_lock_is_found_out(city: City, db: Connection) -> None:
    await records.submitted(city)
    case = await Case.get()
    request = city.request("handler")
    command = engine_case.Command(act=Act.AGREE_UP, actor=transition.actor(request.viewer))

    async with in_transaction() as c:
        scene = await transition.look(
            c, request, training_subject.ADAPTER, case.subject_id, command
        )
        assert not isinstance(scene, Refused)
        events = engine.decide(scene.route, scene.before, command, scene.facts)
        assert not isinstance(events, Refused)
        await c.execute_query("UPDATE wf_case SET seq = seq + 1")

        with pytest.raises(ledger.OutOfDate):
            await ledger.write(c, transition.entry_of(scene, request, command, events))


async def test_raw_sql_cannot_approve_a_case_without_two_reviewers(
    city: City, db: Connection
) -> None:
    await records.submitted(city)

    with pytest.raises(Exception, match="lacks lawful reviewers"):
        await db.execute_script("UPDATE wf_case SET status = 'approved', closed_at = now()")


async def test_a_public_course_is_recognised_by_the_city_after_the_unit(city: City) -> None:
    task_id = await records.submitted(city, category=CourseCategory.PUBLIC)
    task_id = await records.agreed(city, task_id)
    answer = records.done(await records.decided(city, "leader", task_id, Act.PASS))
    recognition = await Task.get(id=UUID(answer.data["task"]))
    assert (recognition.step_key, recognition.organisation_id) == (
        "recognition",
        city.organisations["bureau"],
    )

    await records.decided(city, "city checker", recognition.id, Act.PASS)

    assert (await TrainingRecord.get()).status == "approved"


async def test_the_unit_takes_a_forwarded_case_back_while_nobody_has_looked(city: City) -> None:
    task_id = await records.submitted(city, category=CourseCategory.PUBLIC)
    task_id = await records.agreed(city, task_id)
    records.done(await records.decided(city, "leader", task_id, Act.PASS))
    case = await Case.get()

    answer = await task.recall(city.request("leader"), case_id=case.id, expected_version=case.seq)

    assert isinstance(answer, Done), answer
    reopened = await Task.get(status="open")
    assert (reopened.step_key, reopened.reason) == ("unit_review", "recalled")


async def test_a_unit_with_one_reviewer_gets_a_stand_in_of_the_superior_body(city: City) -> None:
    task_id = await records.submitted(city, "pupil")
    task_id = await records.agreed(city, task_id, "only reviewer")

    answer = await records.decided(city, "district checker", task_id, Act.PASS)

    assert isinstance(answer, Done), answer
    assert {opinion.person_id for opinion in await Opinion.all()} == {
        city.viewers["only reviewer"].person_id,
        city.viewers["district checker"].person_id,
    }
    assert "stand_in_called" in [event.kind for event in await Event.all()]
