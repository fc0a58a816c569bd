"""Statements about requests of persons about their data, named for the verbs that use them."""

# lock: what a person asks for is taken in turn, and no case of his begins meanwhile.
LOCK = "SELECT name FROM person WHERE id = $1 FOR UPDATE"

WAITS = """
SELECT EXISTS (SELECT FROM data_request WHERE person_id = $1 AND kind = $2
  AND field IS NOT DISTINCT FROM $3 AND closed_at IS NULL)
"""

# obstacles: what must be finished before an account is closed.
OBSTACLES = """
SELECT
  (SELECT count(*) FROM wf_case c WHERE c.closed_at IS NULL AND
    $1 IN (c.applicant_id, c.concerns_id)) AS cases,
  (SELECT count(*) FROM seat WHERE person_id = $1 AND ended_at IS NULL
    AND user_type <> 'person') AS seats,
  EXISTS (SELECT FROM identity_claim WHERE $1 IN (claimant_id, owner_id)
    AND closed_at IS NULL) AS contested,
  EXISTS (SELECT FROM identity_change WHERE person_id = $1 AND closed_at IS NULL) AS changing
"""

ADD = """
INSERT INTO data_request (id, person_id, kind, field, wish, reason, created_at, due_at, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')
"""
HOLD = """
SELECT q.id, q.person_id, q.kind, q.field, q.wish, q.closed_at FROM data_request q
WHERE q.id = $1 AND {readable} FOR UPDATE
"""
CLOSE = """
UPDATE data_request SET outcome = $2, closed_at = $3, answer = $4, decided_by_id = $5
WHERE id = $1
"""
RENAME = "UPDATE person SET name = $2 WHERE id = $1"

# close account: nobody gets in, and nothing is kept by which he could be reached.
CLOSE_ACCOUNT = """
WITH known AS (
  SELECT id FROM account WHERE person_id = $1
), gone AS (
  UPDATE session SET revoked_at = $2
  WHERE account_id IN (SELECT id FROM known) AND revoked_at IS NULL
), forgotten AS (
  DELETE FROM password_reset WHERE account_id IN (SELECT id FROM known) AND used_at IS NULL
), former AS (
  DELETE FROM former_password WHERE account_id IN (SELECT id FROM known)
), unlinked AS (
  DELETE FROM portal_link WHERE account_id IN (SELECT id FROM known)
), ended AS (
  UPDATE seat SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL
), moves AS (
  UPDATE move SET outcome = 'withdrawn', closed_at = $2 WHERE person_id = $1 AND closed_at IS NULL
), reached AS (
  UPDATE profile SET phone = NULL WHERE person_id = $1 AND phone IS NOT NULL
)
UPDATE account SET disabled_at = $2, contact = '', password_hash = '',
  login = 'x' || replace(id::text, '-', '')
WHERE person_id = $1 RETURNING vault.end_factor(id)
"""
ERASE = "SELECT vault.erase($1)"
