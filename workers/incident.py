"""`jobs`: what waits, what runs, what is dead, and letting dead work try again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from models import job_sql, migrate

if TYPE_CHECKING:
    from settings import Settings

USAGE = "jobs | jobs resume all | jobs resume ID"


async def main(settings: "Settings", arguments: Sequence[str]) -> int:
    """Print the queues and the dead jobs, or resume some of these."""
    connection = await asyncpg.connect(**migrate.identity(settings.orm))
    try:
        match list(arguments):
            case []:
                print("\n".join(await report(connection)))
            case ["resume", which]:
                print(f"{await resume(connection, which)} resumed")
            case _:
                print(USAGE)
                return 2
    except ValueError:
        print(f"{arguments[-1]} is no job id. {USAGE}")
        return 2
    finally:
        await connection.close()
    return 0


async def report(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """A line per queue and state, then a line per dead job."""
    queues = [
        f"{row['queue']:15} {row['state']:8} {row['jobs']:6}  oldest {row['age']}"
        for row in await connection.fetch(job_sql.QUEUES)
    ]
    dead = [
        f"{row['id']} {row['kind']} of {row['subject']} after {row['attempt']} attempts:"
        f" {row['last_error']} {json.loads(row['args']) or ''}".rstrip()
        for row in await connection.fetch(job_sql.INCIDENTS)
    ]
    return [*(queues or ["nothing waits"]), *dead]


async def resume(connection: "asyncpg.Connection[asyncpg.Record]", which: str) -> int:
    """Dead jobs get another eight attempts; the count goes on, it is the fence."""
    chosen = None if which == "all" else UUID(which)
    return len(await connection.fetch(job_sql.RESUME, chosen))
