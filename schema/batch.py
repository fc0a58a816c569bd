"""Large batches of decisions, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import batch, ids
from schema.field import answered_by, stored
from schema.job import Job
from schema.node import Node
from schema.task import DecisionItem


@strawberry.type(
    description="A batch of decisions (批量审核) carried out in the background; one's own alone."
)
class DecisionBatch(Node):
    job: Job | None = answered_by(batch.job, "Its job: watch it by `jobProgress`.")
    items: list[DecisionItem] = answered_by(
        batch.items, "The tasks that are answered by now, in the order asked."
    )
    failed_ids: list[ids.NodeId] = answered_by(
        batch.failed, "Those of them that were refused, to be kept selected."
    )
    accepted: int = answered_by(batch.accepted, "How many are decided by now.")
    waiting: int = answered_by(batch.waiting, "How many are still to be decided.")
    created_at: datetime = stored("When it was asked for.")


@strawberry.type(description="A batch that was handed in.")
class DecisionBatchPayload:
    batch: DecisionBatch = stored("The batch.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
