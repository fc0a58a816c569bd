"""Delegations (代理): who decides in whose name while he is absent."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link


class Delegation(Table):
    """A delegate may decide for a principal from `starts_at` on and until `ends_at`, not then.

    `groups` are some of those the principal holds in the organisation; without `routes`, all of
    them. Whether it is in force is looked up whenever somebody decides.
    """

    principal = link("Person")
    principal_id: UUID
    delegate = link("Person")
    delegate_id: UUID
    organisation = link("Organisation")
    organisation_id: UUID
    groups = ArrayField("text")
    routes = ArrayField("text", default=list)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    reason = fields.TextField()
    created_by = link("Person", db_index=False)
    created_by_id: UUID
    created_at = fields.DatetimeField()
    revoked_by = link("Person", null=True, db_index=False)
    revoked_by_id: UUID | None
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "wf_delegation"
        table_description = "wf_delegation"
