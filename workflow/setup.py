"""The first officers (三员): nobody has a password of theirs, each gets a link good once."""

from collections.abc import Mapping
from datetime import datetime

from models import office_sql, read
from models.account import UserType
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from workflow import audit, history, invitation, message
from workflow.history import Tag

USUAL: Mapping[UserType, str] = {
    UserType.SYS_ADMIN: "sysadmin:系统管理员",
    UserType.SEC_ADMIN: "secadmin:安全管理员",
    UserType.AUDIT_ADMIN: "auditadmin:审计管理员",
}


class Cannot(Exception):
    """Why nobody was made, in one sentence."""


async def founded(
    c: Connection, offices: Mapping[UserType, str], *, again: bool, now: datetime
) -> dict[UserType, str]:
    """The token of each; who never came, or was shut out, makes room."""
    await c.execute_query(office_sql.ONE_AT_A_TIME)
    held = await read.rows(office_sql.HELD, on=c)
    if held and not again:
        raise Cannot("There are officers already; --again ROLE makes one where nobody is active.")
    for seat in held:
        if UserType(seat.user_type) in offices:
            if seat.active:
                raise Cannot(f"Somebody active is {seat.user_type} already.")
            await c.execute_query(office_sql.END, [seat.id, now])
    return {office: await one(c, office, who, now) for office, who in offices.items()}


async def one(c: Connection, office: UserType, who: str, now: datetime) -> str:
    """An officer: person, account, seat, and the token of his link."""
    login, _, name = who.partition(":")
    made = invitation.unfit(login, name or login) or await invitation.make(
        c, login=login, name=name or login, by=None, now=now
    )
    if isinstance(made, Refused):
        raise Cannot(f"{login}: {message.sentence(made.code, made.data, 'en')}")
    seat_id = uuid7()
    await c.execute_query(office_sql.GRANT, [seat_id, made.person_id, office.value, now])
    await audit.record(c, None, Tag.SEAT_OPEN.value, ("seat", seat_id))
    await history.write(
        c,
        tag=Tag.SEAT_OPEN,
        subject_type="seat",
        subject_id=seat_id,
        viewer=None,
        now=now,
        data={"office": office.value, "account": made.account_id},
    )
    return made.token
