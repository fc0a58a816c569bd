"""Statements about profiles (个人资料), named for the verbs that use them."""

# lock: the row of the person serialises two first savings of one profile, and two submissions.
LOCK = "SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE"
READ = "SELECT * FROM profile WHERE person_id = $1"
EMPLOYED = "SELECT 1 FROM employment WHERE person_id = $1 AND until_on IS NULL"
LAST_CHANGE = """
SELECT p.name AS by, h.tag AS what FROM history h JOIN person p ON p.id = h.person_id
WHERE h.subject_type = 'profile' AND h.subject_id = $1 ORDER BY h.at DESC, h.id DESC LIMIT 1
"""

# former: what was stated of a person until a change, who changed it, and the names of the fields.
FORMER = """
INSERT INTO former_profile (id, person_id, until_at, changed_by_id, changed, name, has_title,
  title_code, qualified_on, started_work_on, discipline, person_group)
SELECT $1, s.id, $3, $4, $5::text[], s.name, coalesce(f.has_title, true), f.title_code,
  f.qualified_on, f.started_work_on, f.discipline, f.person_group
FROM person s LEFT JOIN profile f ON f.person_id = s.id WHERE s.id = $2
"""

# save: $14 says that something is different now which the unit has to confirm.
SAVE = """
INSERT INTO profile (id, person_id, updated_at, version, gender, birth_date, education, has_title,
  title_code, qualified_on, started_work_on, discipline, person_group, phone)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (person_id) DO UPDATE SET updated_at = $3, version = profile.version + 1,
  gender = $4, birth_date = $5, education = $6, has_title = $7, title_code = $8,
  qualified_on = $9, started_work_on = $10, discipline = $11, person_group = $12, phone = $13,
  confirmed_at = CASE WHEN NOT $14 THEN profile.confirmed_at END,
  confirmed_by_id = CASE WHEN NOT $14 THEN profile.confirmed_by_id END,
  confirmation_voided_at = CASE WHEN $14 AND profile.confirmed_at IS NOT NULL THEN $3
    ELSE profile.confirmation_voided_at END
RETURNING version
"""

# stated: what persons state about themselves, where they work, and where they worked when they
# asked for the confirmation that is still open.
STATED = """
SELECT s.id, f.gender, f.birth_date, f.education, coalesce(f.has_title, true) AS has_title,
  f.title_code, f.qualified_on, f.started_work_on, f.discipline, f.person_group, f.phone,
  coalesce(f.version, 0) AS version, f.confirmed_at,
  (SELECT e.organisation_id FROM employment e
    WHERE e.person_id = s.id AND e.until_on IS NULL) AS current_employer,
  (SELECT c.employer_id FROM wf_case c WHERE c.subject_type = 'profile' AND c.subject_id = s.id
    AND c.closed_at IS NULL) AS employer_id
FROM person s LEFT JOIN profile f ON f.person_id = s.id
WHERE s.id = ANY ($1::uuid[])
"""

# hold case: the open case of a person's confirmation, locked.
HOLD_CASE = """
SELECT id FROM wf_case WHERE subject_type = 'profile' AND subject_id = $1 AND closed_at IS NULL
FOR UPDATE
"""

# confirm: only what the one who confirms has seen.
CONFIRM = """
UPDATE profile SET confirmed_at = $3, confirmed_by_id = $4, confirmation_voided_at = NULL
WHERE person_id = $1 AND version = $2 RETURNING id
"""

# of case: a value of the case of a profile `f`, of the open one if there is any.
OF_CASE = """(SELECT {} FROM wf_case of_case
  WHERE of_case.subject_type = 'profile' AND of_case.subject_id = f.person_id
  ORDER BY of_case.closed_at IS NULL DESC, of_case.opened_at DESC LIMIT 1)"""

# confirmation: how that of a profile `f` stands, in one word.
OPEN = OF_CASE.format("""CASE of_case.status WHEN 'in_review' THEN 'asked'
  WHEN 'blocked' THEN 'asked' WHEN 'returned' THEN 'returned' END""")
CONFIRMATION = f"""coalesce({OPEN}, CASE WHEN f.confirmed_at IS NOT NULL THEN 'confirmed'
  WHEN f.confirmation_voided_at IS NOT NULL THEN 'void' ELSE 'none' END)"""
