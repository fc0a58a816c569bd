"""Statements by which one of two accounts of the same person ends in the other (合并重复帐号).

Of $1, who is absorbed, everything that lives goes to $2, who stays: records, applications, the
places of work. What is history stays as it was written: cases, snapshots, certificates.
"""

# hold: the figures of both and then both persons, as a recount locks them; no case of either
# begins meanwhile, and nobody counts what is on its way.
HOLD_FIGURES = """
SELECT person_id FROM person_total WHERE person_id IN ($1, $2) ORDER BY person_id FOR UPDATE
"""
HOLD = "SELECT id FROM person WHERE id IN ($1, $2) ORDER BY id FOR UPDATE"

# A course both accounts were credited with; counted twice, it would be hours nobody studied.
CREDITED_TWICE = """r.status = 'approved' AND r.deleted_at IS NULL AND EXISTS (
  SELECT FROM training_record kept WHERE kept.person_id = {stays} AND kept.status = 'approved'
    AND kept.deleted_at IS NULL AND kept.category = r.category AND kept.starts_on = r.starts_on
    AND kept.ends_on = r.ends_on AND lower(kept.course_name) = lower(r.course_name))"""
# An application that is not handed in and that the other account has under way, too.
APPLIED_TWICE = """y.status = 'draft' AND EXISTS (SELECT FROM cycle_application kept
  WHERE kept.person_id = {stays} AND kept.target_title = y.target_title AND kept.year = y.year
    AND kept.closed_at IS NULL)"""

# preview: of claims, what would go over, what would not, and what must be finished before. Judged
# own: opinions one of the two gave on what the other had asked for.
PREVIEW = f"""
SELECT pair.id,
  (SELECT count(*) FROM training_record r WHERE r.person_id = pair.gone) AS records,
  (SELECT count(*) FROM training_record r WHERE r.person_id = pair.gone
    AND {CREDITED_TWICE.format(stays="pair.stays")}) AS repeated,
  (SELECT count(*) FROM cycle_application y WHERE y.person_id = pair.gone
    AND NOT ({APPLIED_TWICE.format(stays="pair.stays")})) AS applications,
  (SELECT count(*) FROM employment WHERE person_id = pair.gone) AS employments,
  (SELECT count(*) FROM certificate WHERE person_id = pair.gone AND revoked_at IS NULL)
    AS certificates,
  (SELECT count(*) FROM wf_opinion p JOIN wf_case c ON c.id = p.case_id
    WHERE (p.person_id, coalesce(c.concerns_id, c.applicant_id))
      IN ((pair.gone, pair.stays), (pair.stays, pair.gone))) AS judged_own,
  (SELECT count(*) FROM wf_case c WHERE c.closed_at IS NULL
    AND pair.gone IN (c.applicant_id, c.concerns_id)) AS open_cases,
  (SELECT count(*) FROM seat WHERE person_id = pair.gone AND ended_at IS NULL
    AND user_type <> 'person') AS seats,
  EXISTS (SELECT FROM account WHERE person_id = pair.stays AND disabled_at IS NOT NULL) AS shut,
  EXISTS (SELECT FROM identity_claim other WHERE other.closed_at IS NULL AND other.id <> pair.id
    AND (pair.gone IN (other.claimant_id, other.owner_id)
      OR pair.stays IN (other.claimant_id, other.owner_id))) AS contested
FROM (SELECT id, claimant_id AS gone, owner_id AS stays FROM identity_claim
  WHERE id = ANY ($1::uuid[])) pair
"""

# repeat: what is credited twice is deleted where it comes from, with a line of history each.
REPEAT = f"""
WITH repeated AS (
  UPDATE training_record r SET deleted_at = $3, updated_at = $3, version = version + 1
  WHERE r.person_id = $1 AND {CREDITED_TWICE.format(stays="$2")} RETURNING r.id)
INSERT INTO history (id, tag, subject_type, subject_id, person_id, account_id, organisation_id,
  at, data)
SELECT gen_random_uuid(), $4, 'training_record', repeated.id, $5, $6, $7, $3, $8::jsonb
FROM repeated
"""
RECORDS = "UPDATE training_record SET person_id = $2, updated_at = $3 WHERE person_id = $1"
APPLICATIONS = f"""
UPDATE cycle_application y SET person_id = $2, updated_at = $3
WHERE y.person_id = $1 AND NOT ({APPLIED_TWICE.format(stays="$2")})
"""
# employments: who stays and works somewhere works there; the other place ends today.
EMPLOYMENTS = """
UPDATE employment e SET person_id = $2, until_on = CASE
  WHEN e.until_on IS NULL AND EXISTS (SELECT FROM employment kept
    WHERE kept.person_id = $2 AND kept.until_on IS NULL) THEN greatest(e.from_on, $3::date)
  ELSE e.until_on END
WHERE e.person_id = $1
"""
PROFILE = """
UPDATE profile SET person_id = $2
WHERE person_id = $1 AND NOT EXISTS (SELECT FROM profile WHERE person_id = $2)
"""
# uncount: nothing of him is counted any more; his snapshots stay, and none of them is current.
UNCOUNT = """
WITH retired AS (
  UPDATE annual_result SET current = false WHERE person_id = $1 AND current
), years AS (
  DELETE FROM year_total WHERE person_id = $1
)
DELETE FROM person_total WHERE person_id = $1
"""
# leave: a move of who stays is let go of by whoever employs him now.
LEAVE = """
UPDATE move SET former_id = (SELECT organisation_id FROM employment
  WHERE person_id = $1 AND until_on IS NULL) WHERE person_id = $1 AND closed_at IS NULL
"""
# forget: nothing is kept by which the account that is gone was opened, or its person reached.
FORGET = """
WITH known AS (
  SELECT id FROM account WHERE person_id = $1
), resets AS (
  DELETE FROM password_reset WHERE account_id IN (SELECT id FROM known) AND used_at IS NULL
), former AS (
  DELETE FROM former_password WHERE account_id IN (SELECT id FROM known)
), reached AS (
  UPDATE profile SET phone = NULL WHERE person_id = $1 AND phone IS NOT NULL
)
UPDATE account SET contact = '', password_hash = '' WHERE person_id = $1
"""
# close requests: what he asked of his data is asked from the account that stays, if at all.
CLOSE_REQUESTS = """
UPDATE data_request SET outcome = 'withdrawn', closed_at = $2
WHERE person_id = $1 AND closed_at IS NULL
"""
# absorb: also whom he has absorbed himself, so that nobody has to follow a chain.
ABSORB = "UPDATE person SET absorbed_by_id = $2 WHERE id = $1 OR absorbed_by_id = $1"
ERASE = "SELECT vault.erase($1)"
