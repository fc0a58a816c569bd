"""Moves (调动): who says where he works moves once one employer lets him go and one takes him in.

Both sides act, in any order; a superior body acts for a unit below it that does not. Whoever has
no employer is let go by nobody. A direct declaration point (继续教育直接申报点) takes nobody in:
whoever has no employer chooses it and is its person at once (L413).

What he has handed in stays with the employer it was handed in at; what is a draft or came back to
him goes with him, and is handed in at the new one.
"""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from models import access, account_access, read, staff_sql
from models.access import Viewer
from models.ids import uuid7
from models.move import MoveOutcome, MoveSide
from models.notice import NoticeKind
from models.organisation import OrganisationKind
from models.read import Connection, Parameters, Row
from rules import dates, refusal, text
from rules.refusal import Refused
from workflow import command, history, notice, staff, watch
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.notice import Desk, Telling

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
        row = [move_id, me, organisation_id, wish.employer_id, note.strip(), request.now]
        await c.execute_query(staff_sql.ASK, row)
        if wish.kind == OrganisationKind.DIRECT_POINT:
            await settle(c, request, move_id, me, MoveOutcome.CONFIRMED, "")
            await employ(c, request, me, organisation_id)
            return Done({"move": str(move_id)})
        await call(c, request, me, [wish.lets_go, organisation_id])
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
        await settle(c, request, move_id, move.person_id, MoveOutcome.WITHDRAWN, "")
        return Done({"move": str(move_id)})

    return await command.once(request, "withdraw_move", {"move": move_id}, verb)


async def decide(request: Request, *, move_id: UUID, confirmed: bool, reason: str = "") -> Answer:
    """For each side one looks after: let him go, or take him in; or say why not."""
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
            return await act(c, request, move)
        return await refuse(c, request, move, reason.strip())

    asked = {"move": move_id, "confirmed": confirmed, "reason": reason}
    return await command.once(request, "decide_move", asked, verb)


async def act(c: Connection, request: Request, move: Row) -> Answer:
    """Whatever this viewer's sides have not said yet; he moves once both have said it."""
    waiting, mine = sides(move), acting(move)
    if waiting and not mine:
        return Refused("MOVE_WAITS_FOR_OTHER", {"side": sorted(waiting)})
    if refused := unready(move, mine, last=waiting == mine):
        return refused
    if refused := await last_administrator(c, move.person_id):
        return refused
    for side in mine:
        sql = staff_sql.RELEASE if side is MoveSide.FORMER else staff_sql.ACCEPT
        await c.execute_query(sql, [move.id, request.now, request.viewer.person_id])
    if waiting == mine:
        await carry_out(c, request, move)
    return Done({"move": str(move.id)})


async def refuse(c: Connection, request: Request, move: Row, reason: str) -> Answer:
    """Say no for the new side at any time, for the former one until it has let him go, and why."""
    if not move.at_new and MoveSide.FORMER not in acting(move):
        return Refused("MOVE_WAITS_FOR_OTHER", {"side": sorted(sides(move))})
    if not move.at_new and text.blank(reason):
        return refusal.all_of([Refused("REQUIRED", {}, ("reason",))])
    await settle(c, request, move.id, move.person_id, MoveOutcome.REFUSED, reason)
    return Done({"move": str(move.id)})


def sides(move: Row) -> set[MoveSide]:
    """Who has to act still."""
    left = {MoveSide.NEW} if move.accepted_at is None else set()
    leaving = move.lets_go is not None and move.released_at is None
    return left | {MoveSide.FORMER} if leaving else left


def acting(move: Row) -> set[MoveSide]:
    """Which of them the viewer acts for."""
    stands = {MoveSide.FORMER: move.at_former, MoveSide.NEW: move.at_new}
    return {side for side in sides(move) if stands[side]}


