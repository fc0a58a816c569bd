"""Amendments of approved records, and whom a case is about where he is not its applicant."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.amendment import AmendmentKind
from models.ids import uuid7
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields


CHECKS = """
ALTER TABLE amendment ADD CONSTRAINT amendment_kind CHECK (kind IN ('correct','delete'));
ALTER TABLE amendment ADD CONSTRAINT amendment_proposed CHECK
  ((kind = 'correct') = (proposed IS NOT NULL AND jsonb_typeof(proposed) = 'object'));
ALTER TABLE amendment ADD CONSTRAINT amendment_reason CHECK (reason <> '');
ALTER TABLE amendment ADD CONSTRAINT amendment_not_own CHECK (proposer_id <> person_id);
ALTER TABLE wf_case ADD CONSTRAINT wf_case_concerns CHECK
  ((subject_type = 'amendment') = (concerns_id IS NOT NULL) AND concerns_id <> applicant_id);
CREATE UNIQUE INDEX amendment_one_open ON amendment (record_id) WHERE closed_at IS NULL;
"""

# What was decided is kept as it was: it is the history of the record.
GUARDS = """
CREATE FUNCTION amendment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a decided amendment never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'amendment_frozen'; END $$;
CREATE TRIGGER amendment_frozen BEFORE UPDATE ON amendment
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION amendment_frozen();
CREATE TRIGGER amendment_kept BEFORE DELETE ON amendment
  FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE FUNCTION wf_case_impartial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM wf_opinion WHERE case_id = NEW.id AND round = NEW.round
      AND voided_seq IS NULL AND NEW.concerns_id IN (person_id, principal_id)) THEN
    RAISE EXCEPTION 'case % may not be approved by whom it is about', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wf_case_impartial';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wf_case_impartial AFTER INSERT OR UPDATE OF status ON wf_case
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status = 'approved' AND NEW.concerns_id IS NOT NULL)
  EXECUTE FUNCTION wf_case_impartial();
"""

# The person learns that his record is under correction, the proposer that it came back to him.
TELL = """
CREATE FUNCTION tell_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('changed', 'own ' || NEW.person_id);
  PERFORM pg_notify('changed', 'own ' || NEW.proposer_id);
  RETURN NULL;
END $$;
CREATE TRIGGER amendment_changed AFTER INSERT OR UPDATE ON amendment
  FOR EACH ROW EXECUTE FUNCTION tell_amendment();
"""
UNDO = """
DROP TRIGGER amendment_changed ON amendment;
DROP FUNCTION tell_amendment();
DROP TRIGGER wf_case_impartial ON wf_case;
DROP FUNCTION wf_case_impartial();
DROP TRIGGER amendment_kept ON amendment;
DROP TRIGGER amendment_frozen ON amendment;
DROP FUNCTION amendment_frozen();
DROP INDEX amendment_one_open;
ALTER TABLE wf_case DROP CONSTRAINT wf_case_concerns;
ALTER TABLE amendment DROP CONSTRAINT amendment_not_own, DROP CONSTRAINT amendment_reason,
  DROP CONSTRAINT amendment_proposed, DROP CONSTRAINT amendment_kind;
"""


class Migration(migrations.Migration):
    """Amendments, and their guards."""

    dependencies = [("jijiao", "0004_reading")]
    initial = False

    operations = [
        ops.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "record",
                    fields.ForeignKeyField(
                        "jijiao.TrainingRecord",
                        source_field="record_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
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
                    "employer",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="employer_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "proposer",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="proposer_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(description="", enum_type=AmendmentKind, max_length=32),
                ),
                ("before", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("proposed", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("record_version", fields.IntField()),
                ("reason", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "amendment",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "amendment",
            },
            bases=["Table"],
        ),
        ops.AddField(
            model_name="Case",
            name="concerns",
            field=fields.ForeignKeyField(
                "jijiao.Person",
                source_field="concerns_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.RunSQL(CHECKS + GUARDS + TELL, reverse_sql=UNDO),
    ]
