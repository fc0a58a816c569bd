"""Statements about tasks and the cases they belong to, named for the verbs that use them."""

# hold: the case of a task, locked; the remark must be one of the reviewer's organisation.
HOLD = """
SELECT c.id, c.subject_type, c.subject_id,
  (SELECT m.text FROM remark m WHERE m.id = $2::uuid AND m.organisation_id = $3::uuid
     AND m.deleted_at IS NULL) AS remark
FROM wf_case c
WHERE c.id = (SELECT t.case_id FROM wf_task t WHERE t.id = $1) AND {readable}
FOR UPDATE OF c
"""

# hold case: the same by its own id.
HOLD_CASE = """
SELECT c.id, c.subject_type, c.subject_id FROM wf_case c WHERE c.id = $1 AND {readable}
FOR UPDATE OF c
"""
