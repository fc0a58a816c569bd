"""A run that settles everybody: one event per statement, rows rewritten in place, a short survey."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# No index on the versions, so that a new one is written into the same page and no index hears of it;
# the relay looks for neglected persons twice a minute and reads the table. Few records begin in an
# earlier year than they count for: the survey of a run finds them without reading all others.
PLACES = """
DROP INDEX person_total_stale;
ALTER TABLE person_total SET (fillfactor = 50);
CREATE INDEX training_record_started_before ON training_record (person_id)
  WHERE starts_on < make_date(year, 1, 1);
"""
UNDO_PLACES = """
DROP INDEX training_record_started_before;
ALTER TABLE person_total RESET (fillfactor);
CREATE INDEX person_total_stale ON person_total (person_id) WHERE dirty_version > computed_version;
"""
# Planned anew each time: a plan made for one edit would compare a thousand persons row by row.
ONCE = """
DROP TRIGGER person_total_changed ON person_total;
CREATE OR REPLACE FUNCTION tell_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE $sql$
    SELECT pg_notify('changed', 'case ' || c.id) FROM cycle_application a
    JOIN wf_case c ON c.subject_type = 'cycle_application' AND c.subject_id = a.id
    WHERE a.closed_at IS NULL AND c.closed_at IS NULL
      AND a.person_id IN (SELECT person_id FROM changed) $sql$;
  RETURN NULL;
END $$;
CREATE TRIGGER person_total_changed AFTER UPDATE ON person_total
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_figures();
"""
UNDO = """
DROP TRIGGER person_total_changed ON person_total;
CREATE OR REPLACE FUNCTION tell_figures() RETURNS trigger LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    """Settling costs less than reading what was settled."""

    dependencies = [("jijiao", "0017_signer")]
    initial = False

    operations = [ops.RunSQL(PLACES + ONCE, reverse_sql=UNDO + UNDO_PLACES)]
