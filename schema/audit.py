"""The audit log, as its administrator sees it."""

from datetime import datetime

import strawberry

from models.account import UserType
from resolvers import audit
from schema import filter
from schema.field import named, published, stored
from schema.node import Node
from schema.role import AUDITORS

named(
    audit.AuditOutcome,
    "AuditOutcome",
    "How it ended.",
    DONE="It was done.",
    REFUSED="A rule refused it.",
    DENIED="There was no right to it.",
)
published(
    audit.AuditFilter,
    "AuditFilter",
    "Which rows of the audit log.",
    at="When.",
    action="What, as noun:verb.",
    outcome="How it ended.",
    actor="Name of who did it.",
    object_key="Key of the row it was done to.",
    address="Network address.",
    **filter.JOINED,
)
named(audit.AuditOrderField, "AuditOrderField", "What the log is ordered by.", AT="When.")
published(
    audit.AuditOrder,
    "AuditOrder",
    "One level of the order of the log.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A row of the audit log (审计日志): who did or saw what.")
class AuditEvent(Node):
    at: datetime = stored("When, by the clock of the database.", seen_by=AUDITORS)
    action: str = stored("What, as noun:verb.", seen_by=AUDITORS)
    outcome: audit.AuditOutcome = stored("How it ended.", seen_by=AUDITORS)
    code: str | None = stored("Why it was not done.", seen_by=AUDITORS)
    actor: str | None = stored("Name of who did it; nobody is the system.", seen_by=AUDITORS)
    role: UserType | None = stored("From which kind of seat.", seen_by=AUDITORS)
    organisation: str | None = stored("For which organisation.", seen_by=AUDITORS)
    address: str = stored("Network address.", seen_by=AUDITORS)
    session: str | None = stored("Hash of the login session.", seen_by=AUDITORS)
    object_type: str = stored("Kind of the row it was done to.", seen_by=AUDITORS)
    object_key: str | None = stored("Its key.", seen_by=AUDITORS)
    fields: list[str] = stored("Names of the fields that were set.", seen_by=AUDITORS)
    purpose: str | None = stored("What a number was seen for.", seen_by=AUDITORS)
    reason: str | None = stored("The same in words.", seen_by=AUDITORS)
    request_key: str | None = stored("Number of the request.", seen_by=AUDITORS)
    idempotency_key: str | None = stored("Its idempotency key.", seen_by=AUDITORS)
    sealed: bool = stored("Is it under a seal, so that a change would show?", seen_by=AUDITORS)
