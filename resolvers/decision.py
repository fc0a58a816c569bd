"""Decisions: the verbs of reviewers on tasks, one or many."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import case_source, select
from models.read import Row
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import task as verbs
from workflow.command import Done
from workflow.vocabulary import APPLICANT, Act


@dataclass(frozen=True, kw_only=True)
class TaskInput:
    task_id: ids.NodeId
    on_behalf_of: ids.NodeId | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class DecisionValuesInput:
    approved_hours: Decimal | None = None
    approved_credits: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class DecideTaskInput:
    task_id: ids.NodeId
    act: Act
    to: str = APPLICANT
    comment: str = ""
    remark_id: ids.NodeId | None = None
    values: DecisionValuesInput | None = None
    on_behalf_of: ids.NodeId | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class TaskVersionInput:
    task_id: ids.NodeId
    expected_version: int


@dataclass(frozen=True, kw_only=True)
class DecideTasksInput:
    tasks: list[TaskVersionInput]
    act: Act
    to: str = APPLICANT
    comment: str = ""
    remark_id: ids.NodeId | None = None
    on_behalf_of: ids.NodeId | None = None
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What became of one task of a batch."""

    task_id: ids.NodeId
    task: Row | None
    error: Refused | None
    replayed: bool


async def claim(context: Context, *, input: TaskInput) -> Payload:
    """Take a task."""
    return await acted(context, verbs.claim, input)


async def unclaim(context: Context, *, input: TaskInput) -> Payload:
    """Put it back."""
    return await acted(context, verbs.unclaim, input)


async def release(context: Context, *, input: TaskInput) -> Payload:
    """Take it from its holder."""
    return await acted(context, verbs.release, input)


async def acted(context: Context, verb: Any, given: TaskInput) -> Payload:
    """One verb on one task."""
    task = command.key(given.task_id, "Task", path="taskId")
    if isinstance(task, Refused):
        return task
    principal = named(given.on_behalf_of, "Person", path="onBehalfOf")
    if isinstance(principal, Refused):
        return principal
    done = await verb(
        command.request(context, given),
        task_id=task,
        expected_version=given.expected_version,
        on_behalf_of=principal,
    )
    return await told(context, task, done)


async def told(context: Context, task: UUID, done: Any) -> Payload:
    """The task after a verb, and its case."""
    if isinstance(done, Refused):
        return done
    found = await command.again(context, case_source.TASK, task)
    case = await command.again(context, case_source.CASE, done.data["case"])
    return {"task": found, "case": case, "replayed": done.replayed}


async def decide(context: Context, *, input: DecideTaskInput) -> Payload:
    """Give an opinion or decide."""
    task = command.key(input.task_id, "Task", path="taskId")
    decision = decided(input, values(input.values))
    if isinstance(task, Refused):
        return task
    if isinstance(decision, Refused):
        return decision
    done = await verbs.decide(
        command.request(context, input),
        task_id=task,
        expected_version=input.expected_version,
        decision=decision,
    )
    return await told(context, task, done)


async def decide_many(context: Context, *, input: DecideTasksInput) -> Payload:
    """The same for several; each stands or falls by itself."""
    decision = decided(input, {})
    if isinstance(decision, Refused):
        return decision
    known = command.keys([each.task_id for each in input.tasks], "Task", path="tasks")
    if isinstance(known, Refused):
        return known
    versions = [each.expected_version for each in input.tasks]
    done = await verbs.decide_many(
        command.request(context, input),
        tasks=list(zip(known, versions, strict=True)),
        decision=decision,
    )
    if isinstance(done, Refused):
        return done
    found = await select.by_id(case_source.TASK, context.me, known)
    return {
        "items": [
            Item(
                task_id=ids.encode("Task", key),
                task=found.get(key),
                error=answer if isinstance(answer, Refused) else None,
                replayed=isinstance(answer, Done) and answer.replayed,
            )
            for key, answer in done
        ]
    }


def decided(given: DecideTaskInput | DecideTasksInput, stated: Mapping[str, str]) -> Any:
    """The decision as the verb wants it."""
    chosen = named(given.remark_id, "Remark", path="remarkId")
    principal = named(given.on_behalf_of, "Person", path="onBehalfOf")
    for one in (chosen, principal):
        if isinstance(one, Refused):
            return one
    return verbs.Decision(
        act=given.act,
        to=given.to,
        comment=given.comment,
        remark_id=chosen,
        values=stated,
        on_behalf_of=principal,
    )


def named(node_id: str | None, type_name: str, *, path: str) -> Any:
    """The row an input may name: the remark of a comment, the person one stands for."""
    return None if node_id is None else command.key(node_id, type_name, path=path)


def values(given: DecisionValuesInput | None) -> dict[str, str]:
    """The reviewer's fields that were filled in."""
    stated = vars(given) if given else {}
    return {name: str(command.text(value)) for name, value in stated.items() if value is not None}


def accepted(_: Context, row: Any) -> int:
    """How many of a batch were decided."""
    return len(row.items) - refused(_, row)


def refused(_: Context, row: Any) -> int:
    """How many of a batch were not."""
    return sum(item.error is not None for item in row.items)
