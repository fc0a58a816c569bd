"""The clock (定时): what time has brought to a case is written down, each thing once."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import clock_sql, read, task_sql
from workflow import deadline, task, tick, transition
from workflow.case import Event

PAGE = 200  # cases looked for at a time


def late(now: datetime) -> AsyncIterator[UUID]:
    """Cases with a term that is over or a claim that has lapsed, and this was not told."""
    lapsed = deadline.lapsed_before(workdays=tick.CLAIM_WORKDAYS, now=now)
    return paged(clock_sql.LATE, now, lapsed)


def deserted() -> AsyncIterator[UUID]:
    """Cases whose task nobody can take any more, or too few can."""
    return paged(clock_sql.DESERTED)


async def paged(sql: str, *values: Any) -> AsyncIterator[UUID]:
    """All cases a statement finds, by pages: what changes meanwhile repeats none and ends it."""
    last = UUID(int=0)
    while found := await read.rows(sql, [last, *values, PAGE]):
        for row in found:
            yield row.case_id
        last = found[-1].case_id


async def strike(*, case_id: UUID, now: datetime) -> tuple[Event, ...]:
    """Tell what is late, lapsed or understaffed; a second strike finds nothing more to tell.

    Safe beside every other command: it looks after it has the lock of the case, and leaves a case
    alone that somebody has locked.
    """
    async with in_transaction() as c:
        held = await read.row(task_sql.HOLD_OPEN, [case_id], on=c)
        if held is None:
            return ()
        adapter = task.ADAPTERS[held.subject_type]
        return await transition.strike(c, adapter, held.subject_id, now)
