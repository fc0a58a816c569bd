"""Who started a job and how far it is; PostgreSQL tells what has changed, by ids alone."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# One channel; the text is the topic of models/changes.py. Heard at commit, equal words once.
TELL = """
CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE topic text;
BEGIN
  IF TG_TABLE_NAME = 'wf_case' THEN topic := 'case ' || NEW.id;
  ELSIF TG_TABLE_NAME = 'wf_task' THEN topic := 'task ' || NEW.organisation_id || ' ' || NEW.group_key;
  ELSIF TG_TABLE_NAME = 'training_record' THEN topic := 'own ' || NEW.person_id;
  ELSE topic := 'job ' || NEW.id;
  END IF;
  PERFORM pg_notify('changed', topic);
  RETURN NULL;
END $$;
CREATE TRIGGER wf_case_changed AFTER INSERT OR UPDATE ON wf_case
  FOR EACH ROW EXECUTE FUNCTION tell_change();
CREATE TRIGGER wf_task_changed AFTER INSERT OR UPDATE ON wf_task
  FOR EACH ROW EXECUTE FUNCTION tell_change();
CREATE TRIGGER record_added AFTER INSERT ON training_record
  FOR EACH ROW WHEN (NEW.origin = 'declared') EXECUTE FUNCTION tell_change();
CREATE TRIGGER record_changed AFTER UPDATE OF status, deleted_at ON training_record
  FOR EACH ROW WHEN (NEW.origin = 'declared') EXECUTE FUNCTION tell_change();
CREATE TRIGGER job_changed AFTER UPDATE OF state, progress ON job FOR EACH ROW
  WHEN (NEW.state <> 'sent' AND (OLD.state, OLD.progress) IS DISTINCT FROM (NEW.state, NEW.progress))
  EXECUTE FUNCTION tell_change();
"""
CHECKS = "ALTER TABLE job ADD CONSTRAINT job_progress CHECK (progress BETWEEN 0 AND 100);"
UNDO = """
ALTER TABLE job DROP CONSTRAINT job_progress;
DROP TRIGGER job_changed ON job;
DROP TRIGGER record_changed ON training_record;
DROP TRIGGER record_added ON training_record;
DROP TRIGGER wf_task_changed ON wf_task;
DROP TRIGGER wf_case_changed ON wf_case;
DROP FUNCTION tell_change();
"""


class Migration(migrations.Migration):
    """Changes that can be watched."""

    dependencies = [("jijiao", "0002_constraints")]
    initial = False

    operations = [
        ops.AddField(
            model_name="Job",
            name="progress",
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Job",
            name="started_by",
            field=fields.ForeignKeyField(
                "jijiao.Person",
                source_field="started_by_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.RunSQL(TELL + CHECKS, reverse_sql=UNDO),
    ]
