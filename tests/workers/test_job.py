"""One job from hint to effect: leased, fenced, done in the transaction of its effect."""

import asyncio
import logging
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import job_sql, read
from models.ids import uuid7
from models.read import Connection, Row
from workers import job
from workers.job import Changed, Effect, Handler, Job, NotYet
from workflow import later

MARK = """
INSERT INTO worker (id, host, pid, queue, started_at, seen_at)
VALUES ($1, 'effect', 0, '', now(), now())
"""


async def mark(one: Job) -> Effect:
    """An effect that can be counted."""

    async def effect(c: Connection) -> None:
        await c.execute_query(MARK, [uuid7()])

    return effect


async def effects() -> int:
    counted: int = await read.value("SELECT count(*) FROM worker WHERE host = 'effect'")
    return counted


async def written(**columns: object) -> UUID:
    """A job of kind `mark`, with some columns set otherwise."""
    async with in_transaction() as c:
        job_id = await later.later(c, kind="mark", queue=later.SHORT, subject=uuid7())
        for name, value in columns.items():
            await c.execute_query(f"UPDATE job SET {name} = $2 WHERE id = $1", [job_id, value])
    return job_id


async def run(hint: object, handler: Handler = mark, *, lease: float = 60.0) -> None:
    await job.run_job({"handlers": {"mark": handler}, "lease": lease}, str(hint))


async def state(job_id: UUID) -> Row:
    row = await read.row("SELECT *, run_after > now() AS waits FROM job WHERE id = $1", [job_id])
    assert row is not None
    return row


def failing(error: BaseException) -> Handler:
    async def handler(one: Job) -> Effect:
        raise error

    return handler


async def expire(job_id: UUID) -> None:
    await read.rows(
        "UPDATE job SET lease_until = now() - interval '1 s' WHERE id = $1 RETURNING 1", [job_id]
    )


@pytest.fixture(autouse=True)
async def database(db: Any) -> None:
    """Every test here writes to the shared database."""


async def test_a_hint_leads_to_one_effect_and_a_job_that_is_done() -> None:
    job_id = await written()

    await run(job_id)

    row = await state(job_id)
    assert (row.state, row.attempt, row.lease_until) == ("done", 1, None)
    assert row.done_at is not None
    assert await effects() == 1


async def test_effect_and_done_are_one_transaction() -> None:
    await run(await written())

    assert await read.value("SELECT j.xmin = w.xmin FROM job j, worker w")


async def test_eighty_hints_for_one_job_have_one_effect() -> None:
    job_id = await written()

    await asyncio.gather(*(run(job_id) for _ in range(80)))

    assert (await state(job_id)).state == "done"
    assert await effects() == 1


async def test_the_handler_is_told_what_was_asked_for() -> None:
    told: list[Job] = []

    async def listening(one: Job) -> Effect:
        told.append(one)
        return await mark(one)

    async with in_transaction() as c:
        subject = uuid7()
        job_id = await later.later(
            c, kind="mark", queue=later.SHORT, subject=subject, args={"year": 2012}
        )
    await run(job_id, listening)

    assert told == [Job(id=job_id, kind="mark", subject=subject, args={"year": 2012}, attempt=1)]


@pytest.mark.parametrize("hint", ["", "no id", "'; DROP TABLE job; --", str(UUID(int=7)), "\x00"])
async def test_a_forged_hint_does_nothing(hint: str) -> None:
    job_id = await written()

    await run(hint)

    assert (await state(job_id)).state == "pending"
    assert await effects() == 0


async def test_a_hint_that_is_no_text_does_nothing() -> None:
    context: job.Context = {"handlers": {"mark": mark}, "lease": 60.0}

    await job.run_job(context, {"id": 7})  # type: ignore[arg-type]

    assert await effects() == 0


@pytest.mark.parametrize("ended", ["done", "dead"])
async def test_a_late_hint_for_what_has_ended_does_nothing(ended: str) -> None:
    job_id = await written(state=ended)

    await run(job_id)

    assert ((await state(job_id)).state, await effects()) == (ended, 0)


async def test_a_hint_before_its_time_does_nothing() -> None:
    job_id = await written()
    await read.rows("UPDATE job SET run_after = now() + interval '1 h' RETURNING 1")

    await run(job_id)

    assert ((await state(job_id)).state, await effects()) == ("pending", 0)


