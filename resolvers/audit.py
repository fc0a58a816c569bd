"""The audit log, for the audit administrator."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import audit_source
from resolvers import filter, page
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page


class AuditOutcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    DENIED = "denied"


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    at: filter.Ordered[datetime] | None = None
    action: filter.Text | None = None
    outcome: filter.Among[AuditOutcome] | None = None
    actor: filter.Text | None = None
    object_key: filter.Word | None = None
    address: filter.Word | None = None
    and_: list["AuditFilter"] | None = None
    or_: list["AuditFilter"] | None = None
    not_: "AuditFilter | None" = None


class AuditOrderField(StrEnum):
    AT = "at"


@dataclass(frozen=True, kw_only=True)
class AuditOrder:
    field: AuditOrderField
    direction: Direction = Direction.ASC


async def log(
    context: Context,
    *,
    where: AuditFilter | None = None,
    order_by: list[AuditOrder] | None = None,
    asked: Asked,
) -> Page:
    """All of it, newest first."""
    source = audit_source.AUDIT_EVENT
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="at desc"
    )
