"""Questions made of the live schema: everything of a row, and every verb with an id."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_input_field,
)
from strawberry.types import ExecutionResult

from models.access import Viewer
from resolvers import ids
from schema import api
from schema.limits import Gate, Limits
from schema.rate import Allowance
from tests.authz.world import UNKNOWN
from tests.factories.question import context

PLENTY = Allowance(cost=10**12, per_minute=10**12)
VIEWS = api.guarded(Gate(Limits(cost=PLENTY, cost_reviewer=PLENTY)))
WHOLE: GraphQLSchema = api.api._schema
VALUES = {
    "Int": 1,
    "String": "x",
    "Boolean": False,
    "Hours": "1.0",
    "Date": "2026-05-11",
    "DateTime": "2026-12-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "fileName": "x.pdf",
    "label": "证书",
    "targetTitle": "012",
    "reason": "出差一周",
    "act": "PASS",
    "endsAt": "2026-12-01T00:00:00Z",
}
ADDRESS = re.compile(r"/(?:attachments|certificates)/([0-9a-f-]{36})")


async def told(viewer: Viewer | None, query: str, event: Any = None, **given: Any) -> Any:
    """What leaves the server: data and errors, as a client compares them."""
    result: ExecutionResult = await VIEWS.of(viewer).execute(
        query, variable_values=given, context_value=context(viewer), root_value=event
    )
    data = orjson.loads(orjson.dumps(result.data))
    errors = [dict(error.formatted) for error in result.errors or ()]
    return {"data": data, "errors": errors}


def whole(schema: GraphQLSchema, kind: Any, depth: int) -> str:
    """A selection of all that has no arguments, so many edges deep."""
    if is_abstract_type(kind) and not getattr(kind, "fields", None):
        return "{ __typename }"
    parts = ["__typename"]
    for name, published in kind.fields.items():
        named = get_named_type(published.type)
        if published.args:
            continue
        if not is_composite_type(named):
            parts.append(name)
        elif depth:
            parts.append(f"{name} {whole(schema, named, depth - 1)}")
        elif "id" in getattr(named, "fields", {}):
            parts.append(f"{name} {{ __typename id }}")
    return "{ " + " ".join(parts) + " }"


def by_id(viewer: Viewer | None, type_name: str, depth: int = 1) -> str:
    """The question for all of a row."""
    schema = VIEWS.of(viewer)._schema
    kind = schema.type_map[type_name]
    body = whole(schema, kind, depth)
    return f"query($id: ID!) {{ node(id: $id) {{ __typename ... on {type_name} {body} }} }}"


def named_in(answer: Any, edge: str = "") -> Iterator[tuple[str, str]]:
    """Every id in an answer with the edge it was found behind, `Type.field`."""
    if isinstance(answer, list):
        for one in answer:
            yield from named_in(one, edge)
    elif isinstance(answer, dict):
        owner = answer.get("__typename", "")
        for name, value in answer.items():
            behind = f"{owner}.{name}"
            yield from named_in(value, edge if name == "id" else behind)
    elif isinstance(answer, str):
        if found := ADDRESS.search(answer):
            yield edge, found[1]
        elif ids.decode(answer):
            yield edge, answer


def people_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every person an answer shows, as it shows him."""
    if isinstance(answer, list | dict):
        if isinstance(answer, dict) and answer.get("__typename") == "Person":
            yield answer
        for one in answer.values() if isinstance(answer, dict) else answer:
            yield from people_in(one)


Others = Mapping[str, str]  # by the name of a field, an id that is there


def required(kind: Any, chosen: str, value: str, others: Others, path: str = "") -> Any:
    """A value of an input type: what is required, and the one id that is chosen by its path."""
    if isinstance(kind, GraphQLNonNull):
        return required(kind.of_type, chosen, value, others, path)
    if isinstance(kind, GraphQLList):
        return [required(kind.of_type, chosen, value, others, path)]
    if not isinstance(kind, GraphQLInputObjectType):
        name = path.rpartition(".")[2]
        if kind.name == "ID":
            return value if path == chosen else others[name]
        words = kind.values if isinstance(kind, GraphQLEnumType) else [VALUES.get(kind.name)]
        return VALUES.get(name) or next(iter(words))
    inner = {name: (f"{path}.{name}".strip("."), each) for name, each in kind.fields.items()}
    return {
        name: required(each.type, chosen, value, others, below)
        for name, (below, each) in inner.items()
        if is_required_input_field(each) or chosen in (below, *chosen_below(chosen, below))
    }


def chosen_below(chosen: str, path: str) -> tuple[str, ...]:
    """Does the chosen place lie below this one?"""
    return (chosen,) if chosen.startswith(f"{path}.") else ()


def paths(kind: Any, path: str = "") -> Iterator[str]:
    """Where ids stand in an input type."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        for name, each in named.fields.items():
            yield from paths(each.type, f"{path}.{name}".strip("."))
    elif named.name == "ID":
        yield path


def unknown(type_name: str) -> str:
    """An id of a row there is not."""
    return ids.encode(type_name, UNKNOWN)


def key_of(node_id: str) -> UUID:
    """The key in an id, or in an address."""
    decoded = ids.decode(node_id)
    return decoded[1] if decoded else UUID(node_id)


def kind_of(node_id: str) -> str:
    """The type in an id."""
    decoded = ids.decode(ids.NodeId(node_id))
    return decoded[0] if decoded else ""


def public(node_id: str) -> bool:
    """Is it an organisation, which everybody who is signed in reads?"""
    name = base64.b64decode(node_id).decode().partition(":")[0]
    return name in ("Unit", "Department", "Institution", "TrainingBase", "Seat")
