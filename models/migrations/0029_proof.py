"""Proof of an amendment: a file stands behind a record, or behind what is proposed for one."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# A file of an amendment was sent to amend a record, and waits until that is proposed.
CHECKS = """
ALTER TABLE attachment ADD CONSTRAINT attachment_one_subject CHECK
  (num_nonnulls(record_id, amends_id) = 1 AND (amendment_id IS NULL OR amends_id IS NOT NULL));
CREATE INDEX attachment_amends ON attachment (amends_id) WHERE amends_id IS NOT NULL;
CREATE INDEX attachment_amendment ON attachment (amendment_id) WHERE amendment_id IS NOT NULL;
CREATE INDEX attachment_unproposed ON attachment (created_at)
  WHERE amends_id IS NOT NULL AND amendment_id IS NULL AND deleted_at IS NULL;
"""

# What a proposal stood on when it was decided stays as it was; a file changes its place once at
# most, from waiting to the proposal it was sent for.
GUARDS = """
CREATE FUNCTION attachment_of_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.amendment_id IS NOT NULL AND NEW.amendment_id IS DISTINCT FROM OLD.amendment_id
        OR (NEW.record_id, NEW.amends_id) IS DISTINCT FROM (OLD.record_id, OLD.amends_id) THEN
      RAISE EXCEPTION 'a file stays where it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_of_amendment';
    END IF;
  END IF;
  IF EXISTS (SELECT FROM amendment n WHERE n.id = NEW.amendment_id AND n.closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the files of a decided amendment never change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_of_amendment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attachment_added BEFORE INSERT ON attachment
  FOR EACH ROW WHEN (NEW.amendment_id IS NOT NULL) EXECUTE FUNCTION attachment_of_amendment();
CREATE TRIGGER attachment_stays
  BEFORE UPDATE OF record_id, amends_id, amendment_id, label, file_name, size, sha256, deleted_at
  ON attachment FOR EACH ROW EXECUTE FUNCTION attachment_of_amendment();
"""
UNDO = """
DROP TRIGGER attachment_stays ON attachment;
DROP TRIGGER attachment_added ON attachment;
DROP FUNCTION attachment_of_amendment();
DROP INDEX attachment_unproposed, attachment_amendment, attachment_amends;
ALTER TABLE attachment DROP CONSTRAINT attachment_one_subject;
"""


class Migration(migrations.Migration):
    """Files of amendments."""

    dependencies = [("jijiao", "0028_leaving")]
    initial = False

    operations = [
        ops.AlterField(
            model_name="Attachment",
            name="record",
            field=fields.ForeignKeyField(
                "jijiao.TrainingRecord",
                source_field="record_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Attachment",
            name="amends",
            field=fields.ForeignKeyField(
                "jijiao.TrainingRecord",
                source_field="amends_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Attachment",
            name="amendment",
            field=fields.ForeignKeyField(
                "jijiao.Amendment",
                source_field="amendment_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="UploadToken",
            name="amends",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL(CHECKS + GUARDS, reverse_sql=UNDO),
    ]
