"""Who is told of what happened to a case: notices, written in the transaction of their cause.

Terms that are over and people who are missing are told; nothing is ever decided by it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from models import standing as standings
from models.notice import NoticeKind
from models.read import Connection
from models.standing import Standing
from workflow import engine, notice
from workflow.case import Event, Kind
from workflow.ledger import Entry
from workflow.notice import Desk, Telling
from workflow.vocabulary import Group, OnOverdue, Understaffed

ADMINISTRATOR = "unit_admin"
# Of the body above, the first of these that somebody there holds is told.
LISTENING = (
    Group.CHECKER,
    Group.RECHECKER,
    Group.DIVISION_LEADER,
    Group.UNIT_LEADER,
    Group.HANDLER,
    ADMINISTRATOR,
)
Tell: TypeAlias = Callable[[Entry, Standing, Event], Iterator[Telling]]


async def tell(c: Connection, entry: Entry, standing: Standing) -> None:
    """Tell whoever should know what has just been written; mostly nobody."""
    await notice.tell(c, *tellings(entry, standing), now=entry.now)


def tellings(entry: Entry, standing: Standing) -> tuple[Telling, ...]:
    """The notices that follow from some events."""
    found = [
        TOLD[event.kind](entry, standing, event) for event in entry.events if event.kind in TOLD
    ]
    return tuple(one for several in found for one in several)


def overdue(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """A term is over: those addressed are reminded, or the body above is told."""
    if event.data["level"] == OnOverdue.TELL_SUPERIOR:
        yield from above(entry, standing, event, NoticeKind.ESCALATED)
        return
    yield from addressed(entry, event, NoticeKind.OVERDUE)


def urged(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """Somebody asks to hurry: those addressed hear it."""
    yield from addressed(entry, event, NoticeKind.URGED)


def addressed(entry: Entry, event: Event, kind: NoticeKind) -> Iterator[Telling]:
    """Whoever has the task: the person it is kept for, or the groups."""
    task = engine.open_task(entry.route, entry.after)
    if task is None:
        return
    to = task.only_for or [Desk(task.org_id, group) for group in task.groups]
    for addressee in to:
        yield told(entry, event, kind, addressee)


def transferred(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """A task was handed over: its new holder hears it."""
    yield told(entry, event, NoticeKind.TRANSFERRED, event.data["whom"])


def expired(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """A claim has lapsed: who held the task hears it."""
    yield told(entry, event, NoticeKind.CLAIM_EXPIRED, event.data["person"])


def understaffed(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """People are missing: the administrator hears it, and the body above if the route says so."""
    if event.data["org"] is not None:
        desk = Desk(event.data["org"], ADMINISTRATOR)
        yield told(entry, event, NoticeKind.UNDERSTAFFED, desk)
    if event.data["policy"] == Understaffed.TELL_SUPERIOR:
        yield from above(entry, standing, event, NoticeKind.UNDERSTAFFED)


def signer_added(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """An opinion is asked for besides: whoever shall give it hears so."""
    to = event.data["whom"] or Desk(event.data["org"], event.data["group"])
    yield told(entry, event, NoticeKind.SIGNER_ADDED, to)


def signer_left(entry: Entry, standing: Standing, event: Event) -> Iterator[Telling]:
    """Nobody can give it any more: the administrator hears it."""
    desk = Desk(event.data["org"], ADMINISTRATOR)
    yield told(entry, event, NoticeKind.UNDERSTAFFED, desk)


def above(entry: Entry, standing: Standing, event: Event, kind: NoticeKind) -> Iterator[Telling]:
    """The body above the organisation of the step, if there is one."""
    body = next((one for one in standing.chain if one.id == event.data["org"]), None)
    if body is None or body.parent_id is None:
        return
    held = frozenset[str]().union(*standings.people(standing, body.parent_id).values())
    group = next((one for one in LISTENING if one in held), ADMINISTRATOR)
    yield told(entry, event, kind, Desk(body.parent_id, group))


def told(entry: Entry, event: Event, kind: NoticeKind, to: Any) -> Telling:
    """A notice about the case, in codes."""
    due = entry.stored.due_at if entry.stored else None
    data = {
        "route": entry.route.code,
        "step": event.data.get("step") or entry.before.step,
        "due": due and due.isoformat(),
    }
    return Telling(kind=kind, to=to, case_id=entry.case_id, data=data)


TOLD: Mapping[Kind, Tell] = {
    Kind.OVERDUE: overdue,
    Kind.CLAIM_EXPIRED: expired,
    Kind.STEP_UNDERSTAFFED: understaffed,
    Kind.TRANSFERRED: transferred,
    Kind.URGED: urged,
    Kind.SIGNER_ADDED: signer_added,
    Kind.SIGNER_LEFT: signer_left,
}
