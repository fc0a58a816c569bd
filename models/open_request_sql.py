"""Statements about what waits for the city outside cases: how much of it, and whom to remind."""

# count: of one kind, those that wait and those over their term; the parts are put together.
COUNT = """
SELECT '{kind}' AS kind, count(*) AS count, min({alias}.created_at) AS oldest,
  min({alias}.due_at) AS due_at, count(*) FILTER (WHERE {alias}.due_at < {now}) AS overdue
FROM {tables} WHERE {alias}.closed_at IS NULL AND {readable}
"""

# late: of one kind, those over their term that nobody was told of. What somebody decides just now
# is left alone. Notices are forgotten after a while, and nobody is told a second time for that.
LATE = """
{kind} AS (
  SELECT '{kind}' AS kind, x.id, x.due_at FROM {table} x
  WHERE x.closed_at IS NULL AND x.due_at < $1::timestamptz AND x.due_at >= $2::timestamptz
    AND NOT EXISTS (SELECT FROM notice WHERE once = 'request_overdue ' || x.id)
  FOR UPDATE SKIP LOCKED
)"""
KINDS = {
    "identity_change": "identity_change",
    "claim": "identity_claim",
    "data_request": "data_request",
}

# remind: the approvers of accounts of the municipal bureau, of each request once.
REMIND = f"""
WITH {",".join(LATE.format(kind=kind, table=table) for kind, table in KINDS.items())},
late AS ({" UNION ALL ".join(f"SELECT kind, id, due_at FROM {kind}" for kind in KINDS)})
INSERT INTO notice (id, kind, organisation_id, group_key, subject_type, subject_id, data, once,
  created_at)
SELECT gen_random_uuid(), 'request_overdue', o.id, 'approve_admins', late.kind, late.id,
  jsonb_build_object('as', late.kind, 'due', late.due_at), 'request_overdue ' || late.id,
  $1::timestamptz
FROM late JOIN organisation o ON o.kind = 'city_bureau' AND o.closed_on IS NULL
ON CONFLICT DO NOTHING RETURNING id
"""
