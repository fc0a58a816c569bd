"""Amendments of approved records: lists, what each would change, and the verbs of proposers."""

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import case_source, sources
from models.amendment import AmendmentKind
from models.read import Row
from resolvers import command, declaration, filter, ids, label, page
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from resolvers.page import Asked, Direction, Page
from rules.course import Achievement, Authorship, CourseCategory
from rules.refusal import Refused
from workflow import amendment as verbs
from workflow import amendment_subject
from workflow.case import Status
from workflow.proposal import Correction, Proposal

DAYS, AMOUNTS = ("starts_on", "ends_on"), ("approved_hours", "approved_credits")
WORDS = ("category", "achievement", "authorship")


@dataclass(frozen=True, kw_only=True)
class AmendmentFilter:
    kind: filter.Among[AmendmentKind] | None = None
    status: filter.Among[Status] | None = None
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    proposer: filter.OfRow | None = None
    employer: filter.OfRow | None = None
    created_at: filter.Ordered[datetime] | None = None
    abandoned: bool | None = None
    and_: list["AmendmentFilter"] | None = None
    or_: list["AmendmentFilter"] | None = None
    not_: "AmendmentFilter | None" = None


class AmendmentOrderField(StrEnum):
    CREATED_AT = "created_at"


@dataclass(frozen=True, kw_only=True)
class AmendmentOrder:
    field: AmendmentOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class CorrectionInput:
    course_name: str
    category: CourseCategory
    starts_on: date
    ends_on: date
    approved_hours: Decimal
    attended_days: int | None = None
    approved_credits: Decimal | None = None
    organiser_id: ids.NodeId | None = None
    organiser_name: str = ""
    study_form: str = ""
    place: str = ""
    content: str = ""
    note: str = ""
    achievement: Achievement | None = None
    authorship: Authorship | None = None


@dataclass(frozen=True, kw_only=True)
class ProposeCorrectionInput:
    record_id: ids.NodeId
    correction: CorrectionInput
    reason: str
    attachment_ids: list[ids.NodeId] | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class ProposeDeletionInput:
    record_id: ids.NodeId
    reason: str
    attachment_ids: list[ids.NodeId] | None = None
    expected_version: int
    idempotency_key: str


New = ProposeCorrectionInput | ProposeDeletionInput


@dataclass(frozen=True, kw_only=True)
class ChangeAmendmentInput:
    amendment_id: ids.NodeId
    correction: CorrectionInput | None = None
    reason: str
    attachment_ids: list[ids.NodeId] | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class WithdrawAmendmentInput:
    amendment_id: ids.NodeId
    reason: str = ""
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that would not be as it is, in words."""

    field: Label
    before: str | None
    after: str | None


async def amendments(
    context: Context,
    *,
    where: AmendmentFilter | None = None,
    order_by: list[AmendmentOrder] | None = None,
    asked: Asked,
) -> Page:
    """Those of the viewer's records, and those his seat is concerned with; newest first."""
    source = sources.AMENDMENT
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="created_at desc"
    )


def of_record(context: Context, row: Row) -> Awaitable[list[Row]]:
    """All that was ever proposed for a record, the latest first."""
    return context.many(sources.AMENDMENT, "record_id", row.id, "n.created_at DESC, n.id DESC")


