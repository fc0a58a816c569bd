"""Statements of the clock: which cases it has something to tell of, a page at a time."""

# late: open tasks whose term is over and not everything of it was told, and lapsed claims.
LATE = """
SELECT t.case_id FROM wf_task t JOIN wf_case c ON c.id = t.case_id
WHERE t.status = 'open' AND t.case_id > $1 AND (t.claimed_at < $3 OR (t.due_at < $2
  AND EXISTS (SELECT FROM wf_definition d, jsonb_array_elements(d.compiled -> 'steps') s
    WHERE d.id = c.definition_id AND s ->> 'key' = t.step_key
    AND NOT coalesce(c.state -> 'told', '[]') @> (s -> 'on_overdue'))))
ORDER BY t.case_id LIMIT $4
"""

# deserted: open tasks that nobody of their group can take any more, or too few of the step's.
DESERTED = """
WITH seated AS (
  SELECT e.organisation_id, e.person_id, e.groups
  FROM seat e JOIN account a ON a.person_id = e.person_id AND a.disabled_at IS NULL
  WHERE e.ended_at IS NULL AND e.organisation_id IS NOT NULL
)
SELECT t.case_id FROM wf_task t JOIN wf_case c ON c.id = t.case_id
JOIN wf_definition d ON d.id = c.definition_id
JOIN LATERAL jsonb_array_elements(d.compiled -> 'steps') s ON s ->> 'key' = t.step_key
WHERE t.status = 'open' AND t.case_id > $1 AND (
  (NOT coalesce(c.state -> 'told', '[]') @> '["short:0"]' AND NOT EXISTS (
    SELECT FROM seated WHERE seated.organisation_id = t.organisation_id
      AND t.group_key = ANY (seated.groups)
      AND (t.only_for = '{}' OR seated.person_id = ANY (t.only_for))))
  OR (strpos(coalesce(c.state ->> 'told', ''), 'short:') = 0
    AND (s ->> 'needs')::int > (SELECT count(DISTINCT seated.person_id) FROM seated
      WHERE seated.organisation_id = t.organisation_id
        AND seated.groups && ARRAY(SELECT jsonb_array_elements_text(s -> 'groups')))))
ORDER BY t.case_id LIMIT $2
"""
