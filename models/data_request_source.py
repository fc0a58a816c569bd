"""What a request about one's data looks like to a reader."""

from models import account_access
from models.select import Key, Source

DATA_REQUEST = Source(
    alias="dq",
    type_names=("DataRequest",),
    tables="data_request dq",
    stored="dq.*",
    readable=account_access.data_requests,
    filters={
        "waiting": "(dq.closed_at IS NULL)",
        "overdue": "(dq.closed_at IS NULL AND dq.due_at < now())",
        "due_at": "dq.due_at",
        "kind": "dq.kind",
        "person": "dq.person_id",
    },
    keys={
        "created_at": Key("dq.created_at", "timestamptz"),
        "due_at": Key("dq.due_at", "timestamptz"),
    },
)
