"""Moves (调动): a person says where he works now; one employer lets him go, the other takes him."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class MoveOutcome(StrEnum):
    """What became of a move."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class MoveSide(StrEnum):
    """Who has to act."""

    FORMER = "former"
    NEW = "new"


class Move(Table):
    """One wish to be employed by an organisation; open while there is no outcome.

    `former` is who employs him while he asks. He leaves once that side has released him and the
    new one has accepted him.
    """

    person = link("Person")
    person_id: UUID
    organisation = link("Organisation")
    organisation_id: UUID
    former = link("Organisation", null=True, db_index=False)
    former_id: UUID | None
    note = fields.CharField(max_length=200, default="")
    released_at = fields.DatetimeField(null=True)
    released_by = link("Person", null=True, db_index=False)
    released_by_id: UUID | None
    accepted_at = fields.DatetimeField(null=True)
    accepted_by = link("Person", null=True, db_index=False)
    accepted_by_id: UUID | None
    outcome = word(MoveOutcome, null=True)
    reason = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "move"
        table_description = "move"
