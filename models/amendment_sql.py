"""Statements about amendments (更正), named for the verbs that use them."""

# What a unit may correct of a record, and the type of each in PostgreSQL. What the person declared
# (拟报) stays as he stated it.
TYPES = {
    "course_name": "text",
    "category": "text",
    "starts_on": "date",
    "ends_on": "date",
    "attended_days": "smallint",
    "approved_hours": "numeric",
    "approved_credits": "numeric",
    "organiser_id": "uuid",
    "organiser_name": "text",
    "study_form": "text",
    "place": "text",
    "content": "text",
    "note": "text",
    "achievement": "text",
    "authorship": "text",
}
COLUMNS = tuple(TYPES)

# hold record: a record one may read, locked; an institution of the list brings its own name.
HOLD_RECORD = """
SELECT r.id,
  (SELECT o.name FROM organisation o WHERE o.id = $2::uuid AND o.closed_on IS NULL
    AND o.kind IN ('training_institution', 'training_base')) AS organiser
FROM training_record r WHERE r.id = $1 AND {readable}
FOR NO KEY UPDATE OF r
"""

# is under amendment: asked in a statement of its own after the lock. The snapshot of the one that
# waited for it is older than the wait, and of two proposals at once both would find none.
IS_UNDER_AMENDMENT = """
SELECT EXISTS (SELECT FROM amendment n WHERE n.record_id = $1 AND n.closed_at IS NULL)
"""

# hold: the case of an amendment one may read, locked, and the record it speaks of.
HOLD = """
SELECT c.id, n.record_id, n.kind FROM wf_case c JOIN amendment n ON n.id = c.subject_id
WHERE c.subject_type = 'amendment' AND n.id = $1 AND {readable}
FOR UPDATE OF c
"""

# Has whoever proposed it no seat at the unit any more, or no account?
ABANDONED = """NOT EXISTS (SELECT FROM seat left_seat
  JOIN account of_proposer ON of_proposer.person_id = left_seat.person_id
  WHERE left_seat.person_id = n.proposer_id AND left_seat.organisation_id = n.employer_id
    AND left_seat.ended_at IS NULL AND of_proposer.disabled_at IS NULL)"""

# The living files of a subject, in an order that is always the same.
LISTED = """(SELECT jsonb_agg(jsonb_build_object('id', a.id, 'label', a.label, 'name', a.file_name,
            'sha256', a.sha256, 'state', a.scan_state) ORDER BY a.sha256, a.id)
     FROM attachment a WHERE {} AND a.deleted_at IS NULL)"""
# amended: amendments with their records as they are now; to decide on one, lock its case first.
AMENDED = f"""
SELECT n.*, r.origin, r.version AS present_version, {ABANDONED} AS abandoned,
  {LISTED.format("a.record_id = r.id")} AS files,
  {LISTED.format("a.amendment_id = n.id")} AS proofs
FROM amendment n JOIN training_record r ON r.id = n.record_id
WHERE n.id = ANY ($1::uuid[])
"""

# state: what is proposed, or what is proposed instead after a recall or a return.
STATE = """
INSERT INTO amendment (id, record_id, person_id, employer_id, proposer_id, kind, before, proposed,
  record_version, reason, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, before = EXCLUDED.before,
  proposed = EXCLUDED.proposed, record_version = EXCLUDED.record_version,
  reason = EXCLUDED.reason, updated_at = EXCLUDED.updated_at
"""

# follow: the amendment after its case.
FOLLOW = "UPDATE amendment SET updated_at = $2, closed_at = $3 WHERE id = $1"

# apply: the record becomes what was confirmed, if it is still what the proposer saw; its history
# says by whom, and which amendment has the reason and the values before and after.
APPLY = f"""
WITH confirmed AS (
  UPDATE amendment SET updated_at = $2, closed_at = $2 WHERE id = $1 RETURNING *
), corrected AS (
  UPDATE training_record r SET version = r.version + 1, updated_at = $2,
    ({", ".join(COLUMNS)}) = (SELECT {", ".join(f"v.{name}" for name in COLUMNS)}
      FROM jsonb_to_record(n.proposed)
        AS v({", ".join(f"{name} {kind}" for name, kind in TYPES.items())}))
  FROM confirmed n WHERE r.id = n.record_id AND n.kind = 'correct'
    AND r.version = n.record_version AND r.status = 'approved' AND r.deleted_at IS NULL
  RETURNING r.id
), deleted AS (
  UPDATE training_record r SET version = r.version + 1, updated_at = $2, deleted_at = $2
  FROM confirmed n WHERE r.id = n.record_id AND n.kind = 'delete'
    AND r.version = n.record_version AND r.status = 'approved' AND r.deleted_at IS NULL
  RETURNING r.id
), changed AS (
  SELECT id FROM corrected UNION ALL SELECT id FROM deleted
)
INSERT INTO history (id, tag, subject_type, subject_id, person_id, account_id, organisation_id,
  at, data)
SELECT $3, $4, 'training_record', changed.id, $5, $6, $7, $2, $8::jsonb FROM changed
RETURNING id
"""
