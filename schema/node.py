"""Nodes and the one connection: what every list and every row with an id look like."""

from typing import Any, Generic, TypeVar

import strawberry

from resolvers import ids, page
from schema.field import answered_by, named, stored

named(
    page.Direction,
    "Direction",
    "Which way an order runs.",
    ASC="Smallest, earliest first.",
    DESC="Largest, latest first.",
)

T = TypeVar("T")


@strawberry.interface(description="Something with an id that can be asked for again.")
class Node:
    """Rows say their type in `type_name`; nothing else is asked to tell them apart."""

    id: ids.NodeId = answered_by(ids.of_row, "Global id: opaque, the same everywhere.")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        """Is this row of this type?"""
        return bool(row.type_name == cls.__name__)


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = stored("Are there rows after this page?")
    has_previous_page: bool = stored("Are there rows before this page?")
    start_cursor: str | None = stored("Cursor of the first row.")
    end_cursor: str | None = stored("Cursor of the last row.")


@strawberry.type(description="A row of a list, and the cursor to go on from it.")
class Edge(Generic[T]):
    cursor: str = stored("Opaque place of the row in this order.")
    node: T = stored("The row.")


@strawberry.type(description="One page of a list, read by key and not by offset.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = stored("Rows with their cursors.")
    nodes: list[T] = stored("The rows alone.")
    page_info: PageInfo = stored("Where the page lies.")
    total_count: int = answered_by(
        page.total, "How many rows the whole list has; counted only when selected."
    )
