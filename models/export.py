"""Permits to fetch a copy of one's own data (个人信息副本)."""

from uuid import UUID

from tortoise import fields

from models.base import Table, only


class ExportPermit(Table):
    """An address that is good once and for a while; of its token only the hash is kept.

    An account has one: another takes its place, and fetching the copy takes it away.
    """

    account = only("Account")
    account_id: UUID
    token_hash = fields.BinaryField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "export_permit"
        table_description = "export_permit"
