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
    GraphQLAbstractType,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    is_introspection_type,
    is_specified_scalar_type,
    lexicographic_sort_schema,
    print_schema,
    validate_schema,
)

from schema import description
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
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            return kind
        if not isinstance(kind, BRANCHES):
            return self.leaf(kind)
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

    def leaf(self, kind: Any) -> Any:
        """Scalars and enums are shared by all views."""
        return kind

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


class View(GraphQLSchema):
    """A schema of a kind of viewer, which describes itself in the reader's language.

    Everything is executed on the one schema; the introspection of readers of Chinese looks at its
    twin, which differs in nothing but descriptions.
    """

    twin: GraphQLSchema | None = None

    def get_field(self, parent_type: Any, field_name: str) -> GraphQLField | None:
        """As ever, but for the two fields by which a schema tells of itself."""
        found = super().get_field(parent_type, field_name)
        return TELLING.get(field_name, found) if found else None

    def get_possible_types(self, abstract_type: GraphQLAbstractType) -> list[GraphQLObjectType]:
        """Those of the twin for a type of the twin: introspection asks the schema it runs on."""
        twin = self.twin
        if twin and twin.type_map.get(abstract_type.name) is abstract_type:
            return twin.get_possible_types(abstract_type)
        return super().get_possible_types(abstract_type)


def telling(field: GraphQLField, answer: Callable[..., Any]) -> GraphQLField:
    """A field of introspection with another answer."""
    config: dict[str, Any] = {**field.to_kwargs(), "resolve": answer}
    return GraphQLField(**config)


def told(schema: GraphQLSchema, language: str) -> GraphQLSchema:
    """The schema as it is to be read in a language."""
    twin = schema.twin if isinstance(schema, View) and language == description.LANGUAGE else None
    return twin or schema


def told_to(info: Any) -> GraphQLSchema:
    """The schema as this reader reads it."""
    return told(info.schema, info.context.language)


TELLING = {
    "__schema": telling(SchemaMetaFieldDef, lambda _, info: told_to(info)),
    "__type": telling(TypeMetaFieldDef, lambda _, info, name: told_to(info).get_type(name)),
}


class Translation(Selection):
    """All of a view once more, with objects of its own to be described in Chinese."""

    def leaf(self, kind: Any) -> Any:
        """Nothing is executed on it, so plain enums do."""
        config = kind.to_kwargs()
        if isinstance(kind, GraphQLEnumType):
            config["values"] = {name: copy.copy(each) for name, each in kind.values.items()}
            return GraphQLEnumType(**{key: config[key] for key in ("name", "values")})
        return type(kind)(**config)


def translated(view: GraphQLSchema, role: Role, kinds: tuple[str, ...]) -> GraphQLSchema:
    """A view in Chinese."""
    twin = selected(view, Translation(role), kinds)
    for coordinate, element in description.elements(twin):
        element.description = description.chinese(coordinate)
    return twin


def selected(source: GraphQLSchema, selection: Selection, kinds: tuple[str, ...] = ()) -> View:
    """The schema that a selection makes of another.

    Types are there by reachability alone: whatever only `node` could answer would show in
    everybody's introspection. `kinds` are what an interface may turn out to be.
    """
    roots = {
        "query": source.query_type,
        "mutation": source.mutation_type,
        "subscription": source.subscription_type,
    }
    shown = {name: selection.refer(kind) for name, kind in roots.items() if kind}
    view = View(
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
    view._schema = selected(schema._schema, Selection(role), kinds)
    view._schema.twin = translated(view._schema, role, kinds)
    view._schema._strawberry_schema = view  # type: ignore[attr-defined]
    return view


@cache
def sdl(schema: GraphQLSchema) -> str:
    """A view in the schema language, sorted."""
    return print_schema(lexicographic_sort_schema(schema)) + "\n"
