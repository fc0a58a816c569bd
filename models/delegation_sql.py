"""Statements about delegations: which are in force, who may give one, and to whom."""

# in force: what a delegate may decide in whose name; the principal must still hold it himself,
# for what he himself received from others is not his to pass on.
IN_FORCE = """
FROM wf_delegation g
JOIN seat held ON held.person_id = g.principal_id AND held.organisation_id = g.organisation_id
  AND held.ended_at IS NULL AND held.groups && g.groups
JOIN account his ON his.person_id = g.principal_id AND his.disabled_at IS NULL
WHERE g.delegate_id = {delegate} AND g.organisation_id = {organisation}
  AND g.revoked_at IS NULL AND g.starts_at <= {now} AND {now} < g.ends_at
"""
HELD = "ARRAY(SELECT unnest(g.groups) INTERSECT SELECT unnest(held.groups) ORDER BY 1)"

# mandates: all of a viewer's, beside his seat.
MANDATES = f"""(SELECT jsonb_agg(jsonb_build_object('principal', g.principal_id,
  'groups', {HELD}, 'routes', g.routes, 'until', g.ends_at) ORDER BY g.ends_at, g.id)
{IN_FORCE})"""

# mandate: by which one decides on a task in somebody's name. Who revokes meanwhile waits.
MANDATE = f"""
SELECT {HELD} AS groups, g.ends_at {IN_FORCE}
  AND g.principal_id = $4 AND (cardinality(g.routes) = 0 OR EXISTS (SELECT FROM wf_task t
    WHERE t.id = $5 AND t.route_code = ANY (g.routes)))
FOR SHARE OF g
""".format(delegate="$1", organisation="$2", now="$3")

# colleagues: who sits in an organisation with groups or duties beside whoever asks, if he asks for
# others, and what he may give away.
COLLEAGUES = """
SELECT e.person_id AS id, 'Colleague' AS type_name, e.person_id,
  array_agg(DISTINCT held) FILTER (WHERE held IS NOT NULL) AS groups
FROM seat e JOIN account a ON a.person_id = e.person_id AND a.disabled_at IS NULL
JOIN person s ON s.id = e.person_id
LEFT JOIN LATERAL unnest(e.groups) held ON held = ANY ($2::text[])
WHERE e.organisation_id = $1 AND e.ended_at IS NULL AND e.person_id IS DISTINCT FROM $3::uuid
  AND (e.groups <> '{}' OR e.duties <> '{}')
GROUP BY e.person_id, s.name ORDER BY s.name, e.person_id
"""
GIVE = """
INSERT INTO wf_delegation (id, principal_id, delegate_id, organisation_id, groups, routes,
  starts_at, ends_at, reason, created_by_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
HOLD = """
SELECT g.id, g.principal_id, g.delegate_id, g.groups, g.starts_at, g.ends_at, g.revoked_at
FROM wf_delegation g WHERE g.id = $1 AND {readable} FOR UPDATE OF g
"""
REVOKE = "UPDATE wf_delegation SET revoked_at = $2, revoked_by_id = $3 WHERE id = $1"
