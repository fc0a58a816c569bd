"""A declared record as it stands now: its own columns, its files, its person, its neighbours."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from models import access
from models.access import Viewer
from models.read import Connection, Parameters, Row

# declared: to decide on one, lock its row in an earlier statement. `others` are the person's living
# records whose dates meet, looked at for duplicates and overlaps only when asked for ($2), and of
# those the ones the reader may read: a warning quotes them.
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
  CASE WHEN $2 THEN (SELECT jsonb_agg(jsonb_build_object('id', near.id,
            'course_name', near.course_name, 'category', near.category,
            'achievement', near.achievement, 'origin', near.origin,
            'organiser', coalesce(nullif(near.organiser_name, ''), listed.name),
            'starts_on', near.starts_on, 'ends_on', near.ends_on, 'status', near.status)
            ORDER BY near.id)
     FROM training_record near LEFT JOIN organisation listed ON listed.id = near.organiser_id
     WHERE near.person_id = r.person_id AND near.id <> r.id
      AND near.deleted_at IS NULL AND near.status NOT IN ('rejected', 'withdrawn')
      AND near.starts_on <= r.ends_on AND near.ends_on >= r.starts_on AND {readable}) END AS others
FROM training_record r LEFT JOIN profile ON profile.person_id = r.person_id
WHERE r.id = ANY ($1::uuid[])
"""


async def read(
    c: Connection, record_ids: Collection[UUID], *, others: bool, reader: Viewer | None = None
) -> dict[UUID, Row]:
    """The records with `files`, `profile` and `others` as plain values.

    Without a reader all of the person's others are meant, as the verbs mean them.
    """
    p = Parameters([list(record_ids), others])
    readable = access.records(reader, p, "near") if reader else "true"
    found = await c.execute_query_dict(DECLARED.format(readable=readable), p)
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
