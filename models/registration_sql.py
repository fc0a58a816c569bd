"""Statements about registrations (用户注册) and claims of a number, named for their verbs."""

BEGIN = """
WITH old AS (DELETE FROM registration WHERE id IN (SELECT id FROM registration
  WHERE expires_at < $5::timestamptz LIMIT 10 FOR UPDATE SKIP LOCKED))
INSERT INTO registration (id, token_hash, agreement_version, agreed_at, systems, name, login,
  contact, challenge, created_at, expires_at)
VALUES ($1, $2, $3, $5, $4, '', '', '', $6, $5, $7)
"""
DRAFT = """
SELECT id, agreement_version, agreed_at, systems, name, login, contact, challenge, expires_at
FROM registration WHERE token_hash = $1 AND expires_at > $2 AND finished_at IS NULL
"""
SAVE = """
UPDATE registration SET systems = $3, name = $4, login = $5, contact = $6
WHERE token_hash = $1 AND expires_at > $2 AND finished_at IS NULL RETURNING id
"""
HOLD = DRAFT + "FOR UPDATE"
LOGIN_TAKEN = "SELECT 1 FROM account WHERE lower(login) = $1"

# open: the person, his account and his own seat, and the draft that is done.
OPEN = """
WITH draft AS (UPDATE registration SET finished_at = $8, login = '', name = '', contact = ''
  WHERE id = $1
), born AS (
  INSERT INTO person (id, name, masked_number, created_at) VALUES ($2, $3, $4, $8)
), opened AS (
  INSERT INTO account (id, person_id, login, password_hash, password_set_at, contact,
    agreement_version, agreed_at, created_at, demo)
  VALUES ($5, $2, $6, $7, $8, $9, $10, $11, $8, false)
)
INSERT INTO seat (id, person_id, user_type, groups, duties, created_at)
VALUES ($12, $2, 'person', '{}', '{}', $8)
"""

# claim: who registers a number that somebody has claims it; everybody else claims nothing. The
# owner hears of it once a day, here and by a letter; one statement either way, so that time tells
# nothing to who registers. Who ends in another account meanwhile owns nothing any more.
CLAIM = """
WITH claimed AS (
  INSERT INTO identity_claim (id, claimant_id, owner_id, created_at, due_at, reason, change_id,
    opened_by_id)
  SELECT $1, $2::uuid, has.id, $4::timestamptz, $5::timestamptz, '', $8::uuid, $9::uuid
  FROM person has WHERE has.id = $3::uuid AND has.id <> $2::uuid AND has.absorbed_by_id IS NULL
  FOR KEY SHARE OF has
  RETURNING id, owner_id
), told AS (
  INSERT INTO notice (id, kind, person_id, data, once, created_at)
  SELECT gen_random_uuid(), 'number_claimed', owner_id, '{}',
    concat_ws(' ', 'number_claimed', ($4::timestamptz AT TIME ZONE 'Asia/Shanghai')::date),
    $4::timestamptz
  FROM claimed ON CONFLICT DO NOTHING RETURNING person_id
)
INSERT INTO job (id, kind, queue, subject, args, created_at, run_after)
SELECT gen_random_uuid(), $6, $7, person_id, '{}', now(), now() FROM told
"""
# owner: where the owner of a number that somebody claims is reached.
OWNER = """
SELECT login, contact FROM account WHERE person_id = $1 AND disabled_at IS NULL AND contact <> ''
"""

# hold change: the request a claim comes from is locked first, as by whoever decides on it.
HOLD_CHANGE = """
SELECT id FROM identity_change WHERE id = (SELECT change_id FROM identity_claim WHERE id = $1)
FOR UPDATE
"""
HAS_ACCOUNT = "SELECT EXISTS (SELECT FROM account WHERE person_id = $1)"
CHANGE = "SELECT id, person_id FROM identity_change WHERE id = $1"
# hold claim: an open claim one may decide on, both accounts locked.
HOLD_CLAIM = """
SELECT k.id, k.claimant_id, k.owner_id, k.closed_at, k.outcome, k.change_id, k.opened_by_id,
  mine.id AS claimant_account, mine.disabled_at AS claimant_shut_at,
  theirs.id AS owner_account, theirs.verified_at AS owner_verified_at,
  (SELECT name FROM person WHERE id = k.owner_id) AS owner_name,
  EXISTS (SELECT FROM employment e WHERE e.person_id = k.owner_id AND e.until_on IS NULL)
    AS owner_employed
FROM identity_claim k JOIN account mine ON mine.person_id = k.claimant_id
JOIN account theirs ON theirs.person_id = k.owner_id
WHERE k.id = $1 AND {readable} FOR UPDATE OF k, mine, theirs
"""
CLOSE_CLAIM = """
UPDATE identity_claim SET closed_at = $2, outcome = $3, decided_by_id = $4, reason = $5
WHERE id = $1
"""

# silence: an account opens nothing any more; its login is free, its seats and wishes end.
SILENCE = """
WITH gone AS (
  UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND revoked_at IS NULL
), unlinked AS (
  DELETE FROM portal_link WHERE account_id = $1
), ended AS (
  UPDATE seat SET ended_at = $3 WHERE person_id = $2 AND ended_at IS NULL
), moves AS (
  UPDATE move SET outcome = 'withdrawn', closed_at = $3 WHERE person_id = $2 AND closed_at IS NULL
)
UPDATE account SET disabled_at = $3, login = 'x' || replace(id::text, '-', '')
WHERE id = $1 RETURNING password_hash, contact, vault.end_factor(id)
"""

# hand over: whose number it is gets in by the login and password he registered with, and is not
# asked for a code of the other's. What an officer has shut, of either, he alone opens again.
HAND_OVER = """
WITH gone AS (
  UPDATE session SET revoked_at = $6 WHERE account_id = $1 AND revoked_at IS NULL
), unlinked AS (
  DELETE FROM portal_link WHERE account_id = $1
), forgotten AS (
  DELETE FROM password_reset WHERE account_id = $1 AND used_at IS NULL
), named AS (
  UPDATE person SET name = $5 WHERE id = $2
)
UPDATE account SET login = $3, password_hash = $4, password_set_at = $6, contact = $7,
  disabled_at = coalesce(disabled_at, $8), verified_at = $6
WHERE id = $1 RETURNING vault.end_factor(id)
"""
WHO = "SELECT a.login, s.name FROM account a JOIN person s ON s.id = a.person_id WHERE a.id = $1"
