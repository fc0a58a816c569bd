"""What a transition writes down: events in a chain of hashes, the case, its task, its opinions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import case as tables
from models.ids import uuid7
from models.read import Connection
from models.standing import Stored
from workflow import deadline, digest, engine
from workflow.case import TERMINAL, Act, Actor, Addressed, Case, Command, Event, Status
from workflow.opinion import Opinion
from workflow.route import Route
from workflow.subject import Subject
from workflow.vocabulary import SIGNING

KEEPS_THE_TASK = frozenset({Act.CLAIM, Act.UNCLAIM, Act.RELEASE, Act.URGE, Act.COPY})
# The task is not done by these: the case went elsewhere.
OVERTAKES = frozenset({Act.RECALL, Act.WITHDRAW, Act.RESTATE, Act.REDIRECT, Act.DROP_SIGNER})


class OutOfDate(RuntimeError):
    """The case moved although its row was locked: a writer went round the transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One accepted command on one case, or what the clock had to tell of it."""

    case_id: UUID
    subject: Subject
    route: Route
    stored: Stored | None
    before: Case
    events: tuple[Event, ...]
    after: Case
    command: Command | None
    command_id: str
    now: datetime

    @property
    def act(self) -> Act | None:
        """What was done; nothing by the clock."""
        return self.command.act if self.command else None

    @property
    def actor(self) -> Actor | None:
        """Who did it; nobody, where it was the clock."""
        return self.command.actor if self.command else None


async def write(c: Connection, entry: Entry) -> UUID | None:
    """Two statements: what is over, then what begins; the id of the open task, if it is new."""
    due = due_at(entry)
    told = await c.execute_query_dict(tables.TELL, tell_values(entry, due))
    if not told:
        raise OutOfDate(str(entry.case_id))
    opened = None if keeps_task(entry) else open_task(entry)
    given = [one for one in entry.after.opinions if one not in entry.before.opinions]
    if opened or given:
        values = [
            entry.case_id,
            json.dumps([opinion_row(one, entry) for one in given]),
            json.dumps([opened] if opened else []),
            entry.now,
            due,
        ]
        await c.execute_query(tables.BEGIN, values)
    return UUID(opened["id"]) if opened else None


def keeps_task(entry: Entry) -> bool:
    """Does the same task stay open?"""
    if entry.act is not None and entry.act not in SIGNING:
        return entry.act in KEEPS_THE_TASK
    before, after = (engine.open_task(entry.route, one) for one in (entry.before, entry.after))
    return before == after


def due_at(entry: Entry) -> datetime | None:
    """The term runs from the arrival at the step, not from each opinion inside it."""
    if entry.after.status is not Status.IN_REVIEW:
        return None
    arrived = (entry.before.step, entry.before.round) != (entry.after.step, entry.after.round)
    moved = entry.act in {Act.RETURN, Act.RECALL, Act.REDIRECT}
    if entry.stored and not arrived and not moved:
        return entry.stored.due_at
    step = entry.route.step(entry.after.step or "")
    return deadline.due_at(workdays=step.due, arrived=entry.now)


def tell_values(entry: Entry, due: datetime | None) -> list[Any]:
    """The parameters of `models.case.TELL`, in its order."""
    actor, after, subject = entry.actor, entry.after, entry.subject
    return [
        entry.case_id,
        actor and actor.person_id,
        actor and actor.account_id,
        actor and actor.on_behalf_of,
        actor and actor.org_id,
        entry.now,
        entry.command_id,
        json.dumps(event_rows(entry)),
        json.dumps(task_row(entry)),
        json.dumps(voided_rows(entry)),
        after.seq,
        entry.route.digest,
        subject.type,
        subject.id,
        subject.applicant_id,
        subject.employer_id,
        after.status.value,
        after.step,
        after.round,
        after.revision,
        json.dumps(after.to_state()),
        due,
        entry.now if after.status in TERMINAL else None,
        entry.before.seq,
        subject.concerns_id,
    ]


def event_rows(entry: Entry) -> list[dict[str, Any]]:
    """The events numbered on from the last one, each sealed with the hash of the one before."""
    previous = entry.stored.last_hash if entry.stored else ""
    rows = []
    for seq, event in enumerate(entry.events, start=entry.before.seq + 1):
        sealed = event_hash(previous, entry.case_id, seq, event.kind, event.data, entry.now)
        rows.append(
            {
                "id": str(uuid7()),
                "seq": seq,
                "kind": event.kind.value,
                "data": dict(event.data),
                "previous_hash": previous,
                "hash": sealed,
            }
        )
        previous = sealed
    return rows


def event_hash(
    previous: str, case_id: UUID, seq: int, kind: str, data: Mapping[str, Any], at: datetime
) -> str:
    """What links an event to the one before it; recomputed by whoever checks the chain."""
    return digest.digest([previous, str(case_id), seq, str(kind), data, at.isoformat()])


def task_row(entry: Entry) -> dict[str, Any]:
    """What becomes of the task that was open."""
    act, actor = entry.act, entry.actor
    if keeps_task(entry):
        claimed = entry.after.claimed_by
        return {"status": "open", "claimed_by": claimed, "claimed_at": claimed and since(entry)}
    done = act is not None and act not in OVERTAKES
    return {
        "status": "done" if done else "void",
        "done_by": actor and actor.person_id,
        "done_at": entry.now.isoformat(),
        "outcome": act,
    }


def since(entry: Entry) -> str:
    """When the present holder took the task."""
    stays = entry.stored and entry.before.claimed_by == entry.after.claimed_by
    at = entry.stored.claimed_at if entry.stored and stays else None
    return (at or entry.now).isoformat()


def open_task(entry: Entry) -> dict[str, Any] | None:
    """The task that is open after the command, as a row."""
    addressed = engine.open_task(entry.route, entry.after)
    return addressed_row(addressed, entry) if addressed else None


def addressed_row(addressed: Addressed, entry: Entry) -> dict[str, Any]:
    """The columns of a task."""
    return {
        "id": str(uuid7()),
        "route": entry.route.code,
        "step": addressed.step,
        "round": entry.after.round,
        "slot": addressed.slot,
        "organisation": addressed.org_id,
        "group_key": addressed.group.value,
        "reason": addressed.reason.value,
        "only_for": sorted(addressed.only_for),
        "seq": entry.after.seq,
    }


def opinion_row(opinion: Opinion, entry: Entry) -> dict[str, Any]:
    """An opinion as a row; its giver is the actor of the command."""
    actor = entry.actor
    return {
        "id": str(uuid7()),
        "round": opinion.round,
        "step": opinion.step,
        "person": actor and actor.person_id,
        "principal": actor and actor.on_behalf_of,
        "act": opinion.act.value,
        "revision": opinion.revision,
        "signed": opinion.signed,
        "seq": entry.before.seq + 1,
    }


def voided_rows(entry: Entry) -> list[dict[str, Any]]:
    """Opinions that were in force and are no longer."""
    gone = [one for one in entry.before.opinions if one not in entry.after.opinions]
    return [
        {"round": one.round, "step": one.step, "person": person}
        for one in gone
        for person in one.people
    ]
