"""What members of an organisation (业务人员) and moves (调动) look like to a reader."""

from models import access
from models.select import Key, Source

MEMBER = Source(
    alias="b",
    type_names=("Member",),
    tables="(SELECT * FROM seat WHERE organisation_id IS NOT NULL) b",
    stored="b.*",
    readable=access.members,
    filters={
        "organisation": "b.organisation_id",
        "person": "b.person_id",
        "name": "(SELECT name FROM person WHERE id = b.person_id)",
        "user_type": "b.user_type",
        "ended": "(b.ended_at IS NOT NULL)",
    },
    keys={"created_at": Key("b.created_at", "timestamptz")},
)
MOVE = Source(
    alias="w",
    type_names=("Move",),
    tables="move w",
    stored="w.*",
    readable=access.moves,
    filters={
        "waiting": "(w.closed_at IS NULL)",
        "person": "w.person_id",
        "organisation": "w.organisation_id",
        "name": "(SELECT name FROM person WHERE id = w.person_id)",
    },
    keys={"created_at": Key("w.created_at", "timestamptz")},
)
