"""Connections of the pool: one that broke off within a statement is put in order first."""

from typing import Any

import asyncpg


class Line(asyncpg.Connection):  # type: ignore[misc]  # it has no types
    """A connection that remembers whether its last statement was left half way.

    asyncpg has a statement described first, and ends it only when it sends its values. Where they
    cannot be sent, or nobody waits any more, the statement stays open, and runs into its timeout
    under whoever comes next.
    """

    broken_off = False

    async def _do_execute(self, *args: Any, **more: Any) -> Any:
        """The one place through which every statement with values goes."""
        self.broken_off = True
        done = await super()._do_execute(*args, **more)
        self.broken_off = False
        return done


async def put_in_order(line: Line) -> None:
    """What a connection does before it goes back to the pool.

    asyncpg rolls an open transaction back by itself. Nothing of ours outlives a transaction, so
    its usual `RESET ALL` would only be one more round trip after every statement; only after one
    that failed there is one, which ends whatever was left open.
    """
    if line.broken_off:
        line.broken_off = False
        await line.execute("SELECT")
