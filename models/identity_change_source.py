"""What a request to change name or number looks like to whoever asked and whoever decides."""

from models import account_access
from models.select import Key, Source

IDENTITY_CHANGE = Source(
    alias="ic",
    type_names=("IdentityChange",),
    tables="identity_change ic",
    joins="LEFT JOIN person decided_by ON decided_by.id = ic.decided_by_id",
    stored="ic.*",
    computed={"decider": "decided_by.name"},
    readable=account_access.identity_changes,
    filters={
        "waiting": "(ic.closed_at IS NULL)",
        "overdue": "(ic.closed_at IS NULL AND ic.due_at < now())",
        "due_at": "ic.due_at",
    },
    keys={
        "created_at": Key("ic.created_at", "timestamptz"),
        "due_at": Key("ic.due_at", "timestamptz"),
    },
)
