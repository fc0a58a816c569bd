"""The statement about links that are good once."""

# look: what a token is good for. Staff is asked for an app, so it is told of it before.
LOOK = """
WITH found AS (
  SELECT 'reset' AS kind, account_id, expires_at, false AS code_needed, false AS waits
  FROM password_reset WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
  UNION ALL
  SELECT 'invitation', v.account_id, v.expires_at, v.created_by_id IS NOT NULL,
    v.created_by_id IS NOT NULL AND v.code_hash = ''
  FROM invitation v JOIN account b ON b.id = v.account_id AND b.password_hash = ''
  WHERE v.token_hash = $1 AND v.used_at IS NULL AND v.expires_at > $2
)
SELECT f.kind, f.expires_at, f.code_needed, f.waits, a.login,
  f.kind = 'invitation' OR EXISTS (SELECT FROM seat s WHERE s.person_id = a.person_id
    AND s.ended_at IS NULL AND s.user_type <> 'person') AS staff
FROM found f JOIN account a ON a.id = f.account_id AND a.disabled_at IS NULL
"""
