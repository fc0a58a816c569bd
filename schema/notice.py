"""Notices, as clients see them."""

from datetime import datetime

import strawberry

from models.notice import NoticeKind
from resolvers import notice
from schema import filter
from schema.case import Case
from schema.field import answered_by, named, published, stored
from schema.node import Node

named(
    NoticeKind,
    "NoticeKind",
    "What a notice tells.",
    OVERDUE="A task is late (超期提醒).",
    ESCALATED="A task of a unit below is late (超期上报).",
    UNDERSTAFFED="A step has too few people.",
    CLAIM_EXPIRED="A claim was given up for its holder (签收到期).",
    URGED="Somebody urges (催办).",
    CC="A case was sent for information (抄送).",
    TRANSFERRED="A task was handed over to the viewer (转办).",
    SIGNER_ADDED="The viewer's opinion was asked for as well (加签).",
    CONTENT_CHANGED="Content or figures of a case under review have changed.",
    APPROVED_CHANGED="An approved application has other figures than it was approved on.",
    CERTIFICATE_ISSUED="A certificate was issued.",
    CERTIFICATE_REVOKED="A certificate was revoked.",
    DELEGATION_GIVEN="A delegation was given (代理).",
    DELEGATION_REVOKED="A delegation was revoked.",
    NEW_DEVICE="Somebody signed in from a device the account has not used before.",
    SESSION_ENDED="A session ended to make room for a new one.",
    NUMBER_CLAIMED="Somebody says that the viewer's number is his.",
    DATA_REQUEST_ANSWERED="A request about one's own data was answered.",
    MOVE_WAITS="Somebody wants to move here, or to leave (调动).",
    MOVE_DECIDED="A move of the viewer's was confirmed or refused.",
    ACCOUNT_MERGED="Another account of the viewer's ended in this one.",
    REQUEST_OVERDUE="What waits for the city outside cases is late (案外事项超期).",
)
published(
    notice.NoticeFilter,
    "NoticeFilter",
    "Which notices.",
    kind="What they tell.",
    unread="Only unread ones, or only the others.",
    case="About this case.",
    created_at="When they came.",
    **filter.JOINED,
)
named(
    notice.NoticeOrderField,
    "NoticeOrderField",
    "What notices are ordered by.",
    UNREAD="Whether they are unread; descending, the unread come first.",
    CREATED_AT="When they came.",
)
published(
    notice.NoticeOrder,
    "NoticeOrder",
    "One level of the order of notices.",
    field="What by.",
    direction="Which way.",
)
published(
    notice.MarkNoticesReadInput,
    "MarkNoticesReadInput",
    "Notices the viewer has read.",
    notice_ids="These, at most 100; left out: all there are.",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(
    description="A notice (提醒): to the viewer, or to a group of his. Kept for half a year."
)
class Notice(Node):
    kind: NoticeKind = stored("What it tells.")
    sentence: str = answered_by(notice.sentence, "What it says, in the reader's language.")
    case: Case | None = answered_by(notice.case, "The case it is about, if it may be read.")
    created_at: datetime = stored("When it came.")
    read_at: datetime | None = stored("When the viewer read it; colleagues read for themselves.")


@strawberry.type(description="What is left unread.")
class MarkNoticesReadPayload:
    unread_notices: int = stored("How many notices the viewer has not read.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
