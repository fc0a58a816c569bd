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
