"""A relay or a worker of short leases in a process of its own: `python -m tests.faults.process`.

`relay`, or `work`: the queue of short jobs with the real recalculation, real batches and a job
`count`, whose effect can be counted and which now and then takes its time or fails; or `bulk`: the
real chunks, a few persons in a transaction.
"""

import asyncio
import dataclasses
import random
import signal
import sys
from pathlib import Path

from tortoise import Tortoise

import settings
from models import read
from models.ids import uuid7
from models.read import Connection
from workers import batch, chunk, load, recalculate
from workers.job import Effect, Handler, Job
from workers.relay import Pace, Relay
from workflow import chunk as chunks
from workflow import failpoint, later

# The net for neglected persons is taken away: nothing may fall into it.
PACE = Pace(idle=0.2, sent_lease=3.0, clean=600.0)
WINDOWS = {
    later.SHORT: 40,
    later.BULK: 4,
}  # no more than slow workers finish while the lease of a hint runs
SHORT = dataclasses.replace(load.SHORT, timeout=2.5, lease=3.0, slots=4)
BULK = dataclasses.replace(load.BULK, timeout=2.5, lease=3.0, slots=2)
FAILING = 0.05
COUNT = """
INSERT INTO effect (job_id, times) VALUES ($1, 1)
ON CONFLICT (job_id) DO UPDATE SET times = effect.times + 1
"""


class Flaky(Exception):
    """What happens now and then."""


async def count(job: Job) -> Effect:
    """One effect per job, in the end."""
    await asyncio.sleep(random.uniform(0, 0.03))
    if random.random() < FAILING:
        raise Flaky

    async def effect(c: Connection) -> None:
        await c.execute_query(COUNT, [job.id])

    return effect


async def slowly(job: Job) -> Effect:
    """The real recalculation, with time between reading and writing in which others may edit."""
    effect = await recalculate.handle(job)
    await asyncio.sleep(random.uniform(0, 0.02))
    return effect


HANDLERS: dict[str, Handler] = {
    "count": count,
    later.RECALCULATE: slowly,
    later.CHUNK: chunk.handle,
    later.BATCH: batch.handle,
}
LOADS = {"work": SHORT, "bulk": BULK}


async def relay(given: settings.Settings) -> None:
    redis = await load.pool(settings.redis(given))
    one = Relay(database=given.database_url, redis=redis, windows=WINDOWS, pace=PACE)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, one.stop)
    await one.run()
    await redis.aclose(close_connection_pool=True)


async def work(given: settings.Settings) -> None:
    chunks.GROUP = 4
    orm = await Tortoise.init(config=settings.tortoise(given))
    await read.value("SELECT 1")
    Path(f"{given.storage}/{uuid7()}.ready").touch()
    await load.run([load.worker(settings.redis(given), LOADS[sys.argv[1]], HANDLERS)])
    await orm.close_connections()


if __name__ == "__main__":
    found = settings.read()
    failpoint.arm(found.failpoint)
    asyncio.run({"relay": relay, "work": work, "bulk": work}[sys.argv[1]](found))
