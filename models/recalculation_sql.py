"""Statements of runs that recalculate everybody: their chunks, and who of a chunk needs judging."""

from models.annual_sql import MARK, SAYING, SETTLE_WANTED, STARTED

# survey: who between two ids is stale, and which years of whom were judged from other records or
# by other rules than are in force now. Whoever has an application under way is always listed: it is
# judged by more than his years. One that is approved is judged with years that are out of date.
# Whoever was edited and reads as before has nothing to judge: he is settled here, unless he is
# edited meanwhile. Locked in the order of ids, as edits lock them.
SURVEY = f"""
WITH chunk AS MATERIALIZED (
  SELECT t.person_id, t.dirty_version, t.settled, t.dirty_version > t.computed_version AS stale,
    coalesce(f.person_group, 'general') AS person_group, coalesce(f.discipline, '') AS discipline
  FROM person_total t LEFT JOIN profile f ON f.person_id = t.person_id
    AND f.person_id > $1 AND f.person_id <= $2
  WHERE t.person_id > $1 AND t.person_id <= $2),
said AS (
  SELECT person_id, year, bit_xor(mark) AS inputs FROM (
    SELECT r.person_id, r.year, {MARK} AS mark
    FROM training_record r WHERE r.person_id > $1 AND r.person_id <= $2 AND {SAYING}
    UNION ALL SELECT r.person_id, {STARTED}, {MARK}
    FROM training_record r WHERE r.person_id > $1 AND r.person_id <= $2 AND {SAYING}
      AND r.starts_on < make_date(r.year, 1, 1)
    UNION ALL SELECT person_id, $3::smallint, 0 FROM chunk) one
  GROUP BY person_id, year),
rule AS (
  SELECT * FROM unnest($4::text[], $5::text[], $6::smallint[], $7::bigint[])
    AS r(person_group, discipline, year, ruled)),
differing AS (
  SELECT person_id, array_agg(year ORDER BY year) AS years
  FROM said
  FULL JOIN (SELECT * FROM year_total WHERE person_id > $1 AND person_id <= $2) y
    USING (person_id, year)
  JOIN chunk USING (person_id)
  LEFT JOIN rule USING (person_group, discipline, year)
  WHERE $8 OR y.inputs IS DISTINCT FROM coalesce(said.inputs, 0)
    OR y.ruled IS DISTINCT FROM rule.ruled
  GROUP BY person_id),
listed AS (
  SELECT c.person_id, c.dirty_version, c.settled, d.years,
    NOT EXISTS (SELECT FROM year_total y WHERE y.person_id = c.person_id) AS unknown,
    a.person_id IS NOT NULL AND (a.under_way OR c.stale OR d.years IS NOT NULL) AS applies
  FROM chunk c LEFT JOIN differing d USING (person_id)
  LEFT JOIN (SELECT person_id, bool_or(status <> 'approved') AS under_way FROM cycle_application
    WHERE person_id > $1 AND person_id <= $2
      AND status IN ('in_review', 'returned', 'blocked', 'approved') GROUP BY person_id) a
    USING (person_id)
  WHERE c.stale OR d.years IS NOT NULL OR a.under_way),
wanted AS (SELECT person_id, dirty_version AS version, settled FROM listed
  WHERE years IS NULL AND NOT unknown AND NOT applies),
settled AS ({SETTLE_WANTED.format(at="$9")})
SELECT * FROM listed WHERE years IS NOT NULL OR unknown OR applies ORDER BY person_id
"""

# bounds: the last person of each full chunk.
BOUNDS = """
SELECT person_id, n FROM (
  SELECT person_id, row_number() OVER (ORDER BY person_id) AS n FROM person_total) numbered
WHERE n % $1 = 0 ORDER BY n
"""
COUNT = "SELECT count(*) FROM person_total"
START = """
INSERT INTO recalculation_run (id, state, anew, persons, chunks, started_by_id, created_at)
VALUES ($1, 'running', $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
"""
CHUNKS = """
INSERT INTO job (id, kind, queue, subject, args, started_by_id, created_at, run_after)
SELECT c.id, $2, $3, $1, jsonb_build_object('after', c.after, 'upto', c.upto, 'anew', $4::bool),
  $5, now(), now()
FROM unnest($6::uuid[], $7::uuid[], $8::uuid[]) AS c(id, after, upto)
"""
RUNNING = "SELECT EXISTS (SELECT FROM recalculation_run WHERE id = $1 AND state = 'running')"
# Counted where it is committed: what was judged stays counted when the worker dies afterwards.
JUDGED = """
UPDATE recalculation_run SET judged = judged + $2, snapshots = snapshots + $3 WHERE id = $1
"""
CHUNK_DONE = """
UPDATE recalculation_run SET chunks_done = chunks_done + 1,
  state = CASE WHEN chunks_done + 1 = chunks THEN 'done' ELSE state END,
  ended_at = CASE WHEN chunks_done + 1 = chunks THEN $2::timestamptz END
WHERE id = $1 AND state = 'running'
"""
ABORT = """
UPDATE recalculation_run SET state = 'aborted', ended_at = $2
WHERE id = $1 AND state = 'running' RETURNING id
"""
# Those under way see the end of the run between two groups of persons.
DROP = """
UPDATE job SET state = 'done', done_at = now(), lease_until = NULL
WHERE subject = $1 AND kind = $2 AND state IN ('pending', 'sent')
"""
FOUND = """
SELECT id, state, anew, persons, chunks, chunks_done, judged, snapshots, created_at, ended_at
FROM recalculation_run WHERE id = $1
"""
LIVE = "SELECT id FROM recalculation_run WHERE state = 'running'"
LATEST = "SELECT id FROM recalculation_run ORDER BY created_at DESC, id DESC LIMIT 1"
OVER = "SELECT state <> 'running' FROM recalculation_run WHERE id = $1"
# kept: what is stored of persons, to be compared with what would be.
KEPT = """
SELECT t.person_id, t.dirty_version > t.computed_version AS stale,
  (SELECT jsonb_agg(jsonb_build_object('person_id', y.person_id, 'year', y.year,
      'total_hours', y.total_hours::text, 'public_hours', y.public_hours::text,
      'professional_hours', y.professional_hours::text, 'public_courses', y.public_courses,
      'professional_courses', y.professional_courses, 'inputs', y.inputs, 'ruled', y.ruled)
      ORDER BY y.year)
     FROM year_total y WHERE y.person_id = t.person_id) AS totals
FROM person_total t WHERE t.person_id > $1 ORDER BY t.person_id LIMIT $2
"""
