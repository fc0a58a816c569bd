"""The audit log and its seals: append-only, and the only way to the ciphertext of a number."""

from tortoise import migrations
from tortoise.migrations import operations as ops

LOG = """
CREATE SCHEMA audit;
CREATE TABLE audit.audit_event (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  era int NOT NULL,
  xid xid8 NOT NULL,
  at timestamptz NOT NULL,
  person_id uuid,
  account_id uuid,
  role varchar(32),
  organisation_id uuid,
  session bytea,
  address varchar(45) NOT NULL DEFAULT '',
  action varchar(80) NOT NULL,
  object_type varchar(40) NOT NULL DEFAULT '',
  object_id uuid,
  fields text[] NOT NULL DEFAULT '{}',
  outcome varchar(10) NOT NULL,
  code varchar(40),
  request_id uuid,
  idempotency_key varchar(255),
  detail jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE audit.audit_event ADD CONSTRAINT audit_outcome CHECK
  (outcome IN ('done','refused','denied') AND (outcome = 'done') = (code IS NULL));
CREATE INDEX audit_event_at ON audit.audit_event (at, id);
CREATE INDEX audit_event_seal ON audit.audit_event (era, xid);
CREATE INDEX audit_event_disclosed ON audit.audit_event (account_id, at)
  WHERE action IN ('identity:reveal', 'identity:find');
CREATE INDEX audit_event_of_person ON audit.audit_event (object_id, at)
  WHERE action IN ('identity:reveal', 'identity:find');

CREATE TABLE audit.audit_seal (
  number int PRIMARY KEY,
  era int NOT NULL,
  from_xid xid8 NOT NULL,
  below_xid xid8 NOT NULL,
  count int NOT NULL,
  root bytea NOT NULL,
  previous bytea NOT NULL,
  at timestamptz NOT NULL,
  key_id uuid NOT NULL,
  signature bytea NOT NULL
);
ALTER TABLE audit.audit_seal ADD CONSTRAINT audit_seal_forward CHECK (number > 0 AND below_xid > from_xid);
"""

# Time and transaction are the database's own, whatever was given. A transaction older than the
# last seal can only be of a cluster that was restored, whose numbers begin anew: another era.
STAMP = """
CREATE FUNCTION audit.stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE last record;
BEGIN
  SELECT era, below_xid INTO last FROM audit.audit_seal ORDER BY number DESC LIMIT 1;
  NEW.at := clock_timestamp();
  NEW.xid := pg_current_xact_id();
  NEW.era := coalesce(last.era, 1);
  IF NEW.xid < last.below_xid THEN NEW.era := last.era + 1; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_event_stamp BEFORE INSERT ON audit.audit_event
  FOR EACH ROW EXECUTE FUNCTION audit.stamp();
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit.audit_event
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
CREATE TRIGGER audit_event_all_kept BEFORE TRUNCATE ON audit.audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION public.append_only();
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE ON audit.audit_seal
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
CREATE TRIGGER audit_seal_all_kept BEFORE TRUNCATE ON audit.audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION public.append_only();
"""

