"""What a viewer watches: each word of a change is answered by reading again with today's rights."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from models import changes, job_sql, read, recalculation_sql
from models.access import Viewer
from models.read import Painted, Row
from resolvers import case as cases
from resolvers import ids
from resolvers import job as jobs
from resolvers import recalculation as recalculations
from resolvers import task as tasks
from resolvers.context import Context
from workflow import notice


@dataclass(frozen=True, slots=True)
class Change:
    """Something of this id has changed; what it is now, is read when it is told."""

    id: ids.NodeId


async def my_tasks(context: Context) -> AsyncIterator[Change]:
    """Word of the tasks of one's groups, and of what lies with oneself."""
    me = context.me
    topics = [changes.own(me.person_id)]
    if not me.is_person:
        topics += [changes.tasks(me.organisation_id, group) for group in groups(me)]
    async for _ in context.changes.of(*topics):
        yield Change(ids.NodeId(""))


def groups(me: Viewer) -> frozenset[str]:
    """One's own groups, and those of whom one stands for."""
    return me.groups.union(*(one.groups for one in me.mandates))


async def notices(context: Context) -> AsyncIterator[Change]:
    """Word of notices to oneself and to one's groups."""
    me = context.me
    desks = [changes.notices(me.organisation_id, group) for group in groups(me)]
    async for _ in context.changes.of(changes.notices(me.person_id), *desks):
        yield Change(ids.NodeId(""))


async def unread(context: Context, _: Change) -> int:
    """How many are unread now."""
    return await notice.unread(context.me)


async def of_case(context: Context, *, id: ids.NodeId) -> AsyncIterator[Change]:
    """Word of one case."""
    async for _ in context.changes.of(*topic(id, "Case", changes.case)):
        yield Change(id)


async def of_job(context: Context, *, id: ids.NodeId) -> AsyncIterator[Change]:
    """Word of one job, until there will be no more."""
    async for change in until(context, id, topic(id, "Job", changes.job), job_sql.OVER):
        yield change


async def of_recalculation(context: Context, *, id: ids.NodeId) -> AsyncIterator[Change]:
    """Word of a run over everybody, until it is over."""
    topics = topic(id, "RecalculationRun", changes.recalculation)
    async for change in until(context, id, topics, recalculation_sql.OVER):
        yield change


async def until(
    context: Context, id: ids.NodeId, topics: list[str], over: str
) -> AsyncIterator[Change]:
    """Word of one row, until there will be no more."""
    decoded = ids.decode(id)
    async for _ in context.changes.of(*topics):
        last = decoded and await read.value(over, [decoded[1]])
        yield Change(id)
        if last:
            return


def topic(id: ids.NodeId, type_name: str, named: Callable[[Any], str]) -> list[str]:
    """What to listen to; an id of anything else is told once that it is unknown."""
    decoded = ids.decode(id)
    return [named(decoded[1])] if decoded and decoded[0] == type_name else []


async def todo_groups(context: Context, _: Change) -> list[tasks.TodoGroup]:
    """The to-do list now."""
    return await tasks.todo_groups(context)


async def case(context: Context, change: Change) -> Row | Painted:
    """The case now, if the viewer may still read it."""
    return await cases.case(context, id=change.id)


async def job(context: Context, change: Change) -> Row:
    """The job now."""
    return await jobs.one(context, change.id)


async def recalculation(context: Context, change: Change) -> Row:
    """The run now."""
    return await recalculations.one(context, change.id)
