"""Pages of a list: a window between two keys, never an offset, so nothing shifts under a reader."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import orjson
from tortoise.exceptions import OperationalError

from models import painting, picture, select
from models.access import Viewer
from models.read import Painted, Row
from models.select import Condition, Key, Sort, Source, Window
from models.shape import Wanted
from resolvers.failure import bad_input
from workflow.command import sqlstate

VERSION = 1
USUAL, MOST = 20, 100
MOST_ORDERS = 3
NO_VALUE = "22"  # PostgreSQL's class of texts that are no value of their type: only a forged key is
MALFORMED = (orjson.JSONDecodeError, binascii.Error, ValueError, TypeError)


class Direction(StrEnum):
    """Which way an order runs."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The four arguments of every connection."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    wanted: Wanted | None = field(default=None, metadata={"argument": False})

    @property
    def backwards(self) -> bool:
        """Is the end of the list asked for?"""
        return self.last is not None

    @property
    def cursor(self) -> str | None:
        """The argument that says where the page begins or ends."""
        return ("after" if self.after else "before") if self.after or self.before else None

    @property
    def size(self) -> int:
        """How many rows a page holds."""
        if self.first is not None and self.last is not None:
            raise bad_input("last", "alone")
        size = self.last if self.first is None else self.first
        if size is not None and not 1 <= size <= MOST:
            raise bad_input("last" if self.backwards else "first", "between", least=1, most=MOST)
        return USUAL if size is None else size


class Order(Protocol):
    """One `orderBy` entry of any list."""

    @property
    def field(self) -> StrEnum: ...
    @property
    def direction(self) -> Direction: ...


@dataclass(frozen=True, slots=True)
class Edge:
    """A row and the cursor behind it."""

    cursor: str
    node: Row | Painted


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInfo:
    """Where the page lies in the list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, and how to count the whole list for those who ask."""

    rows: list[Row]
    painted: bool
    more: bool
    asked: Asked
    named: str
    width: int
    count: Callable[[], Awaitable[int]]

    @property
    def nodes(self) -> list[Row] | Painted:
        """The rows, for clients that need no cursors."""
        if self.painted:
            return Painted("[" + ",".join([row["json"] for row in self.rows]) + "]")
        return self.rows

    @property
    def edges(self) -> list[Edge]:
        """The rows with their cursors."""
        return [
            Edge(self.cursor(row), Painted(row["json"]) if self.painted else row)
            for row in self.rows
        ]

    @property
    def page_info(self) -> PageInfo:
        """What lies on both sides; behind a cursor there is at least the row it came from."""
        asked, rows = self.asked, self.rows
        return PageInfo(
            has_next_page=asked.before is not None if asked.backwards else self.more,
            has_previous_page=self.more if asked.backwards else asked.after is not None,
            start_cursor=self.cursor(rows[0]) if rows else None,
            end_cursor=self.cursor(rows[-1]) if rows else None,
        )

    def cursor(self, row: Row) -> str:
        """The cursor of a row."""
        return encode(self.named, row, self.width)


async def read(
    source: Source,
    viewer: Viewer,
    condition: Condition,
    *,
    asked: Asked,
    orders: Sequence[Order] | None,
    usual: str,
) -> Page:
    """The page asked for; one row more is read to know whether there is a next one."""
    named, sorts = levels(source, orders, usual)
    window = Window(
        order=sorts,
        after=decode(asked.after, named, len(sorts), "after"),
        before=decode(asked.before, named, len(sorts), "before"),
        size=asked.size + 1,
        backwards=asked.backwards,
    )
    try:
        painted, found = await windowed(source, viewer, condition, window, asked.wanted)
    except OperationalError as error:
        if asked.cursor and (sqlstate(error) or "").startswith(NO_VALUE):
            raise bad_input(asked.cursor, "cursor") from None
        raise
    more, rows = len(found) > asked.size, found[: asked.size]
    if asked.backwards:
        rows.reverse()
    return Page(
        rows=rows,
        painted=painted,
        more=more,
        asked=asked,
        named=named,
        width=len(sorts),
        count=lambda: select.count(source, viewer, condition),
    )


async def windowed(
    source: Source, viewer: Viewer, condition: Condition, window: Window, wanted: Wanted | None
) -> tuple[bool, list[Row]]:
    """The rows of a window, painted if they can be; a row that cannot makes all of them plain."""
    if wanted is not None:
        painted = picture.of(source, wanted).painted
        found = await painting.window(source, viewer, condition, window, wanted)
        if not painted or all(row["json"] is not None for row in found):
            return painted, found
    return False, await select.window(source, viewer, condition, window)


def levels(
    source: Source, orders: Sequence[Order] | None, usual: str
) -> tuple[str, tuple[Sort, ...]]:
    """The name of an order and its levels; the primary key always decides last."""
    given = [(one.field.value, one.direction is Direction.DESC) for one in orders or ()]
    if len(given) > MOST_ORDERS:
        raise bad_input("orderBy", "levels", most=MOST_ORDERS)
    name, _, direction = usual.partition(" ")
    chosen = given or [(name, direction == "desc")]
    named = ",".join(f"{name} desc" if down else name for name, down in chosen)
    last = Sort(Key(f"{source.alias}.id", "uuid"), chosen[-1][1])
    return named, (*(Sort(source.keys[name], down) for name, down in chosen), last)


def encode(named: str, row: Row, width: int) -> str:
    """The cursor of a row: its key under this order."""
    key = [row[f"key{n}"] for n in range(width)]
    return base64.urlsafe_b64encode(orjson.dumps([VERSION, named, key])).decode()


def decode(cursor: str | None, named: str, width: int, argument: str) -> Sequence[str] | None:
    """The key in a cursor, which must come from the same order."""
    if cursor is None:
        return None
    try:
        version, made_for, key = orjson.loads(base64.b64decode(cursor, b"-_", validate=True))
    except MALFORMED:
        raise bad_input(argument, "cursor") from None
    whole = isinstance(key, list) and len(key) == width and all(isinstance(k, str) for k in key)
    if (version, made_for) != (VERSION, named) or not whole:
        raise bad_input(argument, "same_order")
    return tuple(key)


async def total(_: Any, page: Page) -> int:
    """How many rows the whole list has; asked only when selected."""
    return await page.count()
