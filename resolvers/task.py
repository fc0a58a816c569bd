"""Tasks: the to-do list, and what may be done to each."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models import access, case_source, read, select, sources, task_sql
from models.access import Mandate
from models.read import Parameters, Row
from models.select import Condition
from resolvers import filter, label, offers, page
from resolvers.context import Context
from resolvers.label import Label
from resolvers.offers import Action
from resolvers.page import Asked, Direction, Page
from rules.course import CourseCategory
from rules.person import Discipline
from rules.title import CycleBusiness, TitleLevel
from workflow import amendment, deadline
from workflow.case import Reason
from workflow.vocabulary import REVIEWING, Act

HOLDING = frozenset({Act.CLAIM, Act.UNCLAIM, Act.RELEASE, Act.TRANSFER})
BUTTONS = [act for act in Act if act in REVIEWING | HOLDING]


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    VOID = "void"


class TaskOrderField(StrEnum):
    CREATED_AT = "created_at"
    DUE_AT = "due_at"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class TaskOrder:
    field: TaskOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    status: filter.Among[TaskStatus] | None = None
    reason: filter.Among[Reason] | None = None
    route: filter.Word | None = None
    step: filter.Word | None = None
    claimed: bool | None = None
    claimed_by: filter.OfRow | None = None
    due_at: filter.Ordered[datetime] | None = None
    created_at: filter.Ordered[datetime] | None = None
    applicant: filter.OfRow | None = None
    name: filter.Text | None = None
    employer: filter.OfRow | None = None
    discipline: filter.Among[Discipline] | None = None
    level: filter.Among[TitleLevel] | None = None
    cycle_business: filter.Among[CycleBusiness] | None = None
    course_name: filter.Text | None = None
    category: filter.Among[CourseCategory] | None = None
    ends_on: filter.Ordered[date] | None = None
    year: filter.Ordered[int] | None = None
    and_: list["TaskFilter"] | None = None
    or_: list["TaskFilter"] | None = None
    not_: "TaskFilter | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoGroup:
    """What waits at one step of one business."""

    business: Label
    step: Label | None
    count: int
    claimed: int
    oldest: datetime
    overdue: int
    delegated: int


async def tasks(
    context: Context,
    *,
    where: TaskFilter | None = None,
    order_by: list[TaskOrder] | None = None,
    asked: Asked,
) -> Page:
    """What is addressed to the viewer's groups, oldest first; open ones unless said otherwise."""
    return await page.read(
        case_source.TASK,
        context.me,
        wanted(where),
        asked=asked,
        orders=order_by,
        usual="created_at",
    )


def wanted(where: TaskFilter | None) -> Condition:
    """The condition asked for, among open tasks unless it speaks of the status."""
    asked = filter.condition(case_source.TASK.filters, where)
    if where is not None and where.status is not None:
        return asked
    return lambda p: f"t.status = 'open' AND {asked(p)}"


async def todo_groups(context: Context, *, where: TaskFilter | None = None) -> list[TodoGroup]:
    """Counts by business and step: tasks of the groups, and what lies with oneself unfinished.

    What one has not finished is no task, so no condition about tasks is true of it.
    """
    found = [] if context.me.is_person else await waiting(context, where)
    if where in (None, TaskFilter()):
        found += await unfinished(context)
    return [todo_group(context, row) for row in found]


async def waiting(context: Context, where: TaskFilter | None) -> list[Row]:
    """Tasks of the viewer's groups, counted."""
    p = Parameters()
    sql = task_sql.TODO.format(
        now=p(context.now),
        tables=case_source.TASK.tables,
        readable=select.allowed(case_source.TASK, context.me, p),
        delegated=access.delegated(context.me, p, "t"),
        condition=filter.condition(case_source.TASK.filters, where)(p),
    )
    return await read.rows(sql, p)


async def unfinished(context: Context) -> list[Row]:
    """What the viewer has begun and not sent up: his records, or proposals of his unit's."""
    me = context.me
    if me.is_person:
        return await read.rows(task_sql.OWN_TODO, [me.person_id])
    if amendment.without_duty(me):
        return []
    return await read.rows(task_sql.OWN_PROPOSALS, [me.person_id, me.organisation_id])


def todo_group(context: Context, row: Row) -> TodoGroup:
    """One line of the to-do list."""
    route = label.shipped(row.route_code)
    return TodoGroup(
        business=label.business(context, route, row.route_code),
        step=label.step(context, route, row.step_key),
        count=row.count,
        claimed=row.claimed,
        oldest=row.oldest,
        overdue=row.overdue,
        delegated=row.delegated,
    )


def business(context: Context, row: Row) -> Label:
    """The business a task belongs to."""
    return label.business(context, label.shipped(row.route_code), row.route_code)


def step(context: Context, row: Row) -> Label | None:
    """The step a task is."""
    return label.step(context, label.shipped(row.route_code), row.step_key)


def mark(context: Context, row: Row) -> Label:
    """The mark beside 待审: why the task is open."""
    return label.word(context, "reason", row.reason)


def group(context: Context, row: Row) -> Label:
    """The group a task is addressed to."""
    return label.word(context, "group", row.group_key)


def case(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Its case."""
    return context.one(case_source.SUBJECT_CASE, row.case_id)


def record(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The training record to be judged."""
    if row.subject_type != "training_record":
        return None
    return context.one(sources.RECORD, row.subject_id)


def claimed_by(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who holds it."""
    return context.one(sources.NAMED_PERSON, row.claimed_by_id)


def overdue(context: Context, row: Row) -> bool:
    """Is its term over?"""
    return row.status == TaskStatus.OPEN and deadline.overdue(due=row.due_at, now=context.now)


def remaining_workdays(context: Context, row: Row) -> int | None:
    """Working days left; negative when the term is over."""
    if row.due_at is None:
        return None
    return deadline.remaining(due=row.due_at, now=context.now)


async def available_actions(context: Context, row: Row) -> list[Action]:
    """Every act of a reviewer at this step, each with the refusal it would get."""
    return await actions(context, row, None)


async def actions(context: Context, row: Row, mandate: Mandate | None) -> list[Action]:
    """The same in the name of somebody the viewer stands for."""
    route = label.shipped(row.route_code)
    return await offers.buttons(context, row.subject_type, row.subject_id, BUTTONS, route, mandate)
