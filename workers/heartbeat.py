"""A row per worker process that says when it was last seen alive."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
from tortoise.exceptions import BaseORMException

from models import job_sql, read
from models.ids import uuid7
from workers.beside import beside

PAUSE = 30.0  # seconds
LOST = (OSError, BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError)

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def beating(queue: str, *, pause: float = PAUSE) -> AsyncIterator[None]:
    """While the block runs the row is kept fresh; after an orderly end it is gone."""
    worker_id = uuid7()
    async with beside(beat(worker_id, queue, pause)):
        yield
    await read.connection().execute_query(job_sql.GONE, [worker_id])


async def beat(worker_id: UUID, queue: str, pause: float) -> None:
    """For ever; a database that is away for a moment is no reason to die."""
    row = [worker_id, socket.gethostname(), os.getpid(), queue]
    while True:
        try:
            await read.connection().execute_query(job_sql.SEEN, row)
        except LOST as error:
            logger.warning("no heartbeat written: %s", type(error).__name__)
        await asyncio.sleep(pause)
