"""What lies on the desk of a reviewer beside his tasks: delegations and notices, as sources."""

from models import access
from models.select import Key, Source

DELEGATION = Source(
    alias="dl",
    type_names=("Delegation",),
    tables="wf_delegation dl",
    stored="dl.*",
    readable=access.delegations,
    filters={
        "principal": "dl.principal_id",
        "delegate": "dl.delegate_id",
        "starts_at": "dl.starts_at",
        "ends_at": "dl.ends_at",
        "revoked": "(dl.revoked_at IS NOT NULL)",
    },
    keys={"starts_at": Key("dl.starts_at", "timestamptz")},
)
# Of a notice to a group each of its people says for himself whether he has read it.
NOTICE = Source(
    alias="nt",
    type_names=("Notice",),
    tables="""(SELECT notice.*, seen.at AS read_at FROM notice
      LEFT JOIN notice_read seen ON seen.notice_id = notice.id AND seen.person_id = {me}) nt""",
    joins="LEFT JOIN person told_of ON told_of.id = nt.about_id",
    stored="nt.*",
    computed={"about_name": "told_of.name"},
    readable=access.notices,
    filters={
        "kind": "nt.kind",
        "unread": "(nt.read_at IS NULL)",
        "case": "nt.case_id",
        "created_at": "nt.created_at",
    },
    keys={
        "unread": Key("(nt.read_at IS NULL)", "boolean"),
        "created_at": Key("nt.created_at", "timestamptz"),
    },
)
