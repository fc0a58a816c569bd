"""The statements of the audit log."""

COLUMNS = """person_id, account_id, role, organisation_id, session, address, action, object_type,
  object_id, fields, outcome, code, request_id, idempotency_key, detail"""
VALUES = ", ".join(f"${place}" for place in range(1, 16))
WRITE = f"INSERT INTO audit.audit_event ({COLUMNS}) VALUES ({VALUES})"
# One statement more or less on the way of every command is felt: both in one.
ANSWER = f"""
WITH answered AS (UPDATE wf_command SET answer = $16 WHERE id = $17)
{WRITE}
"""
REVEAL = """
SELECT verdict, sealed, document
FROM vault.reveal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
# Two requests at once count each other: the lock first, the count in a statement of its own.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('disclose ' || $1::uuid::text, 0))"
DISCLOSED = """
SELECT count(*) FILTER (WHERE at > clock_timestamp() - interval '1 hour') AS hour, count(*) AS day
FROM audit.audit_event
WHERE account_id = $1 AND outcome = 'done' AND action IN ('identity:reveal', 'identity:find')
  AND at > clock_timestamp() - interval '1 day'
"""
ACCESSES = """
SELECT e.at, s.name, o.name AS organisation, e.detail->>'purpose' AS purpose
FROM audit.audit_event e LEFT JOIN person s ON s.id = e.person_id
LEFT JOIN organisation o ON o.id = e.organisation_id
WHERE e.object_id = $1 AND e.outcome = 'done' AND e.action IN ('identity:reveal', 'identity:find')
ORDER BY e.at DESC LIMIT 100
"""
# A row as its leaf of the tree is made of; the settings of the session fix how values are written.
TEXT = """ROW(id, era, xid, at, person_id, account_id, role, organisation_id, session, address,
  action, object_type, object_id, fields, outcome, code, request_id, idempotency_key,
  detail)::text"""
ROWS = f"""
SELECT {TEXT} AS text FROM audit.audit_event
WHERE era = $1 AND xid >= $2::text::xid8 AND xid < $3::text::xid8 ORDER BY xid, id
"""
EVERY = f"SELECT era, xid::text::bigint AS xid, {TEXT} AS text FROM audit.audit_event"
EVERY_IN_ORDER = f"{EVERY} ORDER BY era, audit_event.xid, id"
SEALS = """
SELECT number, era, from_xid::text::bigint AS from_xid, below_xid::text::bigint AS below_xid, count,
  root, previous, at, key_id, signature
FROM audit.audit_seal
"""
LAST_SEAL = f"{SEALS} ORDER BY number DESC LIMIT 1"
SEALS_FROM = f"{SEALS} WHERE number > $1 ORDER BY number"
SEAL = """
INSERT INTO audit.audit_seal
  (number, era, from_xid, below_xid, count, root, previous, at, key_id, signature)
VALUES ($1, $2, $3::text::xid8, $4::text::xid8, $5, $6, $7, $8, $9, $10)
"""
HORIZON = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
  (SELECT max(xid)::text::bigint FROM audit.audit_event WHERE era = $1) AS newest,
  EXISTS (SELECT FROM audit.audit_event WHERE era > $1) AS later
"""
# prune: the oldest seals give up their rows, so many seals at a time; which seal was the last.
PRUNE = "SELECT upto, removed FROM audit.prune($1, $2)"
PRUNED = "SELECT coalesce(max(seal), 0) FROM audit.audit_pruned"
WAITS = """
SELECT extract(epoch FROM clock_timestamp() - min(e.at))::float FROM audit.audit_event e
WHERE (e.era, e.xid) >= (SELECT coalesce(max(s.era), 0), '0'::xid8 FROM audit.audit_seal s)
  AND e.xid >= coalesce((SELECT s.below_xid FROM audit.audit_seal s WHERE s.era = e.era
    ORDER BY s.number DESC LIMIT 1), '0'::xid8)
"""
