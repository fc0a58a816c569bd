"""Claims of a number: the list for those who decide, and their verb."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import sources
from models.claim_source import CLAIM
from models.door import ClaimOutcome
from models.identity_change_source import IDENTITY_CHANGE
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import claim as verbs
from workflow import duplicate
from workflow.command import Answer


@dataclass(frozen=True, kw_only=True)
class ClaimFilter:
    waiting: bool | None = None
    overdue: bool | None = None
    due_at: filter.Ordered[datetime] | None = None
    and_: list["ClaimFilter"] | None = None
    or_: list["ClaimFilter"] | None = None
    not_: "ClaimFilter | None" = None


class ClaimOrderField(StrEnum):
    CREATED_AT = "created_at"
    DUE_AT = "due_at"


@dataclass(frozen=True, kw_only=True)
class ClaimOrder:
    field: ClaimOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class OpenClaimInput:
    change_id: ids.NodeId
    number: str
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class DecideClaimInput:
    claim_id: ids.NodeId
    outcome: ClaimOutcome
    reason: str
    idempotency_key: str


async def claims(
    context: Context,
    *,
    where: ClaimFilter | None = None,
    order_by: list[ClaimOrder] | None = None,
    asked: Asked,
) -> Page:
    """Those the viewer may decide on; oldest first."""
    wanted = filter.condition(CLAIM.filters, where)
    return await page.read(
        CLAIM, context.me, wanted, asked=asked, orders=order_by, usual="created_at"
    )


def claimant(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who came later."""
    return context.one(sources.NAMED_PERSON, row.claimant_id)


def owner(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who has the number."""
    return context.one(sources.NAMED_PERSON, row.owner_id)


def change(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The request the claim comes from, if it does."""
    return context.one(IDENTITY_CHANGE, row.change_id)


def opener(_: Context, row: Row) -> str | None:
    """The name of who opened it, as it is now."""
    name: str | None = row.opener
    return name


async def preview(context: Context, row: Row) -> Row | None:
    """What merging the two would do; nothing where they cannot be one, or it is over."""
    if row.change_id is None or row.closed_at is not None:
        return None
    found: Row | None = await context.loader("preview", duplicate.previews).load(row.id)
    return found


def obstacle(context: Context, row: Row) -> str | None:
    """What must be finished before, in words."""
    refused = duplicate.obstacle(row)
    return context.say(refused.code, **refused.data) if refused else None


async def open_one(context: Context, *, input: OpenClaimInput) -> Payload:
    """Open a claim of a number that was asked for."""
    key = command.key(input.change_id, "IdentityChange", path="changeId")
    if isinstance(key, Refused):
        return key
    request = command.request(context, input)
    return await told(context, await verbs.open_one(request, change_id=key, number=input.number))


async def decide(context: Context, *, input: DecideClaimInput) -> Payload:
    """Say whose it is."""
    key = command.key(input.claim_id, "Claim", path="claimId")
    if isinstance(key, Refused):
        return key
    done = await verbs.decide(
        command.request(context, input), claim_id=key, outcome=input.outcome, reason=input.reason
    )
    return await told(context, done)


async def told(context: Context, done: Answer) -> Payload:
    """The claim after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, CLAIM, done.data["claim"])
    return {"claim": found, "replayed": done.replayed}
