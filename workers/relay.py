"""The relay hands due jobs to Redis as hints, and sweeps up what was lost on the way.

Any number may run. Each has one direct connection: LISTEN does not pass a pooler in transaction
mode. A notification wakes it, a poll is the net below.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from models import job_sql
from models.ids import uuid7
from workers import load
from workers import settings as of_workers
from workflow import failpoint, later

if TYPE_CHECKING:
    from settings import Settings

logger = logging.getLogger(__name__)

# How many hints of a queue may be under way: enough for a round, and no more than the workers
# finish while the hint's lease runs.
WINDOWS = {later.SHORT: 200, later.SCAN: 2 * load.SCAN.slots, later.BULK: 8 * load.BULK.slots}
NAME = "jijiao-relay"  # in pg_stat_activity
HINT_LIFE = 3600  # seconds a hint may lie in Redis
LOST = (OSError, RedisError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: between rounds (busy or idle), of a hint's lease, and between cleanings."""

    busy: float = 0.05
    idle: float = 1.0
    sent_lease: float = 60.0
    clean: float = 30.0
    keep_done_days: int = 7


class Relay:
    """Hands out hints until it is told to stop."""

    def __init__(
        self,
        *,
        database: str,
        redis: ArqRedis,
        windows: Mapping[str, int] = WINDOWS,
        pace: Pace | None = None,
    ) -> None:
        self.id = uuid7()
        self.database, self.redis, self.windows = database, redis, windows
        self.pace = pace or Pace()
        self.wake = asyncio.Event()
        self.stopping = False
        self.clean_at = 0.0

    def stop(self) -> None:
        """End after the round that is under way."""
        self.stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Serve; begin again after whatever PostgreSQL or Redis do to us."""
        while not self.stopping:
            try:
                await self.serve()
            except LOST as error:
                logger.warning("the relay begins again after %s", type(error).__name__)
                await asyncio.sleep(0.2)

    async def serve(self) -> None:
        """Rounds over one connection, until stopped or until it is lost."""
        connection = await asyncpg.connect(
            self.database, command_timeout=10, server_settings={"application_name": NAME}
        )
        try:
            await connection.add_listener("job", self.heard)
            connection.add_termination_listener(self.heard)
            while not self.stopping:
                self.wake.clear()
                await self.round(connection)
                await self.rest(connection)
            await connection.execute(job_sql.GONE, self.id)
        finally:
            await connection.close(timeout=2)

    def heard(self, *_: Any) -> None:
        """Somebody has committed a job, or we have lost the connection."""
        self.wake.set()

    async def round(self, connection: Any) -> None:
        """Hand out, sweep, and now and then clean."""
        for queue, window in self.windows.items():
            await self.hand_out(connection, queue, window)
        for job in await connection.fetch(job_sql.SWEEP):
            level = logging.ERROR if job["state"] == "dead" else logging.WARNING
            logger.log(level, "job %s %s lost its lease: %s", job["id"], job["kind"], job["state"])
        now = asyncio.get_running_loop().time()
        if now >= self.clean_at:
            self.clean_at = now + self.pace.clean
            await self.clean(connection)

    async def hand_out(self, connection: Any, queue: str, window: int) -> None:
        """Send the hints before the commit: at worst a hint is sent twice, never lost.

        arq gets no job id of ours: by that it would refuse a second hint for an hour.
        """
        async with connection.transaction():
            due = await connection.fetch(job_sql.CLAIM, queue, window, self.pace.sent_lease)
            for job in due:
                await self.redis.enqueue_job(
                    "run_job", str(job["id"]), _queue_name=queue, _expires=HINT_LIFE
                )
            if due:
                failpoint.hit("relay:after_enqueue")

    async def clean(self, connection: Any) -> None:
        """Say that we live, look for stale persons nobody works on, drop what is long done."""
        await connection.execute(job_sql.SEEN, self.id, socket.gethostname(), os.getpid(), "relay")
        neglected = await connection.fetch(job_sql.NEGLECTED, later.RECALCULATE)
        if neglected:
            persons = [row["person_id"] for row in neglected]
            ids = [uuid7() for _ in persons]
            await connection.execute(
                job_sql.WANT, ids, persons, later.RECALCULATE, later.SHORT, None
            )
        await connection.execute(job_sql.RETENTION, self.pace.keep_done_days)

    async def rest(self, connection: Any) -> None:
        """Until woken; not for long while there is a backlog."""
        backlog = await connection.fetchval(job_sql.BACKLOG, list(self.windows))
        try:
            async with asyncio.timeout(self.pace.busy if backlog else self.pace.idle):
                await self.wake.wait()
        except TimeoutError:
            pass


async def main(settings: Settings, arguments: Sequence[str]) -> int:
    """`jijiao relay`: one relay, until SIGTERM."""
    failpoint.arm(settings.failpoint)
    redis = await of_workers.hints(settings)
    relay = Relay(database=settings.database_url, redis=redis)
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, relay.stop)
    try:
        await relay.run()
    finally:
        await redis.aclose(close_connection_pool=True)
    return 0
