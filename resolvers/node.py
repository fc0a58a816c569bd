"""Rows by global id: what one may not see is not there."""

from typing import Any

from models import select, sources
from models.read import Row
from resolvers.context import Context
from resolvers.failure import Unanswerable, bad_input
from resolvers.ids import NodeId, decode

MOST = 100


async def node(context: Context, *, id: NodeId) -> Row:
    """One row."""
    row = (await nodes(context, ids=[id]))[0]
    if row is None:
        raise Unanswerable("NOT_FOUND")
    return row


async def nodes(context: Context, *, ids: list[NodeId]) -> list[Row | None]:
    """Rows in the order of their ids; one statement per kind of row."""
    if len(ids) > MOST:
        raise bad_input("ids", f"at most {MOST}")
    wanted = [decoded(context, one) for one in ids]
    rows: dict[Any, Row] = {}
    for source in dict.fromkeys(each[0] for each in wanted if each):
        keys = {key for each, key, _ in filter(None, wanted) if each is source}
        for row in (await select.by_id(source, context.me, keys)).values():
            rows[row.type_name, row.id] = row
    return [rows.get((each[2], each[1])) if each else None for each in wanted]


def decoded(context: Context, node_id: str) -> Any:
    """Source, key and type of an id, or nothing; nothing too if he does not know the type."""
    pair = decode(node_id)
    source = sources.BY_TYPE.get(pair[0]) if pair and context.has_type(pair[0]) else None
    return (source, pair[1], pair[0]) if pair and source else None
