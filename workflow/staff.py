"""Members of one's own body (用户管理): who of its people acts for it, in which groups.

Whoever has the duty looks after his own organisation and those below it; nobody his own seat.
A change takes effect with the next request, and whoever acts from the seat signs in anew.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from models import access, office_sql, read, staff_sql
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.organisation import OrganisationKind
from models.read import Connection, Parameters, Row
from rules import refusal
from rules.refusal import Refused
from workflow import command, factor, history, member
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.member import Duty, SeatGroup


async def appoint(
    request: Request,
    *,
    organisation_id: UUID,
    person_id: UUID,
    groups: Collection[SeatGroup],
    duties: Collection[Duty],
) -> Answer:
    """Make somebody whom the organisation employs a member of it (增加业务人员)."""
    if refused := without_duty(request.viewer):
        return refused
    held, kept = sorted(set(groups)), sorted(set(duties))

    async def verb(c: Connection) -> Answer:
        body = await hold_body(c, request.viewer, organisation_id)
        if body is None:
            return Refused("NOT_FOUND", {}, ("organisationId",))
        acts_as = member.ACTS_AS[OrganisationKind(body.kind)]
        person = await newcomer(c, request.viewer, person_id, body.id, acts_as)
        refused = not_open(body) or unfit_newcomer(request.viewer, person, body)
        if refused := refused or foreign(acts_as, held, kept):
            return refused
        seat_id = uuid7()
        row = [seat_id, person_id, body.id, acts_as.value, held, kept, request.now]
        await c.execute_query(staff_sql.APPOINT, row)
        data = {"organisation": body.id, "groups": held, "duties": kept}
        await tell(c, request, Tag.SEAT_OPEN, seat_id, data)
        return Done({"seat": str(seat_id)})

    asked = {"at": organisation_id, "person": person_id, "groups": held, "duties": kept}
    return await command.once(request, "appoint_member", asked, verb)


async def change(
    request: Request,
    *,
    seat_id: UUID,
    groups: Collection[SeatGroup],
    duties: Collection[Duty],
    expected_version: int,
) -> Answer:
    """Give a member other groups and duties (保存并关闭)."""
    if refused := without_duty(request.viewer):
        return refused
    held, kept = sorted(set(groups)), sorted(set(duties))

    async def verb(c: Connection) -> Answer:
        seat = await hold(c, request.viewer, seat_id, expected_version)
        if isinstance(seat, Refused):
            return seat
        stays = SeatGroup.UNIT_ADMIN in held
        refused = None if stays else last_administrator(seat)
        if refused := refused or foreign(UserType(seat.user_type), held, kept):
            return refused
        await c.execute_query(staff_sql.CHANGE, [seat_id, held, kept, request.now])
        data = {
            "before": {"groups": seat.groups, "duties": seat.duties},
            "after": {"groups": held, "duties": kept},
        }
        await tell(c, request, Tag.SEAT_CHANGE, seat_id, data)
        return Done({"seat": str(seat_id)})

    asked = {"seat": seat_id, "groups": held, "duties": kept, "version": expected_version}
    return await command.once(request, "change_member", asked, verb)


async def end(request: Request, *, seat_id: UUID, expected_version: int) -> Answer:
    """End a seat; it stays in the history with all that was done from it."""
    if refused := without_duty(request.viewer):
        return refused

    async def verb(c: Connection) -> Answer:
        seat = await hold(c, request.viewer, seat_id, expected_version)
        if isinstance(seat, Refused):
            return seat
        if refused := last_administrator(seat):
            return refused
        await c.execute_query(staff_sql.END, [seat_id, request.now])
        data = {"before": {"groups": seat.groups, "duties": seat.duties}}
        await tell(c, request, Tag.SEAT_END, seat_id, data)
        return Done({"seat": str(seat_id)})

    asked = {"seat": seat_id, "version": expected_version}
    return await command.once(request, "end_member", asked, verb)


async def reset_factor(request: Request, *, seat_id: UUID) -> Answer:
    """Take a member's lost second factor off (解除双因素); he enrols anew."""
    if refused := without_duty(request.viewer):
        return refused

    async def verb(c: Connection) -> Answer:
        seat = await hold(c, request.viewer, seat_id)
        if isinstance(seat, Refused):
            return seat
        p = Parameters([seat.person_id])
        within = access.within(request.viewer, p, "e.organisation_id")
        if await read.value(office_sql.ELSEWHERE.format(within=within), p, on=c):
            return Refused("FACTOR_ELSEWHERE", {}, ("memberId",))
        taken = await factor.take_off(c, request.viewer, seat.account_id, request.now)
        return Done({"seat": str(seat_id)}) if taken else Refused("FACTOR_MISSING")

    return await command.once(request, "reset_member_factor", {"seat": seat_id}, verb)


