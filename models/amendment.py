"""Amendments (更正): what is proposed for an approved record, until another person confirms it."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class AmendmentKind(StrEnum):
    """What is proposed."""

    CORRECT = "correct"
    DELETE = "delete"


class Amendment(Table):
    """Other values for a record, or its deletion; where it stands is told by its case.

    `before` holds the values the proposer saw, at `record_version`; `proposed` those he wants, of
    all fields a unit may correct. Once `closed_at` is set, nothing of it changes any more.
    """

    record = link("TrainingRecord")
    record_id: UUID
    person = link("Person")
    person_id: UUID
    employer = link("Organisation")
    employer_id: UUID
    proposer = link("Person")
    proposer_id: UUID
    kind = word(AmendmentKind)
    before: Any = fields.JSONField()
    proposed: Any = fields.JSONField(null=True)
    record_version = fields.IntField()
    reason = fields.TextField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "amendment"
        table_description = "amendment"
