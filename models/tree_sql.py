"""Statements about the tree of organisations (机构树), named for the verbs that use them."""

# lock: changes of the tree are made one after the other.
LOCK = "SELECT 1 FROM organisation WHERE kind = 'city_bureau' FOR NO KEY UPDATE"

# bodies: some bodies as they are, and the latest day on which something happened to each.
BODIES = """
SELECT o.id, o.name, o.kind, o.unit_kind, o.unit_code, o.parent_id, o.ancestors, o.closed_on,
  (SELECT max(v.effective_on) FROM organisation_event v WHERE v.organisation_id = o.id) AS last_on
FROM organisation o WHERE o.id = ANY ($1::uuid[])
"""

# subtree: a body and all below it, locked, so that no unit is founded there meanwhile.
SUBTREE = """
SELECT o.id FROM organisation o WHERE o.id = $1 OR $1 = ANY (o.ancestors) ORDER BY o.id
FOR NO KEY UPDATE
"""

CREATE = """
INSERT INTO organisation (id, kind, name, parent_id, ancestors, unit_kind, unit_code, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
RENAME = "UPDATE organisation SET name = $2 WHERE id = $1"

# move: a body below another; whatever is below it keeps its way down from it.
MOVE = """
UPDATE organisation SET
  parent_id = CASE WHEN id = $1 THEN $2 ELSE parent_id END,
  unit_kind = CASE WHEN id = $1 THEN $4 ELSE unit_kind END,
  ancestors = $3::uuid[] || ancestors[coalesce(array_position(ancestors, $1), 64):]
