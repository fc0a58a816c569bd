"""Organisations (机构): the tree from the municipal bureau down to units and bases."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link, word


class OrganisationKind(StrEnum):
    """What an organisation is."""

    CITY_BUREAU = "city_bureau"
    CITY_DEPARTMENT = "city_department"
    DISTRICT_BUREAU = "district_bureau"
    DISTRICT_DEPARTMENT = "district_department"
    UNIT = "unit"
    DIRECT_POINT = "direct_point"
    TRAINING_INSTITUTION = "training_institution"
    TRAINING_BASE = "training_base"


class UnitKind(StrEnum):
    """Affiliation (隶属关系) of an employer; it picks the route of its people's cases."""

    MUNICIPAL = "municipal"
    DISTRICT = "district"
    DISTRICT_DIRECT = "district_direct"
    DIRECT_POINT = "direct_point"


class Organisation(Table):
    """One node of the tree; `ancestors` runs from the root to the parent."""

    kind = word(OrganisationKind)
    name = fields.CharField(max_length=120)
    parent = link("Organisation", null=True)
    parent_id: UUID | None
    ancestors = ArrayField("uuid", default=list)
    unit_kind = word(UnitKind, null=True)
    unit_code = fields.CharField(max_length=18, null=True, unique=True)
    closed_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "organisation"
        table_description = "organisation"
