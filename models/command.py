"""Commands that began to execute, with their answers: the idempotency ledger."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link


class Command(Table):
    """One idempotency key of one account, the digest of its input and its answer."""

    account = link("Account", db_index=False)
    account_id: UUID
    command_id = fields.CharField(max_length=255)
    digest = fields.CharField(max_length=64)
    answer: Any = fields.JSONField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "wf_command"
        table_description = "wf_command"
        unique_together = (("account", "command_id"),)
