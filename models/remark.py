"""Remarks (批注): prepared texts of an organisation for one step of one route."""

from uuid import UUID

from tortoise import fields

from models.base import Table, link


class Remark(Table):
    """A text a reviewer picks as the comment of an opinion."""

    organisation = link("Organisation")
    organisation_id: UUID
    route_code = fields.CharField(max_length=60)
    step_key = fields.CharField(max_length=32)
    act = fields.CharField(max_length=16, null=True)
    text = fields.CharField(max_length=500)
    created_by = link("Person")
    created_by_id: UUID
    created_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "remark"
        table_description = "remark"
