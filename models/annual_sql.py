"""Statements about annual results: what a verdict reads, and how a new snapshot follows."""

# mark: everything counting reads of a record, as one number; the marks of a year are its inputs.
MARK = """uuid_hash_extended(r.id, hashtextextended(
      r.category || ':' || coalesce(r.approved_hours::text, '') || ':' || r.course_name,
      4 * (r.ends_on - date '2000-01-01') + CASE WHEN r.status = 'approved' THEN 2 ELSE 0 END
      + CASE WHEN r.deleted_at IS NULL THEN 0 ELSE 1 END))"""
STARTED = "extract(year FROM r.starts_on)::smallint"
# A draft says nothing yet; whatever else the person has is explained, counted or not.
SAYING = "r.status NOT IN ('draft', 'withdrawn')"

# inputs: of many persons, each with the years that are wanted, or with all. The version is read in
# the same snapshot as all a verdict reads.
INPUTS = f"""
SELECT t.person_id, t.dirty_version, t.settled, coalesce(f.person_group, 'general') AS person_group,
  f.discipline, w.years,
  (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'course_name', r.course_name,
      'category', r.category, 'starts_on', r.starts_on, 'ends_on', r.ends_on,
      'approved', r.status = 'approved', 'hours', r.approved_hours::text,
      'deleted', r.deleted_at IS NOT NULL, 'mark', {MARK}) ORDER BY r.ends_on, r.id)
     FROM training_record r
    WHERE r.person_id = t.person_id AND {SAYING}
      AND (w.years IS NULL OR r.year = ANY (w.years) OR {STARTED} = ANY (w.years))) AS records,
  (SELECT jsonb_object_agg(a.year, jsonb_build_array(a.number, a.explanation))
     FROM annual_result a WHERE a.person_id = t.person_id AND a.current
      AND (w.years IS NULL OR a.year = ANY (w.years))) AS current
FROM jsonb_to_recordset($1::jsonb) AS w(person_id uuid, years smallint[])
JOIN person_total t ON t.person_id = w.person_id
LEFT JOIN profile f ON f.person_id = t.person_id
"""

# settle: only whom nobody has edited, and nobody else has settled, since the inputs were read.
# Locked in the order of ids, as edits lock them.
SETTLE_WANTED = """
WITH held AS (
  SELECT t.person_id FROM person_total t JOIN wanted w
    ON t.person_id = w.person_id AND t.dirty_version = w.version AND t.settled = w.settled
  ORDER BY t.person_id FOR UPDATE OF t)
UPDATE person_total t SET computed_version = t.dirty_version, computed_at = {at},
  stale_since = NULL, settled = t.settled + 1
FROM held WHERE t.person_id = held.person_id RETURNING t.person_id
"""
SETTLE = f"""
WITH wanted AS (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w(person_id, version, settled)),
settled AS ({SETTLE_WANTED.format(at="$4")})
SELECT person_id FROM settled
"""

# retire: the snapshots that are followed by a new one.
RETIRE = """
UPDATE annual_result a SET current = false
FROM unnest($1::uuid[], $2::smallint[]) AS w(person_id, year)
WHERE a.person_id = w.person_id AND a.year = w.year AND a.current
"""

# snapshot: numbered, never changed afterwards.
SNAPSHOT = """
INSERT INTO annual_result (id, person_id, year, number, current, total_hours, public_hours,
  professional_hours, elective_hours, public_courses, professional_courses, verdict, binding,
  explanation, computed_at)
SELECT s.id, s.person_id, s.year, s.number, true, s.total_hours, s.public_hours,
  s.professional_hours, s.elective_hours, s.public_courses, s.professional_courses, s.verdict,
  s.binding, s.explanation, $2
FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, person_id uuid, year smallint, number int,
  total_hours numeric, public_hours numeric, professional_hours numeric, elective_hours numeric,
  public_courses smallint, professional_courses smallint, verdict text, binding bool,
  explanation jsonb)
"""

# totals: of every year that was judged, with what it was judged from.
TOTALS = """
INSERT INTO year_total AS y (person_id, year, total_hours, public_hours, professional_hours,
  public_courses, professional_courses, inputs, ruled)
SELECT s.* FROM jsonb_to_recordset($1::jsonb) AS s(person_id uuid, year smallint,
  total_hours numeric, public_hours numeric, professional_hours numeric, public_courses text[],
  professional_courses text[], inputs bigint, ruled bigint)
ON CONFLICT (person_id, year) DO UPDATE SET total_hours = excluded.total_hours,
  public_hours = excluded.public_hours, professional_hours = excluded.professional_hours,
  public_courses = excluded.public_courses, professional_courses = excluded.professional_courses,
  inputs = excluded.inputs, ruled = excluded.ruled
WHERE y.* IS DISTINCT FROM excluded.*
"""
