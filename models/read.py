"""How rows are read: SQL with numbered parameters in, light rows out."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeAlias

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import get_current_context

Connection: TypeAlias = BaseDBAsyncClient
Painted = orjson.Fragment  # JSON that PostgreSQL wrote; it leaves as it came
AT_ONCE = 4
TURNS: ContextVar[asyncio.Semaphore | None] = ContextVar("turns", default=None)


class Parameters(list[Any]):
    """The values of a statement; calling it adds one and gives its placeholder."""

    def __call__(self, value: Any) -> str:
        self.append(value)
        return f"${len(self)}"


class Row(SimpleNamespace):
    """One row: the columns of the statement as attributes; `ready` is what is JSON already."""

    ready: Mapping[str, "Painted | None"] = {}

    def __getitem__(self, name: str) -> Any:
        """A column by its name, as raw records have it."""
        return getattr(self, name)


def connection() -> Connection:
    """The pool of this process; it joins the transaction of the current task, if there is one."""
    context = get_current_context()
    if context is None:
        raise RuntimeError("the database is not open: Tortoise.init has not run in this process")
    return context.db()


@contextmanager
def in_turns() -> Iterator[None]:
    """Of what is read inside, four statements run at a time: nobody takes the whole pool."""
    before = TURNS.set(asyncio.Semaphore(AT_ONCE))
    try:
        yield
    finally:
        TURNS.reset(before)


@asynccontextmanager
async def turn() -> AsyncIterator[Connection]:
    """The pool, once it is this statement's turn."""
    turns = TURNS.get()
    if turns is None:
        yield connection()
        return
    async with turns:
        yield connection()


async def rows(sql: str, p: Iterable[Any] = (), *, on: Connection | None = None) -> list[Row]:
    """All rows of a statement."""
    if on is not None:
        found = await on.execute_query_dict(sql, list(p))
    else:
        async with turn() as pool:
            found = await pool.execute_query_dict(sql, list(p))
    return [Row(**columns) for columns in found]


async def records(sql: str, p: Iterable[Any] = ()) -> list[Any]:
    """All rows as the driver has them: for statements that bring little but finished JSON."""
    async with turn() as pool:
        return list((await pool.execute_query(sql, list(p)))[1])


async def row(sql: str, p: Iterable[Any] = (), *, on: Connection | None = None) -> Row | None:
    """The first row, or nothing."""
    found = await rows(sql, p, on=on)
    return found[0] if found else None


async def value(sql: str, p: Iterable[Any] = (), *, on: Connection | None = None) -> Any:
    """The first column of the first row, or None."""
    found = await row(sql, p, on=on)
    return next(iter(vars(found).values())) if found else None
