"""Statements about members of an organisation (业务人员) and moves between employers (调动)."""

# hold body: an organisation one looks after, locked, so that its administrators are counted once.
HOLD_BODY = """
SELECT o.id, o.name, o.kind, o.closed_on FROM organisation o
WHERE o.id = $1 AND {within} FOR NO KEY UPDATE
"""

# body of: the organisation of a seat; read before it is locked.
BODY_OF = "SELECT organisation_id FROM seat WHERE id = $1 AND organisation_id IS NOT NULL"

# member: a seat, and how many others administer its organisation.
MEMBER = """
SELECT e.id, e.person_id, e.organisation_id, e.user_type, e.groups, e.duties, e.version,
  (SELECT id FROM account WHERE person_id = e.person_id) AS account_id,
  (SELECT count(DISTINCT other.person_id) FROM seat other
     JOIN account a ON a.person_id = other.person_id AND a.disabled_at IS NULL
   WHERE other.organisation_id = e.organisation_id AND other.ended_at IS NULL
     AND other.person_id <> e.person_id AND 'unit_admin' = ANY (other.groups)) AS other_admins
FROM seat e WHERE e.id = $1 AND e.ended_at IS NULL FOR UPDATE OF e
"""

# newcomer: somebody who may become a member, as the organisation stands to him.
NEWCOMER = """
SELECT s.id, s.name, a.id AS account_id,
  EXISTS (SELECT FROM employment e WHERE e.person_id = s.id AND e.until_on IS NULL
    AND e.organisation_id = $2) AS employed,
  EXISTS (SELECT FROM seat e WHERE e.person_id = s.id AND e.organisation_id = $2
    AND e.user_type = $3 AND e.ended_at IS NULL) AS held
FROM person s LEFT JOIN account a ON a.person_id = s.id AND a.disabled_at IS NULL
WHERE s.id = $1 AND ({readable} OR EXISTS (SELECT FROM employment e
  WHERE e.person_id = s.id AND e.until_on IS NULL AND e.organisation_id = $2))
"""

APPOINT = """
INSERT INTO seat (id, person_id, organisation_id, user_type, groups, duties, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

# change: other groups and duties; who acts from the seat signs in anew.
CHANGE = """
WITH gone AS (UPDATE session SET revoked_at = $4 WHERE seat_id = $1 AND revoked_at IS NULL)
UPDATE seat SET groups = $2, duties = $3, version = version + 1 WHERE id = $1
"""
END = """
WITH gone AS (UPDATE session SET revoked_at = $2 WHERE seat_id = $1 AND revoked_at IS NULL)
UPDATE seat SET ended_at = $2, version = version + 1 WHERE id = $1
"""

# lock person: his moves are taken one after the other.
LOCK_PERSON = "SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE"

# lets go: does the present employer of this person have to? Nobody has to at a declaration point,
# and nobody can in a body that is closed.
LETS_GO = """(SELECT e.organisation_id FROM employment e
  JOIN organisation at ON at.id = e.organisation_id AND at.closed_on IS NULL
    AND at.kind <> 'direct_point'
  WHERE e.person_id = {person} AND e.until_on IS NULL)"""

# wish: the organisation somebody wants to be employed by, and where he stands.
WISH = f"""
SELECT o.id, o.name, o.kind, o.unit_kind, o.closed_on IS NOT NULL AS closed,
  {LETS_GO.format(person="$2")} AS lets_go,
  (SELECT e.organisation_id FROM employment e
   WHERE e.person_id = $2 AND e.until_on IS NULL) AS employer_id,
  EXISTS (SELECT FROM move m WHERE m.person_id = $2 AND m.closed_at IS NULL) AS waiting
