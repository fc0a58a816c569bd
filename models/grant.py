"""Grants (权限): who asked for which seat of which organisation, and who decides."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.account import UserType
from models.base import Table, link, word
from models.organisation import UnitKind


class WorkField(StrEnum):
    """Fields of work (从事工作范围) of whoever acts for an organisation."""

    CIVIL_SERVANTS = "civil_servants"
    PUBLIC_INSTITUTIONS = "public_institutions"
    PROFESSIONALS = "professionals"
    TALENT_MARKET = "talent_market"
    VETERANS = "veterans"
    GRADUATES = "graduates"
    RETIREES = "retirees"
    CIVIL_SERVANT_TRAINING = "civil_servant_training"
    CONTINUING_EDUCATION = "continuing_education"
    FOREIGN_EXPERTS = "foreign_experts"


class Grant(Table):
    """An application for a seat (权限申请); where it stands is told by its case.

    `unit_name` and `unit_kind` are there when the unit is registered with it (注册法人单位): the
    organisation comes into being when the application is approved, not before.
    """

    person = link("Person")
    person_id: UUID
    user_type = word(UserType)
    unit_code = fields.CharField(max_length=18)
    organisation = link("Organisation", null=True)
    organisation_id: UUID | None
    superior = link("Organisation")
    superior_id: UUID
    unit_name = fields.CharField(max_length=120, null=True)
    unit_kind = word(UnitKind, null=True)
    work_fields = ArrayField("text", default=list)
    note = fields.TextField(default="")
    seat = link("Seat", null=True, db_index=False)
    seat_id: UUID | None
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seat_grant"
        table_description = "seat_grant"
