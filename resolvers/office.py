"""What the officers ask and do: accounts, invitations, offices."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import office_source
from models.account import UserType
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import invitation, password_link
from workflow import office as verbs
from workflow.command import Answer, Request


class AccountState(StrEnum):
    """What can be done with an account."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


class Office(StrEnum):
    """One of the three separated offices."""

    SYS_ADMIN = "sys_admin"
    SEC_ADMIN = "sec_admin"
    AUDIT_ADMIN = "audit_admin"


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    login: filter.Text | None = None
    state: filter.Among[AccountState] | None = None
    office: filter.Among[Office] | None = None
    and_: list["AccountFilter"] | None = None
    or_: list["AccountFilter"] | None = None
    not_: "AccountFilter | None" = None


class AccountOrderField(StrEnum):
    LOGIN = "login"
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class AccountOrder:
    field: AccountOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class AccountInput:
    account_id: ids.NodeId
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class GrantOfficeInput:
    account_id: ids.NodeId
    office: Office
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class InviteOfficerInput:
    login: str
    name: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RedeemInvitationInput:
    token: str
    password: str
    opening_code: str = ""


async def accounts(
    context: Context,
    *,
    where: AccountFilter | None = None,
    order_by: list[AccountOrder] | None = None,
    asked: Asked,
) -> Page:
    """All of them, by login."""
    source = office_source.ACCOUNT
    wanted = filter.condition(source.filters, where)
    return await page.read(source, context.me, wanted, asked=asked, orders=order_by, usual="login")


async def invite(context: Context, *, input: InviteOfficerInput) -> Payload:
    """An account without power, and the token of its link, once."""
    answer, token = await verbs.invite(
        command.request(context, input), login=input.login, name=input.name
    )
    told = await read_again(context, answer)
    if isinstance(told, Refused):
        return told
    link = token and password_link.address(context.limits.office.origin, token)
    until = context.now + invitation.LASTS if token else None
    return {**told, "token": token, "link": link, "expires_at": until}


async def redeem(context: Context, *, input: RedeemInvitationInput) -> Payload:
    """The first password of an account."""
    login = await invitation.redeem(
        input.token,
        given=input.opening_code,
        new=input.password,
        profile=context.limits.passwords,
        address=context.door.address,
        now=context.now,
    )
    return login if isinstance(login, Refused) else {"login": login}


async def disable(context: Context, *, input: AccountInput) -> Payload:
    """Shut an account."""
    return await upon(context, input, verbs.disable)


async def enable(context: Context, *, input: AccountInput) -> Payload:
    """Open it again."""
    return await upon(context, input, verbs.enable)


async def end_sessions(context: Context, *, input: AccountInput) -> Payload:
    """Sign somebody out everywhere."""
    return await upon(context, input, verbs.end_sessions)


async def unlock(context: Context, *, input: AccountInput) -> Payload:
    """Let somebody try again at once."""
    return await upon(context, input, verbs.unlock)


async def reset_factor(context: Context, *, input: AccountInput) -> Payload:
    """Take a lost second factor off."""
    return await upon(context, input, verbs.reset_factor)


async def grant(context: Context, *, input: GrantOfficeInput) -> Payload:
    """Give an office, and the code of a new account, once."""
    given: str | None = None

    async def verb(request: Request, *, account_id: UUID) -> Answer:
        nonlocal given
        office = UserType(input.office.value)
        answer, given = await verbs.grant(request, account_id=account_id, office=office)
        return answer

    told = await upon(context, input, verb)
    return told if isinstance(told, Refused) else {**told, "opening_code": given}


async def end(context: Context, *, input: AccountInput) -> Payload:
    """Take an office."""
    return await upon(context, input, verbs.end)


async def upon(
    context: Context,
    given: AccountInput | GrantOfficeInput,
    verb: Callable[..., Awaitable[Answer]],
) -> Payload:
    """A verb upon an account, and the account read again."""
    key = command.key(given.account_id, "Account", path="accountId")
    if isinstance(key, Refused):
        return key
    request: Request = command.request(context, given)
    return await read_again(context, await verb(request, account_id=key))


async def read_again(context: Context, answer: Any) -> Payload:
    """The account after a verb."""
    if isinstance(answer, Refused):
        return answer
    found = await command.again(context, office_source.ACCOUNT, UUID(answer.data["account"]))
    return {"account": found, "replayed": answer.replayed}
