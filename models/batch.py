"""Batches of decisions (批量审核) that are carried out in the background."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link


class DecisionBatch(Table):
    """One decision on many tasks; each task is a row of `decision_item` with its answer."""

    person = link("Person")
    person_id: UUID
    account = link("Account", db_index=False)
    account_id: UUID
    seat = link("Seat", db_index=False)
    seat_id: UUID
    job_id = fields.UUIDField()  # no reference: jobs that are long done are dropped
    key = fields.CharField(max_length=255)
    decision: Any = fields.JSONField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "decision_batch"
        table_description = "decision_batch"
