"""Jobs are written in the transaction of their cause; many edits collapse into one job."""

import asyncio
import contextvars
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import job_sql, read
from models.ids import uuid7
from tests.factories.people import NOW, person
from workflow import later

# What stack.md warns of: bump and insert in one statement, with one snapshot.
ONE_STATEMENT = """
WITH bumped AS (
  UPDATE person_total SET dirty_version = dirty_version + 1 WHERE person_id = $2
  RETURNING person_id)
INSERT INTO job (id, kind, queue, subject, args, created_at, run_after)
SELECT $1, 'recalculate', 'jijiao:short', person_id, '{}', now(), now() FROM bumped
WHERE NOT EXISTS (SELECT FROM job WHERE subject = $2 AND state IN ('pending', 'sent', 'running'))
"""
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def jobs(subject: UUID) -> list[str]:
    found = await read.rows("SELECT state FROM job WHERE subject = $1 ORDER BY id", [subject])
    return [row.state for row in found]


async def edit(*persons: UUID, now: datetime = NOW) -> None:
    async with in_transaction() as c:
        await later.recalculate(c, persons, now)


async def total(person_id: UUID) -> read.Row:
    found = await read.row("SELECT * FROM person_total WHERE person_id = $1", [person_id])
    assert found is not None
    return found


async def test_a_job_waits_for_the_commit_of_its_cause(db: Any) -> None:
    subject = uuid7()

    async with in_transaction() as c:
        await later.later(c, kind="scan", queue=later.SCAN, subject=subject, args={"again": True})

    row = await read.row("SELECT * FROM job WHERE subject = $1", [subject])
    assert row is not None
    assert (row.kind, row.queue, row.args) == ("scan", "jijiao:scan", '{"again": true}')
    assert (row.state, row.attempt, row.max_attempt) == ("pending", 0, 8)


async def test_a_cause_that_fails_leaves_no_job(db: Any) -> None:
    someone = await person()

    with pytest.raises(ZeroDivisionError):
        async with in_transaction() as c:
            await later.recalculate(c, [someone.id], NOW)
            raise ZeroDivisionError

    assert await jobs(someone.id) == []


async def test_the_first_edit_makes_the_figures_stale_since_then(db: Any) -> None:
    someone = await person()

    await edit(someone.id)

    row = await total(someone.id)
    assert (row.dirty_version, row.computed_version, row.stale_since) == (1, 0, NOW)


async def test_many_edits_are_one_recalculation(db: Any) -> None:
    someone = await person()

    for minutes in range(5):
        await edit(someone.id, now=NOW + timedelta(minutes=minutes))

    assert await jobs(someone.id) == ["pending"]
    row = await total(someone.id)
    assert (row.dirty_version, row.stale_since) == (5, NOW)


async def test_one_edit_of_many_persons_gives_each_his_job_once(db: Any) -> None:
    persons = [(await person()).id for _ in range(3)]

    await edit(*persons, *persons)

    assert [await jobs(each) for each in persons] == [["pending"]] * 3


@pytest.mark.parametrize(
    ("state", "jobs_after"), [("sent", 1), ("running", 1), ("done", 2), ("dead", 2)]
)
async def test_only_a_living_job_is_good_enough(db: Any, state: str, jobs_after: int) -> None:
    someone = await person()
    await edit(someone.id)
    lease = "now()" if state in ("sent", "running") else "NULL"
    await db.execute_script(f"UPDATE job SET state = '{state}', lease_until = {lease}")

    await edit(someone.id)

    assert len(await jobs(someone.id)) == jobs_after


async def test_rows_are_taken_in_the_order_of_ids_so_that_edits_never_deadlock(db: Any) -> None:
    persons = [(await person()).id for _ in range(40)]

    await edit(*random.sample(persons, 40))

    taken = await read.rows("SELECT person_id FROM person_total ORDER BY ctid")
    assert [row.person_id for row in taken] == sorted(persons)


async def late_edit(subject: UUID, one_statement: bool) -> None:
    """An edit that begins before a recalculation commits, and has to wait for it."""
    async with in_transaction() as c:
        if one_statement:
            await c.execute_query(ONE_STATEMENT, [uuid7(), subject])
        else:
            await later.recalculate(c, [subject], NOW)


async def somebody_waits(db: Any) -> None:
    """Until a statement waits for a lock."""
    async with asyncio.timeout(5):
        while not await db.execute_query_dict(WAITING):
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(("one_statement", "kept"), [(False, True), (True, False)])
async def test_an_edit_during_a_recalculation_is_kept_by_its_second_statement(
    db: Any, one_statement: bool, kept: bool
) -> None:
    someone = await person()
    await edit(someone.id)
    job = await read.row("SELECT id FROM job WHERE subject = $1", [someone.id])
    assert job is not None
    await read.rows(job_sql.BEGIN, [job.id, 60.0])
    outside = contextvars.copy_context()  # a task made inside would share the transaction

    async with in_transaction() as c:
        await c.execute_query(
            "UPDATE person_total SET computed_version = 1 WHERE person_id = $1", [someone.id]
        )
        edits = asyncio.create_task(late_edit(someone.id, one_statement), context=outside)
        await somebody_waits(db)
        await c.execute_query(job_sql.DONE, [job.id])
    await edits

    assert ("pending" in await jobs(someone.id)) is kept


async def test_an_edit_before_the_comparison_leaves_the_job_nothing_to_write(db: Any) -> None:
    someone = await person()
    await edit(someone.id)
    read_first = (await total(someone.id)).dirty_version

    await edit(someone.id)

    written = await read.rows(
        "UPDATE person_total SET computed_version = $2 WHERE person_id = $1 AND dirty_version = $2"
        " RETURNING 1",
        [someone.id, read_first],
    )
    assert written == []
