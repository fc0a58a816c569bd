"""Statements about persons that answer fields, not lists."""

# stale: persons whose figures are older than their records.
STALE = """
SELECT person_id AS id, stale_since FROM person_total
WHERE dirty_version > computed_version AND person_id = ANY ($1::uuid[])
"""
# seats: those of a person that are in force, his own first.
SEATS = """
SELECT 'Seat' AS type_name, e.id, e.person_id, e.organisation_id, e.user_type, e.groups, e.duties
FROM seat e WHERE e.person_id = ANY ($1::uuid[]) AND e.ended_at IS NULL
ORDER BY e.user_type <> 'person', e.created_at, e.id
"""
