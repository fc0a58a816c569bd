"""Statements that put a dossier (办案卷宗) of a case together, each behind its own condition."""

from collections.abc import Callable
from uuid import UUID

from models import access
from models.access import Viewer
from models.read import Connection, Parameters, Row, rows

Readable = Callable[[Viewer, Parameters, str], str]

# snapshot: all statements of a dossier see the same moment.
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

CASE = """
SELECT c.id, c.subject_type, c.subject_id, c.status, c.round, c.seq, c.revision, c.state,
  c.opened_at, c.closed_at, d.digest, d.source, applicant.name AS applicant,
  applicant.masked_number, about.name AS about, about.masked_number AS about_number,
  employer.name AS employer
FROM wf_case c JOIN wf_definition d ON d.id = c.definition_id
JOIN person applicant ON applicant.id = c.applicant_id
LEFT JOIN person about ON about.id = c.concerns_id
JOIN organisation employer ON employer.id = c.employer_id
WHERE c.id = $1 AND {readable}
"""
EVENTS = """
SELECT v.seq, v.kind, v.data, v.at, v.previous_hash, v.hash, by.name AS person,
  stood_for.name AS principal, o.name AS organisation
FROM wf_event v LEFT JOIN person by ON by.id = v.person_id
LEFT JOIN person stood_for ON stood_for.id = v.principal_id
LEFT JOIN organisation o ON o.id = v.organisation_id
WHERE v.case_id = $1 ORDER BY v.seq
"""
# routes: every text the case was under, the first one first.
ROUTES = """
SELECT d.source, d.published_at FROM wf_definition d
WHERE d.digest IN (SELECT v.data->>'digest' FROM wf_event v WHERE v.case_id = $1)
ORDER BY d.published_at, d.version
"""
OPINIONS = """
SELECT n.round, n.step_key, n.act, n.event_seq, n.voided_seq, n.revision, by.name AS person,
  stood_for.name AS principal
FROM wf_opinion n JOIN person by ON by.id = n.person_id
LEFT JOIN person stood_for ON stood_for.id = n.principal_id
WHERE n.case_id = $1 ORDER BY n.event_seq, n.id
"""

RECORD = """
SELECT r.id, r.course_name, r.category, r.achievement, r.authorship, r.starts_on, r.ends_on,
  r.attended_days, r.declared_hours, r.declared_credits, r.approved_hours, r.approved_credits,
  r.organiser_name, r.study_form, r.place, r.content, r.note, r.origin, r.status, r.version,
  r.submitted_at, r.closed_at, r.deleted_at
FROM training_record r WHERE r.id = $1 AND {readable}
"""
AMENDMENT = """
SELECT n.id, n.record_id, n.kind, n.reason, n.before, n.proposed, n.record_version, n.created_at,
  n.closed_at
FROM amendment n WHERE n.id = $1 AND {readable}
"""
# amended: what became of a record after it was decided about.
AMENDED = """
SELECT n.id, n.kind, n.reason, n.before, n.proposed, n.closed_at
FROM amendment n JOIN wf_case k ON k.subject_type = 'amendment' AND k.subject_id = n.id
WHERE n.record_id = $1 AND k.status = 'approved' AND {readable} ORDER BY n.closed_at, n.id
"""
APPLICATION = """
SELECT y.id, y.target_title, y.level, y.business, y.discipline, y.qualified_on, y.year,
  y.applied_on, y.status, y.version, y.submitted_at, y.closed_at
FROM cycle_application y WHERE y.id = $1 AND {readable}
"""
SNAPSHOTS = """
SELECT g.number, g.current, g.person_group, g.first_year, g.last_year, g.required_hours,
  g.total_hours, g.public_hours, g.professional_hours, g.elective_hours, g.days, g.public_courses,
  g.professional_courses, g.verdict, g.supplement_used, g.binding, g.explanation, g.computed_at
FROM cycle_result g WHERE g.application_id = $1 AND {readable} ORDER BY g.number
"""
PROFILE = """
SELECT f.gender, f.birth_date, f.education, f.has_title, f.title_code, f.qualified_on,
  f.started_work_on, f.discipline, f.person_group, f.phone, f.version, f.confirmed_at
FROM profile f JOIN person of_profile ON of_profile.id = f.person_id
WHERE f.person_id = $1 AND {readable}
"""
# attachments: of the record, and of the amendment where one was decided about; each says of which.
ATTACHMENTS = """
SELECT a.id, CASE WHEN a.amendment_id IS NULL THEN 'training_record' ELSE 'amendment' END AS of,
  a.label, a.file_name, a.media_type, a.size, a.sha256, a.scan_state, a.scan_engine,
  a.scan_finding, a.signatures_at, a.scanned_at, a.created_at
FROM attachment a
WHERE (a.record_id = $1 OR a.amendment_id = $1) AND a.deleted_at IS NULL AND {readable}
ORDER BY a.created_at, a.id
"""


async def case(c: Connection, viewer: Viewer, case_id: UUID) -> Row | None:
    """The case, for whoever may read it."""
    found = await allowed(c, viewer, CASE, access.cases, "c", case_id)
    return found[0] if found else None


async def events(c: Connection, case_id: UUID) -> list[Row]:
    """Everything that happened, in order."""
    return await rows(EVENTS, [case_id], on=c)


async def routes(c: Connection, case_id: UUID) -> list[Row]:
    """The texts of its routes."""
    return await rows(ROUTES, [case_id], on=c)


async def opinions(c: Connection, case_id: UUID) -> list[Row]:
    """Every opinion that was given, those that no longer count too."""
    return await rows(OPINIONS, [case_id], on=c)


async def record(c: Connection, viewer: Viewer, record_id: UUID) -> Row | None:
    """A record; one that was taken back is its author's alone."""
    return first(await allowed(c, viewer, RECORD, access.records, "r", record_id))


async def attachments(c: Connection, viewer: Viewer, subject_id: UUID) -> list[Row]:
    """The files of a record or of an amendment as they are, not their bytes."""
    return await allowed(c, viewer, ATTACHMENTS, access.attachments, "a", subject_id)


async def amendment(c: Connection, viewer: Viewer, amendment_id: UUID) -> Row | None:
    """A proposal."""
    return first(await allowed(c, viewer, AMENDMENT, access.amendments, "n", amendment_id))


async def amended(c: Connection, viewer: Viewer, record_id: UUID) -> list[Row]:
    """What was confirmed of a record later."""
    return await allowed(c, viewer, AMENDED, access.amendments, "n", record_id)


async def application(c: Connection, viewer: Viewer, application_id: UUID) -> Row | None:
    """A cycle application; one that was taken back is its author's alone."""
    found = await allowed(c, viewer, APPLICATION, access.cycle_applications, "y", application_id)
    return first(found)


async def snapshots(c: Connection, viewer: Viewer, application_id: UUID) -> list[Row]:
    """Every snapshot of its figures."""
    return await allowed(c, viewer, SNAPSHOTS, access.cycle_results, "g", application_id)


async def profile(c: Connection, viewer: Viewer, person_id: UUID) -> Row | None:
    """A profile, for whoever reads the person now."""
    return first(await allowed(c, viewer, PROFILE, access.persons, "of_profile", person_id))


async def allowed(
    c: Connection, viewer: Viewer, sql: str, readable: Readable, alias: str, key: UUID
) -> list[Row]:
    """The rows of a statement that its viewer may read."""
    p = Parameters([key])
    return await rows(sql.format(readable=readable(viewer, p, alias)), p, on=c)


def first(found: list[Row]) -> Row | None:
    """The only row."""
    return found[0] if found else None
