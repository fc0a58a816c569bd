"""Moves (调动): who says where he works waits until that organisation confirms it.

A direct declaration point (继续教育直接申报点) confirms nobody: whoever has no employer chooses it
and is its person at once (L413).
"""

from uuid import UUID

from models import account_access, read, staff_sql
from models.access import Viewer
from models.ids import uuid7
from models.move import MoveOutcome
from models.organisation import OrganisationKind
from models.read import Connection, Parameters, Row
from rules import dates, refusal, text
from rules.refusal import Refused
from workflow import command, history, staff
from workflow.command import Answer, Done, Request
from workflow.history import Tag

LONGEST = 200


async def ask(request: Request, *, organisation_id: UUID, note: str = "") -> Answer:
    """Say where one works; a direct declaration point is the employer from now on."""
    if problems := [one.under("note") for one in text.check(note, most=LONGEST)]:
        return refusal.all_of(problems)

    async def verb(c: Connection) -> Answer:
        me = request.viewer.person_id
        await c.execute_query(staff_sql.LOCK_PERSON, [me])
        wish = await read.row(staff_sql.WISH, [organisation_id, me], on=c)
        if refused := unfit(wish):
            return refused
        assert wish is not None
        move_id = uuid7()
        row = [move_id, me, organisation_id, note.strip(), request.now]
        await c.execute_query(staff_sql.ASK, row)
        if wish.kind == OrganisationKind.DIRECT_POINT:
            await settle(c, request, move_id, MoveOutcome.CONFIRMED, "")
            await employ(c, request, me, organisation_id)
        return Done({"move": str(move_id)})

    asked = {"organisation": organisation_id, "note": note}
    return await command.once(request, "ask_to_move", asked, verb)


async def withdraw(request: Request, *, move_id: UUID) -> Answer:
    """Take the wish back while it waits."""

    async def verb(c: Connection) -> Answer:
        move = await hold(c, request.viewer, move_id)
        if isinstance(move, Refused):
            return move
        if move.person_id != request.viewer.person_id:
            return Refused("NOT_APPLICANT")
        await settle(c, request, move_id, MoveOutcome.WITHDRAWN, "")
        return Done({"move": str(move_id)})

    return await command.once(request, "withdraw_move", {"move": move_id}, verb)


async def decide(request: Request, *, move_id: UUID, confirmed: bool, reason: str = "") -> Answer:
    """Confirm that somebody works here, or say that he does not."""
    if refused := staff.without_duty(request.viewer):
        return refused
    if problems := [one.under("reason") for one in text.check(reason, most=LONGEST)]:
        return refusal.all_of(problems)

    async def verb(c: Connection) -> Answer:
        move = await hold(c, request.viewer, move_id)
        if isinstance(move, Refused):
            return move
        if move.person_id == request.viewer.person_id:
            return Refused("OWN_CASE")
        if confirmed:
            return await confirm(c, request, move, reason)
        await settle(c, request, move_id, MoveOutcome.REFUSED, reason.strip())
        return Done({"move": str(move_id)})

    asked = {"move": move_id, "confirmed": confirmed, "reason": reason}
    return await command.once(request, "decide_move", asked, verb)


async def confirm(c: Connection, request: Request, move: Row, reason: str) -> Answer:
    """He works here from today, and whoever confirms it vouches for him."""
    if move.closed_on:
        return Refused("UNIT_CLOSED", {"name": move.organisation_name})
    if move.contested:
        return Refused("CLAIM_OPEN")
    if refused := await leave(c, request, move.person_id):
        return refused
    await settle(c, request, move.id, MoveOutcome.CONFIRMED, reason.strip())
    await employ(c, request, move.person_id, move.organisation_id)
    return Done({"move": str(move.id)})


def unfit(wish: Row | None) -> Refused | None:
    """Why somebody cannot ask to be employed there."""
    at = ("organisationId",)
    if wish is None:
        return Refused("NOT_FOUND", {}, at)
    if wish.closed:
        return Refused("UNIT_CLOSED", {"name": wish.name}, at)
    if wish.employer_id == wish.id:
        return Refused("EMPLOYED_THERE", {"name": wish.name}, at)
    if wish.waiting:
        return Refused("MOVE_WAITING", {}, at)
    if wish.kind == OrganisationKind.DIRECT_POINT and wish.employer_id is not None:
        return Refused("HAS_EMPLOYER", {}, at)
    return None


async def hold(c: Connection, viewer: Viewer, move_id: UUID) -> Row | Refused:
    """An open move the viewer may read, locked."""
    p = Parameters([move_id])
    readable = account_access.moves(viewer, p, "m")
    move = await read.row(staff_sql.HOLD_MOVE.format(readable=readable), p, on=c)
    if move is None:
        return Refused("NOT_FOUND", {}, ("moveId",))
    return Refused("CLOSED", {"status": move.outcome}) if move.closed_at else move


async def leave(c: Connection, request: Request, person_id: UUID) -> Refused | None:
    """The employer before and the seats there end; its last administrator stays."""
    await c.execute_query(staff_sql.LOCK_PERSON, [person_id])
    seats = await read.rows(staff_sql.SEATS_AT, [person_id], on=c)
    if any(seat.last_admin for seat in seats):
        return Refused("LAST_ADMINISTRATOR")
    ended = [seat.id for seat in seats]
    today = dates.shanghai_date(request.now)
    await c.execute_query(staff_sql.LEAVE, [person_id, today, request.now, ended])
    for seat_id in ended:
        await staff.tell(c, request, Tag.SEAT_END, seat_id, {"why": "moved"})
    return None


async def employ(c: Connection, request: Request, person_id: UUID, organisation_id: UUID) -> None:
    """He works there from today."""
    today = dates.shanghai_date(request.now)
    vouched = request.now if request.viewer.person_id != person_id else None
    values = [uuid7(), person_id, organisation_id, today, vouched]
    await c.execute_query(staff_sql.EMPLOY, values)


async def settle(
    c: Connection, request: Request, move_id: UUID, outcome: MoveOutcome, reason: str
) -> None:
    """Close a move, with one line of history."""
    await c.execute_query(staff_sql.CLOSE, [move_id, outcome.value, request.now, reason])
    await history.write(
        c,
        tag=Tag.MOVE_CLOSE,
        subject_type="move",
        subject_id=move_id,
        viewer=request.viewer,
        now=request.now,
        data={"outcome": outcome.value},
    )
