"""The statements of accounts (帐号), seats (身份) and login sessions."""

from models.delegation_sql import MANDATES

MANDATED = MANDATES.format(delegate="a.person_id", organisation="t.organisation_id", now="$2")

BY_LOGIN = """
SELECT id, person_id, password_hash FROM account WHERE lower(login) = $1 AND disabled_at IS NULL
"""
SEATS = """
SELECT s.id, s.organisation_id, s.user_type, s.groups, s.duties, o.name AS organisation,
  o.unit_code
FROM seat s LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE s.person_id = $1 AND s.ended_at IS NULL ORDER BY s.created_at, s.id
"""
OPEN = """
INSERT INTO session (id, token_hash, account_id, seat_id, created_at, seen_at, expires_at,
  address, user_agent)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)
"""
# Account, seat and session are looked at anew for every request: what was ended, ends at once.
# With them, in whose name he may decide from this seat.
VIEWER = f"""
SELECT s.id AS session_id, s.seen_at, a.id AS account_id, a.person_id,
  t.id AS seat_id, t.organisation_id, t.user_type, t.groups, t.duties, {MANDATED} AS mandates
FROM session s JOIN account a ON a.id = s.account_id JOIN seat t ON t.id = s.seat_id
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3
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
  coalesce(max(e.user_type) FILTER (WHERE e.organisation_id IS NOT NULL), 'person') AS user_type
FROM account a JOIN person p ON p.id = a.person_id
LEFT JOIN seat e ON e.person_id = p.id AND e.ended_at IS NULL
LEFT JOIN organisation o ON o.id = e.organisation_id
WHERE a.demo AND a.disabled_at IS NULL
GROUP BY a.id, p.id ORDER BY a.created_at, a.id LIMIT 26
"""
