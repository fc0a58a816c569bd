"""Declarations: the verbs of a record's author."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import sources
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.course import Achievement, Authorship, CourseCategory
from rules.refusal import Refused
from workflow import training as verbs

INSTITUTIONS = ("TrainingBase", "Institution", "Unit", "Department")


@dataclass(frozen=True, kw_only=True)
class DeclarationInput:
    course_name: str
    category: CourseCategory
    starts_on: date
    ends_on: date
    declared_hours: Decimal | None = None
    attended_days: int | None = None
    declared_credits: Decimal | None = None
    organiser_id: ids.NodeId | None = None
    organiser_name: str = ""
    study_form: str = ""
    place: str = ""
    content: str = ""
    note: str = ""
    achievement: Achievement | None = None
    authorship: Authorship | None = None


@dataclass(frozen=True, kw_only=True)
class DeclareRecordInput:
    declaration: DeclarationInput
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class EditRecordInput:
    record_id: ids.NodeId
    declaration: DeclarationInput
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RecordInput:
    record_id: ids.NodeId
    expected_version: int
    idempotency_key: str


async def declare(context: Context, *, input: DeclareRecordInput) -> Payload:
    """A new draft."""
    declaration = stated(input.declaration)
    if isinstance(declaration, Refused):
        return declaration
    request = command.request(context, input)
    return await told(context, await verbs.declare(request, declaration=declaration))


async def edit(context: Context, *, input: EditRecordInput) -> Payload:
    """Other values for a draft or a returned record."""
    declaration = stated(input.declaration)
    record = command.key(input.record_id, "TrainingRecord", path="recordId")
    if isinstance(declaration, Refused):
        return declaration
    if isinstance(record, Refused):
        return record
    done = await verbs.edit(
        command.request(context, input),
        record_id=record,
        expected_version=input.expected_version,
        declaration=declaration,
    )
    return await told(context, done)


async def delete(context: Context, *, input: RecordInput) -> Payload:
    """Mark a draft as deleted."""
    return await acted(context, verbs.delete, input)


async def submit(context: Context, *, input: RecordInput) -> Payload:
    """Hand it in."""
    return await acted(context, verbs.submit, input)


async def recall(context: Context, *, input: RecordInput) -> Payload:
    """Take it back while nobody has given an opinion."""
    return await acted(context, verbs.recall, input)


async def withdraw(context: Context, *, input: RecordInput) -> Payload:
    """Give it up for good."""
    return await acted(context, verbs.withdraw, input)


async def acted(context: Context, verb: Any, given: RecordInput) -> Payload:
    """One verb on one record."""
    record = command.key(given.record_id, "TrainingRecord", path="recordId")
    if isinstance(record, Refused):
        return record
    request = command.request(context, given)
    done = await verb(request, record_id=record, expected_version=given.expected_version)
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The record after a verb."""
    if isinstance(done, Refused):
        return done
    record = await command.again(context, sources.RECORD, done.data["record"])
    return {"record": record, "replayed": done.replayed}


def stated(given: DeclarationInput) -> verbs.Declaration | Refused:
    """The declaration as the verb wants it."""
    organiser_id = organiser(given.organiser_id)
    if isinstance(organiser_id, Refused):
        return organiser_id.under("declaration")
    return verbs.Declaration(**{**vars(given), "organiser_id": organiser_id})


def organiser(node_id: ids.NodeId | None) -> UUID | Refused | None:
    """The institution that was chosen, if one was."""
    if node_id is None:
        return None
    return command.key(node_id, *INSTITUTIONS, path="organiserId")
