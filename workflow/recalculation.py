"""Recalculating everybody (全部重新统计): a run is split into chunks of persons, each a job."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from models import read, recalculation_sql
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from workflow import audit, command, history, later
from workflow.command import Answer, Done, Request
from workflow.history import Tag

DUTY = "recalculation"
PERSONS = 4000  # of a chunk: seconds of work where all is judged, and little where nothing is
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
NO_OTHER = Refused("RECALCULATION_RUNS")


async def recalculate_all(request: Request, *, anew: bool) -> Answer:
    """Begin a run over everybody; `anew` judges also whom nothing says to be out of date."""
    if refused := without_duty(request.viewer):
        return refused

    async def verb(c: Connection) -> Answer:
        return await begin(c, anew=anew, viewer=request.viewer, now=request.now)

    return await command.once(request, "recalculate_all", {"anew": anew}, verb)


async def abort(request: Request, *, run_id: UUID) -> Answer:
    """End a run early; what is judged by then stays judged."""
    if refused := without_duty(request.viewer):
        return refused

    async def verb(c: Connection) -> Answer:
        return await end(c, run_id=run_id, viewer=request.viewer, now=request.now)

    return await command.once(request, "abort_recalculation", {"run": run_id}, verb)


async def begin_unasked(*, anew: bool, now: datetime) -> Answer:
    """The same from the command line, where whoever may run commands may run this."""
    async with in_transaction() as c:
        return await begin(c, anew=anew, viewer=None, now=now)


async def end_unasked(*, run_id: UUID, now: datetime) -> Answer:
    """End a run from the command line."""
    async with in_transaction() as c:
        return await end(c, run_id=run_id, viewer=None, now=now)


async def begin(c: Connection, *, anew: bool, viewer: Viewer | None, now: datetime) -> Answer:
    """Write the run and its chunks; there is one run at a time."""
    run_id, who = uuid7(), viewer and viewer.person_id
    persons = await read.value(recalculation_sql.COUNT, on=c)
    edges = [FIRST, *await bounds(c), LAST]
    chunks = len(edges) - 1
    started = [run_id, anew, persons, chunks, who, now]
    if await read.row(recalculation_sql.START, started, on=c) is None:
        return NO_OTHER
    ids = [uuid7() for _ in range(chunks)]
    values = [run_id, later.CHUNK, later.BULK, anew, who, ids, edges[:-1], edges[1:]]
    await c.execute_query(recalculation_sql.CHUNKS, values)
    await tell(c, Tag.RECALCULATION_BEGIN, run_id, viewer, now)
    return Done({"run": str(run_id)})


async def bounds(c: Connection) -> Sequence[UUID]:
    """The last person of each chunk but the last, which is open: newcomers fall into it."""
    rows = await read.rows(recalculation_sql.BOUNDS, [PERSONS], on=c)
    return [row.person_id for row in rows]


async def end(c: Connection, *, run_id: UUID, viewer: Viewer | None, now: datetime) -> Answer:
    """Stop a run that is under way, and drop the chunks nobody has begun."""
    if await read.row(recalculation_sql.ABORT, [run_id, now], on=c) is None:
        return Refused("RECALCULATION_OVER")
    await c.execute_query(recalculation_sql.DROP, [run_id, later.CHUNK])
    await tell(c, Tag.RECALCULATION_ABORT, run_id, viewer, now)
    return Done({"run": str(run_id)})


def without_duty(viewer: Viewer) -> Refused | None:
    """Only the municipal bureau recalculates the city, and there only who has this duty."""
    kept = viewer.user_type is UserType.CITY_BUREAU and DUTY in viewer.duties
    return None if kept else Refused("DUTY_REQUIRED", {"duty": DUTY})


async def tell(c: Connection, tag: Tag, run_id: UUID, viewer: Viewer | None, now: datetime) -> None:
    """One line of history about a run; what no verb asked for also leaves its own row."""
    if viewer is None:
        await audit.record(c, None, tag.value, ("recalculation_run", run_id))
    await history.write(
        c, tag=tag, subject_type="recalculation_run", subject_id=run_id, viewer=viewer, now=now
    )
