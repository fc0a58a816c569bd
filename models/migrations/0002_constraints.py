"""What Tortoise cannot say: checks, partial uniques, generated columns, triggers."""

from tortoise import migrations
from tortoise.migrations import operations as ops

WORDS = """
ALTER TABLE organisation ADD CONSTRAINT organisation_kind CHECK (kind IN
  ('city_bureau','city_department','district_bureau','district_department','unit','direct_point',
   'training_institution','training_base'));
ALTER TABLE organisation ADD CONSTRAINT organisation_unit_kind CHECK (unit_kind IN
  ('municipal','district','district_direct','direct_point'));
ALTER TABLE organisation ADD CONSTRAINT organisation_employer CHECK
  ((kind IN ('unit','direct_point')) = (unit_kind IS NOT NULL));
ALTER TABLE profile ADD CONSTRAINT profile_words CHECK (
  gender IN ('female','male') AND discipline IN ('natural','social')
  AND person_group IN ('general','teacher','health')
  AND education IN ('secondary','college','bachelor','master','doctor'));
ALTER TABLE seat ADD CONSTRAINT seat_user_type CHECK (user_type IN
  ('person','unit','training_base','city_department','district_department','district_bureau','city_bureau'));
ALTER TABLE seat ADD CONSTRAINT seat_organisation CHECK ((user_type = 'person') = (organisation_id IS NULL));
ALTER TABLE training_record ADD CONSTRAINT record_words CHECK (
  origin IN ('declared','in_system','feed')
  AND status IN ('draft','in_review','returned','blocked','approved','rejected','withdrawn')
  AND category IN ('public','professional','elective')
  AND achievement IN ('patent','monograph','project','paper')
  AND authorship IN ('lead','contributor'));
ALTER TABLE training_record ADD CONSTRAINT record_dates CHECK (ends_on >= starts_on);
ALTER TABLE training_record ADD CONSTRAINT record_days CHECK
  (attended_days BETWEEN 1 AND ends_on - starts_on + 1);
ALTER TABLE training_record ADD CONSTRAINT record_hours CHECK (declared_hours > 0 AND approved_hours >= 0
  AND declared_credits >= 0 AND approved_credits >= 0);
ALTER TABLE training_record ADD CONSTRAINT record_approved CHECK
  (status <> 'approved' OR approved_hours IS NOT NULL);
ALTER TABLE training_record ADD CONSTRAINT record_achievement CHECK
  ((achievement IS NULL) = (authorship IS NULL) AND (achievement IS NULL OR category = 'professional'));
ALTER TABLE attachment ADD CONSTRAINT attachment_words CHECK
  (scan_state IN ('unscanned','clean','infected','failed')
   AND media_type IN ('application/pdf','image/jpeg','image/png'));
ALTER TABLE attachment ADD CONSTRAINT attachment_verdict CHECK
  (scan_state = 'unscanned' OR (scanned_at IS NOT NULL AND scan_engine <> ''));
ALTER TABLE attachment ADD CONSTRAINT attachment_size CHECK (size > 0);
ALTER TABLE wf_case ADD CONSTRAINT wf_case_status CHECK (status IN
  ('draft','in_review','returned','blocked','approved','rejected','withdrawn'));
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void')
  AND reason IN ('submitted','returned','recalled','handed_back'));
ALTER TABLE job ADD CONSTRAINT job_state CHECK (state IN ('pending','sent','running','done','dead'));
ALTER TABLE job ADD CONSTRAINT job_lease CHECK
  ((state IN ('sent','running')) = (lease_until IS NOT NULL));
ALTER TABLE annual_result ADD CONSTRAINT annual_verdict CHECK (verdict IN ('pass','fail'));
"""

UNIQUE = """
CREATE UNIQUE INDEX employment_current ON employment (person_id) WHERE until_on IS NULL;
CREATE UNIQUE INDEX account_login ON account (lower(login));
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE UNIQUE INDEX upload_token_hash ON upload_token (token_hash);
CREATE UNIQUE INDEX seat_live ON seat (person_id, user_type, organisation_id) NULLS NOT DISTINCT
  WHERE ended_at IS NULL;
CREATE UNIQUE INDEX organisation_root ON organisation (kind) WHERE kind = 'city_bureau';
CREATE UNIQUE INDEX wf_case_one_open ON wf_case (subject_type, subject_id)
  WHERE status NOT IN ('approved', 'rejected', 'withdrawn');
CREATE UNIQUE INDEX wf_task_one_open ON wf_task (case_id) WHERE status = 'open';
CREATE UNIQUE INDEX wf_opinion_in_force ON wf_opinion (case_id, round, step_key, person_id)
  WHERE voided_seq IS NULL;
CREATE UNIQUE INDEX annual_current ON annual_result (person_id, year) WHERE current;
"""

SEARCH = """
CREATE FUNCTION bigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(words) < 2 THEN ARRAY[lower(words)]
    ELSE ARRAY(SELECT DISTINCT substr(lower(words), i, 2) FROM generate_series(1, length(words) - 1) i) END $$;
ALTER TABLE person ADD COLUMN name_bigrams text[] GENERATED ALWAYS AS (bigrams(name)) STORED;
CREATE INDEX person_name ON person USING gin (name_bigrams);
ALTER TABLE training_record ADD COLUMN year smallint
  GENERATED ALWAYS AS (extract(year FROM ends_on)::smallint) STORED;
CREATE INDEX record_person_year ON training_record (person_id, year);
CREATE INDEX record_employer ON training_record (employer_id, status, ends_on, id);
CREATE INDEX wf_task_inbox ON wf_task (organisation_id, group_key, route_code, step_key, created_at, id)
  WHERE status = 'open';
CREATE INDEX job_due ON job (queue, run_after) WHERE state = 'pending';
CREATE INDEX job_sent ON job (queue) WHERE state = 'sent';
CREATE INDEX job_stuck ON job (lease_until) WHERE state IN ('sent', 'running');
CREATE INDEX job_live ON job (subject, kind) WHERE state IN ('pending', 'sent', 'running');
CREATE INDEX job_done ON job (done_at) WHERE state = 'done';
CREATE INDEX person_total_stale ON person_total (person_id) WHERE dirty_version > computed_version;
CREATE INDEX attachment_record ON attachment (record_id) WHERE deleted_at IS NULL;
CREATE INDEX seat_addressed ON seat USING gin (groups) WHERE ended_at IS NULL;
"""

