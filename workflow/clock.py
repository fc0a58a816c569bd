"""The clock (定时): what time has brought to a case is written down, each thing once."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from models import read, task_sql
from workflow import task, transition
from workflow.case import Event


async def tick(*, case_id: UUID, now: datetime) -> tuple[Event, ...]:
    """Tell what is late, lapsed or understaffed; a second tick finds nothing more to tell.

    Safe beside every other command: it waits for the lock of the case and looks after it.
    """
    async with in_transaction() as c:
        held = await read.row(task_sql.HOLD_OPEN, [case_id], on=c)
        if held is None:
            return ()
        adapter = task.ADAPTERS[held.subject_type]
        return await transition.strike(c, adapter, held.subject_id, now)
