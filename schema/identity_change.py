"""Requests to change name or number, as clients see them."""

from datetime import datetime
from typing import Any

import strawberry

from models.identity_change import ChangeOutcome
from resolvers import identity_change, open_request
from rules.document import DocumentType
from schema import filter
from schema.command import commanded_by
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.person import Person
from schema.role import REVIEWERS, SIGNED_IN
from schema.training import KEY

named(
    DocumentType,
    "DocumentType",
    "With what somebody proves who he is (证件类型).",
    CITIZEN="Citizen number (公民身份号码) of 18 digits, or of 15 as issued until 1999.",
    HONG_KONG_MACAO="Travel permit of people from Hong Kong and Macao (港澳居民来往内地通行证).",
    TAIWAN="Travel permit of people from Taiwan (台湾居民来往大陆通行证).",
    FOREIGN_RESIDENT="Permanent residence card of foreigners (外国人永久居留身份证).",
    PASSPORT="Passport (护照).",
)
named(
    ChangeOutcome,
    "IdentityChangeOutcome",
    "What became of a request to change name or number.",
    GRANTED="Granted: the person has the name or number from that moment.",
    REFUSED="Refused.",
    WITHDRAWN="Taken back by the person.",
)
published(
    identity_change.AskIdentityChangeInput,
    "AskIdentityChangeInput",
    "Another name or number (身份信息变更); the municipal bureau decides.",
    name="The name from now on; left out, it stays.",
    document_type="Of which document the number is.",
    number="The number from now on; left out, it stays.",
    reason="Why, at most 500 characters and without numbers.",
    evidence="Which papers prove it, at most 500 characters and without numbers.",
    idempotency_key=KEY,
)
published(
    identity_change.WithdrawIdentityChangeInput,
    "WithdrawIdentityChangeInput",
    "A request its author takes back.",
    change_id="The request.",
    idempotency_key=KEY,
)
published(
    identity_change.DecideIdentityChangeInput,
    "DecideIdentityChangeInput",
    "Is the change granted?",
    change_id="The request.",
    granted="Whether it is granted; it is in force at once.",
    reason="Why: which papers were seen, at most 200 characters and without numbers.",
    number="The number as the paper shows it; wanted where another number is granted.",
    idempotency_key=KEY,
)
published(
    identity_change.IdentityChangeFilter,
    "IdentityChangeFilter",
    "Which requests.",
    waiting="Only those that wait, or only closed ones.",
    overdue="Only those that wait although their term is over, or only the others.",
    due_at="By when they are to be decided.",
    **filter.JOINED,
)
named(
    identity_change.IdentityChangeOrderField,
    "IdentityChangeOrderField",
    "What requests are ordered by.",
    CREATED_AT="When they were made.",
    DUE_AT="By when they are to be decided.",
)
published(
    identity_change.IdentityChangeOrder,
    "IdentityChangeOrder",
    "One level of the order of requests.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A request to change name or number (身份信息变更).")
class IdentityChange(Node):
    person: Person = answered_by(identity_change.person, "Who asked.")
    name_before: str = stored("The name he had then.")
    name_after: str | None = stored("The name he asks for; none if it stays.")
    masked_before: str = stored("The number he had then, with most digits hidden.")
    document_type: DocumentType | None = stored("Of which document the new number is.")
    masked_after: str | None = stored("The number he asks for, with most digits hidden.")
    reason: str = stored("Why he asks.")
    evidence: str = stored("Which papers prove it.")
    outcome: ChangeOutcome | None = stored("What became of it; nothing while it waits.")
    answer: str = stored("Why it was decided so.")
    decided_by: str | None = answered_by(identity_change.decider, "Who decided.")
    created_at: datetime = stored("When it was made.")
    due_at: datetime = stored("By when it is to be decided.")
    overdue: bool = answered_by(open_request.overdue, "Does it wait although its term is over?")
    closed_at: datetime | None = stored("When it was decided or taken back.")


@strawberry.type(description="A request after a verb.")
class IdentityChangePayload:
    change: IdentityChange = stored("The request, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="The part of the mutations that is about name and number.")
class IdentityChangeMutation:
    ask_identity_change: Any = commanded_by(
        "AskIdentityChange",
        identity_change.ask,
        IdentityChangePayload,
        "Ask for another name or number (身份信息变更).",
        seen_by=SIGNED_IN,
    )
    withdraw_identity_change: Any = commanded_by(
        "WithdrawIdentityChange",
        identity_change.withdraw,
        IdentityChangePayload,
        "Take that back while it waits.",
        seen_by=SIGNED_IN,
    )
    decide_identity_change: Any = commanded_by(
        "DecideIdentityChange",
        identity_change.decide,
        IdentityChangePayload,
        "Grant or refuse another name or number, for the municipal bureau.",
        seen_by=REVIEWERS,
    )
