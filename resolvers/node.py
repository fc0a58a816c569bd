"""Rows by global id: what one may not see is not there."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from models import painting, picture, select, sources
from models.read import Painted, Row
from models.select import Source
from models.shape import Wanted
from resolvers.context import Context
from resolvers.failure import Unanswerable, bad_input
from resolvers.ids import NodeId, decode

MOST = 100


async def node(context: Context, *, id: NodeId, wanted: Wanted | None = None) -> Row | Painted:
    """One row."""
    row = (await nodes(context, ids=[id], wanted=wanted))[0]
    if row is None:
        raise Unanswerable("NOT_FOUND")
    return row


async def nodes(
    context: Context, *, ids: list[NodeId], wanted: Wanted | None = None
) -> list[Row | Painted | None]:
    """Rows in the order of their ids; one statement per kind of row."""
    if len(ids) > MOST:
        raise bad_input("ids", "values", most=MOST)
    asked = [decoded(context, one) for one in ids]
    rows: dict[Any, Row | Painted] = {}
    for source in dict.fromkeys(each[0] for each in asked if each):
        keys = {key for each, key, _ in filter(None, asked) if each is source}
        rows |= await by_id(context, source, keys, wanted)
    return [rows.get((each[2], each[1])) if each else None for each in asked]


async def by_id(
    context: Context, source: Source, keys: Collection[UUID], wanted: Wanted | None
) -> dict[tuple[str, UUID], Row | Painted]:
    """Rows of one kind by type and key: painted where that can be, unless one is spoilt."""
    if wanted is not None and len(source.type_names) == 1:
        found = await painting.by_id(source, context.me, keys, wanted)
        if not picture.of(source, wanted).painted:
            return {(row.type_name, key): row for key, row in found.items()}
        if all(row["json"] is not None for row in found.values()):
            return {(source.type_names[0], key): Painted(row["json"]) for key, row in found.items()}
    plain = await select.by_id(source, context.me, keys)
    return {(row.type_name, key): row for key, row in plain.items()}


def decoded(context: Context, node_id: str) -> Any:
    """Source, key and type of an id, or nothing; nothing too if he does not know the type."""
    pair = decode(node_id)
    source = sources.BY_TYPE.get(pair[0]) if pair and context.has_type(pair[0]) else None
    return (source, pair[1], pair[0]) if pair and source else None
