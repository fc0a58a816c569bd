"""Runs that recalculate everybody (全部重新统计), chunk by chunk."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    ABORTED = "aborted"


class RecalculationRun(Table):
    """One run; its chunks are jobs, and each adds to the counts when it ends."""

    state = word(RunState)
    anew = fields.BooleanField()
    persons = fields.IntField()
    chunks = fields.IntField()
    chunks_done = fields.IntField(default=0, db_default=0)
    judged = fields.IntField(default=0, db_default=0)
    snapshots = fields.IntField(default=0, db_default=0)
    started_by = link("Person", null=True, db_index=False)
    started_by_id: UUID | None
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recalculation_run"
        table_description = "recalculation_run"
