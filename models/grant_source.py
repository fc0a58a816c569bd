"""What a grant (权限) looks like to a reader."""

from models import account_access
from models.select import Key, Source

OF_GRANT = """(SELECT {} FROM wf_case of_case
  WHERE of_case.subject_type = 'grant' AND of_case.subject_id = sg.id)"""
GRANT = Source(
    alias="sg",
    type_names=("Grant",),
    tables="seat_grant sg",
    joins="JOIN wf_case c ON c.subject_type = 'grant' AND c.subject_id = sg.id",
    stored="sg.*",
    computed={"status": "c.status", "version": "c.seq", "case_id": "c.id"},
    readable=account_access.grants,
    filters={
        "status": OF_GRANT.format("status"),
        "user_type": "sg.user_type",
        "person": "sg.person_id",
        "name": "(SELECT name FROM person WHERE id = sg.person_id)",
        "organisation": "sg.organisation_id",
        "superior": "sg.superior_id",
        "created_at": "sg.created_at",
    },
    keys={"created_at": Key("sg.created_at", "timestamptz")},
)
