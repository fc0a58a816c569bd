"""The audit log: who did or saw what, when and from where, and what was denied.

One row in the transaction of the deed: where it cannot be written, the deed is undone. It holds
ids, codes and the names of fields, never what was in them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from models import audit_sql, read
from models.access import Viewer
from models.read import Connection
from rules.refusal import NOTHING, Refused

DENIED = frozenset(
    {
        "ACCOUNT_ASLEEP",
        "BEYOND_YOUR_TREE",
        "CODE_WRONG",
        "DISCLOSED_TOO_OFTEN",
        "DUTY_REQUIRED",
        "NOT_APPLICANT",
        "NOT_FOUND",
        "NOT_FROM_HERE",
        "NOT_PERMITTED",
        "NOT_YOURS_TO_RECALL",
        "NOT_YOURS_TO_RESTATE",
        "NOT_YOUR_TASK",
        "NO_SEAT",
        "OFFICE_REQUIRED",
        "NUMBER_DIFFERS",
        "OTHER_UNIT",
        "OWN_ACCOUNT",
        "OWN_CASE",
        "PORTAL_EXPIRED",
        "PORTAL_ONE_FACTOR",
        "PORTAL_OTHER_PERSON",
        "PORTAL_REFUSED",
        "PORTAL_UNKNOWN",
        "PORTAL_UNVOUCHED",
        "SEAT_ENDED",
        "SEPARATION_OF_DUTIES",
        "WRONG_LOGIN",
    }
)
HIDDEN = Refused("NOT_FOUND")
What = tuple[str, UUID | None]  # a kind of row, and which


@dataclass(slots=True, kw_only=True)
class Call:
    """From where a request came, under which number; and whether it has left a row yet."""

    address: str = ""
    request_id: UUID | None = None
    written: bool = False
    through: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


CALL: ContextVar[Call] = ContextVar("call", default=Call())  # noqa: B039 - never written into


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, as the log keeps it."""

    viewer: Viewer | None
    action: str
    object_type: str = ""
    object_id: UUID | None = None
    fields: tuple[str, ...] = ()
    refused: Refused | None = None
    key: str | None = None
    detail: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


def called(address: str) -> None:
    """A request begins: what this task and its children do from now on belongs to it."""
    shown = "".join(filter(str.isprintable, address))[:45]
    CALL.set(Call(address=shown, request_id=uuid4()))


@contextmanager
def through(**what: UUID) -> Iterator[None]:
    """What is done meanwhile was asked for earlier, and a worker carries it out."""
    before = CALL.set(Call(request_id=uuid4(), through=what))
    try:
        yield
    finally:
        CALL.reset(before)


async def write(c: Connection, event: Event) -> None:
    """One row, in the transaction of the deed."""
    await c.execute_query(audit_sql.WRITE, row(event))


async def record(c: Connection, viewer: Viewer | None, action: str, what: What) -> None:
    """The same for what is done and has no more to tell: an action on one row."""
    kind, object_id = what
    await write(c, Event(viewer=viewer, action=action, object_type=kind, object_id=object_id))


async def deny(viewer: Viewer | None, action: str, refused: Refused) -> None:
    """A row of its own for what was denied before there was a transaction, if it left none."""
    if refused.code in DENIED and not CALL.get().written:
        await write(read.connection(), Event(viewer=viewer, action=action, refused=refused))


async def taken(viewer: Viewer, action: str, what: What, *, owner: UUID) -> None:
    """A row for what is about to leave the house, unless it is about whoever takes it."""
    if owner != viewer.person_id:
        await record(read.connection(), viewer, action, what)


async def hidden(c: Connection, viewer: Viewer, action: str, what: What) -> Refused:
    """What one may not read is as if it were not there; that it was tried leaves a row."""
    kind, key = what
    tried = Event(viewer=viewer, action=action, object_type=kind, object_id=key, refused=HIDDEN)
    await write(c, tried)
    return HIDDEN


def row(event: Event) -> list[Any]:
    """An event as its columns; from here on the call counts as written."""
    call = CALL.get()
    call.written = call.request_id is not None
    return [
        *who(event.viewer),
        call.address,
        event.action,
        event.object_type,
        event.object_id,
        list(event.fields),
        outcome(event.refused),
        event.refused and event.refused.code,
        call.request_id,
        event.key,
        json.dumps({**call.through, **event.detail}, default=str),
    ]


def who(viewer: Viewer | None) -> list[Any]:
    """Person, account, role, organisation and session; nobody is the system, or a stranger."""
    if viewer is None:
        return [None] * 5
    session = hashlib.sha256(viewer.session_id.bytes).digest()
    role = viewer.user_type.value
    return [viewer.person_id, viewer.account_id, role, viewer.organisation_id, session]


def outcome(refused: Refused | None) -> str:
    """Done, refused by a rule, or denied for want of a right."""
    if refused is None:
        return "done"
    return "denied" if refused.code in DENIED else "refused"


def of_command(viewer: Viewer, name: str, key: str, given: Mapping[str, Any], answer: Any) -> Event:
    """The event of a command: its object is the first row it names, or else the one it made."""
    refused = answer if isinstance(answer, Refused) else None
    made = {} if refused else answer.data
    kind, object_id = first(given) or first(made) or ("", None)
    return Event(
        viewer=viewer,
        action=f"{kind or 'command'}:{name}",
        object_type=kind,
        object_id=object_id,
        fields=tuple(sorted(fields_of(given))),
        refused=refused,
        key=key,
    )


def first(values: Mapping[str, Any]) -> tuple[str, UUID] | None:
    """The first row that values name, with its noun."""
    for name, value in values.items():
        try:
            return name, value if isinstance(value, UUID) else UUID(value)
        except (ValueError, AttributeError, TypeError):
            continue
    return None


def fields_of(given: Mapping[str, Any]) -> Iterator[str]:
    """The names of what a command sets, without the rows it names and the version it saw."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from fields_of(value)
        elif value not in (None, "") and not isinstance(value, UUID) and "version" not in name:
            yield name
