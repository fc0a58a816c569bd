"""Runs that recalculate everybody, as clients see them."""

from datetime import datetime
from typing import Any

import strawberry

from models.recalculation import RunState
from resolvers import recalculation
from schema.command import commanded_by
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.role import SUPERIORS

named(
    RunState,
    "RecalculationState",
    "Where a run stands.",
    RUNNING="Under way (进行中).",
    DONE="Everybody is up to date (完成).",
    ABORTED="Ended before its end (已中止); what was judged by then stays judged.",
)
published(
    recalculation.RecalculateAllInput,
    "RecalculateAllInput",
    "Everybody's years shall be judged anew (全部重新统计).",
    anew="Also those whose records and rules are the ones they were judged by.",
    idempotency_key="The same key, the same answer.",
)
published(
    recalculation.AbortRecalculationInput,
    "AbortRecalculationInput",
    "A run that shall end early (中止).",
    run_id="The run.",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(
    description="A run over everybody (全部重新统计) in chunks: who is out of date is judged anew."
)
class RecalculationRun(Node):
    state: RunState = stored("Where it stands.")
    anew: bool = stored("Does it judge also whom nothing says to be out of date?")
    progress: int = answered_by(recalculation.progress, "How far it is, in per cent.")
    persons: int = stored("Persons there were when it began.")
    chunks: int = stored("Chunks of persons.")
    chunks_done: int = stored("Chunks that are done.")
    judged: int = stored("Persons who were out of date and are judged now.")
    snapshots: int = stored("New snapshots (快照): years that say something else than before.")
    created_at: datetime = stored("When it began.")
    ended_at: datetime | None = stored("When it was over.")


@strawberry.type(description="A run that was begun or ended.")
class RecalculationPayload:
    run: RecalculationRun = stored("The run.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="What can be done about such runs; a part of everything.")
class RecalculationMutation:
    recalculate_all: Any = commanded_by(
        "RecalculateAll",
        recalculation.begin,
        RecalculationPayload,
        "Have everybody's years judged anew (全部重新统计); the municipal bureau, with the duty.",
        seen_by=SUPERIORS,
    )
    abort_recalculation: Any = commanded_by(
        "AbortRecalculation",
        recalculation.abort,
        RecalculationPayload,
        "End such a run early (中止).",
        seen_by=SUPERIORS,
    )
