"""Requests about one's own data, as clients see them."""

from datetime import datetime

import strawberry

from models.data_request import DataField, DataRequestKind, DataRequestOutcome
from resolvers import data_request, open_request
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.person import Person
from schema.training import KEY

REASON = "Why, at most 200 characters."

named(
    DataRequestKind,
    "DataRequestKind",
    "What is asked for.",
    CORRECTION="That something be put right (更正).",
    CLOSURE="That the account be closed (注销).",
)
named(
    DataField,
    "DataField",
    "What is to be corrected.",
    NAME="The name, which nobody changes himself.",
    NUMBER="The number of the document.",
    EMPLOYMENT="Where somebody works.",
    RECORD="A record of a training.",
    OTHER="Something else.",
)
named(
    DataRequestOutcome,
    "DataRequestOutcome",
    "What became of a request.",
    GRANTED="It was done.",
    REFUSED="It was not done; the answer says why.",
    WITHDRAWN="Its author took it back.",
)
published(
    data_request.RequestCorrectionInput,
    "RequestCorrectionInput",
    "What is kept of oneself and is wrong.",
    field="Which of one's data.",
    wish="How it is to be; of a number only that it is wrong, never the number itself.",
    reason=REASON,
    idempotency_key=KEY,
)
published(
    data_request.RequestClosureInput,
    "RequestClosureInput",
    "That one's account be closed.",
    reason=REASON,
    idempotency_key=KEY,
)
published(
    data_request.WithdrawDataRequestInput,
    "WithdrawDataRequestInput",
    "A request its author takes back.",
    request_id="The request.",
    idempotency_key=KEY,
)
published(
    data_request.AnswerDataRequestInput,
    "AnswerDataRequestInput",
    "The answer to a request.",
    request_id="The request.",
    granted="Whether the request is granted.",
    answer="In words, at most 200 characters.",
    idempotency_key=KEY,
)
published(
    data_request.DataRequestFilter,
    "DataRequestFilter",
    "Which requests.",
    waiting="Only those that wait, or only answered ones.",
    overdue="Only those that wait although their term is over, or only the others.",
    due_at="By when they are to be answered.",
    kind="What is asked for.",
    person="Whose.",
    **filter.JOINED,
)
named(
    data_request.DataRequestOrderField,
    "DataRequestOrderField",
    "What requests are ordered by.",
    CREATED_AT="When they were made.",
    DUE_AT="By when they are to be answered.",
)
published(
    data_request.DataRequestOrder,
    "DataRequestOrder",
    "One level of the order of requests.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A request about one's own data (个人信息请求).")
class DataRequest(Node):
    person: Person = answered_by(data_request.person, "Who asks.")
    kind: DataRequestKind = stored("What is asked for.")
    field: DataField | None = stored("What is to be corrected.")
    wish: str = stored("How it is to be.")
    reason: str = stored("Why.")
    created_at: datetime = stored("When it was made.")
    due_at: datetime = stored("By when it is to be answered.")
    overdue: bool = answered_by(open_request.overdue, "Does it wait although its term is over?")
    outcome: DataRequestOutcome | None = stored("What became of it; nothing while it waits.")
    answer: str = stored("The answer in words.")
    closed_at: datetime | None = stored("When it was answered or taken back.")


@strawberry.type(description="A request after a verb.")
class DataRequestPayload:
    request: DataRequest = stored("The request, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
