"""Members of an organisation (用户管理) and moves between employers, and the verbs about them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models import staff_source
from models.account import UserType
from models.read import Row
from resolvers import command, filter, ids, label, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import staff as verbs
from workflow.member import Duty, SeatGroup


@dataclass(frozen=True, kw_only=True)
class MemberFilter:
    organisation: filter.OfRow | None = None
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    user_type: filter.Among[UserType] | None = None
    ended: bool | None = None
    and_: list["MemberFilter"] | None = None
    or_: list["MemberFilter"] | None = None
    not_: "MemberFilter | None" = None


class MemberOrderField(StrEnum):
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class MemberOrder:
    field: MemberOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class AppointMemberInput:
    organisation_id: ids.NodeId
    person_id: ids.NodeId
    groups: list[SeatGroup] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class ChangeMemberInput:
    member_id: ids.NodeId
    groups: list[SeatGroup]
    duties: list[Duty]
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class EndMemberInput:
    member_id: ids.NodeId
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class MemberInput:
    member_id: ids.NodeId
    idempotency_key: str


async def members(
    context: Context,
    *,
    where: MemberFilter | None = None,
    order_by: list[MemberOrder] | None = None,
    asked: Asked,
) -> Page:
    """Who acts for the viewer's organisation and those below it; living seats and ended ones."""
    source = staff_source.MEMBER
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at"
    )


def groups(context: Context, row: Row) -> list[Label]:
    """His user groups."""
    return [label.word(context, "group", key) for key in row.groups]


def duties(context: Context, row: Row) -> list[Label]:
    """His duties."""
    return [label.word(context, "duty", key) for key in row.duties]


async def appoint(context: Context, *, input: AppointMemberInput) -> Payload:
    """Make somebody a member."""
    body = command.key(input.organisation_id, *ORGANISATIONS, path="organisationId")
    if isinstance(body, Refused):
        return body
    person = command.key(input.person_id, "Person", path="personId")
    if isinstance(person, Refused):
        return person
    done = await verbs.appoint(
        command.request(context, input),
        organisation_id=body,
        person_id=person,
        groups=input.groups,
        duties=input.duties,
    )
    return await told(context, done)


async def change(context: Context, *, input: ChangeMemberInput) -> Payload:
    """Give him other groups and duties."""
    key = command.key(input.member_id, "Member", path="memberId")
    if isinstance(key, Refused):
        return key
    done = await verbs.change(
        command.request(context, input),
        seat_id=key,
        groups=input.groups,
        duties=input.duties,
        expected_version=input.expected_version,
    )
    return await told(context, done)


async def end(context: Context, *, input: EndMemberInput) -> Payload:
    """End his seat."""
    key = command.key(input.member_id, "Member", path="memberId")
    if isinstance(key, Refused):
        return key
    done = await verbs.end(
        command.request(context, input), seat_id=key, expected_version=input.expected_version
    )
    return await told(context, done)


async def reset_factor(context: Context, *, input: MemberInput) -> Payload:
    """Take his lost second factor off."""
    key = command.key(input.member_id, "Member", path="memberId")
    if isinstance(key, Refused):
        return key
    return await told(
        context, await verbs.reset_factor(command.request(context, input), seat_id=key)
    )


async def told(context: Context, done: Any) -> Payload:
    """The member after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, staff_source.MEMBER, done.data["seat"])
    return {"member": found, "replayed": done.replayed}


ORGANISATIONS = ("Unit", "Department", "Institution", "TrainingBase")
