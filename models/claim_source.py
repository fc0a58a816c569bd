"""What a claim of a number looks like to those who decide on it."""

from models import account_access
from models.select import Key, Source

CLAIM = Source(
    alias="ik",
    type_names=("Claim",),
    tables="identity_claim ik",
    joins="""JOIN account first ON first.person_id = ik.owner_id
      LEFT JOIN person opened_by ON opened_by.id = ik.opened_by_id""",
    stored="ik.*",
    computed={"vouched": "(first.verified_at IS NOT NULL)", "opener": "opened_by.name"},
    readable=account_access.claims,
    filters={
        "waiting": "(ik.closed_at IS NULL)",
        "overdue": "(ik.closed_at IS NULL AND ik.due_at < now())",
        "due_at": "ik.due_at",
    },
    keys={
        "created_at": Key("ik.created_at", "timestamptz"),
        "due_at": Key("ik.due_at", "timestamptz"),
    },
)