def unready(move: Row, mine: Set[MoveSide], *, last: bool) -> Refused | None:
    """Why he cannot be taken in now; looked at again by whoever acts last."""
    if MoveSide.NEW not in mine and not last:
        return None
    if move.closed_on:
        return Refused("UNIT_CLOSED", {"name": move.organisation_name})
    return Refused("CLAIM_OPEN") if move.contested else None


async def last_administrator(c: Connection, person_id: UUID) -> Refused | None:
    """The last administrator of his employer stays, under the lock of his person."""
    await c.execute_query(staff_sql.LOCK_PERSON, [person_id])
    seats = await read.rows(staff_sql.SEATS_AT, [person_id], on=c)
    return Refused("LAST_ADMINISTRATOR") if any(one.last_admin for one in seats) else None


async def carry_out(c: Connection, request: Request, move: Row) -> None:
    """He works there from today, and whoever took him in vouches for him.

    Where both bodies have become one meanwhile, he works there already.
    """
    await settle(c, request, move.id, move.person_id, MoveOutcome.CONFIRMED, "")
    if move.lets_go != move.organisation_id:
        await leave(c, request, move.person_id)
        await employ(c, request, move.person_id, move.organisation_id)


async def previews(viewer: Viewer, move_ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """What becomes of cases and seats, of moves whose person leaves the viewer's body, or is he."""
    p = Parameters()
    readable = account_access.leavers(viewer, p, "m")
    sql = staff_sql.PREVIEWS.format(readable=readable, moves=p(list(move_ids)))
    return {row.id: row for row in await read.rows(sql, p)}


async def preview(person_id: UUID) -> Row:
    """The same for whoever thinks of moving."""
    found = await read.row(staff_sql.PREVIEW, [person_id])
    assert found is not None
    return found


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
    at = {
        "at_former": access.within(viewer, p, staff_sql.LETS_GO.format(person="m.person_id")),
        "at_new": access.within(viewer, p, "m.organisation_id"),
    }
    move = await read.row(staff_sql.HOLD_MOVE.format(readable=readable, **at), p, on=c)
    if move is None:
        return Refused("NOT_FOUND", {}, ("moveId",))
    return Refused("CLOSED", {"status": move.outcome}) if move.closed_at else move


async def leave(c: Connection, request: Request, person_id: UUID) -> None:
    """The employer before and the seats there end."""
    ended = [seat.id for seat in await read.rows(staff_sql.SEATS_AT, [person_id], on=c)]
    today = dates.shanghai_date(request.now)
    await c.execute_query(staff_sql.LEAVE, [person_id, today, request.now, ended])
    for seat_id in ended:
        await staff.tell(c, request, Tag.SEAT_END, seat_id, {"why": "moved"})


async def employ(c: Connection, request: Request, person_id: UUID, organisation_id: UUID) -> None:
    """He works there from today."""
    today = dates.shanghai_date(request.now)
    vouched = request.now if request.viewer.person_id != person_id else None
    values = [uuid7(), person_id, organisation_id, today, vouched]
    await c.execute_query(staff_sql.EMPLOY, values)


async def settle(
    c: Connection,
    request: Request,
    move_id: UUID,
    person_id: UUID,
    outcome: MoveOutcome,
    reason: str,
) -> None:
    """Close a move, with one line of history; who asked hears of it, unless he did it."""
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
    if person_id != request.viewer.person_id:
        told = {"as": outcome.value}
        ended = Telling(kind=NoticeKind.MOVE_DECIDED, to=person_id, data=told)
        await notice.tell(c, ended, now=request.now)


async def call(
    c: Connection, request: Request, person_id: UUID, bodies: Sequence[UUID | None]
) -> None:
    """Tell the administrators of both sides that somebody wants to move."""
    kind, group = NoticeKind.MOVE_WAITS, watch.ADMINISTRATOR
    told = [Telling(kind=kind, to=Desk(body, group), about=person_id) for body in bodies if body]
    await notice.tell(c, *told, now=request.now)
