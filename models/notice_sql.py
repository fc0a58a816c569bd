"""Statements about notices."""

# tell: each addressee has one of those that are told once.
TELL = """
INSERT INTO notice (id, kind, person_id, organisation_id, group_key, case_id, subject_type,
  subject_id, about_id, data, once, created_at)
SELECT n.id, n.kind, n.person, n.organisation, n.group_key, n.case_id, n.subject_type,
  n.subject, n.about, n.data, n.once, $2
FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, kind text, person uuid, organisation uuid,
  group_key text, case_id uuid, subject_type text, subject uuid, about uuid, data jsonb, once text)
ON CONFLICT DO NOTHING
"""

# tell reviewers: whoever has the open tasks about some subjects, once a day in Shanghai.
TELL_REVIEWERS = """
INSERT INTO notice (id, kind, organisation_id, group_key, case_id, data, once, created_at)
SELECT gen_random_uuid(), $1::text, t.organisation_id, t.group_key, c.id,
  jsonb_build_object('route', t.route_code, 'step', t.step_key),
  concat_ws(' ', $1::text, t.id, ($4::timestamptz AT TIME ZONE 'Asia/Shanghai')::date), $4
FROM wf_case c JOIN wf_task t ON t.case_id = c.id AND t.status = 'open'
WHERE c.subject_type = $2 AND c.subject_id = ANY ($3::uuid[])
ON CONFLICT DO NOTHING
"""

# tell copied: to whom a case was shown until a day; of an organisation the first of these groups
# that somebody there holds.
TELL_COPIED = """
INSERT INTO notice (id, kind, person_id, organisation_id, group_key, case_id, data, created_at)
SELECT gen_random_uuid(), 'cc', $2::uuid, $3::uuid,
  CASE WHEN $3::uuid IS NOT NULL THEN coalesce((
    SELECT g.key FROM unnest($4::text[]) WITH ORDINALITY AS g(key, place)
    WHERE EXISTS (SELECT FROM seat s JOIN account a ON a.person_id = s.person_id
      WHERE s.organisation_id = $3::uuid AND g.key = ANY (s.groups) AND s.ended_at IS NULL
        AND a.disabled_at IS NULL)
    ORDER BY g.place LIMIT 1), $5) END,
  c.id, jsonb_build_object('route', d.code, 'until', $6::text), $7
FROM wf_case c JOIN wf_definition d ON d.id = c.definition_id WHERE c.id = $1
"""

# read: of these, or of all there are, those the viewer may read.
READ = """
INSERT INTO notice_read (id, notice_id, person_id, at)
SELECT gen_random_uuid(), i.id, {me}, {now} FROM notice i WHERE {readable} AND {these}
ON CONFLICT DO NOTHING
"""
UNREAD = """
SELECT count(*) FROM notice i WHERE {readable}
  AND NOT EXISTS (SELECT FROM notice_read WHERE notice_id = i.id AND person_id = {me})
"""
FORGET = "DELETE FROM notice WHERE created_at < $1"
