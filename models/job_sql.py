"""The statements by which jobs (作业) are written, handed out, fenced and retried.

PostgreSQL holds the truth; Redis only carries ids. `now()` here is the queue's own clock: leases
and retries are compared with nothing else.
"""

LIVE = "('pending', 'sent', 'running')"

ENQUEUE = """
INSERT INTO job (id, kind, queue, subject, args, started_by_id, created_at, run_after)
VALUES ($1, $2, $3, $4, $5, $6, now(), now())
"""

# An edit takes the person's row first and looks for a live job in a second statement, with a
# fresh snapshot. In one statement the snapshot would be older than the wait for the row, and
# the job that has just ended would still look alive: the edit would be lost.
BUMP = """
INSERT INTO person_total (id, person_id, dirty_version, computed_version, stale_since)
SELECT edited.id, edited.person, 1, 0, $3::timestamptz
FROM unnest($1::uuid[], $2::uuid[]) AS edited (id, person) ORDER BY edited.person
ON CONFLICT (person_id) DO UPDATE SET dirty_version = person_total.dirty_version + 1,
  stale_since = coalesce(person_total.stale_since, excluded.stale_since)
"""
WANT = f"""
INSERT INTO job (id, kind, queue, subject, args, started_by_id, created_at, run_after)
SELECT wanted.id, $3::text, $4::text, wanted.subject, '{{}}', $5::uuid, now(), now()
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (id, subject)
WHERE NOT EXISTS
  (SELECT FROM job WHERE subject = wanted.subject AND kind = $3 AND state IN {LIVE})
"""

# At most $2 hints of a queue are under way: the backlog stays here, where it can be counted.
CLAIM = """
WITH due AS (
  SELECT id FROM job WHERE queue = $1 AND state = 'pending' AND run_after <= now()
  ORDER BY run_after
  LIMIT greatest(0, $2 - (SELECT count(*) FROM job WHERE queue = $1 AND state = 'sent'))
  FOR UPDATE SKIP LOCKED)
UPDATE job SET state = 'sent', lease_until = now() + make_interval(secs => $3)
FROM due WHERE job.id = due.id RETURNING job.id
"""
BACKLOG = """
SELECT EXISTS (SELECT FROM job WHERE queue = ANY ($1::text[]) AND state = 'pending'
  AND run_after <= now())
"""
# Lost hints and dead workers. The attempt was counted when it began: a poison job ends as dead.
SWEEP = """
UPDATE job SET state = CASE WHEN attempt >= max_attempt THEN 'dead' ELSE 'pending' END,
  lease_until = NULL, run_after = now(),
  last_error = CASE WHEN state = 'running' THEN 'the worker died' ELSE last_error END
WHERE id IN (SELECT id FROM job WHERE state IN ('sent', 'running') AND lease_until < now()
  LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, state
"""
# A dead job waits for an operator or for the next edit; the sweeper must not try it for ever.
NEGLECTED = f"""
SELECT person_id FROM person_total t WHERE dirty_version > computed_version
  AND NOT EXISTS (SELECT FROM job WHERE subject = t.person_id AND kind = $1
    AND (state IN {LIVE} OR state = 'dead'))
ORDER BY person_id LIMIT 500
"""
RETENTION = """
DELETE FROM job WHERE id IN (SELECT id FROM job
  WHERE state = 'done' AND done_at < now() - make_interval(days => $1)
  LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""

BEGIN = """
UPDATE job SET state = 'running', attempt = attempt + 1, progress = 0,
  lease_until = now() + make_interval(secs => $2)
WHERE id = $1 AND attempt < max_attempt
  AND ((state IN ('pending', 'sent') AND run_after <= now())
    OR (state = 'running' AND lease_until < now()))
RETURNING id, kind, subject, args, attempt
"""
FENCE = "SELECT 1 FROM job WHERE id = $1 AND state = 'running' AND attempt = $2 FOR UPDATE"
DONE = """
UPDATE job SET state = 'done', progress = 100, lease_until = NULL, done_at = now() WHERE id = $1
"""
# Only whoever holds the job may say how far it is, and nothing goes back.
PROGRESS = """
UPDATE job SET progress = $3
WHERE id = $1 AND state = 'running' AND attempt = $2 AND progress < $3
"""
OVER = "SELECT state IN ('done', 'dead') FROM job WHERE id = $1"
FAIL = """
UPDATE job SET state = CASE WHEN attempt >= max_attempt THEN 'dead' ELSE 'pending' END,
  lease_until = NULL, last_error = $3,
  run_after = now() + make_interval(secs => least(600, power(2, attempt) * 0.05))
WHERE id = $1 AND state = 'running' AND attempt = $2 RETURNING state
"""
# Nobody's fault: once more, now or later. The attempt is the fence and keeps growing, so its
# limit grows with it.
AGAIN = """
WITH again AS (
  UPDATE job SET state = 'pending', lease_until = NULL, max_attempt = max_attempt + 1,
    last_error = $3, run_after = now() + make_interval(secs => $4)
  WHERE id = $1 AND state = 'running' AND attempt = $2 RETURNING 1)
SELECT pg_notify('job', '') FROM again
"""

SEEN = """
INSERT INTO worker (id, host, pid, queue, started_at, seen_at)
VALUES ($1, $2, $3, $4, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()
"""
GONE = "DELETE FROM worker WHERE id = $1 OR seen_at < now() - make_interval(hours => 24)"

# queues: what is not done, by queue and state.
QUEUES = """
SELECT queue, state, count(*) AS jobs, date_trunc('second', now() - min(created_at)) AS age
FROM job WHERE state <> 'done' GROUP BY 1, 2 ORDER BY 1, 2
"""
# incidents: work that used up its attempts, for an operator.
INCIDENTS = """
SELECT id, kind, subject, attempt, last_error, args FROM job WHERE state = 'dead'
ORDER BY created_at LIMIT 100
"""
# resume: more attempts for one dead job, or for all; the NOTIFY wakes the relay.
RESUME = """
WITH resumed AS (
  UPDATE job SET state = 'pending', run_after = now(), max_attempt = attempt + 8
  WHERE state = 'dead' AND id = coalesce($1, id) RETURNING id)
SELECT id, pg_notify('job', '') FROM resumed
"""
