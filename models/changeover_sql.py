"""Statements about cases that move to another version of their route (流程换版)."""

DEFINITION = "SELECT source FROM wf_definition WHERE code = $1 AND version = $2"

# open cases: those under one text that are not over, in the order in which they are moved.
OPEN_CASES = """
SELECT c.id, c.subject_type, c.subject_id, c.step_key, c.status
FROM wf_case c JOIN wf_definition d ON d.id = c.definition_id
WHERE d.digest = $1 AND c.closed_at IS NULL ORDER BY c.id
"""

# hold: the same case, locked, if it is still under that text and not over.
HOLD = """
SELECT c.id FROM wf_case c JOIN wf_definition d ON d.id = c.definition_id
WHERE c.id = $1 AND d.digest = $2 AND c.closed_at IS NULL FOR UPDATE OF c
"""

# rename: opinions under the new names of their steps, set apart by a negative round until `MOVE`:
# where steps shift, what somebody said would meet what he said at the next one.
RENAME = """
UPDATE wf_opinion SET step_key = m.value, round = -round FROM jsonb_each_text($2::jsonb) m
WHERE case_id = $1 AND voided_seq IS NULL AND step_key = m.key
"""

# move: the events, and the new name of the step wherever the case has it. The task
# keeps its organisation, its group, its term and whoever holds it.
MOVE = """
WITH event AS (
  INSERT INTO wf_event (id, case_id, seq, kind, data, at, command_id, previous_hash, hash)
  SELECT e.id, $1, e.seq, e.kind, e.data, $2, '', e.previous_hash, e.hash
  FROM jsonb_to_recordset($3::jsonb)
    AS e(id uuid, seq int, kind text, data jsonb, previous_hash text, hash text)
), task AS (
  UPDATE wf_task SET step_key = $4 WHERE case_id = $1 AND status = 'open'
), opinion AS (
  UPDATE wf_opinion SET round = -round WHERE case_id = $1 AND round < 0
)
UPDATE wf_case SET definition_id = d.id, step_key = $4, seq = $5, state = $6::jsonb
FROM wf_definition d WHERE d.digest = $7 AND wf_case.id = $1 AND wf_case.seq = $8
RETURNING wf_case.id
"""
