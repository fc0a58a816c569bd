"""Large batches of decisions: asked for, and what became of each task."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models import batch_sql, case_source, job_source, read, select
from models.read import Row
from resolvers import command, decision, ids
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.decision import DecideTasksInput, Item
from rules.refusal import Refused
from workflow import batch as verbs
from workflow.command import read_back


async def decide(context: Context, *, input: DecideTasksInput) -> Payload:
    """Decide many tasks in the background."""
    wanted = decision.decided(input, {})
    if isinstance(wanted, Refused):
        return wanted
    known = command.keys([each.task_id for each in input.tasks], "Task", path="tasks")
    if isinstance(known, Refused):
        return known
    versions = [each.expected_version for each in input.tasks]
    done: Any = await verbs.decide(
        command.request(context, input),
        tasks=list(zip(known, versions, strict=True)),
        decision=wanted,
    )
    if isinstance(done, Refused):
        return done
    found = await command.again(context, job_source.BATCH, done.data["batch"])
    return {"batch": found, "replayed": done.replayed}


def job(context: Context, row: Row) -> Any:
    """Its job, as long as it is kept."""
    return context.one(job_source.JOB, row.job_id)


async def items(context: Context, row: Row) -> list[Item]:
    """The tasks that are answered, in the order asked."""
    answered = [each for each in await rows(context, row) if each.answer is not None]
    found = await select.by_id(case_source.TASK, context.me, [each.task_id for each in answered])
    return [item(each, found) for each in answered]


def item(row: Row, tasks: Mapping[UUID, Row]) -> Item:
    """One of them."""
    answer = read_back(row.answer)
    return Item(
        task_id=ids.encode("Task", row.task_id),
        task=tasks.get(row.task_id),
        error=answer if isinstance(answer, Refused) else None,
        replayed=False,
    )


async def failed(context: Context, row: Row) -> list[ids.NodeId]:
    """The tasks that were refused, to be kept selected."""
    return [
        ids.encode("Task", each.task_id)
        for each in await rows(context, row)
        if each.answer is not None and "refused" in json.loads(each.answer)
    ]


async def accepted(context: Context, row: Row) -> int:
    """How many are decided."""
    done = [each for each in await rows(context, row) if each.answer is not None]
    return sum("done" in json.loads(each.answer) for each in done)


async def waiting(context: Context, row: Row) -> int:
    """How many are still to be decided."""
    return sum(each.answer is None for each in await rows(context, row))


async def rows(context: Context, row: Row) -> Sequence[Row]:
    """The items of a batch, read once for all that is asked of it."""

    async def load(keys: list[UUID]) -> Mapping[UUID, list[Row]]:
        found: dict[UUID, list[Row]] = {key: [] for key in keys}
        for each in await read.rows(batch_sql.OF_BATCHES, [keys]):
            found[each.batch_id].append(each)
        return found

    loaded: Sequence[Row] = await context.loader("decision_items", load, list).load(row.id)
    return loaded
