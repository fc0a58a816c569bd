"""Requests of persons about their data, and the door by which a number leaves the vault."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.data_request import DataField, DataRequestKind, DataRequestOutcome
from models.ids import uuid7

CHECKS = """
ALTER TABLE data_request ADD CONSTRAINT data_request_kind CHECK
  (kind IN ('correction','closure') AND (kind = 'correction') = (field IS NOT NULL));
ALTER TABLE data_request ADD CONSTRAINT data_request_field CHECK
  (field IN ('name','number','employment','record','other'));
ALTER TABLE data_request ADD CONSTRAINT data_request_outcome CHECK
  (outcome IN ('granted','refused','withdrawn') AND (outcome IS NULL) = (closed_at IS NULL)
   AND coalesce(outcome IN ('granted','refused'), false) = (decided_by_id IS NOT NULL)
   AND decided_by_id IS DISTINCT FROM person_id);
CREATE UNIQUE INDEX data_request_one_open ON data_request (person_id, kind, coalesce(field, ''))
  WHERE closed_at IS NULL;
CREATE INDEX data_request_due ON data_request (due_at, id) WHERE closed_at IS NULL;
CREATE FUNCTION data_request_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an answered request never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'data_request_frozen'; END $$;
CREATE TRIGGER data_request_frozen BEFORE UPDATE ON data_request
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION data_request_frozen();
CREATE TRIGGER data_request_kept BEFORE DELETE ON data_request
  FOR EACH ROW EXECUTE FUNCTION append_only();
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered'));
"""

# Only of whoever asked for it, was granted it, and cannot sign in any more.
ERASE = """
CREATE FUNCTION vault.erase(whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.account WHERE person_id = whose AND disabled_at IS NULL)
      OR NOT EXISTS (SELECT FROM public.data_request WHERE person_id = whose
        AND kind = 'closure' AND outcome = 'granted') THEN
    RAISE EXCEPTION 'only the number of a closed account is erased' USING ERRCODE = '42501';
  END IF;
  DELETE FROM vault.person_identity WHERE person_id = whose;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION vault.erase(uuid) FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION vault.erase(uuid);
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked'));
DROP TRIGGER data_request_kept ON data_request;
DROP TRIGGER data_request_frozen ON data_request;
DROP FUNCTION data_request_frozen();
DROP INDEX data_request_due, data_request_one_open;
ALTER TABLE data_request DROP CONSTRAINT data_request_outcome,
  DROP CONSTRAINT data_request_field, DROP CONSTRAINT data_request_kind;
"""


class Migration(migrations.Migration):
    """Requests about one's own data; the closing of accounts."""

    dependencies = [("jijiao", "0022_retention")]
    initial = False

    operations = [
        ops.CreateModel(
            name="DataRequest",
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
                    fields.CharEnumField(description="", enum_type=DataRequestKind, max_length=32),
                ),
                (
                    "field",
                    fields.CharEnumField(
                        null=True, description="", enum_type=DataField, max_length=32
                    ),
                ),
                ("wish", fields.CharField(default="", max_length=200)),
                ("reason", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True, description="", enum_type=DataRequestOutcome, max_length=32
                    ),
                ),
                ("answer", fields.CharField(default="", max_length=200)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_index=False,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "data_request",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "data_request",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS + ERASE, reverse_sql=UNDO),
    ]
