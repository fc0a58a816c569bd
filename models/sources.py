"""What a row of each noun looks like to a reader: columns, joins, filters, orders and access.

The alias of a source is fixed; every row says its GraphQL type in `type_name`.
"""

from dataclasses import replace

from models import access, account_source, amendment_sql, desk, job_source, profile_sql
from models.case_source import CASE, EMPLOYER, TASK
from models.certificate_source import CERTIFICATE
from models.cycle_source import CYCLE_APPLICATION, CYCLE_RESULT
from models.person_source import behind_person
from models.select import Key, Source

OF_AMENDMENT = """(SELECT {} FROM wf_case of_case
  WHERE of_case.subject_type = 'amendment' AND of_case.subject_id = n.id)"""
# Does an amendment lie with a proposer who has left?
LEFT_BEHIND = f"({{}} IN ('draft', 'returned') AND {amendment_sql.ABANDONED})"
# Has somebody proposed to amend a record, and nobody decided?
UNDER_AMENDMENT = """EXISTS (SELECT FROM amendment open_one
  WHERE open_one.record_id = r.id AND open_one.closed_at IS NULL)"""

ORGANISATION = Source(
    alias="o",
    type_names=("Unit", "Department", "Institution", "TrainingBase"),
    tables="organisation o",
    stored="o.id, o.kind, o.name, o.unit_code, o.unit_kind, o.parent_id, o.closed_on",
    computed={
        "type_name": """CASE o.kind WHEN 'unit' THEN 'Unit' WHEN 'direct_point' THEN 'Unit'
          WHEN 'training_base' THEN 'TrainingBase' WHEN 'training_institution' THEN 'Institution'
          ELSE 'Department' END""",
    },
    filters={
        "kind": "o.kind",
        "name": "o.name",
        "parent": "o.parent_id",
        "unit_code": "o.unit_code",
    },
    keys={"name": Key("o.name", "text")},
)
PERSON = Source(
    alias="s",
    type_names=("Person",),
    tables="person s",
    stored="s.id, s.name, s.masked_number, s.ce_number, s.absorbed_by_id",
    computed={"employer_id": EMPLOYER.format("s.id")},
    readable=access.persons,
    filters={
        "name": "s.name",
        "ce_number": "s.ce_number",
        "employer": EMPLOYER.format("s.id"),
        "title_code": "(SELECT title_code FROM profile WHERE person_id = s.id)",
        "person_group": "(SELECT person_group FROM profile WHERE person_id = s.id)",
        "stale": """EXISTS (SELECT FROM person_total
          WHERE person_id = s.id AND dirty_version > computed_version)""",
    },
    keys={"name": Key("s.name", "text")},
)
# The name beside a row one may read; what else is known of a person has conditions of its own.
NAMED_PERSON = replace(PERSON, readable=None)
PROFILE = Source(
    alias="f",
    type_names=("Profile",),
    tables="profile f",
    stored="f.*",
    computed={
        "employed": f"({EMPLOYER.format('f.person_id')} IS NOT NULL)",
        "confirmation": profile_sql.CONFIRMATION,
        "case_id": profile_sql.OF_CASE.format("of_case.id"),
    },
    readable=behind_person,
)
RECORD = Source(
    alias="r",
    type_names=("TrainingRecord",),
    tables="training_record r",
    stored="r.*",
    computed={
        "deleted": "(r.deleted_at IS NOT NULL)",
        "under_amendment": UNDER_AMENDMENT,
    },
    readable=access.records,
    filters={
        "person": "r.person_id",
        "name": "(SELECT name FROM person WHERE id = r.person_id)",
        "employer": "r.employer_id",
        "organiser": "r.organiser_id",
        "course_name": "r.course_name",
        "category": "r.category",
        "status": "r.status",
        "origin": "r.origin",
        "year": "r.year",
        "starts_on": "r.starts_on",
        "ends_on": "r.ends_on",
        "deleted": "(r.deleted_at IS NOT NULL)",
        "under_amendment": UNDER_AMENDMENT,
    },
    keys={
        "ends_on": Key("r.ends_on", "date"),
        "starts_on": Key("r.starts_on", "date"),
        "course_name": Key("r.course_name", "text"),
        "created_at": Key("r.created_at", "timestamptz"),
        "submitted_at": Key("coalesce(r.submitted_at, '-infinity')", "timestamptz"),
    },
)
# Records that are with somebody: handed in and not decided yet.
WAITING = replace(
    RECORD,
    tables="""(SELECT * FROM training_record WHERE deleted_at IS NULL
      AND status IN ('in_review', 'returned', 'blocked')) r""",
)
ATTACHMENT = Source(
    alias="a",
    type_names=("Attachment",),
    tables="attachment a",
    stored="a.*",
    computed={
        "download_url": """CASE WHEN a.scan_state = 'clean' AND a.deleted_at IS NULL
          THEN '/attachments/' || a.id END""",
    },
    readable=access.attachments,
)
# The files of a record or an amendment one may read, without what was removed.
ATTACHED = replace(
    ATTACHMENT,
    tables="(SELECT * FROM attachment WHERE deleted_at IS NULL) a",
    readable=None,
)
AMENDMENT = Source(
    alias="n",
    type_names=("Amendment",),
    tables="amendment n",
    joins="JOIN wf_case c ON c.subject_type = 'amendment' AND c.subject_id = n.id",
    stored="n.*",
    computed={
        "status": "c.status",
        "version": "c.seq",
        "case_id": "c.id",
        "abandoned": LEFT_BEHIND.format("c.status"),
    },
    readable=access.amendments,
    filters={
        "kind": "n.kind",
        "status": OF_AMENDMENT.format("status"),
        "person": "n.person_id",
        "name": "(SELECT name FROM person WHERE id = n.person_id)",
        "proposer": "n.proposer_id",
        "employer": "n.employer_id",
        "created_at": "n.created_at",
        "abandoned": LEFT_BEHIND.format(OF_AMENDMENT.format("status")),
    },
    keys={"created_at": Key("n.created_at", "timestamptz")},
)
# Would these minimums of total, public and professional hours turn the verdict (L317)?
OTHER_VERDICT = """(x.verdict = 'pass') <> (x.total_hours >= {} AND x.public_hours >= {}
  AND x.professional_hours >= {})"""
