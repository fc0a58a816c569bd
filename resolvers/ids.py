"""Global ids: base64 of `Type:uuid`, opaque to clients, the same for one row everywhere."""

import base64
import binascii
from typing import Any, NewType
from uuid import UUID

from resolvers.failure import bad_input

NodeId = NewType("NodeId", str)
MALFORMED = (binascii.Error, UnicodeError, ValueError)


def encode(type_name: str, key: UUID | str) -> NodeId:
    """The id of a row."""
    return NodeId(base64.b64encode(f"{type_name}:{key}".encode()).decode())


def decode(node_id: str) -> tuple[str, UUID] | None:
    """Type and key, or nothing for what was never one of our ids."""
    try:
        type_name, _, key = base64.b64decode(node_id, validate=True).decode().partition(":")
        return type_name, UUID(key)
    except MALFORMED:
        return None


def key(node_id: str, argument: str, *type_names: str) -> UUID:
    """The key of an id that must name a row of one of these types."""
    decoded = decode(node_id)
    if decoded is None or decoded[0] not in type_names:
        raise bad_input(argument, "id_of", types=type_names)
    return decoded[1]


def of_row(_: Any, row: Any) -> NodeId:
    """The id of a row that knows its type."""
    return encode(row.type_name, row.id)
