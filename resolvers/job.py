"""Jobs: background work somebody may watch."""

from models import job_source, select
from models.read import Row
from resolvers import ids, label
from resolvers.context import Context
from resolvers.failure import Unanswerable
from resolvers.label import Label
from workflow import attachment, later


async def one(context: Context, id: ids.NodeId) -> Row:
    """A job by its id; a forbidden one is unknown."""
    decoded = ids.decode(id)
    if decoded is None or decoded[0] != "Job":
        raise Unanswerable("NOT_FOUND")
    found = await select.by_id(job_source.JOB, context.me, [decoded[1]])
    if not found:
        raise Unanswerable("NOT_FOUND")
    return found[decoded[1]]


def kind(context: Context, row: Row) -> Label:
    """What it does."""
    return label.word(context, "job", row.kind)


async def scan(context: Context, row: Row) -> Row | None:
    """The scan of a file that is still to come."""
    return await live(context, row, attachment.SCAN)


async def recalculation(context: Context, row: Row) -> Row | None:
    """The recount of a person that is still to come."""
    return await live(context, row, later.RECALCULATE)


async def live(context: Context, row: Row, kind: str) -> Row | None:
    """The job of this kind about a row that is not done yet; there is at most one."""
    found = await context.many(job_source.LIVE_JOB, "subject", row.id, "j.created_at, j.id")
    return next((each for each in found if each.kind == kind), None)