async def test_a_failure_is_tried_again_later_and_says_what_and_where() -> None:
    job_id = await written()

    await run(job_id, failing(ValueError("张三 440106198506080012")))

    row = await state(job_id)
    assert (row.state, row.attempt, row.waits, row.lease_until) == ("pending", 1, True, None)
    assert row.last_error.startswith("ValueError at test_job.py:")
    assert "4401" not in row.last_error


async def test_an_effect_that_fails_leaves_nothing_behind() -> None:
    job_id = await written()

    async def half(one: Job) -> Effect:
        effect = await mark(one)

        async def fails(c: Connection) -> None:
            await effect(c)
            await c.execute_query("INSERT INTO job (id) VALUES ($1)", [one.id])

        return fails

    await run(job_id, half)

    assert (await state(job_id)).last_error.startswith("IntegrityError 235")
    assert await effects() == 0


async def test_a_kind_nobody_knows_is_tried_again_by_a_newer_worker() -> None:
    job_id = await written(kind="of the next release")

    await run(job_id)

    assert (await state(job_id)).state == "pending"
    assert "KeyError" in (await state(job_id)).last_error


async def test_a_poison_job_ends_as_dead_and_is_heard_of(caplog: pytest.LogCaptureFixture) -> None:
    job_id = await written(max_attempt=3)

    for _ in range(5):
        await read.rows("UPDATE job SET run_after = now() RETURNING 1")
        await run(job_id, failing(ValueError()))

    row = await state(job_id)
    assert (row.state, row.attempt) == ("dead", 3)
    assert [line.levelno for line in caplog.records if "dead" in line.message] == [logging.ERROR]


async def test_a_worker_that_dies_each_time_uses_up_its_attempts_too() -> None:
    job_id = await written(max_attempt=2)

    for _ in range(2):
        assert await job.begin(str(job_id), 60.0)
        await expire(job_id)
    swept = await read.rows(job_sql.SWEEP)

    assert [row.state for row in swept] == ["dead"]
    assert (await state(job_id)).last_error == "the worker died"


async def test_after_its_last_attempt_a_job_is_not_taken_over(db: Any) -> None:
    job_id = await written(max_attempt=1)
    await job.begin(str(job_id), 60.0)
    await expire(job_id)

    await run(job_id)

    assert ((await state(job_id)).attempt, await effects()) == (1, 0)


async def test_changed_inputs_begin_again_at_once_and_cost_no_attempt() -> None:
    job_id = await written()

    await run(job_id, failing(Changed()))

    row = await state(job_id)
    assert (row.state, row.waits, row.max_attempt - row.attempt) == ("pending", False, 8)


async def test_a_world_that_is_not_ready_makes_it_wait_and_costs_no_attempt() -> None:
    job_id = await written()

    await run(job_id, failing(NotYet("the scanner is away", 30.0)))

    row = await state(job_id)
    assert (row.state, row.waits, row.max_attempt - row.attempt) == ("pending", True, 8)
    assert row.last_error == "the scanner is away"


async def test_a_cancelled_job_is_given_back_at_once() -> None:
    job_id, begun = await written(), asyncio.Event()

    async def slow(one: Job) -> Effect:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(run(job_id, slow))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    row = await state(job_id)
    assert (row.state, row.lease_until) == ("pending", None)
    assert row.last_error.startswith("CancelledError")


async def test_a_worker_that_wakes_after_its_lease_writes_nothing() -> None:
    job_id = await written()

    async def overtaken(one: Job) -> Effect:
        await expire(one.id)
        await run(one.id)
        return await mark(one)

    await run(job_id, overtaken)

    row = await state(job_id)
    assert (row.state, row.attempt) == ("done", 2)
    assert await effects() == 1


async def test_a_worker_that_fails_after_its_lease_takes_nothing_from_the_next() -> None:
    job_id = await written()

    async def overtaken(one: Job) -> Effect:
        await expire(one.id)
        await job.begin(str(one.id), 60.0)
        raise ValueError

    await run(job_id, overtaken)

    row = await state(job_id)
    assert (row.state, row.attempt, row.last_error) == ("running", 2, None)


async def test_a_running_job_is_left_alone_while_its_lease_lasts() -> None:
    job_id = await written()
    await job.begin(str(job_id), 60.0)

    await run(job_id)

    assert await read.rows(job_sql.SWEEP) == []
    assert ((await state(job_id)).attempt, await effects()) == (1, 0)
