"""One job (作业) from hint to effect: leased, fenced, and done in the transaction of its effect."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from tortoise.transactions import in_transaction

from models import job_sql, read
from models.read import Connection
from workflow import failpoint, fault

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a handler is told; `attempt` is also the fence of everything it writes."""

    id: UUID
    kind: str
    subject: UUID | None
    args: Mapping[str, Any]
    attempt: int


Effect = Callable[[Connection], Awaitable[None]]
Handler = Callable[[Job], Awaitable[Effect]]


class Context(TypedDict):
    """What the worker process hands to every job."""

    handlers: Mapping[str, Handler]
    lease: float


class NotYet(Exception):
    """The world is not ready: once more after `pause` seconds, and no attempt is used up."""

    def __init__(self, reason: str, pause: float) -> None:
        super().__init__(reason)
        self.reason, self.pause = reason, pause  # the reason is fixed words, never data


class Changed(NotYet):
    """The inputs changed while we worked: once more, at once."""

    def __init__(self) -> None:
        super().__init__("the inputs changed", 0.0)


async def run_job(context: Context, hint: str) -> None:
    """Do what a hint from Redis is about; a repeated, early or forged hint does nothing.

    The handler does slow and outside work and returns the effect, which is written together with
    `done`. An error, a timeout or a cancellation gives the job back at once.
    """
    job = await begin(hint, context["lease"])
    if job is None:
        return
    failpoint.hit("job:after_claim")
    try:
        await carry_out(job, context["handlers"])
    except NotYet as wait:
        await read.rows(job_sql.AGAIN, [job.id, job.attempt, wait.reason, wait.pause])
    except BaseException as error:  # SIGTERM and arq's timeout arrive as CancelledError
        await asyncio.shield(give_back(job, error))
        if not isinstance(error, Exception):
            raise


async def begin(hint: str, lease: float) -> Job | None:
    """Take the job, unless it is done, taken, or not due. Only PostgreSQL is believed."""
    try:
        job_id = UUID(hint)
    except (ValueError, AttributeError, TypeError):
        logger.warning("a hint that is no job id: somebody else writes to Redis")
        return None
    row = await read.row(job_sql.BEGIN, [job_id, lease])
    if row is None:
        return None
    args = json.loads(row.args)
    return Job(id=row.id, kind=row.kind, subject=row.subject, args=args, attempt=row.attempt)


async def carry_out(job: Job, handlers: Mapping[str, Handler]) -> None:
    """Work outside a transaction, then write effect and `done` inside one."""
    effect = await handlers[job.kind](job)
    async with in_transaction() as c:
        if not await c.execute_query_dict(job_sql.FENCE, [job.id, job.attempt]):
            logger.warning("job %s attempt %d lost its lease: nothing written", job.id, job.attempt)
            return
        await effect(c)
        await c.execute_query(job_sql.DONE, [job.id])
        failpoint.hit("job:before_commit")
    failpoint.hit("job:after_commit")


async def progress(job: Job, percent: int) -> None:
    """Say how far it is, to whoever watches."""
    await read.connection().execute_query(job_sql.PROGRESS, [job.id, job.attempt, percent])


async def give_back(job: Job, error: BaseException) -> None:
    """Try again later; after the last attempt the job is dead and waits for an operator."""
    reason = fault.describe(error)
    row = await read.row(job_sql.FAIL, [job.id, job.attempt, reason])
    dead = row is not None and row.state == "dead"
    level = logging.ERROR if dead else logging.WARNING
    ending = "dead" if dead else "tried again"
    logger.log(level, "job %s %s attempt %d: %s, %s", job.id, job.kind, job.attempt, reason, ending)
