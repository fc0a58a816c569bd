"""Statements about requests to change name or number (身份信息变更), and their doors."""

# asking: who asks, locked, whether he waits already, and whether anybody has vouched for him.
ASKING = """
SELECT s.id, s.name, s.masked_number,
  EXISTS (SELECT FROM identity_change x WHERE x.person_id = s.id
    AND x.closed_at IS NULL) AS waiting,
  NOT EXISTS (SELECT FROM account a WHERE a.person_id = s.id
    AND a.agreed_at IS NOT NULL AND a.verified_at IS NULL) AS vouched
FROM person s WHERE s.id = $1 FOR NO KEY UPDATE
"""
ASK = """
INSERT INTO identity_change (id, person_id, name_before, name_after, masked_before, document_type,
  masked_after, reason, evidence, created_at, due_at, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '')
"""

# hold: a request one may read, locked with its person.
HOLD = """
SELECT x.id, x.person_id, x.name_after, x.document_type, x.closed_at, x.outcome, s.name,
  EXISTS (SELECT FROM identity_claim k WHERE k.closed_at IS NULL
    AND s.id IN (k.claimant_id, k.owner_id)) AS contested,
  EXISTS (SELECT FROM identity_claim k WHERE k.closed_at IS NULL AND k.change_id = x.id)
    AS disputed
FROM identity_change x JOIN person s ON s.id = x.person_id
WHERE x.id = $1 AND {readable} FOR UPDATE OF x FOR NO KEY UPDATE OF s
"""
CLOSE = """
UPDATE identity_change SET outcome = $2, closed_at = $3, decided_by_id = $4, answer = $5
WHERE id = $1
"""
RENAME = "UPDATE person SET name = $2 WHERE id = $1"

# The doors of the vault.
PROPOSE = "SELECT vault.propose($1, $2, $3)"
PROPOSED = "SELECT document, sealed FROM vault.proposed($1)"
FORGET = "SELECT vault.forget($1)"
EXCHANGE = "SELECT vault.exchange($1, $2, $3, $4, $5, $6, $7, $8, $9) AS exchanged"
