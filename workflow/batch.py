"""Large batches of decisions (批量审核): asked at once, decided one by one in the background.

Each task stands or falls by itself, in a transaction of its own and under a key of its own, with
the rights the reviewer has at that moment. A batch that is begun again decides nothing twice.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from models import batch_sql, read
from models.ids import uuid7
from models.read import Connection, Row
from rules.refusal import Refused
from workflow import account, audit, command, failpoint, later, task
from workflow.command import Answer, Done, Request
from workflow.task import Decision
from workflow.vocabulary import Act

MOST = 500
ENDED = Refused("SEAT_ENDED")


async def decide(
    request: Request, *, tasks: Sequence[tuple[UUID, int]], decision: Decision
) -> Answer:
    """Write the batch and its job; what is wrong with all of it is refused at once."""
    if refused := task.unfit_batch(tasks, decision, most=MOST):
        return refused

    async def verb(c: Connection) -> Answer:
        return await write(c, request, tasks, decision)

    asked = {"tasks": [list(each) for each in tasks], "decision": asdict(decision)}
    return await command.once(request, "decide_batch", asked, verb)


async def write(
    c: Connection, request: Request, tasks: Sequence[tuple[UUID, int]], decision: Decision
) -> Answer:
    """The batch, its items and its job."""
    batch_id, viewer = uuid7(), request.viewer
    job_id = await later.later(
        c, kind=later.BATCH, queue=later.SHORT, subject=batch_id, started_by=viewer.person_id
    )
    said = json.dumps(asdict(decision), default=str)
    who = [viewer.person_id, viewer.account_id, viewer.seat_id]
    await c.execute_query(batch_sql.WRITE, [batch_id, *who, job_id, request.key, said, request.now])
    ids, versions = zip(*tasks, strict=True) if tasks else ((), ())
    await c.execute_query(batch_sql.ITEMS, [batch_id, list(ids), list(versions)])
    return Done({"batch": str(batch_id), "job": str(job_id)})


async def carry_out(batch_id: UUID, *, now: datetime) -> AsyncIterator[int]:
    """Decide what is open of a batch, one task at a time; gives how many per cent are answered."""
    batch = await read.row(batch_sql.BATCH, [batch_id])
    if batch is None:
        return
    decision = decided(json.loads(batch.decision))
    for item in await read.rows(batch_sql.OPEN, [batch_id]):
        answer = await decide_item(batch, batch_id, item, decision, now=now)
        await read.connection().execute_query(
            batch_sql.ANSWER, [batch_id, item.task_id, command.written(answer)]
        )
        yield int(await read.value(batch_sql.DONE, [batch_id]))


async def decide_item(
    batch: Row, batch_id: UUID, item: Row, decision: Decision, *, now: datetime
) -> Answer:
    """One task, as whoever asked may decide it now."""
    viewer = await account.acting(batch.account_id, batch.seat_id, on_behalf=batch_id)
    if viewer is None:
        return await ended(batch, batch_id, item.task_id)
    request = Request(viewer=viewer, key=batch.key, now=now)
    with audit.through(batch=batch_id):
        answer = await task.decide_item(request, item.task_id, item.version, decision)
    failpoint.hit("batch:after_item")
    return answer


async def ended(batch: Row, batch_id: UUID, task_id: UUID) -> Refused:
    """He has no right any more; that his batch would have gone on leaves a row."""
    tried = audit.Event(
        viewer=None,
        action="task:decide_task",
        object_type="task",
        object_id=task_id,
        refused=ENDED,
        detail={"batch": batch_id, "account": batch.account_id},
    )
    await audit.write(read.connection(), tried)
    return ENDED


def decided(said: Mapping[str, Any]) -> Decision:
    """The decision as it was written."""
    remark = said["remark_id"]
    return Decision(**{**said, "act": Act(said["act"]), "remark_id": remark and UUID(remark)})
