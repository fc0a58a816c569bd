"""Tasks (待办): the one open step of a case, addressed to an organisation and a group."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link


class Task(Table):
    """What somebody of (organisation, group) has to do; at most one open per case."""

    case = link("Case")
    case_id: UUID
    route_code = fields.CharField(max_length=60)
    step_key = fields.CharField(max_length=32)
    round = fields.IntField()
    slot = fields.IntField()
    organisation = link("Organisation")
    organisation_id: UUID
    group_key = fields.CharField(max_length=32)
    reason = fields.CharField(max_length=16)
    status = fields.CharField(max_length=8)
    claimed_by = link("Person", null=True, db_index=False)
    claimed_by_id: UUID | None
    claimed_at = fields.DatetimeField(null=True)
    only_for = ArrayField("uuid", default=list)
    opened_seq = fields.IntField()
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    done_by = link("Person", null=True)
    done_by_id: UUID | None
    done_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=16, null=True)

    class Meta:
        table = "wf_task"
        table_description = "wf_task"
