"""Remarks and acts, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import ids, remark
from schema import filter
from schema.field import named, published, stored
from schema.node import Node
from workflow.vocabulary import Act

named(
    Act,
    "Act",
    "What can be done to a case.",
    SUBMIT="Submit (送审).",
    RECALL="Recall (回收).",
    WITHDRAW="Withdraw (撤回).",
    CLAIM="Claim (签收).",
    UNCLAIM="Put back (放回).",
    RELEASE="Release (释放).",
    RESTATE="Restate (重新统计).",
    AGREE_UP="Agree, send up inside (审核同意(呈单位领导)).",
    DISAGREE_UP="Disagree, send up inside (审核不同意(呈单位领导)).",
    RETURN_INSIDE="Return inside (退案(内部)).",
    RETURN="Return (退案).",
    REJECT="Reject (不同意(结案)).",
    PASS="Pass (审核同意(结案)).",
)
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
