"""Certificates of cycles, and the snapshot an application was decided upon."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

DECIDED = """
UPDATE cycle_application y SET decided_number = g.number FROM cycle_result g
  WHERE g.application_id = y.id AND g.current AND y.status IN ('approved','rejected');
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_decided
  FOREIGN KEY (id, decided_number) REFERENCES cycle_result (application_id, number);
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_undecided CHECK
  (decided_number IS NULL OR status IN ('approved','rejected'));
CREATE FUNCTION cycle_application_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what an application was decided upon never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'cycle_application_decided'; END $$;
CREATE TRIGGER cycle_application_decided BEFORE UPDATE OF decided_number ON cycle_application
  FOR EACH ROW WHEN (OLD.decided_number IS NOT NULL
    AND NEW.decided_number IS DISTINCT FROM OLD.decided_number)
  EXECUTE FUNCTION cycle_application_decided();
"""

# Approved is what was decided upon and passes at that moment. Figures that follow may fail.
PASSED = """
CREATE OR REPLACE FUNCTION cycle_application_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cycle_result WHERE application_id = NEW.id
      AND number = NEW.decided_number AND current AND verdict = 'pass') THEN
    RAISE EXCEPTION 'application % may not be approved on figures that fail', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'cycle_application_passed';
  END IF;
  RETURN NULL;
END $$;
"""
CERTIFIED = """
ALTER TABLE certificate DROP CONSTRAINT certificate_result;
ALTER TABLE certificate ADD CONSTRAINT certificate_result CHECK
  ((kind = 'annual') = (annual_result_id IS NOT NULL)
   AND (kind = 'cycle') = (cycle_result_id IS NOT NULL)
   AND (kind = 'cycle') = (application_id IS NOT NULL));
CREATE UNIQUE INDEX certificate_one_result ON certificate (cycle_result_id)
  WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX certificate_one_cycle ON certificate (application_id)
  WHERE revoked_at IS NULL;
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked'));
"""
UNDO = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked'));
DROP INDEX certificate_one_cycle;
DROP INDEX certificate_one_result;
ALTER TABLE certificate DROP CONSTRAINT certificate_result;
ALTER TABLE certificate ADD CONSTRAINT certificate_result CHECK
  ((kind = 'annual') = (annual_result_id IS NOT NULL));
CREATE OR REPLACE FUNCTION cycle_application_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cycle_result
      WHERE application_id = NEW.id AND current AND verdict = 'pass') THEN
    RAISE EXCEPTION 'application % may not be approved on figures that fail', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'cycle_application_passed';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER cycle_application_decided ON cycle_application;
DROP FUNCTION cycle_application_decided();
ALTER TABLE cycle_application DROP CONSTRAINT cycle_application_undecided;
ALTER TABLE cycle_application DROP CONSTRAINT cycle_application_decided;
"""


class Migration(migrations.Migration):
    """What follows an approved application."""

    dependencies = [("jijiao", "0014_audit")]
    initial = False

    operations = [
        ops.AddField(
            model_name="CycleApplication",
            name="decided_number",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Certificate",
            name="application",
            field=fields.ForeignKeyField(
                "jijiao.CycleApplication",
                source_field="application_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Certificate",
            name="cycle_result",
            field=fields.ForeignKeyField(
                "jijiao.CycleResult",
                source_field="cycle_result_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.RunSQL(DECIDED + PASSED + CERTIFIED, reverse_sql=UNDO),
    ]
