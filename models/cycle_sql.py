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


# Applications with what was last counted; what a verdict reads only where it is asked for ($2).
# The version is read in the same snapshot as the records. To decide on one, lock it before.
APPLICATIONS = """
SELECT y.*, t.dirty_version,
  t.dirty_version > greatest(t.computed_version, g.dirty_version) AS stale, g.number, g.explanation,
  at.unit_kind, e.organisation_id AS current_employer,
  CASE WHEN $2 THEN to_jsonb(f) END AS profile,
  CASE WHEN $2 THEN (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'course_name', r.course_name,
      'category', r.category, 'starts_on', r.starts_on, 'ends_on', r.ends_on, 'status', r.status,
      'approved', r.status = 'approved', 'hours', r.approved_hours,
      'deleted', r.deleted_at IS NOT NULL) ORDER BY r.ends_on, r.id)
    FROM training_record r
    WHERE r.person_id = y.person_id AND r.status NOT IN ('draft', 'withdrawn')) END AS records,
  CASE WHEN $2 THEN (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'target_title',
      o.target_title, 'year', o.year, 'status', o.status))
    FROM cycle_application o WHERE o.person_id = y.person_id AND o.target_title = y.target_title
      AND o.closed_at IS NULL AND o.id <> y.id) END AS others
FROM cycle_application y
JOIN person_total t ON t.person_id = y.person_id
LEFT JOIN cycle_result g ON g.application_id = y.id AND g.current
LEFT JOIN profile f ON f.person_id = y.person_id
LEFT JOIN employment e ON e.person_id = y.person_id AND e.until_on IS NULL
LEFT JOIN organisation at ON at.id = CASE WHEN $2 THEN e.organisation_id ELSE y.employer_id END
WHERE {which}
"""
BY_ID = APPLICATIONS.format(which="y.id = ANY ($1::uuid[])")
# Those whose figures a correction of a person's records changes: handed in and not decided, and
# approved, for what was approved may no longer be so.
COUNTING = APPLICATIONS.format(
    which="""y.person_id = ANY ($1::uuid[])
  AND y.status IN ('in_review', 'returned', 'blocked', 'approved')"""
)

# apply: a draft at the present employer; no row without one, or with another open one. The person
# has a version from now on, so that counting and submitting wait for each other.
APPLY = """
WITH total AS (
  INSERT INTO person_total (id, person_id, dirty_version, computed_version)
  VALUES ($1, $2, 0, 0) ON CONFLICT (person_id) DO NOTHING
)
INSERT INTO cycle_application (id, person_id, employer_id, target_title, level, business,
  discipline, qualified_on, year, status, version, created_at, updated_at)
SELECT $1, e.person_id, e.organisation_id, $4, $5, $6, $7, $8, $9, 'draft', 1, $3, $3
FROM employment e WHERE e.person_id = $2 AND e.until_on IS NULL
ON CONFLICT (person_id, target_title, year) WHERE closed_at IS NULL DO NOTHING
RETURNING id
"""

# other open: the application that stands in the way of another for the same title in a year.
OTHER_OPEN = """
SELECT id, status FROM cycle_application
WHERE person_id = $1 AND target_title = $2 AND year = $3 AND closed_at IS NULL
  AND id IS DISTINCT FROM $4
"""

# hold: one's own application, locked, and with it the version of the person's records.
HOLD = """
SELECT y.* FROM cycle_application y JOIN person_total t ON t.person_id = y.person_id
WHERE y.id = $1 AND y.person_id = $2 FOR NO KEY UPDATE
"""

# edit: all that the applicant states.
EDIT = """
UPDATE cycle_application SET version = version + 1, updated_at = $2, target_title = $3, level = $4,
  business = $5, discipline = $6, qualified_on = $7 WHERE id = $1
"""

# delete: a draft nobody but its author has ever seen.
DELETE = "DELETE FROM cycle_application WHERE id = $1 AND submitted_at IS NULL RETURNING id"

# follow: the application after its case; the snapshot of that number makes way for the next, and
# a decision names the one it was taken upon.
FOLLOW = """
WITH retired AS (
  UPDATE cycle_result SET current = false WHERE application_id = $1 AND number = $10 AND current
)
UPDATE cycle_application SET status = $2, employer_id = $3, applied_on = $4, year = $5,
  submitted_at = coalesce(submitted_at, $6), closed_at = $7, updated_at = $8, version = $9,
  decided_number = CASE WHEN $2::varchar IN ('approved', 'rejected') THEN
    (SELECT number FROM cycle_result WHERE application_id = $1 AND current) END
WHERE id = $1
"""

# last change: by whom and what, from the history of the application and the events of its case.
LAST_CHANGE = """
SELECT coalesce(p.name, '') AS by, change.what, change.at
FROM (
  SELECT id, person_id, tag AS what, at FROM history
   WHERE subject_type = 'cycle_application' AND subject_id = $1
  UNION ALL
  SELECT e.id, e.person_id, e.kind, e.at FROM wf_event e JOIN wf_case c ON c.id = e.case_id
   WHERE c.subject_type = 'cycle_application' AND c.subject_id = $1
) change LEFT JOIN person p ON p.id = change.person_id
ORDER BY change.at DESC, change.id DESC LIMIT 1
"""

# hold cases: what is being counted is not decided meanwhile; before the version of the records.
HOLD_CASES = """
SELECT id FROM wf_case WHERE subject_type = 'cycle_application' AND subject_id = ANY ($1::uuid[])
  AND closed_at IS NULL ORDER BY id FOR NO KEY UPDATE
"""

# retire: the snapshots that are followed by a new one, if nobody else has followed them.
RETIRE = """
UPDATE cycle_result g SET current = false
FROM jsonb_to_recordset($1::jsonb) AS s(application uuid, number int)
WHERE g.application_id = s.application AND g.number = s.number - 1 AND g.current
  AND EXISTS (SELECT FROM cycle_application y WHERE y.id = g.application_id
    AND (y.closed_at IS NULL OR y.status = 'approved'))
"""

# snapshot: numbered, never changed afterwards; nothing where another one is current.
SNAPSHOT = """
INSERT INTO cycle_result (id, application_id, number, current, person_group, first_year, last_year,
  required_hours, total_hours, public_hours, professional_hours, elective_hours, days,
  public_courses, professional_courses, most_hours, most_public_courses,
  most_professional_courses, verdict, supplement_used, binding, explanation, dirty_version,
  computed_at)
SELECT s.id, s.application, s.number, true, s.person_group, s.first_year, s.last_year,
  s.required_hours, s.total_hours, s.public_hours, s.professional_hours, s.elective_hours, s.days,
  s.public_courses, s.professional_courses, s.most_hours, s.most_public_courses,
  s.most_professional_courses, s.verdict, s.supplement_used, s.binding, s.explanation,
  s.dirty_version, $2
FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, application uuid, number int, person_group text,
  first_year smallint, last_year smallint, required_hours numeric, total_hours numeric,
  public_hours numeric, professional_hours numeric, elective_hours numeric, days numeric,
  public_courses smallint, professional_courses smallint, most_hours numeric,
  most_public_courses smallint, most_professional_courses smallint, verdict text,
  supplement_used bool,
  binding bool, explanation jsonb, dirty_version bigint)
WHERE NOT EXISTS (SELECT FROM cycle_result g WHERE g.application_id = s.application AND g.current)
"""
