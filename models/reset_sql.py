"""Statements about forgotten passwords, named for their verbs."""

# ask: one row and one job, whether anybody has that login or not.
ASK = """
INSERT INTO password_reset (id, account_id, created_at, expires_at)
SELECT $1, (SELECT id FROM account WHERE lower(login) = $2 AND disabled_at IS NULL
  AND contact <> ''), $3, $4
"""
WANTED = """
SELECT r.id, a.id AS account_id, a.login, a.contact FROM password_reset r
JOIN account a ON a.id = r.account_id AND a.disabled_at IS NULL
WHERE r.id = $1 AND r.used_at IS NULL AND r.expires_at > $2
"""
KEEP = "UPDATE password_reset SET token_hash = $2 WHERE id = $1 AND used_at IS NULL"
HOLD = """
SELECT r.id, r.account_id FROM password_reset r
WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 FOR UPDATE OF r
"""
USE = "UPDATE password_reset SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL"
