"""Statements about officers (三员) and the accounts they keep, named for their verbs."""

# Whoever changes who holds an office takes his turn: the last one is counted once.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('offices', 0))"
# hold: an account, locked, and what it is. Others: who could do its officer's work without him.
HOLD = """
SELECT a.id, a.person_id, a.login, a.disabled_at, seat.id AS seat_id, seat.user_type AS office,
  a.login = 'x' || replace(a.id::text, '-', '') AS closed,
  EXISTS (SELECT FROM invitation v WHERE v.account_id = a.id)
    AND NOT EXISTS (SELECT FROM seat e WHERE e.person_id = a.person_id
      AND e.user_type NOT IN ('sys_admin','sec_admin','audit_admin')) AS for_an_officer,
  (SELECT count(*) FROM seat o JOIN account b ON b.person_id = o.person_id
   WHERE o.user_type = seat.user_type AND o.ended_at IS NULL AND o.person_id <> a.person_id
     AND b.disabled_at IS NULL AND b.password_hash <> '') AS others,
  a.password_hash = '' AS unopened
FROM account a LEFT JOIN seat ON seat.person_id = a.person_id AND seat.ended_at IS NULL
  AND seat.user_type IN ('sys_admin','sec_admin','audit_admin')
WHERE a.id = $1 FOR UPDATE OF a
"""
DISABLE = """
WITH gone AS (UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL)
UPDATE account SET disabled_at = coalesce(disabled_at, $2) WHERE id = $1
"""
ENABLE = "UPDATE account SET disabled_at = NULL WHERE id = $1"
GRANT = """
INSERT INTO seat (id, person_id, user_type, groups, duties, created_at)
VALUES ($1, $2, $3, '{}', '{}', $4)
"""
END = """
WITH gone AS (UPDATE session SET revoked_at = $2 WHERE seat_id = $1 AND revoked_at IS NULL)
UPDATE seat SET ended_at = $2, version = version + 1 WHERE id = $1
"""

# invite: a person, his account without a password, and the link that gives it one.
INVITE = """
WITH born AS (
  INSERT INTO person (id, name, masked_number, created_at) VALUES ($1, $2, '***', $7)
), opened AS (
  INSERT INTO account (id, person_id, login, password_hash, created_at, demo)
  VALUES ($3, $1, $4, '', $7, false)
)
INSERT INTO invitation (id, account_id, token_hash, created_by_id, created_at, expires_at)
VALUES ($5, $3, $6, $9, $7, $8)
"""
TAKEN = "SELECT EXISTS (SELECT FROM account WHERE lower(login) = $1) AS taken"
# let in: the other half of the link an officer has made, with which its day begins anew.
LET_IN = """
UPDATE invitation SET code_hash = $2, expires_at = $3 WHERE account_id = $1 AND used_at IS NULL
"""
# redeem: an invitation that is still good, while nobody has opened the account.
HOLD_INVITATION = """
SELECT v.id, v.account_id, v.created_by_id, v.code_hash FROM invitation v
JOIN account a ON a.id = v.account_id AND a.disabled_at IS NULL AND a.password_hash = ''
WHERE v.token_hash = $1 AND v.used_at IS NULL AND v.expires_at > $2 FOR UPDATE OF v, a
"""
USE = "UPDATE invitation SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL"

# held: who holds an office, and whether he can do its work.
HELD = """
SELECT e.id, e.user_type, a.disabled_at IS NULL AND a.password_hash <> '' AS active
FROM seat e JOIN account a ON a.person_id = e.person_id
WHERE e.ended_at IS NULL AND e.user_type IN ('sys_admin','sec_admin','audit_admin')
"""
# elsewhere: does a person act for a body that is not the viewer's to look after?
ELSEWHERE = """
SELECT EXISTS (SELECT FROM seat e WHERE e.person_id = $1 AND e.ended_at IS NULL
  AND e.organisation_id IS NOT NULL AND NOT {within}) AS elsewhere
"""
