"""The portal (统一身份认证): tries to sign in through it, and whose its identities are."""

from uuid import UUID

from tortoise import fields

from models.base import Table, link, only


class PortalVisit(Table):
    """One way to the portal and back; of its state only the hash is kept.

    What the portal said of a person whom nobody knows yet waits here for the session that asked.
    """

    state_hash = fields.BinaryField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)
    session = link("Session", null=True)
    session_id: UUID | None
    issuer = fields.CharField(max_length=200, default="", db_default="")
    subject = fields.CharField(max_length=255, default="", db_default="")
    vouches = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "portal_visit"
        table_description = "portal_visit"


class PortalLink(Table):
    """An identity of the portal, by issuer and subject, and the one account it opens."""

    account = only("Account")
    account_id: UUID
    issuer = fields.CharField(max_length=200)
    subject = fields.CharField(max_length=255)
    linked_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "portal_link"
        table_description = "portal_link"
