"""The worker processes: settings, handlers and arq workers put together."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from arq.connections import ArqRedis
from tortoise import Tortoise

import settings
from workers import batch, chunk, deadline, heartbeat, job, load, recalculate, scan, sender
from workers.beside import beside
from workflow import attachment, claim, failpoint, later, reset

LOADS = {
    "short": (load.SHORT,),
    "scan": (load.SCAN,),
    "bulk": (load.BULK,),
    "all": (load.SHORT, load.SCAN, load.BULK),
}


async def hints(given: settings.Settings) -> ArqRedis:
    """The connections by which the relay sends hints."""
    return await load.pool(settings.redis(given))


def handlers(given: settings.Settings) -> dict[str, job.Handler]:
    """Every kind of job there is."""
    return {
        later.RECALCULATE: recalculate.handle,
        later.CHUNK: chunk.handle,
        later.BATCH: batch.handle,
        attachment.SCAN: scan.handler(given),
        reset.KIND: sender.handler(given),
        claim.TELL_OWNER[0]: sender.of_claims(given),
    }


async def main(given: settings.Settings, arguments: Sequence[str]) -> int:
    """`jijiao work [short|scan|bulk|all]`: the queues of one process, until SIGTERM."""
    name = arguments[0] if arguments else "all"
    if name not in LOADS:
        raise SystemExit(f"usage: work [{'|'.join(LOADS)}]")
    failpoint.arm(given.failpoint)
    redis, known = settings.redis(given), handlers(given)
    orm = await Tortoise.init(config=settings.tortoise(given))
    async with contextlib.AsyncExitStack() as around:
        around.push_async_callback(orm.close_connections)
        await around.enter_async_context(heartbeat.beating(name))
        if load.SCAN in LOADS[name]:
            await around.enter_async_context(beside(scan.upkeep(given)))
        if load.SHORT in LOADS[name]:
            await around.enter_async_context(beside(deadline.upkeep()))
        return await load.run([load.worker(redis, each, known) for each in LOADS[name]])
