"""Statements about persons that answer fields, not lists."""

# stale: persons whose figures are older than their records, of those the reader may read.
STALE = """
SELECT f.person_id AS id, f.stale_since FROM person_total f JOIN person of_figures
  ON of_figures.id = f.person_id AND {readable}
WHERE f.dirty_version > f.computed_version AND f.person_id = ANY ({keys}::uuid[])
"""
# seats: those of a person that are in force, his own first.
SEATS = """
SELECT 'Seat' AS type_name, e.id, e.person_id, e.organisation_id, e.user_type, e.groups, e.duties
FROM seat e WHERE e.person_id = ANY ($1::uuid[]) AND e.ended_at IS NULL
ORDER BY e.user_type <> 'person', e.created_at, e.id
"""
