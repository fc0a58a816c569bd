"""History (操作日志): who changed what, one namespaced tag per line, append-only."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link


class History(Table):
    """One change of a row that no case covers: drafts, files, profiles, sessions."""

    tag = fields.CharField(max_length=40)
    subject_type = fields.CharField(max_length=32)
    subject_id = fields.UUIDField()
    person = link("Person", null=True, db_index=False)
    person_id: UUID | None
    account = link("Account", null=True, db_index=False)
    account_id: UUID | None
    organisation = link("Organisation", null=True, db_index=False)
    organisation_id: UUID | None
    at = fields.DatetimeField()
    data: Any = fields.JSONField(default=dict)

    class Meta:
        table = "history"
        table_description = "history"
        indexes = (("subject_type", "subject_id"),)
