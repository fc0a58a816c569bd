"""Statements about certificates (验证证书), named for the verbs that use them."""

from uuid import UUID

from models import access
from models.access import Viewer
from models.read import Parameters, Row, row, rows

# result: one that the viewer may read; the lock comes next, and what is true then is read after it.
RESULT = "SELECT x.person_id, x.year FROM annual_result x WHERE x.id = $1 AND {readable}"

# hold: recounting and issuing take turns at this row.
HOLD = """
SELECT dirty_version > computed_version AS stale FROM person_total WHERE person_id = $1
FOR NO KEY UPDATE
"""

# present: the year as it stands, and the certificate there is of it.
PRESENT = """
SELECT x.id, x.verdict, x.explanation, s.name, s.masked_number,
  live.id AS live, live.annual_result_id = x.id AS same
FROM annual_result x JOIN person s ON s.id = x.person_id
LEFT JOIN certificate live ON live.person_id = x.person_id AND live.kind = 'annual'
  AND live.first_year = x.year AND live.revoked_at IS NULL
WHERE x.person_id = $1 AND x.year = $2 AND x.current
"""

# keep key: a key is published from its first signature on.
KEEP_KEY = """
INSERT INTO certificate_key (id, public_key, first_used_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""
ISSUE = """
INSERT INTO certificate (id, person_id, kind, annual_result_id, application_id, cycle_result_id,
  first_year, last_year, number, data, signature, key_id, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

# revoke: those of these years that are still valid.
REVOKE = """
UPDATE certificate SET revoked_at = $4, revoked_because = $5
WHERE person_id = $1 AND kind = $2 AND first_year = ANY ($3::smallint[]) AND revoked_at IS NULL
RETURNING id, first_year
"""

# application: one that the viewer may read, by its id or by that of any of its results.
APPLICATION = """
SELECT y.id, y.person_id FROM cycle_application y
WHERE y.id = coalesce((SELECT application_id FROM cycle_result WHERE id = $1), $1) AND {readable}
"""

# approved: an application with its present figures, the certificate there is of it, and the
# bodies whose opinions are in force.
APPROVED = """
SELECT y.id, y.person_id, y.status, y.target_title, y.discipline, y.applied_on, y.closed_at,
  y.decided_number, g.id AS result, g.number, g.verdict, g.explanation, s.name, s.masked_number,
  live.id AS live, live.cycle_result_id = g.id AS same,
  (SELECT json_agg(name ORDER BY first) FROM (
    SELECT o.name, min(v.seq) AS first FROM wf_case c
    JOIN wf_opinion p ON p.case_id = c.id AND p.voided_seq IS NULL
    JOIN wf_event v ON v.case_id = c.id AND v.seq = p.event_seq
    JOIN organisation o ON o.id = v.organisation_id
    WHERE c.subject_type = 'cycle_application' AND c.subject_id = y.id AND c.status = 'approved'
    GROUP BY o.id, o.name) body) AS bodies
FROM cycle_application y JOIN person s ON s.id = y.person_id
LEFT JOIN cycle_result g ON g.application_id = y.id AND g.current
LEFT JOIN certificate live ON live.application_id = y.id AND live.revoked_at IS NULL
WHERE y.id = $1
"""

# revoke cycle: what is still valid of these applications.
REVOKE_CYCLE = """
UPDATE certificate SET revoked_at = $2, revoked_because = $3
WHERE application_id = ANY ($1::uuid[]) AND revoked_at IS NULL RETURNING id, application_id
"""

# moved: of applications counted again, those that were approved on other figures before.
MOVED = """
SELECT id, person_id, employer_id, year FROM cycle_application
WHERE id = ANY ($1::uuid[]) AND status = 'approved' ORDER BY id
"""

SIGNED = """
SELECT c.id, c.person_id, c.number, c.data, c.signature, c.key_id, c.revoked_at FROM certificate c
"""
CHECK = """
SELECT c.data, c.signature, c.key_id, c.revoked_at, k.public_key
FROM certificate c JOIN certificate_key k ON k.id = c.key_id WHERE c.number = $1
"""
KEYS = "SELECT id, public_key FROM certificate_key ORDER BY first_used_at, id"


async def readable(viewer: Viewer, certificate_id: UUID) -> Row | None:
    """What was certified and its signature, for whoever may read the certificate."""
    p = Parameters([certificate_id])
    allowed = access.certificates(viewer, p, "c")
    return await row(f"{SIGNED} WHERE c.id = $1 AND {allowed}", p)


async def by_number(number: str) -> Row | None:
    """The certificate of a number with the key it was signed by; the public asks this."""
    return await row(CHECK, [number])


async def keys() -> list[Row]:
    """Every key that has signed here, oldest first."""
    return await rows(KEYS)
