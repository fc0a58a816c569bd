"""Recalculate: what an edit made stale is brought up to date, and an edit meanwhile is not lost."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import read
from models.ids import uuid7
from tests.factories.people import NOW, person
from workers import job, recalculate
from workflow import later

CONTEXT: job.Context = {"handlers": {later.RECALCULATE: recalculate.handle}, "lease": 60.0}
VERSIONS = "SELECT dirty_version, computed_version, stale_since FROM person_total"


@pytest.fixture
async def stale(db: Any) -> UUID:
    """A person with an edit that nobody has counted yet."""
    someone = await person()
    await edit(someone.id)
    return someone.id


async def edit(person_id: UUID) -> None:
    async with in_transaction() as c:
        await later.recalculate(c, [person_id], NOW)


async def job_row() -> read.Row:
    row = await read.row("SELECT * FROM job")
    assert row is not None
    return row


async def versions() -> tuple[int, int, object]:
    row = await read.row(VERSIONS)
    assert row is not None
    return row.dirty_version, row.computed_version, row.stale_since


async def test_after_the_job_nothing_is_stale(stale: UUID) -> None:
    await job.run_job(CONTEXT, str((await job_row()).id))

    assert await versions() == (1, 1, None)
    assert (await job_row()).state == "done"


async def test_an_edit_while_the_worker_counts_makes_it_count_again(stale: UUID) -> None:
    async def interrupted(one: job.Job) -> job.Effect:
        effect = await recalculate.handle(one)
        await edit(stale)
        return effect

    job_id = str((await job_row()).id)
    await job.run_job({"handlers": {later.RECALCULATE: interrupted}, "lease": 60.0}, job_id)

    assert (await job_row()).state == "pending"
    assert await versions() == (2, 0, NOW)
    await job.run_job(CONTEXT, job_id)
    assert await versions() == (2, 2, None)


async def test_two_jobs_for_one_person_at_once_write_the_same(stale: UUID) -> None:
    async with in_transaction() as c:
        await later.later(c, kind=later.RECALCULATE, queue=later.SHORT, subject=stale)
    ids = [str(row.id) for row in await read.rows("SELECT id FROM job")]

    await asyncio.gather(*(job.run_job(CONTEXT, each) for each in ids))

    assert await versions() == (1, 1, None)
    assert await read.value("SELECT count(*) FROM annual_result WHERE current") == 1


async def test_a_person_without_anything_to_count_is_done_at_once(db: Any) -> None:
    async with in_transaction() as c:
        await later.later(c, kind=later.RECALCULATE, queue=later.SHORT, subject=uuid7())

    await job.run_job(CONTEXT, str((await job_row()).id))

    assert (await job_row()).state == "done"
