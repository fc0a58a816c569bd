"""Statements about grants (权限), named for the verbs that use them."""

# The organisation code inside a unit code: one unit, whichever of its two codes is written.
CODE = "right(left({}, 17), 9)"

# lock: one person's applications are taken one after the other.
LOCK = "SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE"

# facts: an application beside the tree as it is now.
FACTS = f"""
SELECT asked.*, o.id AS found_id, o.kind AS found_kind, o.name AS found_name,
  o.unit_code AS found_code, o.closed_on IS NOT NULL AS found_closed, above.name AS superior_name,
  above.kind AS superior_kind, above.closed_on IS NOT NULL AS superior_closed,
  city.id AS city_id, city.name AS city_name, parent.id AS parent_id, parent.name AS parent_name,
  EXISTS (SELECT FROM seat e WHERE e.person_id = asked.person_id AND e.organisation_id = o.id
    AND e.user_type = asked.user_type AND e.ended_at IS NULL) AS held,
  EXISTS (SELECT FROM seat_grant other WHERE other.person_id = asked.person_id
    AND other.user_type = asked.user_type AND other.closed_at IS NULL AND other.id <> asked.id
    AND {CODE.format("other.unit_code")} = {CODE.format("asked.unit_code")}) AS waiting,
  EXISTS (SELECT FROM identity_claim k WHERE k.closed_at IS NULL
    AND asked.person_id IN (k.claimant_id, k.owner_id)) AS contested,
  EXISTS (SELECT FROM account a WHERE a.person_id = asked.person_id
    AND a.disabled_at IS NULL) AS signs_in
FROM ({{asked}}) asked
LEFT JOIN organisation o ON {CODE.format("o.unit_code")} = {CODE.format("asked.unit_code")}
LEFT JOIN organisation above ON above.id = asked.superior_id
LEFT JOIN organisation city ON city.kind = 'city_bureau'
LEFT JOIN organisation parent ON parent.id = o.parent_id AND parent.closed_on IS NULL
"""

# asked: what is applied for now.
ASKED = FACTS.format(
    asked="""SELECT $1::uuid AS id, $2::uuid AS person_id, $3::text AS user_type,
  $4::text AS unit_code, $5::uuid AS superior_id, $6::text AS unit_name, $7::text AS unit_kind,
  $8::text[] AS work_fields, $9::text AS note, NULL::uuid AS organisation_id"""
)

# granted: what was applied for; to decide on one, lock its case first.
GRANTED = FACTS.format(
    asked="""SELECT id, person_id, user_type, unit_code, superior_id, unit_name, unit_kind,
  work_fields, note, organisation_id FROM seat_grant WHERE id = ANY ($1::uuid[])"""
)

# by code: the organisation somebody means by either of its codes.
BY_CODE = f"""
SELECT o.id, o.unit_code, o.name FROM organisation o WHERE {CODE.format("o.unit_code")} = $1
"""

# hold: the case of a grant one may read, locked.
HOLD = """
SELECT c.id FROM wf_case c
WHERE c.subject_type = 'grant' AND c.subject_id = $1 AND {readable} FOR UPDATE OF c
"""

# state: what is applied for.
STATE = """
INSERT INTO seat_grant (id, person_id, user_type, unit_code, organisation_id, superior_id,
  unit_name, unit_kind, work_fields, note, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
"""

# follow: the grant after its case.
FOLLOW = "UPDATE seat_grant SET updated_at = $2, closed_at = $3 WHERE id = $1"

# approve: the unit, if it is registered with the grant, below a body that stays where it is until
# it is there; the seat; where its holder works, if he has said nowhere else; the grant closed; one
# line of history, and one of the unit's.
APPROVE = """
WITH asked AS (SELECT * FROM seat_grant WHERE id = $1
), founded AS (
  INSERT INTO organisation (id, kind, name, parent_id, ancestors, unit_kind, unit_code, created_at)
  SELECT $2, 'unit', asked.unit_name, above.id, above.ancestors || above.id, asked.unit_kind,
    asked.unit_code, $3
  FROM asked JOIN organisation above ON above.id = asked.superior_id
  WHERE asked.unit_name IS NOT NULL FOR SHARE OF above
  RETURNING id, name, parent_id
), born AS (
  INSERT INTO organisation_event (id, organisation_id, kind, effective_on, reason, at, person_id,
    acting_id, name_after, superior_after_id, counts)
  SELECT $14, id, 'created', $8, '', $3, $11, $13, name, parent_id, '{}' FROM founded
), place AS (
  SELECT coalesce((SELECT id FROM founded), asked.organisation_id) AS id FROM asked
), seated AS (
  INSERT INTO seat (id, person_id, organisation_id, user_type, groups, duties, created_at)
  SELECT $4, asked.person_id, place.id, asked.user_type, $5, $6, $3 FROM asked, place
  RETURNING id, organisation_id
), employed AS (
  INSERT INTO employment (id, person_id, organisation_id, from_on)
  SELECT $7, asked.person_id, place.id, $8 FROM asked, place
  WHERE asked.user_type = 'unit' AND NOT EXISTS (SELECT FROM employment e
    WHERE e.person_id = asked.person_id AND e.until_on IS NULL)
  RETURNING person_id, organisation_id
), leaves AS (
  UPDATE move m SET former_id = employed.organisation_id FROM employed
  WHERE m.person_id = employed.person_id AND m.closed_at IS NULL
), vouched AS (
  UPDATE account a SET verified_at = coalesce(a.verified_at, $3) FROM asked
  WHERE a.person_id = asked.person_id
), closed AS (
  UPDATE seat_grant g SET organisation_id = place.id, seat_id = $4, updated_at = $3, closed_at = $3
  FROM place WHERE g.id = $1
)
INSERT INTO history (id, tag, subject_type, subject_id, person_id, account_id, organisation_id,
  at, data)
SELECT $9, $10, 'seat', seated.id, $11, $12, $13, $3,
  jsonb_build_object('grant', $1::uuid, 'groups', $5::text[], 'duties', $6::text[],
    'organisation', seated.organisation_id)
FROM seated
"""
