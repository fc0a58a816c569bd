"""What somebody writes who knows SQL and the four questions, with our rules of who reads what."""

NODE = "replace(encode(convert_to('{0}:' || {1}, 'UTF8'), 'base64'), E'\\n', '')"
UNIT = """CASE {0}.kind WHEN 'unit' THEN 'Unit' WHEN 'direct_point' THEN 'Unit'
  WHEN 'training_base' THEN 'TrainingBase' WHEN 'training_institution' THEN 'Institution'
  ELSE 'Department' END"""


def node(kind: str, row: str) -> str:
    """A global id."""
    return NODE.format(kind, f"{row}.id")


def body(row: str, extra: str = "") -> str:
    """An organisation; its kind decides the type in its id."""
    coded = f"encode(convert_to({UNIT.format(row)} || ':' || {row}.id, 'UTF8'), 'base64')"
    return f"""CASE WHEN {row}.id IS NOT NULL THEN json_build_object(
      'id', replace({coded}, E'\\n', ''), 'name', {row}.name{extra}) END"""


def person(row: str, extra: str = "") -> str:
    """A person by name."""
    return f"json_build_object('id', {node('Person', row)}, 'name', {row}.name{extra})"


def files(record: str, extra: str = "") -> str:
    """The files of a record."""
    return f"""(SELECT coalesce(json_agg(json_build_object('id', {node("Attachment", "a")},
        'label', a.label, 'fileName', a.file_name, 'size', a.size,
        'scanState', upper(a.scan_state){extra}) ORDER BY a.id), '[]')
      FROM attachment a WHERE a.record_id = {record}.id AND a.deleted_at IS NULL)"""


# seat: who asks, from his token.
SEAT = """
SELECT t.organisation_id, t.groups, a.person_id
FROM session s JOIN account a ON a.id = s.account_id JOIN seat t ON t.id = s.seat_id
WHERE s.token_hash = sha256($1::text::bytea) AND s.revoked_at IS NULL AND s.expires_at > now()
  AND a.disabled_at IS NULL AND t.ended_at IS NULL
"""
INBOX = f"""
SELECT json_build_object('data', json_build_object('tasks', json_build_object('nodes',
  coalesce(json_agg(json_build_object(
    'id', {node("Task", "t")}, 'reason', upper(t.reason), 'round', t.round,
    'createdAt', t.created_at, 'dueAt', t.due_at,
    'applicant', {person("p")},
    'record', json_build_object('id', {node("TrainingRecord", "r")},
      'status', upper(r.status), 'courseName', r.course_name, 'category', upper(r.category),
      'startsOn', r.starts_on, 'endsOn', r.ends_on, 'attendedDays', r.attended_days,
      'declaredHours', r.declared_hours::text, 'declaredCredits', r.declared_credits::text,
      'organiserName', r.organiser_name, 'place', r.place, 'year', r.year,
      'employer', {body("u")}, 'attachments', {files("r")}))
    ORDER BY t.created_at, t.id), '[]'))))::text
FROM (SELECT * FROM wf_task WHERE organisation_id = $1 AND group_key = ANY ($2::text[])
      AND status = 'open' ORDER BY created_at, id LIMIT 50) t
JOIN wf_case c ON c.id = t.case_id
JOIN training_record r ON r.id = c.subject_id
JOIN person p ON p.id = c.applicant_id
JOIN organisation u ON u.id = r.employer_id
"""
TODO = """
SELECT json_build_object('data', json_build_object('todoGroups', coalesce(json_agg(
  json_build_object('business', json_build_object('key', g.route_code),
    'step', json_build_object('key', g.step_key), 'count', g.count, 'claimed', g.claimed,
    'overdue', g.overdue, 'oldest', g.oldest) ORDER BY g.oldest), '[]')))::text
FROM (SELECT route_code, step_key, count(*) AS count, min(created_at) AS oldest,
    count(*) FILTER (WHERE due_at < now()) AS overdue,
    count(*) FILTER (WHERE claimed_by_id IS NOT NULL) AS claimed
  FROM wf_task WHERE organisation_id = $1 AND group_key = ANY ($2::text[]) AND status = 'open'
  GROUP BY route_code, step_key) g
"""
READABLE = """(r.person_id = {1} OR (r.status <> 'draft' AND (r.employer_id = {0} OR EXISTS (
  SELECT FROM organisation o WHERE o.id = r.employer_id AND {0} = ANY (o.ancestors)))))"""
