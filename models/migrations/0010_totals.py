"""Yearly totals and what each was judged from, runs over everybody, and batches of decisions."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from models.ids import uuid7
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from models.recalculation import RunState

# One row per person and year, found by them alone: no key of its own, and so no model.
# inputs: the records it was made from. ruled: the policy and the code that judged it.
TOTALS = """
CREATE TABLE year_total (
  person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
  year smallint NOT NULL,
  total_hours numeric(8,1) NOT NULL,
  public_hours numeric(8,1) NOT NULL,
  professional_hours numeric(8,1) NOT NULL,
  public_courses text[] NOT NULL,
  professional_courses text[] NOT NULL,
  inputs bigint NOT NULL,
  ruled bigint NOT NULL,
  PRIMARY KEY (person_id, year));
ALTER TABLE year_total ADD CONSTRAINT year_total_hours CHECK
  (public_hours >= 0 AND professional_hours >= 0
   AND total_hours >= public_hours + professional_hours);
ALTER TABLE recalculation_run ADD CONSTRAINT recalculation_run_words CHECK
  (state IN ('running','done','aborted'));
ALTER TABLE recalculation_run ADD CONSTRAINT recalculation_run_ended CHECK
  ((state = 'running') = (ended_at IS NULL) AND chunks_done <= chunks);
CREATE UNIQUE INDEX recalculation_run_one ON recalculation_run ((true)) WHERE state = 'running';
"""

# The task of one item is decided once; its answer is kept as the answer of a command is.
ITEMS = """
CREATE TABLE decision_item (
  batch_id uuid NOT NULL REFERENCES decision_batch ON DELETE RESTRICT,
  task_id uuid NOT NULL,
  position int NOT NULL,
  version int NOT NULL,
  answer jsonb,
  PRIMARY KEY (batch_id, task_id));
"""

# A snapshot is a statement of its day; `inputs` may only vouch for what nobody can rewrite.
GUARDS = """
CREATE FUNCTION annual_result_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a snapshot never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'annual_result_frozen'; END $$;
CREATE TRIGGER annual_result_frozen BEFORE UPDATE ON annual_result FOR EACH ROW
  WHEN ((OLD.person_id, OLD.year, OLD.number, OLD.verdict, OLD.explanation)
    IS DISTINCT FROM (NEW.person_id, NEW.year, NEW.number, NEW.verdict, NEW.explanation))
  EXECUTE FUNCTION annual_result_frozen();
"""
TELL = """
CREATE FUNCTION tell_recalculation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('changed', 'recalculation ' || NEW.id); RETURN NULL; END $$;
CREATE TRIGGER recalculation_run_changed AFTER UPDATE ON recalculation_run
  FOR EACH ROW EXECUTE FUNCTION tell_recalculation();
"""
UNDO = """
DROP TABLE decision_item;
DROP TRIGGER recalculation_run_changed ON recalculation_run;
DROP FUNCTION tell_recalculation();
DROP TRIGGER annual_result_frozen ON annual_result;
DROP FUNCTION annual_result_frozen();
DROP INDEX recalculation_run_one;
ALTER TABLE recalculation_run DROP CONSTRAINT recalculation_run_ended,
  DROP CONSTRAINT recalculation_run_words;
DROP TABLE year_total;
"""


class Migration(migrations.Migration):
    """Yearly totals and runs."""

    dependencies = [("jijiao", "0011_certificate")]
    initial = False

    operations = [
        ops.AddField(
            model_name="PersonTotal",
            name="settled",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.CreateModel(
            name="RecalculationRun",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("state", fields.CharEnumField(description="", enum_type=RunState, max_length=32)),
                ("anew", fields.BooleanField()),
                ("persons", fields.IntField()),
                ("chunks", fields.IntField()),
                ("chunks_done", fields.IntField(default=0, db_default=0)),
                ("judged", fields.IntField(default=0, db_default=0)),
                ("snapshots", fields.IntField(default=0, db_default=0)),
                (
                    "started_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="started_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "recalculation_run",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "recalculation_run",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="DecisionBatch",
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
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "seat",
                    fields.ForeignKeyField(
                        "jijiao.Seat",
                        source_field="seat_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("job_id", fields.UUIDField()),
                ("key", fields.CharField(max_length=255)),
                ("decision", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "decision_batch",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "decision_batch",
            },
            bases=["Table"],
        ),
        ops.RunSQL(TOTALS + ITEMS + GUARDS + TELL, reverse_sql=UNDO),
    ]
