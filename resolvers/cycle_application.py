"""Cycle applications: lists, figures and why, and the verbs of applicants."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import read
from models.case_source import CASE
from models.cycle_source import CYCLE_APPLICATION, CYCLE_RESULT
from models.read import Row
from resolvers import command, filter, ids, label, offers, page, title, training
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from resolvers.page import Asked, Direction, Page
from resolvers.training import Warning
from rules.annual import Verdict
from rules.person import Discipline
from rules.refusal import Refused
from rules.title import CycleBusiness, Title, TitleLevel
from workflow import cycle as verbs
from workflow import cycle_subject
from workflow.case import Reason, Status
from workflow.cycle import Application
from workflow.subject import Subject
from workflow.vocabulary import Act


@dataclass(frozen=True, kw_only=True)
class CycleApplicationFilter:
    status: filter.Among[Status] | None = None
    reason: filter.Among[Reason] | None = None
    step: filter.Word | None = None
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    ce_number: filter.Text | None = None
    employer: filter.OfOrganisation | None = None
    target_title: filter.Word | None = None
    level: filter.Among[TitleLevel] | None = None
    business: filter.Among[CycleBusiness] | None = None
    discipline: filter.Among[Discipline] | None = None
    year: filter.Ordered[int] | None = None
    applied_on: filter.Ordered[date] | None = None
    verdict: filter.Among[Verdict] | None = None
    binding: bool | None = None
    stale: bool | None = None
    changed_under: filter.CycleDraft | None = None
    and_: list["CycleApplicationFilter"] | None = None
    or_: list["CycleApplicationFilter"] | None = None
    not_: "CycleApplicationFilter | None" = None


class CycleApplicationOrderField(StrEnum):
    APPLIED_ON = "applied_on"
    CREATED_AT = "created_at"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class CycleApplicationOrder:
    field: CycleApplicationOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class ApplyForCycleInput:
    target_title: str
    discipline: Discipline | None = None
    qualified_on: date | None = None
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class EditCycleApplicationInput:
    application_id: ids.NodeId
    target_title: str
    discipline: Discipline | None = None
    qualified_on: date | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class CycleApplicationInput:
    application_id: ids.NodeId
    expected_version: int
    idempotency_key: str


class CycleVerb(StrEnum):
    EDIT = "edit"
    DELETE = "delete"
    SUBMIT = "submit"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    RESTATE = "restate"


STEPS = {
    CycleVerb.SUBMIT: Act.SUBMIT,
    CycleVerb.RECALL: Act.RECALL,
    CycleVerb.WITHDRAW: Act.WITHDRAW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One button beside an application (操作)."""

    verb: CycleVerb
    label: str
    refusal: Refused | None

    @property
    def enabled(self) -> bool:
        """May it be pressed?"""
        return self.refusal is None


async def applications(
    context: Context,
    *,
    where: CycleApplicationFilter | None = None,
    order_by: list[CycleApplicationOrder] | None = None,
    asked: Asked,
) -> Page:
    """One's own, and those one's seat is concerned with; drafts and the latest first."""
    wanted = filter.condition(CYCLE_APPLICATION.filters, where)
    return await page.read(
        CYCLE_APPLICATION,
        context.me,
        wanted,
        asked=asked,
        orders=order_by,
        usual="applied_on desc",
    )


