"""Chunks of a run that recalculates everybody."""

from datetime import UTC, datetime
from uuid import UUID

from models.read import Connection
from workers.job import Effect, Job
from workflow import chunk
from workflow.chunk import Chunk


async def handle(job: Job) -> Effect:
    """Bring the persons of the chunk up to date; that it is done is counted with the job."""
    if job.subject is None:
        raise ValueError("of which run?")
    now = datetime.now(UTC)
    given = Chunk(
        run_id=job.subject,
        after=UUID(job.args["after"]),
        upto=UUID(job.args["upto"]),
        anew=job.args["anew"],
    )
    await chunk.settle(given, now=now)

    async def effect(c: Connection) -> None:
        await chunk.done(c, given, now=now)

    return effect