def of_subject(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The amendment a task or a case is about."""
    return context.one(sources.AMENDMENT, row.amendment_id)


def record(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The record it is about."""
    return context.one(sources.RECORD, row.record_id)


def attachments(context: Context, row: Row) -> Awaitable[list[Row]]:
    """The files it stands on, as they were added."""
    return context.many(sources.ATTACHED, "amendment_id", row.id, "a.id")


def proposer(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who proposed it."""
    return context.one(sources.NAMED_PERSON, row.proposer_id)


def case(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Its case."""
    return context.one(case_source.SUBJECT_CASE, row.case_id)


def before(context: Context, row: Row) -> Row:
    """The record as the proposer saw it."""
    return typed(json.loads(row.before))


def proposed(context: Context, row: Row) -> Row | None:
    """The record as it would be; nothing for a deletion."""
    return typed(json.loads(row.proposed)) if row.proposed else None


def typed(values: Mapping[str, Any]) -> Row:
    """The kept values as columns of a record have them."""
    made = {
        **{name: date.fromisoformat(values[name]) for name in DAYS},
        **{name: values[name] and Decimal(values[name]) for name in AMOUNTS},
        "organiser_id": values["organiser_id"] and UUID(values["organiser_id"]),
    }
    return Row(**{**values, **made})


def changes(context: Context, row: Row) -> list[Change]:
    """Field by field, what would not be as it is."""
    was, shall = json.loads(row.before), json.loads(row.proposed or "null")
    return [
        Change(
            field=label.word(context, "field", name),
            before=in_words(context, name, was[name]),
            after=in_words(context, name, shall[name]),
        )
        for name in amendment_subject.changed_fields(was, shall)
        if name != "organiser_id"  # its name is told
    ]


def in_words(context: Context, name: str, value: Any) -> str | None:
    """A value for the eye; an empty text is none."""
    if value is None or value == "":
        return None
    return label.word(context, name, value).name if name in WORDS else str(value)


async def propose_correction(context: Context, *, input: ProposeCorrectionInput) -> Payload:
    """Other values for an approved record."""
    correction = stated(input.correction)
    if isinstance(correction, Refused):
        return correction
    return await propose(context, input, correction)


async def propose_deletion(context: Context, *, input: ProposeDeletionInput) -> Payload:
    """The end of an approved record."""
    return await propose(context, input, None)


async def propose(context: Context, given: New, correction: Correction | None) -> Payload:
    """Either of them."""
    record_id = command.key(given.record_id, "TrainingRecord", path="recordId")
    if isinstance(record_id, Refused):
        return record_id
    proposal = proposed_by(given, correction)
    if isinstance(proposal, Refused):
        return proposal
    done = await verbs.propose(
        command.request(context, given),
        record_id=record_id,
        expected_version=given.expected_version,
        proposal=proposal,
    )
    return await told(context, done)


async def change(context: Context, *, input: ChangeAmendmentInput) -> Payload:
    """Something else after a recall or a return."""
    correction = stated(input.correction) if input.correction else None
    if isinstance(correction, Refused):
        return correction
    key = command.key(input.amendment_id, "Amendment", path="amendmentId")
    if isinstance(key, Refused):
        return key
    proposal = proposed_by(input, correction)
    if isinstance(proposal, Refused):
        return proposal
    done = await verbs.change(
        command.request(context, input),
        amendment_id=key,
        expected_version=input.expected_version,
        proposal=proposal,
    )
    return await told(context, done)


async def withdraw(context: Context, *, input: WithdrawAmendmentInput) -> Payload:
    """Give it up for good."""
    key = command.key(input.amendment_id, "Amendment", path="amendmentId")
    if isinstance(key, Refused):
        return key
    done = await verbs.withdraw(
        command.request(context, input),
        amendment_id=key,
        expected_version=input.expected_version,
        reason=input.reason,
    )
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The amendment after a verb."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, sources.AMENDMENT, done.data["amendment"])
    return {"amendment": found, "replayed": done.replayed}


def proposed_by(
    given: New | ChangeAmendmentInput, correction: Correction | None
) -> Proposal | Refused:
    """The proposal as the verb wants it."""
    if given.attachment_ids is None:
        return Proposal(correction=correction, reason=given.reason)
    proofs = command.keys(given.attachment_ids, "Attachment", path="attachmentIds")
    if isinstance(proofs, Refused):
        return proofs
    return Proposal(correction=correction, reason=given.reason, proofs=tuple(proofs))


def stated(given: CorrectionInput) -> Correction | Refused:
    """The values as the verb wants them."""
    organiser_id = declaration.organiser(given.organiser_id)
    if isinstance(organiser_id, Refused):
        return organiser_id.under("correction")
    return Correction(**{**vars(given), "organiser_id": organiser_id})
