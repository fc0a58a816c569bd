"""Requests to change name or number (身份信息变更), and what became of them."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word
from rules.document import DocumentType


class ChangeOutcome(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class IdentityChange(Table):
    """One request of a person; open while there is no outcome. Numbers are masked here."""

    person = link("Person")
    person_id: UUID
    name_before = fields.CharField(max_length=60)
    name_after = fields.CharField(max_length=60, null=True)
    masked_before = fields.CharField(max_length=18)
    document_type = word(DocumentType, null=True)
    masked_after = fields.CharField(max_length=18, null=True)
    reason = fields.CharField(max_length=500)
    evidence = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    outcome = word(ChangeOutcome, null=True)
    decided_by = link("Person", null=True, db_index=False)
    decided_by_id: UUID | None
    answer = fields.CharField(max_length=200, default="")

    class Meta:
        table = "identity_change"
        table_description = "identity_change"
