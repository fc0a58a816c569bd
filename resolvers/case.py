"""Cases and their timelines."""

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models import case_source, sources
from models.read import Painted, Row
from models.shape import Wanted
from resolvers import ids, label, node, offers
from resolvers.context import Context
from resolvers.failure import Unanswerable
from resolvers.label import Label
from resolvers.offers import Action
from workflow import definition
from workflow import timeline as timelines
from workflow.route import Route
from workflow.timeline import Titles
from workflow.vocabulary import Act

WRITTEN = ("approved_hours", "approved_credits")


# What may be done to a case whoever has its task.
BUTTONS = (
    Act.RECALL,
    Act.RESTATE,
    Act.URGE,
    Act.COPY,
    Act.REDIRECT,
    Act.ADD_SIGNER,
    Act.DROP_SIGNER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline."""

    number: int
    kind: str
    what: Label
    step: Label | None
    to: Label | None
    comment: str
    person: str | None
    on_behalf_of: str | None
    signature: str | None
    organisation: str | None
    at: Any
    round: int | None
    data: Mapping[str, Any]
    subject_id: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a reviewer made of a number."""

    field: str
    declared: Decimal | None
    approved: Decimal


async def case(context: Context, *, id: ids.NodeId, wanted: Wanted | None = None) -> Row | Painted:
    """One case."""
    decoded = ids.decode(id)
    if decoded is None or decoded[0] != "Case":
        raise Unanswerable("NOT_FOUND")
    return await node.node(context, id=id, wanted=wanted)


def route_of(row: Row) -> Route:
    """The route the case was submitted under, whatever came after."""
    return definition.pinned(row.route_source)


def business(context: Context, row: Row) -> Label:
    """The business of the case."""
    return label.business(context, route_of(row), row.route_code)


def step(context: Context, row: Row) -> Label | None:
    """Where it stands."""
    return label.step(context, route_of(row), row.step_key)


def record(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The training record it is about, if it is about one and may be read."""
    if row.subject_type != "training_record":
        return None
    return context.one(sources.RECORD, row.subject_id)


async def open_task(context: Context, row: Row) -> Row | None:
    """The task of the step it stands at, for those to whom it is addressed."""
    found = await context.many(case_source.TASK, "case_id", row.id, "t.opened_seq DESC")
    return next((task for task in found if task.status == "open"), None)


async def available_actions(context: Context, row: Row) -> list[Action]:
    """What the viewer may do to the case, each act with the refusal it would get."""
    return await offers.buttons(context, row.subject_type, row.subject_id, BUTTONS, route_of(row))


async def timeline(context: Context, row: Row) -> list[Entry]:
    """What happened, in order."""
    events = await context.many(case_source.EVENT, "case_id", row.id, "v.case_id, v.seq")
    titles = timelines.former_titles(events)
    return [entry(context, route_of(row), row, event, titles) for event in events]


def entry(context: Context, route: Route, row: Row, event: Row, titles: Titles) -> Entry:
    """One event for the eye."""
    data = json.loads(event.data)
    return Entry(
        number=event.seq,
        kind=event.kind,
        what=label.word(context, *timelines.deed(event.kind, data)),
        step=label.step(context, route, timelines.place(event.kind, data), titles),
        to=label.step(context, route, timelines.destination(data), titles),
        comment=data.get("comment") or "",
        person=event.person_name,
        on_behalf_of=event.principal_name,
        signature=signature(context, event),
        organisation=event.organisation_name,
        at=event.at,
        round=data.get("round"),
        data=data,
        subject_id=row.subject_id,
    )


def signature(context: Context, event: Row) -> str | None:
    """Whose hand it was, and in whose name."""
    person: str | None = event.person_name
    if event.principal_name is None:
        return person
    return context.say("signature.delegate", delegate=person, principal=event.principal_name)


async def changes(context: Context, row: Entry) -> list[Change]:
    """Declared and approved numbers (拟报 → 核定)."""
    values = row.data.get("values") or {}
    stated = row.data.get("declared") or (await declared(context, row) if values else {})
    return [
        Change(field=name, declared=number(stated.get(name)), approved=Decimal(values[name]))
        for name in WRITTEN
        if name in values
    ]


async def declared(context: Context, row: Entry) -> Mapping[str, Decimal | None]:
    """The numbers of the record as it is now, for events from before they kept them."""
    record = await (context.one(sources.RECORD, row.subject_id) or none())
    return {name: getattr(record, name.replace("approved", "declared"), None) for name in WRITTEN}


def number(value: Decimal | str | None) -> Decimal | None:
    """A number of a record, or of an event as JSON keeps it."""
    return None if value is None else Decimal(value)


async def none() -> None:
    """Nothing, awaited."""
