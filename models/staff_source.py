"""What members of an organisation (业务人员) and moves (调动) look like to a reader."""

from models import account_access, staff_sql
from models.select import Key, Source

MEMBER = Source(
    alias="mb",
    type_names=("Member",),
    tables="(SELECT * FROM seat WHERE organisation_id IS NOT NULL) mb",
    stored="mb.*",
    readable=account_access.members,
    filters={
        "organisation": "mb.organisation_id",
        "person": "mb.person_id",
        "name": "(SELECT name FROM person WHERE id = mb.person_id)",
        "user_type": "mb.user_type",
        "ended": "(mb.ended_at IS NOT NULL)",
    },
    keys={"created_at": Key("mb.created_at", "timestamptz")},
)
MOVE = Source(
    alias="mv",
    type_names=("Move",),
    tables="move mv",
    stored="mv.*",
    computed={"lets_go": staff_sql.LETS_GO.format(person="mv.person_id")},
    readable=account_access.moves,
    filters={
        "waiting": "(mv.closed_at IS NULL)",
        "person": "mv.person_id",
        "organisation": "mv.organisation_id",
        "former": "mv.former_id",
        "name": "(SELECT name FROM person WHERE id = mv.person_id)",
    },
    keys={"created_at": Key("mv.created_at", "timestamptz")},
)
