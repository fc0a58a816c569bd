"""Remarks, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import ids, remark
from schema import filter
from schema.field import published, stored
from schema.node import Node
from workflow.vocabulary import Act

published(
    remark.RemarkFilter,
    "RemarkFilter",
    "Which remarks.",
    route="Code of the business (所属业务).",
    step="Key of the step (所属单元).",
    **filter.JOINED,
)
published(
    remark.AddRemarkInput,
    "AddRemarkInput",
    "A prepared text.",
    route="Code of the business (所属业务).",
    step="Key of the step (所属单元).",
    act="The act it belongs to; any, when left out.",
    text="The text.",
    idempotency_key="The same key, the same answer.",
)
published(
    remark.RemoveRemarkInput,
    "RemoveRemarkInput",
    "A text that is no longer wanted.",
    remark_id="The remark.",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(description="A remark (批注): a prepared text for one step of one business.")
class Remark(Node):
    route_code: str = stored("Code of the business (所属业务).")
    step_key: str = stored("Key of the step (所属单元).")
    act: Act | None = stored("The act it belongs to; any, when empty.")
    text: str = stored("The text.")
    created_at: datetime = stored("When it was added.")


@strawberry.type(description="A remark that was added.")
class RemarkPayload:
    remark: Remark = stored("The remark.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="A remark that was removed.")
class RemoveRemarkPayload:
    removed_id: ids.NodeId = stored("Its id.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
