"""Scalars that take no guesses: hours as decimal text, dates and instants as strings."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from graphql import FloatValueNode, IntValueNode, StringValueNode, ValueNode
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY

from resolvers.failure import Unanswerable
from resolvers.ids import NodeId

DECIMAL = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")  # ASCII digits; what is right, rules say
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def refuse(must: str) -> Unanswerable:
    """A value of the wrong shape; where it stands, the mask finds out."""
    return Unanswerable("BAD_USER_INPUT", must=must)


def parse_hours(value: object) -> Decimal:
    """An integer or a decimal string; never a float, which has rounded.

    More places than one come through here, so that the rules can refuse them by their field.
    """
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    if not plain or not DECIMAL.fullmatch(str(value)):
        raise refuse("decimal")
    return Decimal(str(value))


def hours_literal(node: ValueNode, _: object = None) -> Decimal:
    """A number written in the document: its own text, so that 8.5 is exact."""
    if not isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        raise refuse("decimal")
    return parse_hours(node.value)


def write_hours(value: object) -> str:
    """Decimals only: a float or a coroutine must never become text."""
    if not isinstance(value, Decimal):
        raise TypeError(f"hours must be a Decimal, not {type(value).__name__}")
    return f"{value:f}"


def parse_date(value: object) -> date:
    """YYYY-MM-DD."""
    try:
        if isinstance(value, str) and DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refuse("date")


def parse_instant(value: object) -> datetime:
    """RFC 3339 with an offset: without one, nobody knows which instant is meant."""
    try:
        if isinstance(value, str) and INSTANT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):  # the first hours of the year 1 may not be in UTC
        pass
    raise refuse("instant")


def write_instant(value: object) -> str:
    """Instants of ours are aware, all of them; written in UTC, as short as PostgreSQL does."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("an instant must be an aware datetime")
    text = value.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "").rstrip("0").rstrip(".") + "+00:00"


def write_date(value: object) -> str:
    """A date is no datetime."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("a date must be a date")
    return value.isoformat()


def scalar(
    name: str,
    description: str,
    *,
    write: Callable[[Any], str],
    parse: Callable[[Any], Any],
    literal: Callable[..., Any] | None = None,
) -> Any:
    """A scalar of ours."""
    return strawberry.scalar(
        name=name,
        description=description,
        serialize=write,
        parse_value=parse,
        parse_literal=literal,
    )


SCALARS: dict[object, Any] = {
    NodeId: DEFAULT_SCALAR_REGISTRY[strawberry.ID],
    Decimal: scalar(
        "Hours",
        "Hours (学时) or credits (学分): a decimal with at most one place, as a string.",
        write=write_hours,
        parse=parse_hours,
        literal=hours_literal,
    ),
    date: scalar(
        "Date",
        "A date of the rules, as in Guangzhou (Asia/Shanghai): YYYY-MM-DD.",
        write=write_date,
        parse=parse_date,
    ),
    datetime: scalar(
        "DateTime",
        "An instant: RFC 3339 with an offset, which is required.",
        write=write_instant,
        parse=parse_instant,
    ),
}
