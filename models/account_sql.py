"""The statements of accounts (帐号), seats (身份) and login sessions."""

from models.delegation_sql import MANDATES

MANDATED = MANDATES.format(delegate="a.person_id", organisation="t.organisation_id", now="$2")

BY_LOGIN = """
SELECT id, person_id, password_hash, demo, coalesce(password_set_at, created_at) AS password_set_at
FROM account WHERE lower(login) = $1 AND disabled_at IS NULL
"""
SEATS = """
SELECT s.id, s.organisation_id, s.user_type, s.groups, s.duties, o.name AS organisation,
  o.unit_code
FROM seat s LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE s.person_id = $1 AND s.ended_at IS NULL ORDER BY s.created_at, s.id
"""
# asleep: an account of staff that nobody has used since $2. An appointment is use, and so is an
# officer who opens it again; the password of a demo account is public, and nobody minds it.
ASLEEP = """
SELECT id FROM account a WHERE id = $1 AND NOT demo AND greatest(created_at,
  (SELECT max(seen_at) FROM session WHERE account_id = a.id),
  (SELECT max(created_at) FROM seat WHERE person_id = a.person_id AND ended_at IS NULL),
  (SELECT max(at) FROM history WHERE subject_type = 'account' AND subject_id = a.id
     AND tag = 'account:enable')) < $2
"""
# Two who sign in at once take turns, so that each sees the session of the other; and whoever was
# slower than a change of the password, or than an officer who shuts the account, does not come in.
LOCK = """
SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL
  AND password_hash = coalesce($2, password_hash) FOR NO KEY UPDATE
"""
# open: the longest unused sessions make room; a demo account is shared by whoever tries it.
OPEN = """
WITH ended AS (
  UPDATE session SET revoked_at = $5 WHERE id IN (
    SELECT s.id FROM session s JOIN account a ON a.id = s.account_id AND NOT a.demo
    WHERE s.account_id = $3 AND s.revoked_at IS NULL AND s.expires_at > $5
    ORDER BY s.seen_at DESC, s.id DESC OFFSET $11)
  RETURNING device, seen_at > $5::timestamptz - interval '30 minutes' AS in_use
), opened AS (
  INSERT INTO session (id, token_hash, account_id, seat_id, created_at, seen_at, expires_at,
    address, user_agent, device, mfa_at)
  VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)
)
SELECT (SELECT coalesce(array_agg(device), '{}') FROM ended WHERE in_use) AS ended,
  NOT a.demo AND $9 <> ''
    AND EXISTS (SELECT FROM session WHERE account_id = $3 AND device <> '')
    AND NOT EXISTS (SELECT FROM session WHERE account_id = $3 AND device = $9) AS new_device
FROM account a WHERE a.id = $3
"""
# Account, seat and session are looked at anew for every request: what was ended, ends at once.
# With them, in whose name he may decide from this seat. Staff is gone sooner than a person.
VIEWER = f"""
SELECT s.id AS session_id, s.seen_at, s.mfa_at, a.id AS account_id, a.person_id, a.demo,
  coalesce(a.password_set_at, a.created_at) AS password_set_at,
  t.id AS seat_id, t.organisation_id, t.user_type, t.groups, t.duties, {MANDATED} AS mandates,
  ARRAY(SELECT id FROM person WHERE absorbed_by_id = a.person_id) AS former
FROM session s JOIN account a ON a.id = s.account_id JOIN seat t ON t.id = s.seat_id
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
  AND s.seen_at > CASE t.user_type WHEN 'person' THEN $3::timestamptz ELSE $4::timestamptz END
  AND a.disabled_at IS NULL AND t.ended_at IS NULL AND t.person_id = a.person_id
"""
# acting: somebody for whom work is done later; nothing once his account or seat has ended.
ACTING = """
SELECT a.id AS account_id, a.person_id,
  t.id AS seat_id, t.organisation_id, t.user_type, t.groups, t.duties
FROM account a JOIN seat t ON t.person_id = a.person_id
WHERE a.id = $1 AND t.id = $2 AND a.disabled_at IS NULL AND t.ended_at IS NULL
"""
TOUCH = "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2"
MOVE = "UPDATE session SET seat_id = $2 WHERE id = $1 AND revoked_at IS NULL"
CLOSE = "UPDATE session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
REHASH = "UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3"
# Whom a newcomer may try: in the order the demo city lists them.
DEMO = """
SELECT a.login, p.name, coalesce(string_agg(DISTINCT o.name, '、'), '') AS organisation,
  coalesce(max(e.user_type) FILTER (WHERE e.user_type <> 'person'), 'person') AS user_type
FROM account a JOIN person p ON p.id = a.person_id
LEFT JOIN seat e ON e.person_id = p.id AND e.ended_at IS NULL
LEFT JOIN organisation o ON o.id = e.organisation_id
WHERE a.demo AND a.disabled_at IS NULL
GROUP BY a.id, p.id ORDER BY a.created_at, a.id LIMIT 29
"""
