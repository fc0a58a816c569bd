"""Opinions asked for besides (加签): marked, and counted for no quorum here either."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

REASONS = """
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void') AND reason
  IN ('submitted','returned','recalled','handed_back','restated','redirected','signer'));
"""
FOUR_EYES = """
CREATE OR REPLACE FUNCTION wf_case_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lacking text;
BEGIN
  WITH step AS (
    SELECT s.value->>'key' AS key, (s.value->>'needs')::int AS needs
    FROM wf_definition d, jsonb_array_elements(d.compiled->'steps') s
    WHERE d.id = NEW.definition_id AND NOT coalesce(NEW.state->'skipped', '[]') ? (s.value->>'key')
  ), said AS (
    SELECT id, step_key, person_id, act, signed,
      array_remove(ARRAY[person_id, principal_id], NULL) AS identities
    FROM wf_opinion
    WHERE case_id = NEW.id AND round = NEW.round AND revision = NEW.revision AND voided_seq IS NULL
  )
  SELECT step.key INTO lacking FROM step
  WHERE (SELECT count(DISTINCT person_id) FROM said
         WHERE step_key = step.key AND NOT signed) < step.needs
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
"""
UNDO = """
CREATE OR REPLACE FUNCTION wf_case_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
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
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void') AND reason
  IN ('submitted','returned','recalled','handed_back','restated','redirected'));
"""


class Migration(migrations.Migration):
    """A signer's opinion is heard, and lowers nothing."""

    dependencies = [("jijiao", "0015_award")]
    initial = False

    operations = [
        ops.AddField(
            model_name="Opinion",
            name="signed",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL(REASONS + FOUR_EYES, reverse_sql=UNDO),
    ]
