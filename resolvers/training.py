"""Training records: lists, and what belongs to one."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from models import case_source, declared, read, sources
from models.read import Row
from models.training import RecordStatus
from resolvers import filter, offers, page
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules.course import CourseCategory, RecordOrigin
from rules.refusal import Refused
from workflow import amendment, training_subject
from workflow import training as verbs
from workflow.vocabulary import Act


@dataclass(frozen=True, kw_only=True)
class RecordFilter:
    person: filter.OfRow | None = None
    name: filter.Text | None = None
    employer: filter.OfRow | None = None
    organiser: filter.OfRow | None = None
    course_name: filter.Text | None = None
    category: filter.Among[CourseCategory] | None = None
    status: filter.Among[RecordStatus] | None = None
    origin: filter.Among[RecordOrigin] | None = None
    year: filter.Ordered[int] | None = None
    starts_on: filter.Ordered[date] | None = None
    ends_on: filter.Ordered[date] | None = None
    deleted: bool | None = None
    under_amendment: bool | None = None
    and_: list["RecordFilter"] | None = None
    or_: list["RecordFilter"] | None = None
    not_: "RecordFilter | None" = None


class RecordOrderField(StrEnum):
    ENDS_ON = "ends_on"
    STARTS_ON = "starts_on"
    COURSE_NAME = "course_name"
    CREATED_AT = "created_at"
    SUBMITTED_AT = "submitted_at"


@dataclass(frozen=True, kw_only=True)
class RecordOrder:
    field: RecordOrderField
    direction: Direction = Direction.ASC


class RecordVerb(StrEnum):
    EDIT = "edit"
    DELETE = "delete"
    SUBMIT = "submit"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    PROPOSE_CORRECTION = "propose_correction"
    PROPOSE_DELETION = "propose_deletion"


OF_AUTHOR = tuple(RecordVerb)[:5]
OF_KEEPER = (RecordVerb.PROPOSE_CORRECTION, RecordVerb.PROPOSE_DELETION)
STEPS = {
    RecordVerb.SUBMIT: Act.SUBMIT,
    RecordVerb.RECALL: Act.RECALL,
    RecordVerb.WITHDRAW: Act.WITHDRAW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One button of the record list (操作)."""

    verb: RecordVerb
    label: str
    refusal: Refused | None

    @property
    def enabled(self) -> bool:
        """May it be pressed?"""
        return self.refusal is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """Something lawful that deserves a second look."""

    code: str
    message: str
    path: Sequence[str]
    other_id: UUID | None


async def records(
    context: Context,
    *,
    where: RecordFilter | None = None,
    order_by: list[RecordOrder] | None = None,
    asked: Asked,
) -> Page:
    """The viewer's own records, and those his seat is concerned with; newest first."""
    source = sources.RECORD
    wanted = filter.condition(source.filters, where)
    return await page.read(
        source, context.me, wanted, asked=asked, orders=order_by, usual="ends_on desc"
    )


def attachments(context: Context, row: Row) -> Awaitable[list[Row]]:
    """Its files, as they were added."""
    return context.many(sources.ATTACHED, "record_id", row.id, "a.id")


async def case(context: Context, row: Row) -> Row | None:
    """Its newest case, if it was ever submitted."""
    found = await context.many(
        case_source.CASE, "subject_id", row.id, "c.opened_at DESC, c.id DESC"
    )
    return found[0] if found else None


async def warnings(context: Context, row: Row) -> list[Warning]:
    """What is lawful and worth a second look, with the other record named."""
    found = await neighbours(context, row)
    given = training_subject.warnings(found, context.today) if found else ()
    return [warning(context, refused) for refused in given]


async def neighbours(context: Context, row: Row) -> Row | None:
    """The record as the rules read it, with its files and the person's others he may read."""

    async def load(keys: list[UUID]) -> Mapping[UUID, Row]:
        return await declared.read(read.connection(), keys, others=True, reader=context.me)

    found: Row | None = await context.loader("declared", load).load(row.id)
    return found


def warning(context: Context, refused: Refused) -> Warning:
    """A warning in words."""
    other = refused.data.get("record")
    return Warning(
        code=refused.code,
        message=context.say(refused.code, **refused.data),
        path=list(refused.path),
        other_id=UUID(other) if other else None,
    )


def other(context: Context, row: Warning) -> Awaitable[Row | None] | None:
    """The other record of a warning, for those who may read it."""
    return context.one(sources.RECORD, row.other_id)


async def available_actions(context: Context, row: Row) -> list[Action]:
    """What its author, and who keeps the records of the unit, may do with it now, and why not."""
    own = await of_author(context, row) if row.person_id == context.me.person_id else []
    return [*own, *of_keeper(context, row)]


def of_keeper(context: Context, row: Row) -> list[Action]:
    """What whoever has the duty (培训信息维护) may propose; nothing for others."""
    if amendment.without_duty(context.me):
        return []
    refused = amendment.closed_to(context.me, row)
    return [action(context, verb, refused) for verb in OF_KEEPER]


async def of_author(context: Context, row: Row) -> list[Action]:
    """The buttons of a declaration."""
    found = await offers.about(context, training_subject.TYPE, row.id)
    refused: dict[RecordVerb, Refused | None] = dict.fromkeys(
        OF_AUTHOR, verbs.closed_to_change(row)
    )
    if row.deleted_at is None:
        refused |= {
            verb: verbs.closed_to(row, act) or found[act].refusal
            for verb, act in STEPS.items()
            if act in found
        }
    if refused[RecordVerb.SUBMIT] is None:
        refused[RecordVerb.SUBMIT] = await obstacle(context, row)
    return [action(context, verb, refused[verb]) for verb in OF_AUTHOR]


async def obstacle(context: Context, row: Row) -> Refused | None:
    """The first thing in the record itself that stands in the way of submitting it."""
    found = await neighbours(context, row)
    return next(training_subject.obstacles(found, context.today), None) if found else None


def action(context: Context, verb: RecordVerb, refused: Refused | None) -> Action:
    """A button of the record list."""
    return Action(
        verb=verb,
        label=context.say(f"record.{verb}"),
        refusal=refused,
    )