def of_subject(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The application a task or a case is about."""
    return context.one(CYCLE_APPLICATION, row.application_id)


def target(context: Context, row: Row) -> Title | None:
    """The title applied for."""
    return title.by_code(row.target_title)


def mark(context: Context, row: Row) -> Label:
    """Where it stands, as its reader says it: 办理中 of one's own, 待审(退案) of what waits."""
    if row.reason is None or row.person_id == context.me.person_id:
        return label.word(context, "status", row.status)
    return label.word(context, "reason", row.reason)


async def case(context: Context, row: Row) -> Row | None:
    """Its newest case, if it was ever handed in."""
    found = await context.many(CASE, "subject_id", row.id, "c.opened_at DESC, c.id DESC")
    return found[0] if found else None


def results(context: Context, row: Row) -> Awaitable[list[Row]]:
    """All its figures there ever were, the latest first."""
    return context.many(CYCLE_RESULT, "application_id", row.id, "g.number DESC")


async def applying(context: Context, row: Row) -> Subject | None:
    """It as it would be handed in now, judged by the records of the moment."""
    if row.status not in verbs.EDITABLE:
        return None

    async def load(keys: list[UUID]) -> Mapping[UUID, Subject]:
        c, today = read.connection(), context.today
        return await cycle_subject.ADAPTER.read(c, keys, submitting=True, today=today)

    found: Subject | None = await context.loader("cycle applying", load).load(row.id)
    return found


async def warnings(context: Context, row: Row) -> list[Warning]:
    """What is lawful and worth a second look, before it is handed in."""
    found = await applying(context, row)
    given = cycle_subject.warnings(found.row) if found else ()
    return [training.warning(context, refused) for refused in given]


async def available_actions(context: Context, row: Row) -> list[Action]:
    """What its applicant may do with it now, or a reviewer besides deciding, and why not."""
    if row.person_id == context.me.person_id:
        return await of_applicant(context, row)
    found = await offers.about(context, cycle_subject.TYPE, row.id)
    offer = found.get(Act.RESTATE)
    return [action(context, CycleVerb.RESTATE, offer.refusal)] if offer else []


async def of_applicant(context: Context, row: Row) -> list[Action]:
    """The buttons of an applicant."""
    found = await offers.about(context, cycle_subject.TYPE, row.id)
    refused: dict[CycleVerb, Refused | None] = {
        CycleVerb.EDIT: verbs.closed_to_change(row),
        CycleVerb.DELETE: verbs.closed_to_deletion(row),
        **{
            verb: verbs.closed_to(row, act) or found[act].refusal
            for verb, act in STEPS.items()
            if act in found
        },
    }
    if CycleVerb.SUBMIT in refused and refused[CycleVerb.SUBMIT] is None:
        would = await applying(context, row)
        refused[CycleVerb.SUBMIT] = next(iter(would.obstacles), None) if would else None
    return [action(context, verb, why) for verb, why in refused.items()]


def action(context: Context, verb: CycleVerb, refused: Refused | None) -> Action:
    """A button."""
    return Action(verb=verb, label=context.say(f"cycle_verb.{verb}"), refusal=refused)


async def apply(context: Context, *, input: ApplyForCycleInput) -> Payload:
    """A new draft."""
    request = command.request(context, input)
    return await told(context, await verbs.apply(request, application=stated(input)))


async def edit(context: Context, *, input: EditCycleApplicationInput) -> Payload:
    """Another title, discipline or day for a draft or a returned one."""
    return await acted(context, verbs.edit, input, application=stated(input))


async def delete(context: Context, *, input: CycleApplicationInput) -> Payload:
    """Throw a draft away."""
    return await acted(context, verbs.delete, input)


async def submit(context: Context, *, input: CycleApplicationInput) -> Payload:
    """Hand it in."""
    return await acted(context, verbs.submit, input)


async def recall(context: Context, *, input: CycleApplicationInput) -> Payload:
    """Take it back while nobody has given an opinion."""
    return await acted(context, verbs.recall, input)


async def withdraw(context: Context, *, input: CycleApplicationInput) -> Payload:
    """Give it up for good."""
    return await acted(context, verbs.withdraw, input)


async def acted(
    context: Context,
    verb: Any,
    given: CycleApplicationInput | EditCycleApplicationInput,
    **more: Any,
) -> Payload:
    """One verb on one application."""
    key = command.key(given.application_id, "CycleApplication", path="applicationId")
    if isinstance(key, Refused):
        return key
    request = command.request(context, given)
    done = await verb(request, application_id=key, expected_version=given.expected_version, **more)
    return await told(context, done)


async def told(context: Context, done: Any) -> Payload:
    """The application after a verb; one that was thrown away is there no more."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, CYCLE_APPLICATION, done.data["application"])
    return {"application": found, "replayed": done.replayed}


def stated(given: ApplyForCycleInput | EditCycleApplicationInput) -> Application:
    """What is applied for, as the verb wants it."""
    return Application(
        target_title=given.target_title,
        discipline=given.discipline,
        qualified_on=given.qualified_on,
    )
