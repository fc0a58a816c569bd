"""Applications for cycle verification and the figures they were judged by, with their guards."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.ids import uuid7
from orjson import loads
from rules.person import Discipline, PersonGroup
from rules.title import CycleBusiness, TitleLevel
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

CHECKS = """
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_words CHECK (
  level IN ('technician','assistant','intermediate','associate_senior','senior')
  AND business IN ('to_intermediate','to_senior') AND discipline IN ('natural','social')
  AND status IN ('draft','in_review','returned','blocked','approved','rejected','withdrawn'));
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_business CHECK
  ((business = 'to_senior') = (level IN ('associate_senior','senior')));
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_applied CHECK
  (status IN ('draft','withdrawn') OR applied_on IS NOT NULL);
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_dates CHECK
  (year = extract(year FROM applied_on) AND qualified_on <= applied_on);
ALTER TABLE cycle_application ADD CONSTRAINT cycle_application_closed CHECK
  ((status IN ('approved','rejected','withdrawn')) = (closed_at IS NOT NULL));
CREATE UNIQUE INDEX cycle_application_one_open ON cycle_application (person_id, target_title, year)
  WHERE closed_at IS NULL;
ALTER TABLE cycle_result ADD CONSTRAINT cycle_result_words CHECK
  (verdict IN ('pass','fail') AND person_group IN ('general','teacher','health'));
ALTER TABLE cycle_result ADD CONSTRAINT cycle_result_years CHECK
  ((first_year IS NULL) = (last_year IS NULL) AND first_year <= last_year
   AND (first_year IS NOT NULL OR verdict = 'fail'));
ALTER TABLE cycle_result ADD CONSTRAINT cycle_result_hours CHECK
  (elective_hours = total_hours - public_hours - professional_hours);
CREATE UNIQUE INDEX cycle_result_current ON cycle_result (application_id) WHERE current;
"""

# A snapshot is only ever followed. Nothing is approved whose figures fail, whoever writes it.
GUARDS = """
CREATE FUNCTION cycle_result_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a snapshot of figures never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'cycle_result_frozen'; END $$;
CREATE TRIGGER cycle_result_frozen BEFORE UPDATE ON cycle_result FOR EACH ROW
  WHEN (NEW.current OR to_jsonb(OLD) - 'current' <> to_jsonb(NEW) - 'current')
  EXECUTE FUNCTION cycle_result_frozen();
CREATE TRIGGER cycle_result_kept BEFORE DELETE ON cycle_result
  FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE FUNCTION cycle_application_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cycle_result
      WHERE application_id = NEW.id AND current AND verdict = 'pass') THEN
    RAISE EXCEPTION 'application % may not be approved on figures that fail', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'cycle_application_passed';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cycle_application_passed AFTER INSERT OR UPDATE OF status
  ON cycle_application DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'approved')
  EXECUTE FUNCTION cycle_application_passed();
"""

# Whoever watches a case hears that its figures are stale, and that they were counted again.
TELL = """
CREATE FUNCTION tell_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('changed', 'own ' || coalesce(NEW.person_id, OLD.person_id));
  RETURN NULL;
END $$;
CREATE TRIGGER cycle_application_changed AFTER INSERT OR UPDATE OR DELETE ON cycle_application
  FOR EACH ROW EXECUTE FUNCTION tell_application();

CREATE FUNCTION tell_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('changed', 'case ' || c.id) FROM cycle_application a
    JOIN wf_case c ON c.subject_type = 'cycle_application' AND c.subject_id = a.id
    WHERE a.person_id = NEW.person_id AND a.closed_at IS NULL AND c.closed_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER person_total_changed AFTER UPDATE OF dirty_version, computed_version ON person_total
  FOR EACH ROW WHEN ((OLD.dirty_version, OLD.computed_version)
    IS DISTINCT FROM (NEW.dirty_version, NEW.computed_version))
  EXECUTE FUNCTION tell_figures();
"""
UNDO = """
DROP TRIGGER person_total_changed ON person_total;
DROP FUNCTION tell_figures();
DROP TRIGGER cycle_application_changed ON cycle_application;
DROP FUNCTION tell_application();
DROP TRIGGER cycle_application_passed ON cycle_application;
DROP FUNCTION cycle_application_passed();
DROP TRIGGER cycle_result_kept ON cycle_result;
DROP TRIGGER cycle_result_frozen ON cycle_result;
DROP FUNCTION cycle_result_frozen();
DROP INDEX cycle_result_current;
ALTER TABLE cycle_result DROP CONSTRAINT cycle_result_hours, DROP CONSTRAINT cycle_result_years,
  DROP CONSTRAINT cycle_result_words;
DROP INDEX cycle_application_one_open;
ALTER TABLE cycle_application DROP CONSTRAINT cycle_application_closed,
  DROP CONSTRAINT cycle_application_dates, DROP CONSTRAINT cycle_application_applied,
  DROP CONSTRAINT cycle_application_business, DROP CONSTRAINT cycle_application_words;
"""


class Migration(migrations.Migration):
    """Cycle applications, their figures, and their guards."""

    dependencies = [("jijiao", "0005_amendment")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CycleApplication",
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
                ("target_title", fields.CharField(max_length=3)),
                (
                    "level",
                    fields.CharEnumField(description="", enum_type=TitleLevel, max_length=32),
                ),
                (
                    "business",
                    fields.CharEnumField(description="", enum_type=CycleBusiness, max_length=32),
                ),
                (
                    "discipline",
                    fields.CharEnumField(description="", enum_type=Discipline, max_length=32),
                ),
                ("qualified_on", fields.DateField()),
                ("year", fields.SmallIntField()),
                ("applied_on", fields.DateField(null=True)),
                ("status", fields.CharField(max_length=16)),
                ("version", fields.IntField(default=1)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "submitted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "cycle_application",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "cycle_application",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="CycleResult",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "application",
                    fields.ForeignKeyField(
                        "jijiao.CycleApplication",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.IntField()),
                ("current", fields.BooleanField()),
                (
                    "person_group",
                    fields.CharEnumField(description="", enum_type=PersonGroup, max_length=32),
                ),
                ("first_year", fields.SmallIntField(null=True)),
                ("last_year", fields.SmallIntField(null=True)),
                ("required_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("total_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("public_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("professional_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("elective_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("days", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("public_courses", fields.SmallIntField()),
                ("professional_courses", fields.SmallIntField()),
                ("verdict", fields.CharField(max_length=8)),
                ("supplement_used", fields.BooleanField()),
                ("binding", fields.BooleanField()),
                ("explanation", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("dirty_version", fields.BigIntField()),
                ("computed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "cycle_result",
                "app": "jijiao",
                "unique_together": (("application", "number"),),
                "pk_attr": "id",
                "table_description": "cycle_result",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS + GUARDS + TELL, reverse_sql=UNDO),
    ]
