"""Moves (调动): a person says where he works now, and that organisation confirms it."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class MoveOutcome(StrEnum):
    """What became of a move."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Move(Table):
    """One wish to be employed by an organisation; open while there is no outcome."""

    person = link("Person")
    person_id: UUID
    organisation = link("Organisation")
    organisation_id: UUID
    note = fields.CharField(max_length=200, default="")
    outcome = word(MoveOutcome, null=True)
    reason = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "move"
        table_description = "move"
