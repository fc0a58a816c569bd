"""The rows of the audit log, as its administrator asks for them."""

from models import account_access
from models.select import Key, Source

AUDIT_EVENT = Source(
    alias="e",
    type_names=("AuditEvent",),
    tables="audit.audit_event e",
    stored="""e.id, e.at, e.action, e.outcome, e.code, e.role, e.address, e.object_type, e.fields,
      e.idempotency_key""",
    computed={
        "actor": "(SELECT name FROM person WHERE id = e.person_id)",
        "organisation": "(SELECT name FROM organisation WHERE id = e.organisation_id)",
        "session": "encode(e.session, 'hex')",
        "object_key": "e.object_id::text",
        "request_key": "e.request_id::text",
        "purpose": "(e.detail->>'purpose')",
        "reason": "(e.detail->>'reason')",
        "sealed": """EXISTS (SELECT FROM audit.audit_seal WHERE era = e.era
          AND from_xid <= e.xid AND e.xid < below_xid)""",
    },
    readable=account_access.audit_events,
    filters={
        "at": "e.at",
        "action": "e.action",
        "outcome": "e.outcome",
        "actor": "(SELECT name FROM person WHERE id = e.person_id)",
        "object_key": "e.object_id::text",
        "address": "e.address",
    },
    keys={"at": Key("e.at", "timestamptz")},
)
