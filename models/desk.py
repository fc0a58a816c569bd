"""What lies on the desk of a reviewer beside his tasks: delegations and notices, as sources."""

from models import access
from models.select import Key, Source

DELEGATION = Source(
    alias="g",
    type_names=("Delegation",),
    tables="wf_delegation g",
    stored="g.*",
    readable=access.delegations,
    filters={
        "principal": "g.principal_id",
        "delegate": "g.delegate_id",
        "starts_at": "g.starts_at",
        "ends_at": "g.ends_at",
        "revoked": "(g.revoked_at IS NOT NULL)",
    },
    keys={"starts_at": Key("g.starts_at", "timestamptz")},
)
# Of a notice to a group each of its people says for himself whether he has read it.
NOTICE = Source(
    alias="i",
    type_names=("Notice",),
    tables="""(SELECT notice.*, seen.at AS read_at FROM notice
      LEFT JOIN notice_read seen ON seen.notice_id = notice.id AND seen.person_id = {me}) i""",
    joins="LEFT JOIN person told_of ON told_of.id = i.about_id",
    stored="i.*",
    computed={"about_name": "told_of.name"},
    readable=access.notices,
    filters={
        "kind": "i.kind",
        "unread": "(i.read_at IS NULL)",
        "case": "i.case_id",
        "created_at": "i.created_at",
    },
    keys={
        "unread": Key("(i.read_at IS NULL)", "boolean"),
        "created_at": Key("i.created_at", "timestamptz"),
    },
)
