"""The statement about a person that a preview of cycle verification reads."""

from uuid import UUID

from models import access
from models.access import Viewer
from models.read import Parameters

# standing: what the person states and what he has studied, each record with whether the viewer
# may read it. A draft says nothing yet.
STANDING = """
SELECT coalesce(f.person_group, 'general') AS person_group, f.discipline, f.title_code,
  CASE WHEN f.has_title THEN f.qualified_on ELSE f.started_work_on END AS qualified_on,
  (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'course_name', r.course_name,
      'category', r.category, 'starts_on', r.starts_on, 'ends_on', r.ends_on,
      'approved', r.status = 'approved', 'hours', r.approved_hours,
      'deleted', r.deleted_at IS NOT NULL, 'readable', {record}) ORDER BY r.ends_on, r.id)
     FROM training_record r
    WHERE r.person_id = s.id AND r.status NOT IN ('draft', 'withdrawn')) AS records
FROM person s LEFT JOIN profile f ON f.person_id = s.id
WHERE s.id = {id} AND {person}
"""


def standing(viewer: Viewer, p: Parameters, person_id: UUID) -> str:
    """The statement for a person whom the viewer may read; for others it has no row."""
    return STANDING.format(
        id=p(person_id),
        person=access.persons(viewer, p, "s"),
        record=access.records(viewer, p, "r"),
    )
