"""Grants of seats, moves between employers, registration and what guards the door."""

from tortoise import migrations
from models.door import ClaimOutcome
from models.move import MoveOutcome
from tortoise.migrations import operations as ops
from models.account import UserType
from models.ids import uuid7
from models.organisation import UnitKind
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise import fields

CHECKS = """
ALTER TABLE seat_grant ADD CONSTRAINT seat_grant_user_type CHECK (user_type IN
  ('unit','training_base','city_department','district_department','district_bureau','city_bureau'));
ALTER TABLE seat_grant ADD CONSTRAINT seat_grant_new_unit CHECK
  ((unit_name IS NULL) = (unit_kind IS NULL)
   AND (unit_name IS NULL OR (user_type = 'unit' AND unit_name <> ''
     AND unit_kind IN ('municipal','district','district_direct')))
   AND (unit_name IS NOT NULL OR organisation_id IS NOT NULL));
ALTER TABLE seat_grant ADD CONSTRAINT seat_grant_unit_code CHECK (length(unit_code) IN (9, 18));
ALTER TABLE seat_grant ADD CONSTRAINT seat_grant_seat CHECK
  (seat_id IS NULL OR (closed_at IS NOT NULL AND organisation_id IS NOT NULL));
ALTER TABLE move ADD CONSTRAINT move_outcome CHECK
  (outcome IN ('confirmed','refused','withdrawn') AND (outcome IS NULL) = (closed_at IS NULL));
ALTER TABLE identity_claim ADD CONSTRAINT identity_claim_two CHECK (claimant_id <> owner_id);
ALTER TABLE identity_claim ADD CONSTRAINT identity_claim_outcome CHECK
  (outcome IN ('claimant','owner') AND (outcome IS NULL) = (closed_at IS NULL)
   AND (outcome IS NULL OR decided_by_id NOT IN (claimant_id, owner_id)));
CREATE UNIQUE INDEX identity_claim_one_open ON identity_claim (claimant_id)
  WHERE closed_at IS NULL;
CREATE UNIQUE INDEX move_one_open ON move (person_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX organisation_code ON organisation (right(left(unit_code, 17), 9));
CREATE UNIQUE INDEX seat_grant_one_open ON seat_grant
  (person_id, user_type, right(left(unit_code, 17), 9)) WHERE closed_at IS NULL;
"""

# The applicant hears what became of his application.
TELL = """
CREATE FUNCTION tell_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('changed', 'own ' || NEW.person_id); RETURN NULL; END $$;
CREATE TRIGGER seat_grant_changed AFTER INSERT OR UPDATE ON seat_grant
  FOR EACH ROW EXECUTE FUNCTION tell_grant();
CREATE FUNCTION seat_grant_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a decided grant never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_grant_frozen'; END $$;
CREATE TRIGGER seat_grant_frozen BEFORE UPDATE ON seat_grant
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION seat_grant_frozen();
CREATE TRIGGER seat_grant_kept BEFORE DELETE ON seat_grant
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
UNDO = """
DROP INDEX move_one_open, identity_claim_one_open;
ALTER TABLE identity_claim DROP CONSTRAINT identity_claim_outcome,
  DROP CONSTRAINT identity_claim_two;
ALTER TABLE move DROP CONSTRAINT move_outcome;
DROP TRIGGER seat_grant_kept ON seat_grant;
DROP TRIGGER seat_grant_frozen ON seat_grant;
DROP FUNCTION seat_grant_frozen();
DROP TRIGGER seat_grant_changed ON seat_grant;
DROP FUNCTION tell_grant();
DROP INDEX seat_grant_one_open, organisation_code;
ALTER TABLE seat_grant DROP CONSTRAINT seat_grant_seat, DROP CONSTRAINT seat_grant_unit_code,
  DROP CONSTRAINT seat_grant_new_unit, DROP CONSTRAINT seat_grant_user_type;
"""


class Migration(migrations.Migration):
    """Grants, moves, registration, and their guards."""

    dependencies = [("jijiao", "0010_totals")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "user_type",
                    fields.CharEnumField(description="", enum_type=UserType, max_length=32),
                ),
                ("unit_code", fields.CharField(max_length=18)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "superior",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="superior_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("unit_name", fields.CharField(null=True, max_length=120)),
                (
                    "unit_kind",
                    fields.CharEnumField(
                        null=True, description="", enum_type=UnitKind, max_length=32
                    ),
                ),
                ("work_fields", ArrayField(default=list, element_type="TEXT")),
                ("note", fields.TextField(default="", unique=False)),
                (
                    "seat",
                    fields.ForeignKeyField(
                        "jijiao.Seat",
                        source_field="seat_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "seat_grant",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "seat_grant",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("note", fields.CharField(default="", max_length=200)),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True, description="", enum_type=MoveOutcome, max_length=32
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "move",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "move",
            },
            bases=["Table"],
        ),
        ops.AddField(
            model_name="Seat",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "claimant",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="claimant_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="owner_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True, description="", enum_type=ClaimOutcome, max_length=32
                    ),
                ),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "identity_claim",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "identity_claim",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="FormerPassword",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("password_hash", fields.CharField(max_length=200)),
                ("ended_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "former_password",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "former_password",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="PasswordReset",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(null=True, unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "password_reset",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "password_reset",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("agreement_version", fields.CharField(max_length=20)),
                ("agreed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("systems", ArrayField(default=list, element_type="TEXT")),
                ("name", fields.CharField(default="", max_length=60)),
                ("login", fields.CharField(default="", max_length=40)),
                ("contact", fields.CharField(default="", max_length=120)),
                ("challenge", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "expires_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "finished_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "registration",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "registration",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Throttle",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("key", fields.CharField(unique=True, max_length=64)),
                ("hits", fields.IntField()),
                ("since", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "throttle",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "throttle",
            },
            bases=["Table"],
        ),
        ops.AddField(
            model_name="Account",
            name="agreed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Account",
            name="agreement_version",
            field=fields.CharField(default="", db_default="", max_length=20),
        ),
        ops.AddField(
            model_name="Account",
            name="contact",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="Account",
            name="password_set_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Account",
            name="verified_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(CHECKS + TELL, reverse_sql=UNDO),
    ]
