"""Organisations (机构): the tree from the municipal bureau down to units, and its history."""

from enum import StrEnum
from typing import Any
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


class TreeChange(StrEnum):
    """What happened to a body of the tree."""

    CREATED = "created"
    RENAMED = "renamed"
    REAFFILIATED = "reaffiliated"
    MERGED = "merged"
    TOOK_OVER = "took_over"
    CLOSED = "closed"


class OrganisationEvent(Table):
    """One change of one body (机构变更): what was, what is, since when, why and by whom; for ever.

    `other` is the body it was merged into, or the one it took over; `counts` what went with it.
    """

    organisation = link("Organisation")
    organisation_id: UUID
    kind = word(TreeChange)
    effective_on = fields.DateField()
    reason = fields.CharField(max_length=500, default="")
    at = fields.DatetimeField()
    person = link("Person", null=True, db_index=False)
    person_id: UUID | None
    acting = link("Organisation", null=True, db_index=False)
    acting_id: UUID | None
    name_before = fields.CharField(max_length=120, null=True)
    name_after = fields.CharField(max_length=120, null=True)
    superior_before = link("Organisation", null=True, db_index=False)
    superior_before_id: UUID | None
    superior_after = link("Organisation", null=True, db_index=False)
    superior_after_id: UUID | None
    other = link("Organisation", null=True, db_index=False)
    other_id: UUID | None
    counts: Any = fields.JSONField(default=dict)

    class Meta:
        table = "organisation_event"
        table_description = "organisation_event"