# Every call leaves a row, refused ones too; limits and the open task are looked at here as well,
# so that no fault of ours hands out a number that nobody was to see.
REVEAL = """
CREATE FUNCTION vault.reveal(whose uuid, matter uuid, groups text[], stated jsonb, hourly int, daily int,
  person uuid, account uuid, acts_as text, organisation uuid, session bytea, address text, request uuid,
  OUT verdict text, OUT sealed bytea, OUT document text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE seen record;
BEGIN
  IF coalesce(stated->>'purpose', '') = '' THEN RAISE EXCEPTION 'a purpose is required'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('disclose ' || account, 0));
  SELECT count(*) AS day, count(*) FILTER (WHERE e.at > clock_timestamp() - interval '1 hour') AS hour
    INTO seen FROM audit.audit_event e
    WHERE e.account_id = account AND e.outcome = 'done'
      AND e.action IN ('identity:reveal', 'identity:find') AND e.at > clock_timestamp() - interval '1 day';
  IF whose = person OR NOT EXISTS (SELECT FROM public.wf_task t JOIN public.wf_case c ON c.id = t.case_id
      WHERE c.id = matter AND t.status = 'open' AND t.organisation_id = organisation
        AND t.group_key = ANY (groups) AND coalesce(c.concerns_id, c.applicant_id) = whose) THEN
    verdict := 'NOT_YOUR_TASK';
  ELSIF seen.hour >= hourly OR seen.day >= daily THEN
    verdict := 'DISCLOSED_TOO_OFTEN';
  ELSE
    SELECT ciphertext, document_type INTO sealed, document FROM vault.person_identity WHERE person_id = whose;
    verdict := CASE WHEN FOUND THEN 'done' ELSE 'NO_NUMBER' END;
  END IF;
  INSERT INTO audit.audit_event (person_id, account_id, role, organisation_id, session, address, action,
    object_type, object_id, outcome, code, request_id, detail)
  VALUES (person, account, acts_as, organisation, session, address, 'identity:reveal', 'person', whose,
    CASE verdict WHEN 'done' THEN 'done' WHEN 'NO_NUMBER' THEN 'refused' ELSE 'denied' END,
    nullif(verdict, 'done'), request, stated);
END $$;
"""
CLOSED = """
REVOKE ALL ON SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
"""

# The three separated officers (三员): never two of them in one person, and nothing of business.
OFFICERS = """
ALTER TABLE seat DROP CONSTRAINT seat_user_type, DROP CONSTRAINT seat_organisation;
ALTER TABLE seat ADD CONSTRAINT seat_user_type CHECK (user_type IN
  ('person','unit','training_base','city_department','district_department','district_bureau','city_bureau',
   'sys_admin','sec_admin','audit_admin'));
ALTER TABLE seat ADD CONSTRAINT seat_organisation CHECK
  ((user_type IN ('person','sys_admin','sec_admin','audit_admin')) = (organisation_id IS NULL));
ALTER TABLE seat ADD CONSTRAINT seat_officer CHECK
  (user_type NOT IN ('sys_admin','sec_admin','audit_admin') OR (groups = '{}' AND duties = '{}'));
CREATE UNIQUE INDEX seat_one_office ON seat (person_id)
  WHERE ended_at IS NULL AND user_type IN ('sys_admin','sec_admin','audit_admin');
CREATE FUNCTION seat_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('seat ' || NEW.person_id, 0));
  IF EXISTS (SELECT FROM seat a JOIN seat b ON b.person_id = a.person_id
      WHERE a.person_id = NEW.person_id AND a.ended_at IS NULL AND b.ended_at IS NULL
        AND a.user_type IN ('sys_admin','sec_admin','audit_admin')
        AND b.user_type NOT IN ('person','sys_admin','sec_admin','audit_admin')) THEN
    RAISE EXCEPTION 'an officer holds no seat of business'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_apart';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seat_apart AFTER INSERT OR UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION seat_apart();
"""
UNDO = """
DROP TRIGGER seat_apart ON seat;
DROP FUNCTION seat_apart();
DROP INDEX seat_one_office;
ALTER TABLE seat DROP CONSTRAINT seat_officer, DROP CONSTRAINT seat_organisation, DROP CONSTRAINT seat_user_type;
ALTER TABLE seat ADD CONSTRAINT seat_user_type CHECK (user_type IN
  ('person','unit','training_base','city_department','district_department','district_bureau','city_bureau'));
ALTER TABLE seat ADD CONSTRAINT seat_organisation CHECK ((user_type = 'person') = (organisation_id IS NULL));
DROP FUNCTION vault.reveal(uuid, uuid, text[], jsonb, int, int, uuid, uuid, text, uuid, bytea, text, uuid);
DROP SCHEMA audit CASCADE;
"""


class Migration(migrations.Migration):
    """The audit log, its seals, the reveal, the three officers."""

    dependencies = [("jijiao", "0013_identity")]
    initial = False

    operations = [ops.RunSQL(LOG + STAMP + REVEAL + CLOSED + OFFICERS, reverse_sql=UNDO)]
