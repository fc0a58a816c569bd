"""What changed between two schemas, as lines of the changelog, and whether clients were warned."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    find_schema_changes,
    get_named_type,
    is_introspection_type,
    resolve_schema_coordinate,
)
from graphql.utilities.find_schema_changes import (
    BreakingChange,
    BreakingChangeType,
    DangerousChange,
    SafeChange,
    SafeChangeType,
    SchemaChange,
)

HEADS = {SafeChange: "Added", DangerousChange: "Changed", BreakingChange: "Removed"}
# Only what was there can have been deprecated; no date excuses another type under an old name.
EXCUSABLE = frozenset(
    {
        BreakingChangeType.FIELD_REMOVED,
        BreakingChangeType.ARG_REMOVED,
        BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
    }
)
COORDINATE = re.compile(r"\w+\.\w+(?:\(\w+:\))?")
REMOVED = re.compile(r"removed >= (\d{4}-\d{2}-\d{2})")


def section(old: GraphQLSchema, new: GraphQLSchema) -> str:
    """The changes as a section of the changelog; other words for the same are no change."""
    found: dict[str, list[str]] = {head: [] for head in HEADS.values()}
    for change in find_schema_changes(old, new):
        if change.type is not SafeChangeType.DESCRIPTION_CHANGED:
            found[HEADS[type(change)]].append(f"- {change.description}")
    parts = ["\n".join([f"### {head}", *lines]) for head, lines in found.items() if lines]
    return "\n\n".join(parts)


def unannounced(old: GraphQLSchema, new: GraphQLSchema, today: date) -> list[str]:
    """Changes that break a client who had no time to follow a deprecation."""
    return [
        change.description
        for change in find_schema_changes(old, new)
        if isinstance(change, BreakingChange) and not excused(old, change, today)
    ]


def excused(schema: GraphQLSchema, change: SchemaChange, today: date) -> bool:
    """Was it deprecated, and has the date passed? A type goes with the last that leads to it."""
    if change.type is BreakingChangeType.TYPE_REMOVED:
        name = change.description.partition(" ")[0]
        if name == "Standard":  # a scalar of GraphQL itself, which nobody refers to any more
            return True
        leading = list(leads_to(schema, name))
        return bool(leading) and all(expired(each, today) for each in leading)
    if change.type not in EXCUSABLE:
        return False
    found = COORDINATE.search(change.description)
    element: Any = resolve_schema_coordinate(schema, found[0]) if found else None
    return element is not None and expired(element[-2], today)  # the last says what it is


def expired(element: Any, today: date) -> bool:
    """`@deprecated(reason: "since 1.4, removed >= 2027-07-01; use x")`, and it is that day."""
    told = REMOVED.search(element.deprecation_reason or "")
    return told is not None and date.fromisoformat(told[1]) <= today


def leads_to(schema: GraphQLSchema, name: str) -> Iterator[Any]:
    """The fields and arguments of this type, those of the type itself left out."""
    for kind in schema.type_map.values():
        if kind.name != name and not is_introspection_type(kind):
            yield from (each for each in elements(kind) if get_named_type(each.type).name == name)


def elements(kind: GraphQLNamedType) -> Iterator[Any]:
    """Fields and arguments of a type."""
    fields: Mapping[str, Any] = getattr(kind, "fields", {})
    for field in fields.values():
        yield field
        yield from getattr(field, "args", {}).values()
