"""Statements of batches: what is to be decided, for whom, and what became of each task."""

WRITE = """
INSERT INTO decision_batch (id, person_id, account_id, seat_id, job_id, key, decision, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
ITEMS = """
INSERT INTO decision_item (batch_id, position, task_id, version)
SELECT $1, i.position, i.task_id, i.version
FROM unnest($2::uuid[], $3::int[]) WITH ORDINALITY AS i(task_id, version, position)
"""
BATCH = "SELECT key, decision, seat_id, account_id, created_at FROM decision_batch WHERE id = $1"
# In the order of ids, as a small batch is.
OPEN = """
SELECT task_id, version FROM decision_item WHERE batch_id = $1 AND answer IS NULL ORDER BY task_id
"""
ANSWER = "UPDATE decision_item SET answer = $3 WHERE batch_id = $1 AND task_id = $2"
DONE = """
SELECT 100 * count(answer) / count(*) AS percent FROM decision_item WHERE batch_id = $1
"""
# all: of one batch in the order asked, or of several.
OF_BATCHES = """
SELECT batch_id, task_id, answer FROM decision_item WHERE batch_id = ANY ($1::uuid[])
ORDER BY batch_id, position
"""
