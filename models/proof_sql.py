"""Statements about proof of amendments: files that wait for a proposal, and those it stands on."""

# The open amendment of a record; does it lie with who asks ($2), so that he may change it?
OPEN = """LEFT JOIN LATERAL (
  SELECT n.id, n.proposer_id = $2 AND k.status IN ('draft', 'returned') AS his
  FROM amendment n JOIN wf_case k ON k.subject_type = 'amendment' AND k.subject_id = n.id
  WHERE n.record_id = r.id AND n.closed_at IS NULL) open_one ON true"""
UNDER_AMENDMENT = "coalesce(NOT open_one.his, false)"
# What he has sent for a record and neither removed nor given to a proposal that is over.
SENT = """FROM attachment a
WHERE a.amends_id = {record} AND a.uploaded_by_id = $2 AND a.deleted_at IS NULL
  AND (a.amendment_id IS NULL OR a.amendment_id = {amendment})"""
SENT_FOR_IT = SENT.format(record="r.id", amendment="open_one.id")

# hold: a record one may read, locked; what is there is asked in a second statement.
HOLD = "SELECT r.id FROM training_record r WHERE r.id = $1 AND {readable} FOR NO KEY UPDATE OF r"
HOLD_OF = """
SELECT r.id, true AS amends FROM training_record r
WHERE r.id IN (SELECT amends_id FROM attachment
    WHERE id = ANY ($1::uuid[]) AND uploaded_by_id = $2) AND {readable}
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
RECORD = f"""
SELECT r.id, r.person_id, r.employer_id, r.status, r.version, r.deleted_at, true AS amends,
  open_one.id AS amendment_id, {UNDER_AMENDMENT} AS under_amendment,
  (SELECT count(*) {SENT_FOR_IT}) AS files
FROM training_record r {OPEN} WHERE r.id = $1
"""
PRESENT = f"""
SELECT count(*) AS present {SENT.format(record="$3", amendment="$4")} AND a.id = ANY ($1::uuid[])
"""

# sent: locked, so that what is chosen of them is not forgotten meanwhile.
FILES = f"""
SELECT a.id, a.label, a.file_name AS name, a.sha256, a.scan_state AS state, a.amendment_id
{SENT.format(record="$1", amendment="$3")}
ORDER BY a.sha256, a.id FOR UPDATE OF a
"""
# keep: the files a proposal stands on from now on, and those it no longer does.
KEEP = """
UPDATE attachment SET amendment_id = $1,
  deleted_at = CASE WHEN id = ANY ($3::uuid[]) THEN $4::timestamptz END
WHERE id = ANY ($2::uuid[] || $3::uuid[])
"""
# forget: what was sent and never proposed, so many at a time.
FORGET = """
UPDATE attachment SET deleted_at = $1
WHERE amendment_id IS NULL AND deleted_at IS NULL AND id IN (
  SELECT id FROM attachment WHERE amends_id IS NOT NULL AND amendment_id IS NULL
    AND deleted_at IS NULL AND created_at < $2 ORDER BY created_at LIMIT 1000)
RETURNING id
"""
