"""Large batches: each task answers for itself, nothing is decided twice, and rights are today's."""

import json
from typing import Any
from uuid import UUID

import pytest

from models import Account, DecisionBatch, Job, Opinion, Seat, read
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from workers import batch as worker
from workers import job
from workflow import batch, later, task
from workflow.case import Act
from workflow.command import Answer, Done
from workflow.task import Decision

CONTEXT: job.Context = {"handlers": {later.BATCH: worker.handle}, "lease": 60.0}
AGREE = Decision(act=Act.AGREE_UP, comment="材料齐全")


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def asked(city: City, tasks: list[tuple[UUID, int]], **more: Any) -> Answer:
    return await batch.decide(city.request("handler", **more), tasks=tasks, decision=AGREE)


async def work() -> Job:
    """The job runs as often as it wants."""
    (one,) = await Job.filter(kind=later.BATCH)
    await job.run_job(CONTEXT, str(one.id))
    return await Job.get(id=one.id)


async def answers() -> dict[UUID, str]:
    """What became of each task: decided, the code of a refusal, or nothing yet."""
    rows = await read.rows(
        "SELECT task_id, answer->'refused'->>'code' AS code, answer ? 'done' AS done"
        " FROM decision_item"
    )
    return {row.task_id: row.code or ("decided" if row.done else "waiting") for row in rows}


async def three(city: City) -> list[UUID]:
    return [await records.submitted(city, course_name=name) for name in "一二三"]


async def test_each_task_of_a_batch_answers_for_itself(city: City) -> None:
    first, second, third = await three(city)
    unknown = uuid7()

    records.done(await asked(city, [(third, 1), (first, 1), (second, 9), (unknown, 1)]))
    done = await work()

    assert (done.state, done.progress) == ("done", 100)
    assert await answers() == {
        first: "decided",
        second: "CONFLICT",
        third: "decided",
        unknown: "NOT_FOUND",
    }


async def test_a_batch_says_what_the_same_decisions_one_by_one_would(city: City) -> None:
    first, second, _ = await three(city)
    one = await task.decide(
        city.request("handler"), task_id=first, expected_version=1, decision=AGREE
    )

    records.done(await asked(city, [(second, 1)]))
    await work()

    kept = await read.value("SELECT answer->'done' FROM decision_item")
    assert set(records.done(one).data) == set(json.loads(kept))
    assert await Opinion.all().count() == 2


async def test_a_batch_that_was_cut_off_decides_the_rest_and_nothing_twice(city: City) -> None:
    tasks = await three(city)
    records.done(await asked(city, [(each, 1) for each in tasks]))
    (only,) = await DecisionBatch.all()
    steps = batch.carry_out(only.id, now=cities.NOW)
    await anext(steps)
    await read.rows("UPDATE decision_item SET answer = NULL RETURNING 1")  # lost before it was kept

    await work()

    assert set((await answers()).values()) == {"decided"}
    assert await Opinion.all().count() == 3


async def test_the_same_key_is_one_batch(city: City) -> None:
    tasks = [(each, 1) for each in await three(city)]

    first = records.done(await asked(city, tasks, key="once"))
    again = records.done(await asked(city, tasks, key="once"))

    assert (first.data, again.replayed) == (again.data, True)
    assert await DecisionBatch.all().count() == await Job.filter(kind=later.BATCH).count() == 1


@pytest.mark.parametrize("ended", ["seat", "account", "neither"])
async def test_whose_seat_has_ended_decides_nothing_more(city: City, ended: str) -> None:
    viewer = city.viewers["handler"]
    tasks = await three(city)
    records.done(await asked(city, [(each, 1) for each in tasks]))
    if ended == "seat":
        await Seat.filter(id=viewer.seat_id).update(ended_at=cities.NOW)
    if ended == "account":
        await Account.filter(id=viewer.account_id).update(disabled_at=cities.NOW)

    await work()

    expected = "decided" if ended == "neither" else "SEAT_ENDED"
    assert set((await answers()).values()) == {expected}
    assert await Opinion.all().count() == (3 if ended == "neither" else 0)


async def test_a_batch_takes_turns(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "WHILE", 0.0)
    records.done(await asked(city, [(each, 1) for each in await three(city)]))

    states = [(await work()).state for _ in range(3)]

    assert states == ["pending", "pending", "done"]
    assert await Opinion.all().count() == 3


@pytest.mark.parametrize(
    ("tasks", "refusal"),
    [
        ([uuid7() for _ in range(batch.MOST + 1)], "BATCH_TOO_LARGE"),
        ([UUID(int=7)] * 2, "BATCH_REPEATS"),
    ],
)
async def test_a_batch_nobody_means_is_refused_and_nothing_is_written(
    city: City, tasks: list[UUID], refusal: str
) -> None:
    refused = await asked(city, [(each, 1) for each in tasks])

    assert isinstance(refused, Refused) and refused.code == refusal
    assert not await DecisionBatch.exists() and not await Job.exists()


async def test_five_hundred_are_taken(city: City) -> None:
    answer = await asked(city, [(uuid7(), 1) for _ in range(batch.MOST)])

    assert isinstance(answer, Done)
    assert len(await answers()) == batch.MOST


async def test_a_job_about_no_batch_decides_nothing(city: City) -> None:
    assert [each async for each in batch.carry_out(uuid7(), now=cities.NOW)] == []


@pytest.mark.parametrize("ended", [True, False])
async def test_what_a_worker_decides_is_logged_as_of_whoever_asked_for_the_batch(
    city: City, db: Connection, ended: bool
) -> None:
    viewer = city.viewers["handler"]
    (task_id, *_) = await three(city)
    asked_for = records.done(await asked(city, [(task_id, 1)])).data["batch"]
    if ended:
        await Seat.filter(id=viewer.seat_id).update(ended_at=cities.NOW)

    await work()

    (row,) = await db.execute_query_dict(
        "SELECT person_id, outcome, code, object_id, detail->>'account' AS account"
        " FROM audit.audit_event WHERE detail->>'batch' = $1",
        [asked_for],
    )
    assert row["object_id"] == task_id
    expected = (None, "denied", "SEAT_ENDED", str(viewer.account_id))
    done = (viewer.person_id, "done", None, None)
    assert tuple(row[each] for each in ("person_id", "outcome", "code", "account")) == (
        expected if ended else done
    )
