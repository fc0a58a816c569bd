"""What the officers do (三员分立): the system administrator keeps accounts and gives no power.

The security administrator gives power to accounts the other has made, and makes none; each hands
out one half of what opens them. The audit administrator reads what both did. Nobody does any of
this to himself, nobody holds two offices, and the last one who can do the work of an office stays.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from models import office_sql, read, session_sql
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection, Row
from rules.refusal import Refused
from workflow import command, factor, history, invitation, throttle
from workflow.command import Answer, Done, Request
from workflow.history import Tag

Deed = Callable[[Connection, Row], Awaitable[Refused | None]]
SYSTEM, SECURITY = UserType.SYS_ADMIN, UserType.SEC_ADMIN


async def invite(request: Request, *, login: str, name: str) -> tuple[Answer, str | None]:
    """Make an account for an officer, without power; the token goes into no row and no answer."""
    token: str | None = None

    async def verb(c: Connection) -> Answer:
        nonlocal token
        by = request.viewer.account_id
        made = await invitation.make(c, login=login, name=name, by=by, now=request.now)
        if isinstance(made, Refused):
            return made
        token = made.token
        await tell(c, request, Tag.ACCOUNT_INVITE, made.account_id)
        return Done({"account": str(made.account_id)})

    refused = unfit(request.viewer, SYSTEM) or invitation.unfit(login, name)
    asked = {"login": login, "name": name}
    answer = refused or await command.once(request, "invite_officer", asked, verb)
    return answer, token


async def disable(request: Request, *, account_id: UUID) -> Answer:
    """Shut an account (停用): its sessions end, nothing of it is lost."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        if held.office and not held.disabled_at and not held.others:
            return Refused("LAST_OFFICER")
        await c.execute_query(office_sql.DISABLE, [held.id, request.now])
        await tell(c, request, Tag.ACCOUNT_DISABLE, held.id)
        return None

    return await upon(request, "disable_account", SYSTEM, account_id, deed)


async def enable(request: Request, *, account_id: UUID) -> Answer:
    """Open a shut account again (启用)."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        if held.closed:
            return Refused("ACCOUNT_CLOSED")
        await c.execute_query(office_sql.ENABLE, [held.id])
        await tell(c, request, Tag.ACCOUNT_ENABLE, held.id)
        return None

    return await upon(request, "enable_account", SYSTEM, account_id, deed)


async def end_sessions(request: Request, *, account_id: UUID) -> Answer:
    """Sign somebody out everywhere (强制下线)."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        none = UUID(int=0)  # a session nobody has: all of them are others
        await c.execute_query(session_sql.REVOKE_OTHERS, [held.id, none, request.now])
        await tell(c, request, Tag.SESSION_REVOKE, held.id)
        return None

    return await upon(request, "end_sessions", SYSTEM, account_id, deed)


async def unlock(request: Request, *, account_id: UUID) -> Answer:
    """Let somebody try again at once who tried too often (解锁)."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        await throttle.unlock(c, held.login.lower(), str(held.id))
        await tell(c, request, Tag.ACCOUNT_UNLOCK, held.id)
        return None

    return await upon(request, "unlock_account", SECURITY, account_id, deed)


async def reset_factor(request: Request, *, account_id: UUID) -> Answer:
    """Take a lost second factor off (解除双因素); its owner enrols anew."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        taken = await factor.take_off(c, request.viewer, held.id, request.now)
        return None if taken else Refused("FACTOR_MISSING")

    return await upon(request, "reset_second_factor", SECURITY, account_id, deed)


async def grant(
    request: Request, *, account_id: UUID, office: UserType
) -> tuple[Answer, str | None]:
    """Give an office to an account that was made for an officer; and its code while it is new."""
    given: str | None = None

    async def deed(c: Connection, held: Row) -> Refused | None:
        if not held.for_an_officer:
            return Refused("NOT_AN_OFFICERS", {}, ("accountId",))
        if held.office:
            return Refused("OFFICE_HELD", {}, ("accountId",))
        nonlocal given
        given = await invitation.let_in(c, held.id, now=request.now) if held.unopened else None
        seat_id = uuid7()
        await c.execute_query(
            office_sql.GRANT, [seat_id, held.person_id, office.value, request.now]
        )
        data = {"office": office.value, "account": held.id}
        await tell(c, request, Tag.SEAT_OPEN, seat_id, data, kind="seat")
        return None

    asked = {"office": office.value}
    answer = await upon(request, "grant_office", SECURITY, account_id, deed, asked)
    return answer, given if isinstance(answer, Done) and not answer.replayed else None


async def end(request: Request, *, account_id: UUID) -> Answer:
    """Take an office from somebody; another holds it already."""

    async def deed(c: Connection, held: Row) -> Refused | None:
        if not held.office:
            return Refused("NOT_AN_OFFICERS", {}, ("accountId",))
        if not held.others:
            return Refused("LAST_OFFICER")
        await c.execute_query(office_sql.END, [held.seat_id, request.now])
        data = {"office": held.office, "account": held.id}
        await tell(c, request, Tag.SEAT_END, held.seat_id, data, kind="seat")
        return None

    return await upon(request, "end_office", SECURITY, account_id, deed)


async def upon(
    request: Request,
    name: str,
    office: UserType,
    account_id: UUID,
    deed: Deed,
    more: Mapping[str, Any] | None = None,
) -> Answer:
    """A deed of one officer upon the account of somebody else."""
    if refused := unfit(request.viewer, office):
        return refused

    async def verb(c: Connection) -> Answer:
        await c.execute_query(office_sql.ONE_AT_A_TIME)
        held = await read.row(office_sql.HOLD, [account_id], on=c)
        if held is None:
            return Refused("NOT_FOUND", {}, ("accountId",))
        if held.person_id == request.viewer.person_id:
            return Refused("OWN_ACCOUNT", {}, ("accountId",))
        return await deed(c, held) or Done({"account": str(held.id)})

    return await command.once(request, name, {"account": account_id, **(more or {})}, verb)


def unfit(viewer: Viewer, office: UserType) -> Refused | None:
    """Each does what is of his office, and nothing of another's."""
    if viewer.user_type is office:
        return None
    return Refused("OFFICE_REQUIRED", {"office": office.value})


async def tell(
    c: Connection,
    request: Request,
    tag: Tag,
    subject_id: UUID,
    data: Mapping[str, Any] | None = None,
    *,
    kind: str = "account",
) -> None:
    """One line of history; the audit log has its own from the command."""
    await history.write(
        c,
        tag=tag,
        subject_type=kind,
        subject_id=subject_id,
        viewer=request.viewer,
        now=request.now,
        data=data or {},
    )
