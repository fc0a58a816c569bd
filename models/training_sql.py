"""Statements about training records, named for the verbs that use them."""

# What a person states, in the order every statement here takes it.
COLUMNS = (
    "course_name",
    "category",
    "starts_on",
    "ends_on",
    "declared_hours",
    "attended_days",
    "declared_credits",
    "organiser_id",
    "organiser_name",
    "study_form",
    "place",
    "content",
    "note",
    "achievement",
    "authorship",
)


def placeholders(first: int) -> list[str]:
    """$n for each column; an institution of the list brings its own name."""
    numbers = {name: f"${first + n}" for n, name in enumerate(COLUMNS)}
    chosen = f"(SELECT name FROM organisation WHERE id = {numbers['organiser_id']})"
    numbers["organiser_name"] = f"coalesce({chosen}, {numbers['organiser_name']})"
    return list(numbers.values())


# declare: a draft at the present employer; no row when there is none.
DECLARE = f"""
INSERT INTO training_record (id, person_id, employer_id, origin, status, version, created_at,
  updated_at, {", ".join(COLUMNS)})
SELECT $1, e.person_id, e.organisation_id, 'declared', 'draft', 1, $3, $3,
  {", ".join(placeholders(4))}
FROM employment e WHERE e.person_id = $2 AND e.until_on IS NULL
RETURNING id
"""

# edit: all that a person states, in one go.
EDIT = f"""
UPDATE training_record SET version = version + 1, updated_at = $2,
  ({", ".join(COLUMNS)}) = ROW ({", ".join(placeholders(3))})
WHERE id = $1
RETURNING {", ".join(COLUMNS)}
"""

# delete: it stays visible, marked.
DELETE = """
UPDATE training_record SET deleted_at = $2, updated_at = $2, version = version + 1 WHERE id = $1
RETURNING version
"""

# hold: one's own record, locked to the end of the transaction.
HOLD = f"""
SELECT id, origin, status, version, deleted_at, submitted_at, {", ".join(COLUMNS)}
FROM training_record WHERE id = $1 AND person_id = $2 FOR UPDATE
"""

# hold case: the case before its record, in this order everywhere, so that nobody waits in a ring.
HOLD_CASE = """
SELECT id FROM wf_case WHERE subject_type = $1 AND subject_id = $2 FOR UPDATE
"""

# last change: by whom and what, from the history of the record and the events of its case.
LAST_CHANGE = """
SELECT coalesce(p.name, '') AS by, change.what, change.at
FROM (
  SELECT id, person_id, tag AS what, at FROM history
   WHERE subject_type = 'training_record' AND subject_id = $1
  UNION ALL
  SELECT e.id, e.person_id, e.kind, e.at FROM wf_event e JOIN wf_case c ON c.id = e.case_id
   WHERE c.subject_type = 'training_record' AND c.subject_id = $1
) change LEFT JOIN person p ON p.id = change.person_id
ORDER BY change.at DESC, change.id DESC LIMIT 1
"""

# applicant: the profile that must be complete, and whether the institution is on the list.
APPLICANT = """
SELECT p.id, to_jsonb(profile) AS profile,
  (SELECT e.organisation_id FROM employment e
    WHERE e.person_id = p.id AND e.until_on IS NULL) AS current_employer,
  EXISTS (SELECT FROM organisation o WHERE o.id = $2::uuid AND o.closed_on IS NULL
    AND o.kind IN ('training_institution', 'training_base')) AS organiser_known
FROM person p LEFT JOIN profile ON profile.person_id = p.id
WHERE p.id = $1
"""
