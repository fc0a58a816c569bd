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

# subject: something one may read, and how its latest case stands, if there was one.
SUBJECT = """
SELECT (SELECT c.status FROM wf_case c WHERE c.subject_type = $1 AND c.subject_id = $2
  ORDER BY c.closed_at IS NULL DESC, c.opened_at DESC LIMIT 1) AS status
FROM {tables} WHERE {alias}.id = $2 AND {readable}
"""

# hold open: the case of a task that waits, for the clock, which may look at everything. Whom
# somebody decides just now it leaves alone, and finds again.
HOLD_OPEN = """
SELECT c.id, c.subject_type, c.subject_id FROM wf_case c
WHERE c.id = $1 AND c.status = 'in_review' FOR UPDATE OF c SKIP LOCKED
"""

# receiver: is there such a person, or such an organisation?
KNOWN = """
SELECT EXISTS (SELECT FROM person WHERE id = $1::uuid)
  OR EXISTS (SELECT FROM organisation WHERE id = $2::uuid AND closed_on IS NULL)
"""

# todo: what waits for the viewer's groups, by business and step, oldest first.
TODO = """
SELECT t.route_code, t.step_key, count(*) AS count, min(t.created_at) AS oldest,
  count(*) FILTER (WHERE t.due_at < {now}) AS overdue,
  count(*) FILTER (WHERE t.claimed_by_id IS NOT NULL) AS claimed,
  count(*) FILTER (WHERE {delegated}) AS delegated
FROM {tables} WHERE t.status = 'open' AND {readable} AND {condition}
GROUP BY t.route_code, t.step_key ORDER BY min(t.created_at), t.route_code, t.step_key
"""

# own_todo: a person's own records and applications that wait for himself, and his profile when it
# came back or when he has changed what was confirmed.
OWN_TODO = """
SELECT CASE category WHEN 'public' THEN 'declaration.public_course' ELSE 'declaration' END
    AS route_code,
  'applicant' AS step_key, count(*) AS count, min(updated_at) AS oldest, 0 AS overdue, 0 AS claimed,
  0 AS delegated
FROM training_record
WHERE person_id = $1 AND origin = 'declared' AND status IN ('draft', 'returned')
  AND deleted_at IS NULL
GROUP BY 1
UNION ALL
SELECT 'cycle.' || o.unit_kind, 'applicant', count(*), min(y.updated_at), 0, 0, 0
FROM cycle_application y JOIN organisation o ON o.id = y.employer_id AND o.unit_kind IS NOT NULL
WHERE y.person_id = $1 AND y.status IN ('draft', 'returned')
GROUP BY 1
UNION ALL
SELECT 'profile.confirmation', 'applicant', 1, coalesce(c.opened_at, f.confirmation_voided_at),
  0, 0, 0
FROM profile f LEFT JOIN wf_case c
  ON c.subject_type = 'profile' AND c.subject_id = f.person_id AND c.closed_at IS NULL
WHERE f.person_id = $1
  AND coalesce(c.status IN ('draft', 'returned'), f.confirmation_voided_at IS NOT NULL)
ORDER BY oldest
"""

# own_proposals: amendments that wait for the viewer who proposed them, recalled or returned.
OWN_PROPOSALS = """
SELECT d.code AS route_code, 'applicant' AS step_key, count(*) AS count,
  min(n.updated_at) AS oldest, 0 AS overdue, 0 AS claimed,
  0 AS delegated
FROM amendment n JOIN wf_case c ON c.subject_type = 'amendment' AND c.subject_id = n.id
JOIN wf_definition d ON d.id = c.definition_id
WHERE n.proposer_id = $1 AND n.employer_id = $2 AND n.closed_at IS NULL
  AND c.status IN ('draft', 'returned')
GROUP BY d.code ORDER BY min(n.updated_at)
"""
