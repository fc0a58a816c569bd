"""The sources of cases: a case, what happened in it, and the tasks it waits for."""

from dataclasses import replace

from models import access
from models.cycle_source import OF_APPLICATION
from models.select import Key, Source

# Where a person works at present.
EMPLOYER = "(SELECT organisation_id FROM employment WHERE person_id = {} AND until_on IS NULL)"
# Does an organisation lie with the one that has the task, or below it? A task may be left with a
# body that the person no longer belongs to, and that reads neither his record nor his profile.
HELD = """EXISTS (SELECT FROM organisation held
  WHERE held.id = {} AND t.organisation_id = ANY (held.ancestors || held.id))"""
# What a task or case is about: a value of the record that is judged or amended, of the person it
# concerns, of its case. Nobody may find out by a filter what he may not read: a recalled record is
# its author's alone.
OF_RECORD = f"""(SELECT judged.{{}} FROM wf_case of_case JOIN training_record judged
  ON judged.id = coalesce((SELECT record_id FROM amendment WHERE id = of_case.subject_id),
    of_case.subject_id) AND judged.status <> 'draft' WHERE of_case.id = t.case_id
    AND {HELD.format("judged.employer_id")})"""
OF_CASE = "(SELECT {} FROM wf_case WHERE id = t.case_id)"
OF_PERSON = """(SELECT {} FROM wf_case of_case
  JOIN person ON person.id = coalesce(of_case.concerns_id, of_case.applicant_id)
  WHERE of_case.id = t.case_id)"""
OF_PROFILE = f"""(SELECT stated.{{}} FROM wf_case of_case
  JOIN profile stated ON stated.person_id = coalesce(of_case.concerns_id, of_case.applicant_id)
  WHERE of_case.id = t.case_id AND {HELD.format(EMPLOYER.format("stated.person_id"))})"""
CASE = Source(
    alias="c",
    type_names=("Case",),
    tables="wf_case c",
    joins="JOIN wf_definition d ON d.id = c.definition_id",
    stored="c.*",
    computed={
        "version": "c.seq",
        "record_id": "CASE c.subject_type WHEN 'training_record' THEN c.subject_id END",
        "amendment_id": "CASE c.subject_type WHEN 'amendment' THEN c.subject_id END",
        "grant_id": "CASE c.subject_type WHEN 'grant' THEN c.subject_id END",
        "application_id": "CASE c.subject_type WHEN 'cycle_application' THEN c.subject_id END",
        "route_code": "d.code",
        "route_version": "d.version",
        "route_source": "d.source",
        "dossier_url": "'/dossiers/' || c.id || '.pdf'",
    },
    readable=access.cases,
)
SUBJECT_CASE = replace(CASE, readable=None)
EVENT = Source(
    alias="v",
    type_names=("TimelineEntry",),
    tables="wf_event v",
    joins="""LEFT JOIN person said_by ON said_by.id = v.person_id
      LEFT JOIN person said_for ON said_for.id = v.principal_id
      LEFT JOIN organisation said_in ON said_in.id = v.organisation_id""",
    stored="v.id, v.case_id, v.seq, v.kind, v.data, v.at, v.person_id, v.organisation_id",
    computed=dict(
        person_name="said_by.name", principal_name="said_for.name", organisation_name="said_in.name"
    ),
)
TASK = Source(
    alias="t",
    type_names=("Task",),
    tables="wf_task t",
    joins="JOIN wf_case c ON c.id = t.case_id",
    stored="t.*",
    computed={
        "version": "c.seq",
        "applicant_id": "c.applicant_id",
        "subject_type": "c.subject_type",
        "subject_id": "c.subject_id",
        "record_id": "CASE c.subject_type WHEN 'training_record' THEN c.subject_id END",
        "amendment_id": "CASE c.subject_type WHEN 'amendment' THEN c.subject_id END",
        "grant_id": "CASE c.subject_type WHEN 'grant' THEN c.subject_id END",
        "application_id": "CASE c.subject_type WHEN 'cycle_application' THEN c.subject_id END",
    },
    readable=access.tasks,
    filters={
        "status": "t.status",
        "reason": "t.reason",
        "route": "t.route_code",
        "step": "t.step_key",
        "claimed": "(t.claimed_by_id IS NOT NULL)",
        "claimed_by": "t.claimed_by_id",
        "due_at": "t.due_at",
        "created_at": "t.created_at",
        "applicant": OF_CASE.format("coalesce(concerns_id, applicant_id)"),
        "name": OF_PERSON.format("name"),
        "employer": OF_CASE.format("employer_id"),
        "discipline": f"""coalesce({OF_APPLICATION.format("discipline")},
          {OF_PROFILE.format("discipline")})""",
        "level": OF_APPLICATION.format("level"),
        "cycle_business": OF_APPLICATION.format("business"),
        "course_name": OF_RECORD.format("course_name"),
        "category": OF_RECORD.format("category"),
        "ends_on": OF_RECORD.format("ends_on"),
        "year": f"coalesce({OF_RECORD.format('year')}, {OF_APPLICATION.format('year')})",
    },
    keys={
        "created_at": Key("t.created_at", "timestamptz"),
        "due_at": Key("coalesce(t.due_at, 'infinity')", "timestamptz"),
        "name": Key(OF_PERSON.format("name"), "text"),
    },
)
