"""The statements about attachments (附件材料) and their upload tokens."""

from uuid import UUID

from models import access, proof_sql
from models.access import Viewer
from models.read import Parameters, Row, row

LIVE = "(SELECT count(*) FROM attachment WHERE record_id = r.id AND deleted_at IS NULL)"

# own record: held until the end of the transaction, and counted in a second statement: the
# snapshot of the first is older than its wait, so two at once would both see the last free place.
# An attachment refers to the record, and this lock lets other references pass.
HOLD = "SELECT id FROM training_record WHERE id = $1 AND person_id = $2 FOR NO KEY UPDATE"
OWN_RECORD = f"""
SELECT r.id, r.status, false AS amends, {LIVE} AS files
FROM training_record r WHERE r.id = $1 AND r.person_id = $2 AND r.deleted_at IS NULL
"""
BUMP = """
UPDATE training_record SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING version
"""

TOKEN = """
INSERT INTO upload_token
  (id, token_hash, person_id, record_id, amends, label, file_name, size, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
REISSUE = """
UPDATE upload_token SET token_hash = $2 WHERE id = $1 AND used_at IS NULL RETURNING id, expires_at
"""
BY_TOKEN = f"""
SELECT t.id, t.record_id, t.amends, t.label, t.file_name, t.size, t.used_at, t.expires_at,
  r.status, r.person_id, r.employer_id, r.deleted_at,
  {proof_sql.UNDER_AMENDMENT} AS under_amendment,
  CASE WHEN t.amends THEN (SELECT count(*) {proof_sql.SENT_FOR_IT}) ELSE {LIVE} END AS files
FROM upload_token t JOIN training_record r ON r.id = t.record_id {proof_sql.OPEN}
WHERE t.token_hash = $1 AND t.person_id = $2 AND r.deleted_at IS NULL
"""
# Asked under the lock of the record, where two requests with one token take turns.
IS_USED = "SELECT used_at IS NOT NULL AS used FROM upload_token WHERE id = $1"
USE = "UPDATE upload_token SET used_at = $2, attachment_id = $3 WHERE id = $1"

ADD = """
INSERT INTO attachment
  (id, record_id, amends_id, label, file_name, media_type, size, sha256, scan_state, scan_engine,
   scan_finding, signatures_at, uploaded_by_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'unscanned', '', '', '', $9, $10)
"""

# removal: the record first; what of it is still there is asked in a second statement
HOLD_RECORDS = """
SELECT r.id, r.status, false AS amends FROM training_record r
WHERE r.id IN (SELECT record_id FROM attachment WHERE id = ANY ($1::uuid[]))
  AND r.person_id = $2 AND r.deleted_at IS NULL
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
PRESENT = """
SELECT count(*) AS present FROM attachment
WHERE id = ANY ($1::uuid[]) AND record_id = $2 AND deleted_at IS NULL
"""
REMOVE = "UPDATE attachment SET deleted_at = $2 WHERE id = ANY ($1::uuid[])"

TO_SCAN = "SELECT sha256 FROM attachment WHERE id = $1 AND deleted_at IS NULL"
# A scan that failed says nothing about the file: it never takes the place of a verdict.
JUDGE = """
WITH before AS (SELECT id, scan_state FROM attachment WHERE id = $1 FOR UPDATE)
UPDATE attachment a SET scan_state = $2::text, scan_engine = $3, signatures_at = $4,
  scan_finding = $5, scanned_at = $6
FROM before WHERE a.id = before.id
  AND ($2::text <> 'failed' OR before.scan_state IN ('unscanned', 'failed'))
RETURNING before.scan_state AS was
"""
# Failed files without a live job; a job that waits for its scanner is live.
FAILED = """
SELECT id FROM attachment a WHERE scan_state = 'failed' AND deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM job WHERE subject = a.id AND kind = $1
    AND state IN ('pending', 'sent', 'running'))
ORDER BY id LIMIT 1000
"""

# A removed attachment still names its file: it is what an earlier reviewer looked at. One that was
# never proposed was looked at by nobody.
REFERENCED = """
SELECT DISTINCT sha256 FROM attachment WHERE sha256 = ANY ($1::text[])
  AND (deleted_at IS NULL OR num_nonnulls(record_id, amendment_id) > 0)
"""


async def readable(viewer: Viewer, attachment_id: UUID) -> Row | None:
    """What is needed to serve a file, if this viewer may read it at all.

    With a deleted record its files are gone; those by which its deletion was proposed are not.
    """
    p = Parameters()
    return await row(
        "SELECT a.file_name, a.media_type, a.size, a.sha256, a.scan_state,"
        " coalesce(r.person_id, n.person_id, a.uploaded_by_id) AS person_id"
        " FROM attachment a LEFT JOIN training_record r ON r.id = a.record_id"
        " LEFT JOIN amendment n ON n.id = a.amendment_id"
        f" WHERE a.id = {p(attachment_id)}::uuid AND a.deleted_at IS NULL AND r.deleted_at IS NULL"
        f" AND {access.attachments(viewer, p, 'a')}",
        p,
    )
