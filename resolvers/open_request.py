"""What waits for the city outside cases (案外事项): how many of each kind, how many are late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import account_access, open_request_sql, read, select
from models.claim_source import CLAIM
from models.data_request_source import DATA_REQUEST
from models.identity_change_source import IDENTITY_CHANGE
from models.read import Parameters, Row
from models.select import Source
from resolvers.context import Context
from workflow import deadline


class OpenRequestKind(StrEnum):
    IDENTITY_CHANGE = "identity_change"
    CLAIM = "claim"
    DATA_REQUEST = "data_request"


SOURCES: Mapping[OpenRequestKind, Source] = {
    OpenRequestKind.IDENTITY_CHANGE: IDENTITY_CHANGE,
    OpenRequestKind.CLAIM: CLAIM,
    OpenRequestKind.DATA_REQUEST: DATA_REQUEST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequests:
    """What waits of one kind."""

    kind: OpenRequestKind
    count: int
    overdue: int
    oldest: datetime | None
    due_at: datetime | None


async def counts(context: Context) -> list[OpenRequests]:
    """A line for each kind, also where nothing waits; in one statement. None for anybody else."""
    if not account_access.of_the_city(context.me):
        return []
    p = Parameters()
    now = f"{p(context.now)}::timestamptz"
    parts = [counted(context, kind, source, p, now) for kind, source in SOURCES.items()]
    return [line(row) for row in await read.rows(" UNION ALL ".join(parts), p)]


def counted(
    context: Context, kind: OpenRequestKind, source: Source, p: Parameters, now: str
) -> str:
    """The part of the statement that counts one kind, as its list is read."""
    return open_request_sql.COUNT.format(
        kind=kind.value,
        alias=source.alias,
        tables=source.tables,
        readable=select.allowed(source, context.me, p),
        now=now,
    )


def line(row: Row) -> OpenRequests:
    """One kind."""
    return OpenRequests(
        kind=OpenRequestKind(row.kind),
        count=row.count,
        overdue=row.overdue,
        oldest=row.oldest,
        due_at=row.due_at,
    )


def overdue(context: Context, row: Row) -> bool:
    """Does one of them wait although its term is over?"""
    return row.closed_at is None and deadline.overdue(due=row.due_at, now=context.now)
