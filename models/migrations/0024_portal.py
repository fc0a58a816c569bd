"""Signing in through a portal: its visits, and whose its identities are."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.ids import uuid7
from tortoise.fields.base import OnDelete
from tortoise import fields

CHECKS = """
CREATE UNIQUE INDEX portal_visit_state ON portal_visit (state_hash);
ALTER TABLE portal_visit ADD CONSTRAINT portal_visit_state_hash CHECK (octet_length(state_hash) = 32);
ALTER TABLE portal_visit ADD CONSTRAINT portal_visit_offer CHECK
  ((session_id IS NULL) = (subject = '') AND (issuer = '') = (subject = '')
   AND (session_id IS NULL OR used_at IS NOT NULL));
CREATE UNIQUE INDEX portal_link_one_account ON portal_link (issuer, subject);
ALTER TABLE portal_link ADD CONSTRAINT portal_link_names CHECK (issuer <> '' AND subject <> '');
"""
UNDO = """
ALTER TABLE portal_link DROP CONSTRAINT portal_link_names;
DROP INDEX portal_link_one_account;
ALTER TABLE portal_visit DROP CONSTRAINT portal_visit_offer;
ALTER TABLE portal_visit DROP CONSTRAINT portal_visit_state_hash;
DROP INDEX portal_visit_state;
"""


class Migration(migrations.Migration):
    """One identity of a portal opens one account, and one account has one."""

    dependencies = [("jijiao", "0018_cycle_most")]
    initial = False

    operations = [
        ops.CreateModel(
            name="PortalLink",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.OneToOneField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("issuer", fields.CharField(max_length=200)),
                ("subject", fields.CharField(max_length=255)),
                ("linked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "portal_link",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "portal_link",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="PortalVisit",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("state_hash", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "jijiao.Session",
                        source_field="session_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("issuer", fields.CharField(default="", db_default="", max_length=200)),
                ("subject", fields.CharField(default="", db_default="", max_length=255)),
                ("vouches", fields.BooleanField(default=False, db_default=False)),
            ],
            options={
                "table": "portal_visit",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "portal_visit",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS, reverse_sql=UNDO),
    ]
