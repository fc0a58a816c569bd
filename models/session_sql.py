"""Statements about login sessions and the password behind them."""

# own: the living sessions of an account, the latest first.
OWN = """
SELECT s.id, s.created_at, s.seen_at, s.expires_at, s.address, s.user_agent, t.user_type,
  o.name AS organisation
FROM session s JOIN seat t ON t.id = s.seat_id
LEFT JOIN organisation o ON o.id = t.organisation_id
WHERE s.account_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
  AND s.seen_at > CASE t.user_type WHEN 'person' THEN $3::timestamptz ELSE $4::timestamptz END
ORDER BY s.created_at DESC, s.id DESC LIMIT 50
"""
REVOKE = """
UPDATE session SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL
RETURNING id
"""
REVOKE_OTHERS = """
UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND id <> $2 AND revoked_at IS NULL
RETURNING id
"""

# secret: an account with what its password must not resemble, locked.
SECRET = """
SELECT a.id, a.person_id, a.login, a.password_hash, a.contact, s.masked_number,
  coalesce(f.phone, '') AS phone, coalesce(o.name, '') AS employer,
  ARRAY(SELECT p.password_hash FROM former_password p WHERE p.account_id = a.id
    ORDER BY p.ended_at DESC, p.id DESC LIMIT $2) AS former
FROM account a JOIN person s ON s.id = a.person_id LEFT JOIN profile f ON f.person_id = s.id
LEFT JOIN employment e ON e.person_id = s.id AND e.until_on IS NULL
LEFT JOIN organisation o ON o.id = e.organisation_id
WHERE a.id = $1 AND a.disabled_at IS NULL FOR UPDATE OF a
"""

# renew: the new password; the old one is kept to be refused, and every session ends.
RENEW = """
WITH kept AS (
  INSERT INTO former_password (id, account_id, password_hash, ended_at)
  SELECT $3, id, password_hash, $4 FROM account WHERE id = $1
), gone AS (
  UPDATE session SET revoked_at = $4 WHERE account_id = $1 AND revoked_at IS NULL
)
UPDATE account SET password_hash = $2, password_set_at = $4 WHERE id = $1
"""
