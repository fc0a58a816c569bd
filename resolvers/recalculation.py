"""Runs that recalculate everybody: begun, ended, and how far they are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import job_source, select
from models.read import Row
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.failure import Unanswerable
from rules.refusal import Refused
from workflow import recalculation as verbs


@dataclass(frozen=True, kw_only=True)
class RecalculateAllInput:
    anew: bool = False
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class AbortRecalculationInput:
    run_id: ids.NodeId
    idempotency_key: str


async def begin(context: Context, *, input: RecalculateAllInput) -> Payload:
    """Recalculate everybody."""
    return await told(
        context, await verbs.recalculate_all(command.request(context, input), anew=input.anew)
    )


async def abort(context: Context, *, input: AbortRecalculationInput) -> Payload:
    """End a run early."""
    run = command.key(input.run_id, "RecalculationRun", path="runId")
    if isinstance(run, Refused):
        return run
    return await told(context, await verbs.abort(command.request(context, input), run_id=run))


async def told(context: Context, done: Any) -> Payload:
    """The run after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, job_source.RUN, done.data["run"])
    return {"run": found, "replayed": done.replayed}


async def runs(context: Context) -> list[Row]:
    """The latest runs."""
    return await select.every(job_source.RUN, context.me, order="u.created_at DESC, u.id DESC")


async def one(context: Context, id: ids.NodeId) -> Row:
    """A run by its id; a forbidden one is unknown."""
    decoded = ids.decode(id)
    known = decoded[1] if decoded and decoded[0] == "RecalculationRun" else UUID(int=0)
    found = await select.by_id(job_source.RUN, context.me, [known])
    if not found:
        raise Unanswerable("NOT_FOUND")
    return found[known]


def progress(_: Context, row: Row) -> int:
    """How far it is, in per cent."""
    return int(100 * row.chunks_done / row.chunks)
