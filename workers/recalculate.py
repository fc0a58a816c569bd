"""Recalculate: bring a person's annual results and open applications up to date."""

from datetime import UTC, datetime

from models.read import Connection
from rules import dates
from workers.job import Changed, Effect, Job
from workflow import annual, cycle_result


async def handle(job: Job) -> Effect:
    """Read and judge; the effect is written only if nobody has edited meanwhile."""
    if job.subject is None:
        raise ValueError("whose?")
    now = datetime.now(UTC)
    given = await annual.load(job.subject)
    verdicts = annual.judge(given, this_year=dates.shanghai_date(now).year) if given else []
    cases = cycle_result.judge(await cycle_result.load([job.subject]))  # not older than `given`

    async def effect(c: Connection) -> None:
        await cycle_result.hold(c, cases)
        if given and not await annual.store(c, given, verdicts, now=now):
            raise Changed
        await cycle_result.store(c, cases, now=now)

    return effect
