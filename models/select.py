"""How rows are asked for: one source, conditions, an order and a page become one statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from models import read
from models.access import Viewer
from models.read import Parameters, Row

Readable: TypeAlias = Callable[[Viewer, Parameters, str], str]
Condition: TypeAlias = Callable[[Parameters], str]


@dataclass(frozen=True, slots=True)
class Key:
    """What rows may be ordered by: never null, and of this PostgreSQL type."""

    sql: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Rows of one noun: columns, tables, who reads them, what they are filtered and ordered by.

    Filters, keys and the access condition speak of `tables` alone; `joins` bring one row each and
    are there for the columns of the rows that were found.
    """

    alias: str
    type_names: Sequence[str]
    tables: str
    joins: str = ""
    stored: str
    computed: Mapping[str, str] = field(default_factory=dict)
    readable: Readable | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)

    def expression(self, name: str) -> str:
        """The SQL of a column by its name."""
        if name == "type_name" and name not in self.computed:
            return f"'{self.type_names[0]}'"
        return self.computed.get(name) or f"{self.alias}.{name}"

    @property
    def columns(self) -> str:
        """Everything there is, for readers that may need any of it."""
        computed = "".join(f", {sql} AS {name}" for name, sql in self.computed.items())
        kind = (
            "" if "type_name" in self.computed else f", {self.expression('type_name')} AS type_name"
        )
        return self.stored + computed + kind


@dataclass(frozen=True, slots=True)
class Sort:
    """One level of an order."""

    key: Key
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Up to `size` rows that follow `after` (or, backwards, precede it)."""

    order: Sequence[Sort]
    after: Sequence[str] | None
    before: Sequence[str] | None
    size: int
    backwards: bool


def anything(_: Parameters) -> str:
    """The condition every row meets."""
    return "true"


def windowed(
    source: Source, viewer: Viewer | None, condition: Condition, asked: Window, p: Parameters
) -> str:
    """The rows of a window alone, with the values `k0`, `k1`, … they are ordered by."""
    keys = "".join(f", {sort.key.sql} AS k{n}" for n, sort in enumerate(asked.order))
    conditions = [allowed(source, viewer, p), condition(p)]
    if asked.after:
        conditions.append(beyond(asked.order, asked.after, p, backwards=False))
    if asked.before:
        conditions.append(beyond(asked.order, asked.before, p, backwards=True))
    order = ordered(asked, [sort.key.sql for sort in asked.order])
    return (
        f"SELECT {source.alias}.*{keys} FROM {tables(source, viewer, p)}"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {asked.size:d}"
    )


def ordered(asked: Window, keys: Sequence[str]) -> str:
    """The order in which a window is read."""
    return ", ".join(
        f"{key} {'DESC' if sort.descending is not asked.backwards else 'ASC'}"
        for key, sort in zip(keys, asked.order, strict=True)
    )


def told(asked: Window) -> str:
    """The keys of a row as text, so that a cursor can carry them."""
    return ", ".join(f"x0.by{n}::text AS key{n}" for n in range(len(asked.order)))


async def window(
    source: Source, viewer: Viewer | None, condition: Condition, asked: Window
) -> list[Row]:
    """Rows of a window in the order they are read; each carries its `key0`, `key1`, …"""
    p = Parameters()
    inner = windowed(source, viewer, condition, asked, p)
    keys = "".join(f", {source.alias}.k{n} AS by{n}" for n in range(len(asked.order)))
    return await read.rows(
        f"SELECT x0.*, {told(asked)} FROM (SELECT {source.columns}{keys}"
        f" FROM ({inner}) {source.alias} {source.joins}) x0"
        f" ORDER BY {ordered(asked, [f'x0.by{n}' for n in range(len(asked.order))])}",
        p,
    )


async def count(source: Source, viewer: Viewer | None, condition: Condition) -> int:
    """How many rows there are."""
    p = Parameters()
    where = f"{allowed(source, viewer, p)} AND {condition(p)}"
    return int(
        await read.value(f"SELECT count(*) FROM {tables(source, viewer, p)} WHERE {where}", p)
    )


async def every(
    source: Source,
    viewer: Viewer | None,
    condition: Condition = anything,
    *,
    order: str | None = None,
) -> list[Row]:
    """All rows, for lists that are short by nature."""
    p = Parameters()
    where = f"{allowed(source, viewer, p)} AND {condition(p)}"
    sql = f"SELECT {source.columns} FROM {tables(source, viewer, p)} {source.joins} WHERE {where}"
    return await read.rows(f"{sql} ORDER BY {order or f'{source.alias}.id'}", p)


async def by_id(source: Source, viewer: Viewer | None, ids: Iterable[UUID]) -> dict[UUID, Row]:
    """The readable ones of these rows; unknown and forbidden ids are alike absent."""
    found = await every(source, viewer, one_of(f"{source.alias}.id", ids))
    return {row.id: row for row in found}


async def grouped(
    source: Source,
    viewer: Viewer | None,
    column: str,
    ids: Iterable[UUID],
    *,
    order: str | None = None,
) -> dict[UUID, list[Row]]:
    """The readable rows that belong to each of these owners."""
    expression = f"{source.alias}.{column}"
    groups: dict[UUID, list[Row]] = {}
    for row in await every(source, viewer, one_of(expression, ids), order=order):
        groups.setdefault(getattr(row, column), []).append(row)
    return groups


def one_of(expression: str, ids: Iterable[UUID]) -> Condition:
    """The condition that an id is among these.

    Of a list PostgreSQL does not know how long it is, and plans such a statement anew each time.
    """
    wanted = list(ids)
    if len(wanted) == 1:
        return lambda p: f"{expression} = {p(wanted[0])}"
    return lambda p: f"{expression} = ANY ({p(wanted)}::uuid[])"


def tables(source: Source, viewer: Viewer | None, p: Parameters) -> str:
    """The tables of a source as this viewer sees them."""
    if viewer is None or "{me}" not in source.tables:
        return source.tables
    return source.tables.replace("{me}", f"{p(viewer.person_id)}::uuid")


def allowed(source: Source, viewer: Viewer | None, p: Parameters) -> str:
    """The access condition; a source without one is open to everybody who is signed in."""
    if source.readable is None:
        return "true"
    return source.readable(viewer, p, source.alias) if viewer else "false"


def beyond(order: Sequence[Sort], key: Sequence[str], p: Parameters, *, backwards: bool) -> str:
    """Rows on the far side of a key: (a, b) > (x, y), or where directions differ what it means."""
    values = [f"{p(text)}::text::{sort.key.type}" for sort, text in zip(order, key, strict=True)]
    signs = ["<" if sort.descending is not backwards else ">" for sort in order]
    if len(set(signs)) == 1:  # an index begins right there
        keys = ", ".join(sort.key.sql for sort in order)
        return f"({keys}) {signs[0]} ({', '.join(values)})"
    alternatives = []
    for n, sort in enumerate(order):
        ties = [f"{order[i].key.sql} = {values[i]}" for i in range(n)]
        alternatives.append(" AND ".join([*ties, f"{sort.key.sql} {signs[n]} {values[n]}"]))
    return f"({' OR '.join(f'({one})' for one in alternatives)})"