def without_duty(viewer: Viewer, duty: Duty = Duty.STAFF) -> Refused | None:
    """Only who has a duty in a body does what it stands for: here, to manage its staff."""
    kept = viewer.organisation_id and duty in viewer.duties
    return None if kept else Refused("DUTY_REQUIRED", {"duty": duty.value})


async def hold_body(c: Connection, viewer: Viewer, organisation_id: UUID) -> Row | None:
    """An organisation the viewer looks after, locked."""
    p = Parameters([organisation_id])
    within = access.within(viewer, p, "o.id")
    return await read.row(staff_sql.HOLD_BODY.format(within=within), p, on=c)


async def hold(
    c: Connection, viewer: Viewer, seat_id: UUID, expected: int | None = None
) -> Row | Refused:
    """A living seat of a body the viewer looks after, read under the lock of the body."""
    body_id = await read.value(staff_sql.BODY_OF, [seat_id], on=c)
    if body_id is None or await hold_body(c, viewer, body_id) is None:
        return Refused("NOT_FOUND", {}, ("memberId",))
    seat = await read.row(staff_sql.MEMBER, [seat_id], on=c)
    if seat is None:
        return Refused("NOT_FOUND", {}, ("memberId",))
    if seat.person_id == viewer.person_id:
        return Refused("OWN_SEAT")
    if expected is not None and seat.version != expected:
        numbers = {"expected": expected, "actual": seat.version}
        return Refused("CONFLICT", numbers, ("expectedVersion",))
    return seat


async def newcomer(
    c: Connection, viewer: Viewer, person_id: UUID, body_id: UUID, acts_as: UserType
) -> Row | None:
    """Somebody the viewer may read."""
    p = Parameters([person_id, body_id, acts_as.value])
    readable = access.persons(viewer, p, "s")
    return await read.row(staff_sql.NEWCOMER.format(readable=readable), p, on=c)


def not_open(body: Row) -> Refused | None:
    """A closed organisation takes nobody."""
    return Refused("UNIT_CLOSED", {"name": body.name}) if body.closed_on else None


def unfit_newcomer(viewer: Viewer, person: Row | None, body: Row) -> Refused | None:
    """Why somebody cannot become a member."""
    at = ("personId",)
    if person is None:
        return Refused("NOT_FOUND", {}, at)
    if person.id == viewer.person_id:
        return Refused("OWN_SEAT", {}, at)
    if not person.employed:
        return Refused("NOT_EMPLOYED", {"person": person.name, "name": body.name}, at)
    if person.account_id is None:
        return Refused("NO_ACCOUNT", {"person": person.name}, at)
    return Refused("MEMBER_ALREADY", {"person": person.name}, at) if person.held else None


def foreign(
    user_type: UserType, groups: Collection[SeatGroup], duties: Collection[Duty]
) -> Refused | None:
    """Groups and duties of other bodies, together."""
    problems = [*member.foreign(user_type, groups, duties)]
    return refusal.all_of(problems) if problems else None


def last_administrator(seat: Row) -> Refused | None:
    """A body keeps an administrator: another is appointed first."""
    last = SeatGroup.UNIT_ADMIN in seat.groups and not seat.other_admins
    return Refused("LAST_ADMINISTRATOR") if last else None


async def tell(
    c: Connection, request: Request, tag: Tag, seat_id: UUID, data: Mapping[str, Any]
) -> None:
    """One line of history about a seat."""
    await history.write(
        c,
        tag=tag,
        subject_type="seat",
        subject_id=seat_id,
        viewer=request.viewer,
        now=request.now,
        data=data,
    )
