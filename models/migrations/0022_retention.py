"""Retention of the audit log: one door by which sealed rows leave, and only when they are old."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Which seals no longer have their rows. The API cannot write here, so it cannot make a hole look
# like the end of a term.
PRUNED = """
CREATE TABLE audit.audit_pruned (
  seal int PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  before timestamptz NOT NULL,
  rows bigint NOT NULL
);
CREATE TRIGGER audit_pruned_kept BEFORE UPDATE OR DELETE ON audit.audit_pruned
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
CREATE TRIGGER audit_pruned_all_kept BEFORE TRUNCATE ON audit.audit_pruned
  FOR EACH STATEMENT EXECUTE FUNCTION public.append_only();
CREATE INDEX audit_seal_place ON audit.audit_seal (era, below_xid);
"""

# 184 days is the longest "six months" (网络安全法). The trigger holds for the owner as well.
KEPT = """
CREATE FUNCTION audit.kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '184 days' AND EXISTS (
      SELECT FROM audit.audit_seal s WHERE s.era = OLD.era AND s.below_xid > OLD.xid) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
DROP TRIGGER audit_event_kept ON audit.audit_event;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit.audit_event
  FOR EACH ROW EXECUTE FUNCTION audit.kept();
"""

# Whole seals from the oldest on, so many at a time; a seal with one younger row ends it.
PRUNE = """
CREATE FUNCTION audit.prune(earlier timestamptz, most int, OUT upto int, OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE one record; gone bigint;
BEGIN
  IF earlier > clock_timestamp() - interval '184 days' THEN
    RAISE EXCEPTION 'the audit log is kept for 184 days' USING ERRCODE = '42501';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('audit prune', 0));
  removed := 0;
  FOR one IN SELECT s.number, s.era, s.from_xid, s.below_xid, s.at FROM audit.audit_seal s
      WHERE s.number > coalesce((SELECT max(p.seal) FROM audit.audit_pruned p), 0)
      ORDER BY s.number LIMIT most LOOP
    EXIT WHEN one.at >= earlier OR EXISTS (SELECT FROM audit.audit_event e WHERE e.era = one.era
      AND e.xid >= one.from_xid AND e.xid < one.below_xid AND e.at >= earlier);
    DELETE FROM audit.audit_event e
      WHERE e.era = one.era AND e.xid >= one.from_xid AND e.xid < one.below_xid;
    GET DIAGNOSTICS gone = ROW_COUNT;
    upto := one.number;
    removed := removed + gone;
  END LOOP;
  IF upto IS NOT NULL THEN
    INSERT INTO audit.audit_pruned (seal, before, rows) VALUES (upto, earlier, removed);
    INSERT INTO audit.audit_event (action, object_type, outcome, detail) VALUES ('audit:prune',
      'audit_seal', 'done', jsonb_build_object('seal', upto, 'before', earlier, 'rows', removed));
  END IF;
END $$;
REVOKE ALL ON FUNCTION audit.kept(), audit.prune(timestamptz, int) FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION audit.prune(timestamptz, int);
DROP TRIGGER audit_event_kept ON audit.audit_event;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit.audit_event
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
DROP FUNCTION audit.kept();
DROP INDEX audit.audit_seal_place;
DROP TABLE audit.audit_pruned;
"""


class Migration(migrations.Migration):
    """Old rows of the audit log may go; their seals stay."""

    dependencies = [("jijiao", "0016_settling")]
    initial = False

    operations = [ops.RunSQL(PRUNED + KEPT + PRUNE, reverse_sql=UNDO)]
