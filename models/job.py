"""Jobs (作业): background work as rows; Redis only carries their ids."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class JobState(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Table):
    """One piece of work, written in the transaction of its cause."""

    kind = fields.CharField(max_length=32)
    queue = fields.CharField(max_length=32)
    subject = fields.UUIDField(null=True)
    args: Any = fields.JSONField(default=dict)
    state = word(JobState, default=JobState.PENDING, db_default="pending")
    created_at = fields.DatetimeField(auto_now_add=True)
    run_after = fields.DatetimeField(auto_now_add=True)
    done_at = fields.DatetimeField(null=True)
    attempt = fields.IntField(default=0, db_default=0)
    max_attempt = fields.IntField(default=8, db_default=8)
    lease_until = fields.DatetimeField(null=True)
    last_error = fields.TextField(null=True)
    progress = fields.SmallIntField(default=0, db_default=0)
    started_by = link("Person", null=True, db_index=False)
    started_by_id: UUID | None

    class Meta:
        table = "job"
        table_description = "job"


class Worker(Table):
    """A heartbeat: which worker process lives, and when it was last seen."""

    host = fields.CharField(max_length=120)
    pid = fields.IntField()
    queue = fields.CharField(max_length=32)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()

    class Meta:
        table = "worker"
        table_description = "worker"
