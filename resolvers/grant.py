"""Grants (权限管理): the list, the check of a unit code, and the verbs of applicants."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import case_source, sources
from models.account import UserType
from models.grant import WorkField
from models.grant_source import GRANT
from models.organisation import UnitKind
from models.read import Row
from resolvers import command, filter, ids, label, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import grant as verbs
from workflow.case import Status
from workflow.grant_form import Form, NewUnit


@dataclass(frozen=True, kw_only=True)
class GrantFilter:
    status: filter.Among[Status] | None = None
    user_type: filter.Among[UserType] | None = None
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    organisation: filter.OfRow | None = None
    superior: filter.OfRow | None = None
    created_at: filter.Ordered[datetime] | None = None
    and_: list["GrantFilter"] | None = None
    or_: list["GrantFilter"] | None = None
    not_: "GrantFilter | None" = None


class GrantOrderField(StrEnum):
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class GrantOrder:
    field: GrantOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class NewUnitInput:
    name: str
    unit_kind: UnitKind


@dataclass(frozen=True, kw_only=True)
class ApplyForSeatInput:
    user_type: UserType
    unit_code: str
    superior_id: ids.NodeId
    new_unit: NewUnitInput | None = None
    work_fields: list[WorkField] = field(default_factory=list)
    note: str = ""
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class CancelGrantInput:
    grant_id: ids.NodeId
    expected_version: int
    idempotency_key: str


async def grants(
    context: Context,
    *,
    where: GrantFilter | None = None,
    order_by: list[GrantOrder] | None = None,
    asked: Asked,
) -> Page:
    """The viewer's own, and those his seat is concerned with; newest first."""
    source = GRANT
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at desc"
    )


def of_subject(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The grant a task or a case is about."""
    return context.one(GRANT, row.grant_id)


def superior(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The superior body that decides."""
    return context.one(sources.ORGANISATION, row.superior_id)


def case(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Its case."""
    return context.one(case_source.SUBJECT_CASE, row.case_id)


def work_fields(context: Context, row: Row) -> list[Label]:
    """Fields of work, in words."""
    return [label.word(context, "work_field", each) for each in row.work_fields]


def state(context: Context, row: Row) -> Label:
    """The state in the words of the list: 待审批, 审核通过, 审核不通过, 已取消."""
    return label.word(context, "grant_state", row.status)


async def check_code(context: Context, *, code: str) -> Payload:
    """The organisation of a code, or none."""
    found = await verbs.by_code(code)
    if isinstance(found, Refused):
        return found
    if found is None:
        return {"organisation": None}
    return {"organisation": await command.again(context, sources.ORGANISATION, found)}


async def apply(context: Context, *, input: ApplyForSeatInput) -> Payload:
    """Ask for a seat."""
    superior_id = command.key(input.superior_id, "Department", "Unit", path="superiorId")
    if isinstance(superior_id, Refused):
        return superior_id
    unit = input.new_unit
    form = Form(
        user_type=input.user_type,
        unit_code=input.unit_code,
        superior_id=superior_id,
        new_unit=NewUnit(name=unit.name, unit_kind=unit.unit_kind) if unit else None,
        work_fields=tuple(input.work_fields),
        note=input.note,
    )
    return await told(context, await verbs.apply(command.request(context, input), form=form))


async def cancel(context: Context, *, input: CancelGrantInput) -> Payload:
    """Give it up."""
    key = command.key(input.grant_id, "Grant", path="grantId")
    if isinstance(key, Refused):
        return key
    done = await verbs.cancel(
        command.request(context, input), grant_id=key, expected_version=input.expected_version
    )
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The grant after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, GRANT, done.data["grant"])
    return {"grant": found, "replayed": done.replayed}
