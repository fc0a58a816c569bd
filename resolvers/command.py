"""How a mutation is passed on: the request, the ids of its input, and the object read again."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from models import select
from models.read import Row
from models.select import Source
from resolvers import ids
from resolvers.context import Context
from rules.refusal import Refused
from workflow import command

Payload = dict[str, Any] | Refused


class Keyed(Protocol):
    """An input that carries its idempotency key."""

    @property
    def idempotency_key(self) -> str: ...


def request(context: Context, given: Keyed) -> command.Request:
    """Who asks, under which key, and when."""
    return command.Request(viewer=context.me, key=given.idempotency_key, now=context.now)


def key(node_id: str, *type_names: str, path: str) -> UUID | Refused:
    """The row an input names; an id of anything else names nothing there is."""
    decoded = ids.decode(node_id)
    if decoded is None or decoded[0] not in type_names:
        return Refused("NOT_FOUND", {}, (path,))
    return decoded[1]


def keys(node_ids: list[ids.NodeId], *type_names: str, path: str) -> list[UUID] | Refused:
    """Several rows; one wrong id spoils them all."""
    found = [key(one, *type_names, path=path) for one in node_ids]
    known = [one for one in found if isinstance(one, UUID)]
    return known if len(known) == len(found) else Refused("NOT_FOUND", {}, (path,))


async def again(context: Context, source: Source, row_id: UUID | str) -> Row | None:
    """The object as it is now, seen by the viewer."""
    found = await select.by_id(source, context.viewer, [UUID(str(row_id))])
    return found.get(UUID(str(row_id)))


def text(value: Decimal | None) -> str | None:
    """A number as commands keep it."""
    return None if value is None else f"{value:.1f}"


def moment(value: str | datetime | None) -> datetime | None:
    """An instant, also from an answer that was kept as JSON."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