YEAR = f"""(SELECT json_build_object('nodes', coalesce(json_agg(json_build_object(
    'id', {node("TrainingRecord", "r")}, 'courseName', r.course_name,
    'category', upper(r.category), 'status', upper(r.status), 'startsOn', r.starts_on,
    'endsOn', r.ends_on, 'attendedDays', r.attended_days,
    'declaredHours', r.declared_hours::text, 'approvedHours', r.approved_hours::text)
    ORDER BY r.ends_on DESC, r.id DESC), '[]'))
  FROM (SELECT * FROM training_record r WHERE r.year = {{year}}
    AND {READABLE.format("$1::uuid", "$2::uuid")}
    ORDER BY r.ends_on DESC, r.id DESC LIMIT 100) r)"""
YEARS = [f"'{key}', {YEAR.format(year=2021 + n)}" for n, key in enumerate("abcde")]
FLAT = f"SELECT json_build_object('data', json_build_object({', '.join(YEARS)}))::text"
GRANDPARENT = body("e1", f", 'parent', {body('e2')}")
EMPLOYER = body("e", f", 'parent', {GRANDPARENT}")
DEEP = f"""
SELECT json_build_object('data', json_build_object('case', json_build_object(
  'id', {node("Case", "c")}, 'status', upper(c.status), 'round', c.round,
  'openedAt', c.opened_at, 'closedAt', c.closed_at, 'version', c.seq,
  'applicant', {person("p", f", 'ceNumber', p.ce_number, 'employer', {EMPLOYER}")},
  'employer', {body("u", f", 'parent', {body('u1')}")},
  'record', json_build_object('id', {node("TrainingRecord", "r")}, 'courseName', r.course_name,
    'category', upper(r.category), 'status', upper(r.status), 'startsOn', r.starts_on,
    'endsOn', r.ends_on, 'declaredHours', r.declared_hours::text,
    'approvedHours', r.approved_hours::text, 'note', r.note, 'place', r.place,
    'person', {person("rp")}, 'employer', {body("ru")},
    'attachments', {files("r", ", 'createdAt', a.created_at")}),
  'openTask', CASE WHEN t.id IS NOT NULL THEN json_build_object('id', {node("Task", "t")},
    'reason', upper(t.reason), 'dueAt', t.due_at, 'organisation', {body("tu")},
    'applicant', {person("p")}) END)))::text
FROM wf_case c
JOIN person p ON p.id = c.applicant_id
LEFT JOIN employment m ON m.person_id = p.id AND m.until_on IS NULL
LEFT JOIN organisation e ON e.id = m.organisation_id
LEFT JOIN organisation e1 ON e1.id = e.parent_id
LEFT JOIN organisation e2 ON e2.id = e1.parent_id
JOIN organisation u ON u.id = c.employer_id
LEFT JOIN organisation u1 ON u1.id = u.parent_id
JOIN training_record r ON r.id = c.subject_id
JOIN person rp ON rp.id = r.person_id
JOIN organisation ru ON ru.id = r.employer_id
LEFT JOIN wf_task t ON t.case_id = c.id AND t.status = 'open' AND t.organisation_id = $2
  AND t.group_key = ANY ($4::text[])
LEFT JOIN organisation tu ON tu.id = t.organisation_id
WHERE c.id = split_part(convert_from(decode($1, 'base64'), 'UTF8'), ':', 2)::uuid
  AND {READABLE.format("$2::uuid", "$3::uuid")}
"""
