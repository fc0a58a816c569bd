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


def signed(context: Context, row: Row) -> str:
    """What was signed, with its signature."""
    return verbs.token_of(row)


async def issue(context: Context, *, input: IssueCertificateInput) -> Payload:
    """A certificate of a year of one's own that passes."""
    key = command.key(input.result_id, "AnnualResult", path="resultId")
    if isinstance(key, Refused):
        return key
    done: Any = await verbs.issue_annual(
        command.request(context, input), result_id=key, office=context.limits.office
    )
    if isinstance(done, Refused):
        return done
    found = await command.again(context, certificate_source.CERTIFICATE, done.data["certificate"])
    return {"certificate": found, "replayed": done.replayed}
