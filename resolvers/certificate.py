"""Certificates: those of a person, and the verb by which he asks for one."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import certificate_source
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.certificate import CertificateKind
from rules.refusal import Refused
from workflow import award
from workflow import certificate as verbs


@dataclass(frozen=True, kw_only=True)
class CertificateFilter:
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    employer: filter.OfRow | None = None
    kind: filter.Among[CertificateKind] | None = None
    last_year: filter.Ordered[int] | None = None
    valid: bool | None = None
    issued_at: filter.Ordered[datetime] | None = None
    and_: list["CertificateFilter"] | None = None
    or_: list["CertificateFilter"] | None = None
    not_: "CertificateFilter | None" = None


class CertificateOrderField(StrEnum):
    ISSUED_AT = "issued_at"


@dataclass(frozen=True, kw_only=True)
class CertificateOrder:
    field: CertificateOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class IssueCertificateInput:
    result_id: ids.NodeId
    idempotency_key: str


async def certificates(
    context: Context,
    *,
    where: CertificateFilter | None = None,
    order_by: list[CertificateOrder] | None = None,
    asked: Asked,
) -> Page:
    """Those of the viewer, or of the people of his organisation; newest first."""
    source = certificate_source.CERTIFICATE
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="issued_at desc"
    )


def of_person(context: Context, row: Row) -> Awaitable[list[Row]]:
    """All that were ever issued to a person, the latest first."""
    order = "z.issued_at DESC, z.id DESC"
    return context.many(certificate_source.CERTIFICATE, "person_id", row.id, order)


async def of_application(context: Context, row: Row) -> Row | None:
    """The latest that was issued for an application, valid or revoked."""
    order = "z.issued_at DESC, z.id DESC"
    found = await context.many(certificate_source.CERTIFICATE, "application_id", row.id, order)
    return found[0] if found else None


def signed(context: Context, row: Row) -> str:
    """What was signed, with its signature."""
    return verbs.token_of(row)


async def issue(context: Context, *, input: IssueCertificateInput) -> Payload:
    """A certificate of a year of one's own that passes, or of an approved application."""
    asked, office = command.request(context, input), context.limits.office
    year = command.key(input.result_id, "AnnualResult", path="resultId")
    cycle = command.key(input.result_id, "CycleApplication", "CycleResult", path="resultId")
    done: Any = year
    if not isinstance(year, Refused):
        done = await verbs.issue_annual(asked, result_id=year, office=office)
    elif not isinstance(cycle, Refused):
        done = await award.issue_cycle(asked, application_id=cycle, office=office)
    if isinstance(done, Refused):
        return done
    found = await command.again(context, certificate_source.CERTIFICATE, done.data["certificate"])
    return {"certificate": found, "replayed": done.replayed}
