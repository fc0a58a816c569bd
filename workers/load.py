"""Kinds of load, and the arq worker of each: how arq is driven, and nothing about jobs."""

import asyncio
import json
import logging
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from arq import create_pool, func
from arq.connections import ArqRedis, RedisSettings
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.exceptions import RedisError

from workers import job
from workflow import later

logger = logging.getLogger(__name__)

ENDING = (signal.SIGINT, signal.SIGTERM)
DRAIN = 20  # seconds that SIGTERM leaves to running jobs; a supervisor must grant more


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One queue; arq gives a lost hint out again only after the longest timeout of its worker."""

    queue: str
    timeout: float
    slots: int
    lease: float  # longer than the timeout, else a second worker starts in vain


SHORT = Load(queue=later.SHORT, timeout=30, slots=8, lease=40)
SCAN = Load(queue=later.SCAN, timeout=120, slots=2, lease=140)
BULK = Load(queue=later.BULK, timeout=120, slots=2, lease=140)


def serialise(content: Any) -> bytes:
    """JSON: with arq's pickle whoever writes to Redis would run code here."""
    return json.dumps(content, default=str).encode()


async def pool(redis: RedisSettings) -> ArqRedis:
    """The connections by which hints are sent."""
    return await create_pool(redis, job_serializer=serialise, job_deserializer=json.loads)


def worker(redis: RedisSettings, load: Load, handlers: Mapping[str, job.Handler]) -> Worker:
    """An arq worker that keeps nothing in Redis and tries nothing twice: the job table does."""
    run_job = cast(WorkerCoroutine, job.run_job)
    return Worker(
        [func(run_job, name="run_job", timeout=load.timeout, keep_result=0, max_tries=1)],
        queue_name=load.queue,
        redis_settings=redis,
        job_serializer=serialise,
        job_deserializer=json.loads,
        ctx={"handlers": handlers, "lease": load.lease},
        max_tries=1,
        keep_result=0,
        retry_jobs=False,
        log_results=False,
        poll_delay=0.05,
        max_jobs=load.slots,
        queue_read_limit=200,  # of all workers' running jobs: at least twice their slots
        health_check_interval=15,
        job_completion_wait=DRAIN,
        handle_signals=False,  # of several workers in one process only the last would hear them
    )


async def run(workers: Sequence[Worker]) -> int:
    """Work until SIGTERM; when Redis is gone for good, end with 1 and let a supervisor decide."""
    loop, lost = asyncio.get_running_loop(), False
    for each in ENDING:
        loop.add_signal_handler(each, drain, workers, each)
    try:
        async with asyncio.TaskGroup() as group:
            for one in workers:
                group.create_task(one.async_run())
    except* (OSError, RedisError):
        lost = True
    finally:
        for each in ENDING:
            loop.remove_signal_handler(each)
    if lost:
        logger.critical("Redis is gone: this worker ends")
        return 1
    for one in workers:
        await one.close()
    return 0


def drain(workers: Sequence[Worker], received: signal.Signals) -> None:
    """Take nothing new, finish what runs, give the rest back."""
    for one in workers:
        one.handle_sig_wait_for_completion(received)
