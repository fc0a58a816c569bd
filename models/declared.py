"""A declared record as it stands now: its own columns, its files, its person, its neighbours."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from models.read import Connection, Row

# declared: to decide on one, lock its row in an earlier statement. `others` are the person's living
# records whose dates meet, looked at for duplicates and overlaps only when asked for ($2).
DECLARED = """
SELECT r.id, r.person_id, r.employer_id, r.origin, r.status, r.course_name, r.category,
  r.achievement, r.authorship, r.starts_on, r.ends_on, r.attended_days, r.declared_hours,
  r.declared_credits, r.approved_hours, r.approved_credits, r.organiser_id, r.organiser_name,
  r.study_form, r.place, r.content, r.note, r.version, r.submitted_at, r.deleted_at,
  (SELECT e.organisation_id FROM employment e
    WHERE e.person_id = r.person_id AND e.until_on IS NULL) AS current_employer,
  to_jsonb(profile) AS profile,
  (SELECT jsonb_agg(jsonb_build_object('id', a.id, 'label', a.label, 'name', a.file_name,
            'sha256', a.sha256, 'state', a.scan_state) ORDER BY a.sha256, a.id)
     FROM attachment a WHERE a.record_id = r.id AND a.deleted_at IS NULL) AS files,
  CASE WHEN $2 THEN (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'course_name', o.course_name,
            'category', o.category, 'achievement', o.achievement, 'origin', o.origin,
            'organiser', coalesce(nullif(o.organiser_name, ''), listed.name),
            'starts_on', o.starts_on, 'ends_on', o.ends_on, 'status', o.status) ORDER BY o.id)
     FROM training_record o LEFT JOIN organisation listed ON listed.id = o.organiser_id
     WHERE o.person_id = r.person_id AND o.id <> r.id
      AND o.deleted_at IS NULL AND o.status NOT IN ('rejected', 'withdrawn')
      AND o.starts_on <= r.ends_on AND o.ends_on >= r.starts_on) END AS others
FROM training_record r LEFT JOIN profile ON profile.person_id = r.person_id
WHERE r.id = ANY ($1::uuid[])
"""


async def read(c: Connection, record_ids: Collection[UUID], *, others: bool) -> dict[UUID, Row]:
    """The records with `files`, `profile` and `others` as plain values."""
    found = await c.execute_query_dict(DECLARED, [list(record_ids), others])
    return {columns["id"]: declared(columns) for columns in found}


def declared(columns: Mapping[str, Any]) -> Row:
    """One row of the statement."""
    aggregated = {
        "files": listed(columns["files"]),
        "profile": json.loads(columns["profile"] or "{}"),
        "others": listed(columns["others"]),
    }
    return Row(**{**columns, **aggregated})


def listed(text: str | None) -> Sequence[Mapping[str, Any]]:
    """An aggregated list; PostgreSQL gives nothing for an empty one."""
    found: Sequence[Mapping[str, Any]] = json.loads(text) if text else ()
    return found
