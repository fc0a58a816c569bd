"""Statements about the portal (统一身份认证), named for the steps of a visit."""

# begin: a few that are long over go with each new one.
BEGIN = """
WITH old AS (DELETE FROM portal_visit WHERE id IN (SELECT id FROM portal_visit
  WHERE expires_at < $3::timestamptz LIMIT 10 FOR UPDATE SKIP LOCKED))
INSERT INTO portal_visit (id, state_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)
"""
# arrive: a state is good once.
ARRIVE = """
UPDATE portal_visit SET used_at = $2
WHERE state_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id
"""
# covered: has the account a second factor, which is asked for however somebody comes?
COVERED = "(SELECT f.confirmed_at IS NOT NULL FROM vault.factor({account}) f) AS covered"
LINKED = f"""
SELECT a.id, a.person_id, a.demo, coalesce(a.password_set_at, a.created_at) AS password_set_at,
  k.id AS link_id, {COVERED.format(account="a.id")}
FROM portal_link k JOIN account a ON a.id = k.account_id
WHERE k.issuer = $1 AND k.subject = $2 AND a.disabled_at IS NULL
"""
USED = "UPDATE portal_link SET used_at = $2 WHERE id = $1"

# of person: his account, and whether anybody but himself has said that it is his.
OF_PERSON = f"""
SELECT id, person_id, (agreed_at IS NULL OR verified_at IS NOT NULL) AS vouched,
  {COVERED.format(account="account.id")}
FROM account WHERE person_id = $1 AND disabled_at IS NULL FOR UPDATE
"""
# numbered: has he stated a number? Who registered himself has, whoever it belongs to: were it
# looked up, another answer would tell a stranger that somebody has it already.
NUMBERED = """
SELECT vault.own_mask($1) IS NOT NULL OR EXISTS (SELECT FROM account
  WHERE person_id = $1 AND agreed_at IS NOT NULL) AS numbered
"""
LINK = """
INSERT INTO portal_link (id, account_id, issuer, subject, linked_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id
"""
OFFER = """
UPDATE portal_visit SET session_id = $2, issuer = $3, subject = $4, vouches = $5 WHERE id = $1
"""
OFFERED = """
SELECT id, issuer, subject, vouches FROM portal_visit
WHERE session_id = $1 AND issuer = $2 AND expires_at > $3 ORDER BY id DESC LIMIT 1
"""
FORGET = "DELETE FROM portal_visit WHERE session_id = $1"
VOUCH = "UPDATE account SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL"
# own: the link of an account, and whether an identity waits for this session to link it.
OWN = """
SELECT k.linked_at, k.used_at, EXISTS (SELECT FROM portal_visit WHERE session_id = $2
  AND issuer = $3 AND expires_at > $4) AS offered
FROM (SELECT $1::uuid AS account_id) me LEFT JOIN portal_link k ON k.account_id = me.account_id
"""
UNLINK = "DELETE FROM portal_link WHERE account_id = $1 RETURNING id"
