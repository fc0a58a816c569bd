"""Statements about annual results: what a verdict reads, and how a new snapshot follows."""

# inputs: the version first (the column list is read in one snapshot), then all a verdict reads. A
# draft says nothing yet; whatever else the person has is explained, counted or not.
INPUTS = """
SELECT t.dirty_version, coalesce(f.person_group, 'general') AS person_group, f.discipline,
  (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'course_name', r.course_name,
      'category', r.category, 'starts_on', r.starts_on, 'ends_on', r.ends_on,
      'approved', r.status = 'approved', 'hours', r.approved_hours,
      'deleted', r.deleted_at IS NOT NULL) ORDER BY r.ends_on, r.id)
     FROM training_record r
    WHERE r.person_id = t.person_id AND r.status NOT IN ('draft', 'withdrawn')) AS records,
  (SELECT jsonb_object_agg(a.year, jsonb_build_array(a.number, a.explanation))
     FROM annual_result a WHERE a.person_id = t.person_id AND a.current) AS current
FROM person_total t LEFT JOIN profile f ON f.person_id = t.person_id
WHERE t.person_id = $1
"""

# settle: only if nobody has edited since the inputs were read.
SETTLE = """
UPDATE person_total SET computed_version = $2, computed_at = $3, stale_since = NULL
WHERE person_id = $1 AND dirty_version = $2 RETURNING person_id
"""

# retire: the snapshots that are followed by a new one.
RETIRE = """
UPDATE annual_result SET current = false
WHERE person_id = $1 AND current AND year = ANY ($2::smallint[])
"""

# snapshot: numbered, never changed afterwards.
SNAPSHOT = """
INSERT INTO annual_result (id, person_id, year, number, current, total_hours, public_hours,
  professional_hours, elective_hours, public_courses, professional_courses, verdict, binding,
  explanation, computed_at)
SELECT s.id, $1, s.year, s.number, true, s.total_hours, s.public_hours, s.professional_hours,
  s.elective_hours, s.public_courses, s.professional_courses, s.verdict, s.binding,
  s.explanation, $3
FROM jsonb_to_recordset($2::jsonb) AS s(id uuid, year smallint, number int, total_hours numeric,
  public_hours numeric, professional_hours numeric, elective_hours numeric,
  public_courses smallint, professional_courses smallint, verdict text, binding bool,
  explanation jsonb)
"""