ANNUAL_RESULT = Source(
    alias="x",
    type_names=("AnnualResult",),
    tables="(SELECT * FROM annual_result WHERE current) x",
    stored="x.*",
    readable=access.annual_results,
    filters={
        "person": "x.person_id",
        "name": "(SELECT name FROM person WHERE id = x.person_id)",
        "employer": EMPLOYER.format("x.person_id"),
        "year": "x.year",
        "verdict": "x.verdict",
        "person_group": "(SELECT person_group FROM profile WHERE person_id = x.person_id)",
        "changed_under": OTHER_VERDICT,
    },
    keys={
        "year": Key("x.year", "smallint"),
        "total_hours": Key("x.total_hours", "numeric"),
        "name": Key("(SELECT name FROM person WHERE id = x.person_id)", "text"),
    },
)
REMARK = Source(
    alias="m",
    type_names=("Remark",),
    tables="(SELECT * FROM remark WHERE deleted_at IS NULL) m",
    stored="m.*",
    readable=access.remarks,
    filters={"route": "m.route_code", "step": "m.step_key"},
)
BY_TYPE = {
    "Person": PERSON,
    **dict.fromkeys(ORGANISATION.type_names, ORGANISATION),
    "TrainingRecord": RECORD,
    "Attachment": ATTACHMENT,
    "Case": CASE,
    "Amendment": AMENDMENT,
    **account_source.BY_TYPE,
    "CycleApplication": CYCLE_APPLICATION,
    "CycleResult": CYCLE_RESULT,
    "Task": TASK,
    "AnnualResult": ANNUAL_RESULT,
    "Certificate": CERTIFICATE,
    "Remark": REMARK,
    "Job": job_source.JOB,
    "RecalculationRun": job_source.RUN,
    "DecisionBatch": job_source.BATCH,
    "Delegation": desk.DELEGATION,
    "Notice": desk.NOTICE,
}