WHERE id = $1 OR $1 = ANY (ancestors)
"""

# event: one line of the history of a body.
EVENT = """
INSERT INTO organisation_event (id, organisation_id, kind, effective_on, reason, at, person_id,
  acting_id, name_before, name_after, superior_before_id, superior_after_id, other_id, counts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

# remains: what keeps a body from being closed. Its administrators may be the last to leave.
REMAINS = """
SELECT
  (SELECT count(*) FROM organisation b WHERE b.parent_id = $1 AND b.closed_on IS NULL) AS bodies,
  (SELECT count(*) FROM employment e WHERE e.organisation_id = $1 AND e.until_on IS NULL
    AND NOT EXISTS (SELECT FROM seat s WHERE s.organisation_id = $1 AND s.ended_at IS NULL
      AND s.person_id = e.person_id AND 'unit_admin' = ANY (s.groups))) AS people,
  (SELECT count(*) FROM wf_case c WHERE c.closed_at IS NULL AND (c.employer_id = $1
    OR EXISTS (SELECT FROM wf_task t WHERE t.case_id = c.id AND t.status = 'open'
      AND t.organisation_id = $1))) AS cases
"""

# close: nobody works there or acts for it any more, and who asked to come is told that it is gone.
CLOSE = """
WITH ended AS (
  UPDATE seat SET ended_at = $3, version = version + 1
  WHERE organisation_id = $1 AND ended_at IS NULL RETURNING id
), gone AS (
  UPDATE session SET revoked_at = $3 WHERE revoked_at IS NULL
    AND seat_id IN (SELECT id FROM seat WHERE organisation_id = $1)
), left_it AS (
  UPDATE employment SET until_on = greatest(from_on, $2)
  WHERE organisation_id = $1 AND until_on IS NULL
), asked AS (
  UPDATE move SET outcome = 'refused', closed_at = $3, reason = $4
  WHERE organisation_id = $1 AND closed_at IS NULL
), closed AS (
  UPDATE organisation SET closed_on = $2 WHERE id = $1
)
SELECT id FROM ended ORDER BY id
"""

# staff: who acts for a body and who works there, to go with it.
STAFF = """
SELECT id, person_id, 'seat' AS what FROM seat WHERE organisation_id = $1 AND ended_at IS NULL
UNION ALL
SELECT id, person_id, 'employment' FROM employment
WHERE organisation_id = $1 AND until_on IS NULL ORDER BY id
"""

# take over: people go on in the other body with the groups and duties they had; what they have
# there already is joined with it. `CLOSE` ends the old seats after the one, and the old employments
# before the other.
TAKE_SEATS = """
WITH held AS (
  UPDATE seat there SET version = there.version + 1,
    groups = ARRAY(SELECT DISTINCT unnest(there.groups || here.groups) ORDER BY 1),
    duties = ARRAY(SELECT DISTINCT unnest(there.duties || here.duties) ORDER BY 1)
  FROM seat here WHERE here.organisation_id = $1 AND here.ended_at IS NULL
    AND there.organisation_id = $2 AND there.ended_at IS NULL
    AND there.person_id = here.person_id AND there.user_type = here.user_type
  RETURNING there.person_id, there.id
), gone AS (
  UPDATE session SET revoked_at = $5 WHERE revoked_at IS NULL
    AND seat_id IN (SELECT id FROM held)
)
INSERT INTO seat (id, person_id, organisation_id, user_type, groups, duties, created_at)
SELECT fresh.id, here.person_id, $2, here.user_type, here.groups, here.duties, $5
FROM unnest($3::uuid[], $4::uuid[]) AS fresh(id, old)
JOIN seat here ON here.id = fresh.old AND here.person_id NOT IN (SELECT person_id FROM held)
"""
OPENED = "SELECT id, groups, duties FROM seat WHERE id = ANY ($1::uuid[]) ORDER BY id"
TAKE_PEOPLE = """
INSERT INTO employment (id, person_id, organisation_id, from_on)
SELECT fresh.id, here.person_id, $1, here.until_on
FROM unnest($2::uuid[], $3::uuid[]) AS fresh(id, old) JOIN employment here ON here.id = fresh.old
"""

# drafts: what may be handed in just now, locked before the body is: whoever hands it in has it too.
DRAFTS = """
SELECT r.id FROM training_record r
WHERE r.employer_id = $1 AND r.status IN ('draft', 'returned') ORDER BY r.id FOR UPDATE
"""

# take cases: what is open is the other body's; so are the records, which it keeps from now on.
TAKE_CASES = """
WITH records AS (
  UPDATE training_record SET employer_id = $2 WHERE employer_id = $1 RETURNING 1
), applications AS (
  UPDATE cycle_application SET employer_id = $2 WHERE employer_id = $1 AND closed_at IS NULL
), amendments AS (
  UPDATE amendment SET employer_id = $2 WHERE employer_id = $1 AND closed_at IS NULL
), moves AS (
  UPDATE move SET organisation_id = CASE organisation_id WHEN $1 THEN $2 ELSE organisation_id END,
    former_id = CASE former_id WHEN $1 THEN $2 ELSE former_id END
  WHERE $1 IN (organisation_id, former_id) AND closed_at IS NULL
), cases AS (
  UPDATE wf_case SET employer_id = $2
  WHERE employer_id = $1 AND closed_at IS NULL AND subject_type <> 'grant' RETURNING 1
)
SELECT (SELECT count(*) FROM records) AS records, (SELECT count(*) FROM cases) AS cases
"""

# followers: open cases of some employers that lie with a body which is no longer above them, or
# for want of one with nobody; locked. Applications for seats are asked for anew instead.
FOLLOWERS = """
SELECT c.id, c.subject_type, c.subject_id FROM wf_case c
WHERE c.employer_id = ANY ($1::uuid[]) AND c.closed_at IS NULL AND c.subject_type <> 'grant'
  AND (c.status = 'blocked' OR (c.status = 'in_review'
    AND (c.state->>'org_id' = ANY ($2::text[]) OR c.state->>'stand_in' = ANY ($2::text[]))))
ORDER BY c.id FOR UPDATE OF c
"""

# places: where the open cases of a body and of those below it lie, counted.
PLACES = """
SELECT c.employer_id, d.code, d.source, c.status, c.step_key AS step, c.subject_type,
  c.state->>'org_id' AS org_id, c.state->>'stand_in' AS stand_in, count(*) AS count
FROM organisation o JOIN wf_case c ON c.employer_id = o.id AND c.closed_at IS NULL
JOIN wf_definition d ON d.id = c.definition_id
WHERE o.id = $1 OR $1 = ANY (o.ancestors)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY d.code, c.step_key NULLS FIRST, c.status, 1, 7, 8
"""

# moving: the bodies of a subtree that are open, how many people they employ and who acts for them.
MOVING = """
SELECT o.id, o.name, o.kind, o.unit_kind, o.parent_id, o.ancestors,
  (SELECT count(*) FROM employment e WHERE e.organisation_id = o.id AND e.until_on IS NULL)
    AS people,
  (SELECT count(*) FROM seat s WHERE s.organisation_id = o.id AND s.ended_at IS NULL) AS seats,
  (SELECT count(*) FROM seat_grant g WHERE g.organisation_id = o.id AND g.closed_at IS NULL)
    AS grants
FROM organisation o WHERE (o.id = $1 OR $1 = ANY (o.ancestors)) AND o.closed_on IS NULL
ORDER BY o.ancestors, o.name, o.id
"""

# chain: the open bodies above one, and itself.
CHAIN = """
SELECT o.id, o.name, o.kind, o.unit_kind, o.parent_id FROM organisation foot
JOIN organisation o ON o.id = ANY (foot.ancestors || foot.id)
WHERE foot.id = $1 AND o.closed_on IS NULL
"""
