"""Requests about one's own data (个人信息请求): to correct it, or to close the account."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class DataRequestKind(StrEnum):
    """What is asked for."""

    CORRECTION = "correction"
    CLOSURE = "closure"


class DataField(StrEnum):
    """What is to be corrected."""

    NAME = "name"
    NUMBER = "number"
    EMPLOYMENT = "employment"
    RECORD = "record"
    OTHER = "other"


class DataRequestOutcome(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DataRequest(Table):
    """One request of a person about what is kept of him; open while there is no outcome."""

    person = link("Person")
    person_id: UUID
    kind = word(DataRequestKind)
    field = word(DataField, null=True)
    wish = fields.CharField(max_length=200, default="")
    reason = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    outcome = word(DataRequestOutcome, null=True)
    answer = fields.CharField(max_length=200, default="")
    closed_at = fields.DatetimeField(null=True)
    decided_by = link("Person", null=True, db_index=False)
    decided_by_id: UUID | None

    class Meta:
        table = "data_request"
        table_description = "data_request"
