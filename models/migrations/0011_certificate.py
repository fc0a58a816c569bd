"""Certificates of results that passed, the keys of their signatures, and their guards."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.ids import uuid7
from orjson import loads
from rules.certificate import CertificateKind, Revocation
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


CHECKS = """
ALTER TABLE certificate ADD CONSTRAINT certificate_kind CHECK (kind IN ('annual','cycle'));
ALTER TABLE certificate ADD CONSTRAINT certificate_result CHECK
  ((kind = 'annual') = (annual_result_id IS NOT NULL));
ALTER TABLE certificate ADD CONSTRAINT certificate_years CHECK
  (first_year <= last_year AND (kind <> 'annual' OR first_year = last_year));
ALTER TABLE certificate ADD CONSTRAINT certificate_says_its_number CHECK
  (data->>'number' = number);
ALTER TABLE certificate ADD CONSTRAINT certificate_revoked CHECK
  ((revoked_at IS NULL) = (revoked_because IS NULL)
    AND revoked_because IN ('recalculated','replaced'));
ALTER TABLE certificate_key ADD CONSTRAINT certificate_key_length CHECK (length(public_key) = 32);
CREATE UNIQUE INDEX certificate_one_annual ON certificate (person_id, first_year)
  WHERE kind = 'annual' AND revoked_at IS NULL;
"""

# What was certified stays as it was signed; it can be revoked, once.
GUARDS = """
CREATE FUNCTION certificate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL OR
    to_jsonb(NEW) - '{revoked_at,revoked_because}'::text[]
      <> to_jsonb(OLD) - '{revoked_at,revoked_because}'::text[]
  THEN
    RAISE EXCEPTION 'a certificate can only be revoked, and only once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate
  FOR EACH ROW EXECUTE FUNCTION certificate_frozen();
CREATE TRIGGER certificate_kept BEFORE DELETE ON certificate
  FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER certificate_key_kept BEFORE UPDATE OR DELETE ON certificate_key
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""

# The person learns that there is a certificate, and that it was revoked.
TELL = """
CREATE FUNCTION tell_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('changed', 'own ' || NEW.person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER certificate_changed AFTER INSERT OR UPDATE ON certificate
  FOR EACH ROW EXECUTE FUNCTION tell_certificate();
"""
UNDO = """
DROP TRIGGER certificate_changed ON certificate;
DROP FUNCTION tell_certificate();
DROP TRIGGER certificate_key_kept ON certificate_key;
DROP TRIGGER certificate_kept ON certificate;
DROP TRIGGER certificate_frozen ON certificate;
DROP FUNCTION certificate_frozen();
DROP INDEX certificate_one_annual;
ALTER TABLE certificate_key DROP CONSTRAINT certificate_key_length;
ALTER TABLE certificate DROP CONSTRAINT certificate_revoked,
  DROP CONSTRAINT certificate_says_its_number, DROP CONSTRAINT certificate_years,
  DROP CONSTRAINT certificate_result, DROP CONSTRAINT certificate_kind;
"""


class Migration(migrations.Migration):
    """Certificates, and their guards."""

    dependencies = [("jijiao", "0009_profile")]
    initial = False

    operations = [
        ops.CreateModel(
            name="CertificateKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("public_key", fields.BinaryField()),
                ("first_used_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "certificate_key",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "certificate_key",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Certificate",
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
                    "kind",
                    fields.CharEnumField(description="", enum_type=CertificateKind, max_length=32),
                ),
                (
                    "annual_result",
                    fields.ForeignKeyField(
                        "jijiao.AnnualResult",
                        source_field="annual_result_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("first_year", fields.SmallIntField()),
                ("last_year", fields.SmallIntField()),
                ("number", fields.CharField(unique=True, max_length=32)),
                ("data", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("signature", fields.CharField(max_length=86)),
                (
                    "key",
                    fields.ForeignKeyField(
                        "jijiao.CertificateKey",
                        source_field="key_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "revoked_because",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Revocation, max_length=32
                    ),
                ),
            ],
            options={
                "table": "certificate",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "certificate",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS + GUARDS + TELL, reverse_sql=UNDO),
    ]
