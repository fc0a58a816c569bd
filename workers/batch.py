"""Batches of decisions, a while at a time."""

import time
from datetime import UTC, datetime

from models.read import Connection
from workers import job
from workers.job import Effect, Job, NotYet
from workflow import batch

WHILE = 15.0  # seconds before others have their turn: well within the timeout of short jobs


async def handle(given: Job) -> Effect:
    """Decide until done, or go on in another turn; each decision is committed by itself."""
    if given.subject is None:
        raise ValueError("which batch?")
    began = time.monotonic()
    async for percent in batch.carry_out(given.subject, now=datetime.now(UTC)):
        await job.progress(given, min(percent, 99))
        if percent < 100 and time.monotonic() - began > WHILE:
            raise NotYet("more to decide", 0.0)

    async def effect(c: Connection) -> None:
        pass  # all of it is written

    return effect