FROM organisation o WHERE o.id = $1 FOR SHARE
"""
# ask: from whoever employs him now, and has to let him go.
ASK = """
INSERT INTO move (id, person_id, organisation_id, former_id, note, reason, created_at)
VALUES ($1, $2, $3, $4, $5, '', $6)
"""

# hold move: an open move, locked, for him and for whom it concerns; and on which sides the viewer
# stands. It is the present employer who lets him go.
HOLD_MOVE = f"""
SELECT m.id, m.person_id, m.organisation_id, m.closed_at, m.outcome, o.name AS organisation_name,
  o.closed_on, m.released_at, m.accepted_at, {LETS_GO.format(person="m.person_id")} AS lets_go,
  {{at_former}} AS at_former, {{at_new}} AS at_new,
  EXISTS (SELECT FROM identity_claim k WHERE k.closed_at IS NULL
    AND m.person_id IN (k.claimant_id, k.owner_id)) AS contested
FROM move m JOIN organisation o ON o.id = m.organisation_id
WHERE m.id = $1 AND {{readable}} FOR UPDATE OF m FOR SHARE OF o
"""
RELEASE = "UPDATE move SET released_at = $2, released_by_id = $3 WHERE id = $1"
ACCEPT = "UPDATE move SET accepted_at = $2, accepted_by_id = $3 WHERE id = $1"
CLOSE = "UPDATE move SET outcome = $2, closed_at = $3, reason = $4 WHERE id = $1"

# seats elsewhere: what somebody would lose with his employer, and what would be left of it.
SEATS_AT = """
SELECT e.id, 'unit_admin' = ANY (e.groups) AND NOT EXISTS (SELECT FROM seat other
     JOIN account a ON a.person_id = other.person_id AND a.disabled_at IS NULL
   WHERE other.organisation_id = e.organisation_id AND other.ended_at IS NULL
     AND other.person_id <> e.person_id AND 'unit_admin' = ANY (other.groups)) AS last_admin
FROM seat e JOIN employment was ON was.person_id = e.person_id AND was.until_on IS NULL
  AND was.organisation_id = e.organisation_id
WHERE e.person_id = $1 AND e.ended_at IS NULL FOR UPDATE OF e
"""

# preview: what becomes of what somebody has when he leaves his employer. Cases stay where they were
# handed in; drafts and what came back go with him; seats end; tasks he holds are free again.
OF_LEAVER = """s.id AS person_id, e.organisation_id AS employer_id,
  (SELECT count(*) FROM wf_case c WHERE c.closed_at IS NULL AND c.status <> 'returned'
    AND c.subject_type <> 'grant' AND coalesce(c.concerns_id, c.applicant_id) = s.id
    AND c.employer_id = e.organisation_id) AS cases,
  (SELECT count(*) FROM training_record r WHERE r.person_id = s.id
    AND r.status IN ('draft', 'returned') AND r.deleted_at IS NULL)
  + (SELECT count(*) FROM cycle_application y WHERE y.person_id = s.id
    AND y.status IN ('draft', 'returned')) AS drafts,
  (SELECT count(*) FROM seat t WHERE t.person_id = s.id AND t.ended_at IS NULL
    AND t.organisation_id = e.organisation_id) AS seats,
  (SELECT count(*) FROM wf_task t WHERE t.claimed_by_id = s.id AND t.status = 'open'
    AND t.organisation_id = e.organisation_id) AS tasks
FROM person s LEFT JOIN employment e ON e.person_id = s.id AND e.until_on IS NULL"""
PREVIEW = f"SELECT {OF_LEAVER} WHERE s.id = $1"
PREVIEWS = f"""
SELECT m.id, {OF_LEAVER} JOIN move m ON m.person_id = s.id AND m.closed_at IS NULL
WHERE m.id = ANY ({{moves}}::uuid[]) AND {{readable}}
"""

# employ: the employer before and the seats there end, the new employer begins; `$2` may be nobody.
LEAVE = """
WITH gone AS (
  UPDATE session SET revoked_at = $3 WHERE seat_id = ANY ($4::uuid[]) AND revoked_at IS NULL
), ended AS (
  UPDATE seat SET ended_at = $3, version = version + 1 WHERE id = ANY ($4::uuid[])
)
UPDATE employment SET until_on = $2 WHERE person_id = $1 AND until_on IS NULL
"""
EMPLOY = """
WITH vouched AS (UPDATE account SET verified_at = coalesce(verified_at, $5) WHERE person_id = $2)
INSERT INTO employment (id, person_id, organisation_id, from_on) VALUES ($1, $2, $3, $4)
"""
