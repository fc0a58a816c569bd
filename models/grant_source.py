"""What a grant (权限) looks like to a reader."""

from models import access
from models.select import Key, Source

OF_GRANT = """(SELECT {} FROM wf_case of_case
  WHERE of_case.subject_type = 'grant' AND of_case.subject_id = g.id)"""
GRANT = Source(
    alias="g",
    type_names=("Grant",),
    tables="seat_grant g",
    joins="JOIN wf_case c ON c.subject_type = 'grant' AND c.subject_id = g.id",
    stored="g.*",
    computed={"status": "c.status", "version": "c.seq", "case_id": "c.id"},
    readable=access.grants,
    filters={
        "status": OF_GRANT.format("status"),
        "user_type": "g.user_type",
        "person": "g.person_id",
        "name": "(SELECT name FROM person WHERE id = g.person_id)",
        "organisation": "g.organisation_id",
        "superior": "g.superior_id",
        "created_at": "g.created_at",
    },
    keys={"created_at": Key("g.created_at", "timestamptz")},
)