GUARDS = """
CREATE FUNCTION job_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('job', ''); RETURN NULL; END $$;
CREATE TRIGGER job_wake AFTER INSERT ON job FOR EACH STATEMENT EXECUTE FUNCTION job_wake();

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE TRIGGER wf_event_append_only BEFORE UPDATE OR DELETE ON wf_event
  FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history
  FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE FUNCTION wf_definition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a published route never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'wf_definition_frozen'; END $$;
CREATE TRIGGER wf_definition_frozen BEFORE UPDATE OF code, version, digest, source, compiled
  ON wf_definition FOR EACH ROW EXECUTE FUNCTION wf_definition_frozen();
"""

# Four eyes are held here too, so that a fault of ours or raw SQL cannot end a case as approved:
# every step that was not skipped has a `pass`, enough distinct natural persons who judged this
# very content in this round, never the applicant, never the same person twice under two names.
FOUR_EYES = """
CREATE FUNCTION wf_case_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lacking text;
BEGIN
  WITH step AS (
    SELECT s.value->>'key' AS key, (s.value->>'needs')::int AS needs
    FROM wf_definition d, jsonb_array_elements(d.compiled->'steps') s
    WHERE d.id = NEW.definition_id AND NOT coalesce(NEW.state->'skipped', '[]') ? (s.value->>'key')
  ), said AS (
    SELECT id, step_key, person_id, act,
      array_remove(ARRAY[person_id, principal_id], NULL) AS identities
    FROM wf_opinion
    WHERE case_id = NEW.id AND round = NEW.round AND revision = NEW.revision AND voided_seq IS NULL
  )
  SELECT step.key INTO lacking FROM step
  WHERE (SELECT count(DISTINCT person_id) FROM said WHERE step_key = step.key) < step.needs
     OR NOT EXISTS (SELECT FROM said WHERE step_key = step.key AND act = 'pass')
     OR EXISTS (SELECT FROM said
                WHERE step_key = step.key AND NEW.applicant_id = ANY (identities))
     OR EXISTS (SELECT FROM said a JOIN said b ON a.id < b.id AND a.step_key = b.step_key
                WHERE a.step_key = step.key AND a.identities && b.identities)
  LIMIT 1;
  IF lacking IS NOT NULL THEN
    RAISE EXCEPTION 'case % may not be approved: step "%" lacks lawful reviewers', NEW.id, lacking
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wf_case_four_eyes';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wf_case_four_eyes AFTER INSERT OR UPDATE OF status ON wf_case
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'approved')
  EXECUTE FUNCTION wf_case_lawful();
"""

UNDO = """
DROP TRIGGER wf_case_four_eyes ON wf_case;
DROP FUNCTION wf_case_lawful();
DROP TRIGGER wf_definition_frozen ON wf_definition;
DROP FUNCTION wf_definition_frozen();
DROP TRIGGER history_append_only ON history;
DROP TRIGGER wf_event_append_only ON wf_event;
DROP FUNCTION append_only();
DROP TRIGGER job_wake ON job;
DROP FUNCTION job_wake();
DROP INDEX seat_addressed, attachment_record, person_total_stale, job_done, job_live, job_stuck, job_sent,
  job_due, wf_task_inbox, record_employer, record_person_year, person_name;
ALTER TABLE training_record DROP COLUMN year;
ALTER TABLE person DROP COLUMN name_bigrams;
DROP FUNCTION bigrams(text);
DROP INDEX annual_current, wf_opinion_in_force, wf_task_one_open, wf_case_one_open,
  organisation_root, seat_live, upload_token_hash, session_token, account_login,
  employment_current;
ALTER TABLE annual_result DROP CONSTRAINT annual_verdict;
ALTER TABLE job DROP CONSTRAINT job_lease, DROP CONSTRAINT job_state;
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_case DROP CONSTRAINT wf_case_status;
ALTER TABLE attachment DROP CONSTRAINT attachment_size, DROP CONSTRAINT attachment_verdict,
  DROP CONSTRAINT attachment_words;
ALTER TABLE training_record DROP CONSTRAINT record_achievement, DROP CONSTRAINT record_approved,
  DROP CONSTRAINT record_hours, DROP CONSTRAINT record_days, DROP CONSTRAINT record_dates,
  DROP CONSTRAINT record_words;
ALTER TABLE seat DROP CONSTRAINT seat_organisation, DROP CONSTRAINT seat_user_type;
ALTER TABLE profile DROP CONSTRAINT profile_words;
ALTER TABLE organisation DROP CONSTRAINT organisation_employer,
  DROP CONSTRAINT organisation_unit_kind, DROP CONSTRAINT organisation_kind;
"""


class Migration(migrations.Migration):
    """Constraints of the first schema."""

    dependencies = [("jijiao", "0001_initial")]
    initial = False

    operations = [
        ops.RunSQL(WORDS + UNIQUE + SEARCH + GUARDS + FOUR_EYES, reverse_sql=UNDO),
    ]
