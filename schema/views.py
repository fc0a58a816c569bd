"""A schema per kind of viewer: the whole one without what is not for him.

The finished graphql-core schema is rebuilt around the same resolvers, scalars and enums, in about
a millisecond. Several Strawberry schemas over the same types, or graphql-core's own
`map_schema_config`, would rebuild enums, whose members then no longer serialise.
"""

import copy
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
    lexicographic_sort_schema,
    print_schema,
    validate_schema,
)

from schema.role import Role

Element = GraphQLField | GraphQLInputField | GraphQLArgument
BRANCHES = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType, GraphQLUnionType)


def shows(role: Role, element: Element) -> bool:
    """Is this field, input field or argument for him?"""
    definition = element.extensions.get("strawberry-definition")
    roles = definition.metadata.get("roles") if definition else None
    return not roles or role in roles


class Selection:
    """The types of one view, each rebuilt when something visible first leads to it."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.made: dict[str, Any] = {}

    def refer(self, kind: Any) -> Any:
        """The view's own version of a type."""
        if isinstance(kind, GraphQLList | GraphQLNonNull):
            return type(kind)(self.refer(kind.of_type))
        if kind.name not in self.made:
            self.made[kind.name] = self.rebuilt(kind)
        return self.made[kind.name]

    def rebuilt(self, kind: Any) -> Any:
        """A type whose fields and members are those of the view; leaves are shared."""
        if not isinstance(kind, BRANCHES) or is_introspection_type(kind):
            return kind
        config: dict[str, Any] = dict(kind.to_kwargs())
        if isinstance(kind, GraphQLUnionType):
            config["types"] = lambda: [self.refer(each) for each in kind.types]
        else:
            config["fields"] = lambda: self.kept(kind.fields)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            config["interfaces"] = lambda: [self.refer(each) for each in kind.interfaces]
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType) and kind.resolve_type:
            config["resolve_type"] = as_in(kind, kind.resolve_type)
        return type(kind)(**config)

    def kept(self, elements: Mapping[str, Any]) -> dict[str, Any]:
        """Fields or arguments without the hidden ones."""
        kept = {}
        for name, element in elements.items():
            if shows(self.role, element):
                config = {**element.to_kwargs(), "type_": self.refer(element.type)}
                if isinstance(element, GraphQLField):
                    config["args"] = self.kept(element.args)
                kept[name] = type(element)(**config)
        return kept


def as_in(kind: Any, resolve_type: Callable[..., Any]) -> Callable[..., Any]:
    """Strawberry looks a member up by the object it made, which stands in the whole schema."""

    def resolve(value: Any, info: Any, _: Any) -> Any:
        return resolve_type(value, info, kind)

    return resolve


def selected(source: GraphQLSchema, role: Role, kinds: tuple[str, ...] = ()) -> GraphQLSchema:
    """The schema of a role.

    Types are there by reachability alone: whatever only `node` could answer would show in
    everybody's introspection. `kinds` are what an interface may turn out to be.
    """
    selection = Selection(role)
    roots = {
        "query": source.query_type,
        "mutation": source.mutation_type,
        "subscription": source.subscription_type,
    }
    shown = {name: selection.refer(kind) for name, kind in roots.items() if kind}
    view = GraphQLSchema(
        **{name: kind for name, kind in shown.items() if kind.fields},
        types=[selection.refer(source.type_map[name]) for name in kinds],
        directives=source.directives,
        description=source.description,
        extensions=source.extensions,
    )
    if errors := validate_schema(view):  # such as a type left without fields: at start, not later
        raise errors[0]
    return view


@cache
def of_role(schema: strawberry.Schema, role: Role, kinds: tuple[str, ...]) -> Any:
    """A Strawberry schema that answers from the view; everything else is shared."""
    view = copy.copy(schema)
    view._schema = selected(schema._schema, role, kinds)
    view._schema._strawberry_schema = view  # type: ignore[attr-defined]
    return view


@cache
def sdl(schema: GraphQLSchema) -> str:
    """A view in the schema language, sorted."""
    return print_schema(lexicographic_sort_schema(schema)) + "\n"
