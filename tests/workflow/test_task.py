"""Tasks: holding one, deciding many, and what a decision may carry."""

from typing import Any
from uuid import UUID

import pytest

from models import Case, Command, Event, Opinion, Remark, Task, TrainingRecord
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from workflow import task, training
from workflow.case import Act
from workflow.command import Answer, Done
from workflow.task import Decision
from workflow.vocabulary import REVIEWING


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def held(city: City, who: str, verb: Any, task_id: UUID) -> Answer:
    """The answer to claim, unclaim or release on what is there now."""
    seq = (await Task.get(id=task_id).select_related("case")).case.seq
    answer: Answer = await verb(city.request(who), task_id=task_id, expected_version=seq)
    return answer


def code(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def remark_of(city: City, organisation: str) -> UUID:
    made = await Remark.create(
        organisation_id=city.organisations[organisation],
        route_code="declaration",
        step_key="unit_review",
        text="情况属实",
        created_by_id=city.viewers["leader"].person_id,
        created_at=cities.NOW,
    )
    return made.id


async def test_a_claim_leaves_the_record_and_its_recall_alone(city: City) -> None:
    task_id = await records.submitted(city)
    seen = await TrainingRecord.get()
    records.done(await held(city, "handler", task.claim, task_id))

    recalled = await training.recall(
        city.request("applicant"), record_id=seen.id, expected_version=seen.version
    )

    assert isinstance(recalled, Done), recalled


async def test_claiming_what_one_holds_changes_nothing(city: City) -> None:
    task_id = await records.submitted(city)
    records.done(await held(city, "handler", task.claim, task_id))
    before = (await Case.all().values(), await Event.all().count(), await Task.all().values())
    case = await Case.get()
    later = city.request("handler", now=cities.NOW.replace(hour=cities.NOW.hour + 1))

    again = await task.claim(later, task_id=task_id, expected_version=case.seq)

    assert records.done(again).data["seq"] == case.seq
    assert before == (
        await Case.all().values(),
        await Event.all().count(),
        await Task.all().values(),
    )


async def test_who_holds_a_task_is_named_to_whoever_wants_it_too(city: City) -> None:
    task_id = await records.submitted(city)
    records.done(await held(city, "handler", task.claim, task_id))

    refused = await records.decided(city, "second handler", task_id, Act.AGREE_UP)
    records.done(await held(city, "handler", task.unclaim, task_id))
    accepted = await records.decided(city, "second handler", task_id, Act.AGREE_UP)

    assert isinstance(refused, Refused)
    assert refused.code == "CLAIMED_BY_OTHER"
    assert refused.data == {"who": "handler", "since": cities.NOW.isoformat()}
    assert isinstance(accepted, Done)


async def test_a_claimed_task_is_freed_by_the_administrator_alone(city: City) -> None:
    task_id = await records.submitted(city)
    free = await held(city, "administrator", task.release, task_id)
    records.done(await held(city, "handler", task.claim, task_id))

    stranger = await held(city, "second handler", task.release, task_id)
    freed = await held(city, "administrator", task.release, task_id)

    assert (code(free), code(stranger)) == ("NOT_CLAIMED", "NOT_YOUR_TASK")
    assert isinstance(freed, Done)
    assert (await Task.get(id=task_id)).claimed_by_id is None


@pytest.mark.parametrize("act", sorted(set(Act) - REVIEWING))
async def test_a_decision_is_one_of_the_six_reviewing_acts(city: City, act: Act) -> None:
    task_id = await records.submitted(city)

    one = await records.decided(city, "applicant", task_id, act)
    many = await task.decide_many(
        city.request("applicant"), tasks=[(task_id, 1)], decision=Decision(act=act)
    )

    assert one == many == Refused("NOT_ALLOWED_HERE", path=("act",))
    assert await Event.all().count() == 1


@pytest.mark.parametrize(
    ("comment", "problem"), [("很" * 1001, "TEXT_TOO_LONG"), ("a\0b", "CHARACTER")]
)
async def test_a_comment_that_cannot_be_kept_is_refused_by_its_field(
    city: City, comment: str, problem: str
) -> None:
    task_id = await records.submitted(city)
    commands = await Command.all().count()

    answer = await records.decided(city, "handler", task_id, Act.AGREE_UP, comment=comment)

    assert isinstance(answer, Refused)
    (found,) = answer.data["problems"]
    assert (found["code"], found["path"]) == (problem, ["comment"])
    assert await Command.all().count() == commands


async def test_a_comment_of_several_lines_is_kept(city: City) -> None:
    task_id = await records.submitted(city)

    records.done(await records.decided(city, "handler", task_id, Act.RETURN, comment="一\n二"))

    said = await Event.get(kind="opined")
    assert said.data["comment"] == "一\n二"


async def test_a_remark_speaks_where_nothing_else_is_said(city: City) -> None:
    task_id = await records.submitted(city)
    remark_id = await remark_of(city, "hospital")

    records.done(await records.decided(city, "handler", task_id, Act.AGREE_UP, remark_id=remark_id))

    assert (await Event.get(kind="opined")).data["comment"] == "情况属实"


@pytest.mark.parametrize("whose", ["museum", None])
async def test_a_remark_of_another_organisation_is_unknown(city: City, whose: str | None) -> None:
    task_id = await records.submitted(city)
    remark_id = await remark_of(city, whose) if whose else uuid7()

    answer = await records.decided(city, "handler", task_id, Act.AGREE_UP, remark_id=remark_id)

    assert answer == Refused("REMARK_UNKNOWN", {}, ("remarkId",))
    assert await Opinion.all().count() == 0


async def test_a_batch_gives_each_task_its_own_answer_and_the_same_one_again(city: City) -> None:
    first, second = [await records.submitted(city, course_name=name) for name in "一二"]
    request = city.request("handler")
    decision = Decision(act=Act.AGREE_UP)

    async def batch() -> list[tuple[UUID, Answer]]:
        tasks = [(second, 9), (first, 1)]
        answers = await task.decide_many(request, tasks=tasks, decision=decision)
        assert not isinstance(answers, Refused)
        return answers

    (one, refused), (other, accepted) = await batch()
    again = dict(await batch())

    assert (one, code(refused), other) == (second, "CONFLICT", first)
    assert isinstance(accepted, Done)
    assert records.done(again[first]).replayed
    assert await Opinion.all().count() == 1


@pytest.mark.parametrize(
    ("tasks", "refusal"),
    [
        ([uuid7() for _ in range(task.MOST_INLINE + 1)], "BATCH_TOO_LARGE"),
        ([UUID(int=7)] * 2, "BATCH_REPEATS"),
    ],
)
async def test_a_batch_nobody_means_is_refused_as_a_whole(
    city: City, tasks: list[UUID], refusal: str
) -> None:
    answer = await task.decide_many(
        city.request("handler"),
        tasks=[(one, 1) for one in tasks],
        decision=Decision(act=Act.AGREE_UP),
    )

    assert isinstance(answer, Refused)
    assert (answer.code, answer.path) == (refusal, ("tasks",))
    assert await Command.all().count() == 0


async def test_a_case_one_may_not_see_is_not_recalled(city: City) -> None:
    await records.submitted(city)
    case = await Case.get()

    stranger = await task.recall(
        city.request("museum handler"), case_id=case.id, expected_version=case.seq
    )
    colleague = await task.recall(
        city.request("handler"), case_id=case.id, expected_version=case.seq
    )

    assert (code(stranger), code(colleague)) == ("NOT_FOUND", "NOT_YOURS_TO_RECALL")
    assert await Event.all().count() == 1


async def test_nothing_is_offered_for_what_no_route_decides(city: City) -> None:
    found = await task.offers(
        city.viewers["handler"], cases=[("something else", uuid7())], now=cities.NOW
    )

    assert found == {}
