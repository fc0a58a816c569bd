"""Claims of a number: the list for those who decide, and their verb."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models import sources
from models.claim_source import CLAIM
from models.door import ClaimOutcome
from models.read import Row
from resolvers import command, filter, ids, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.refusal import Refused
from workflow import claim as verbs


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
    """Who registered the number later."""
    return context.one(sources.NAMED_PERSON, row.claimant_id)


def owner(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who registered it first."""
    return context.one(sources.NAMED_PERSON, row.owner_id)


async def decide(context: Context, *, input: DecideClaimInput) -> Payload:
    """Say whose it is."""
    key = command.key(input.claim_id, "Claim", path="claimId")
    if isinstance(key, Refused):
        return key
    done: Any = await verbs.decide(
        command.request(context, input), claim_id=key, outcome=input.outcome, reason=input.reason
    )
    if isinstance(done, Refused):
        return done
    found = await command.again(context, CLAIM, done.data["claim"])
    return {"claim": found, "replayed": done.replayed}
