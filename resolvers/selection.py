"""What a query wants below a field: fragments, aliases, @include and @skip worked out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from models.shape import Asked, Branch, Field, Kind, Leaf, Shape, Wanted
from resolvers import ids

Info: TypeAlias = GraphQLResolveInfo[Any]
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
MOST_REMEMBERED = 50  # of one document
KINDS = {
    "String": Kind.TEXT,
    "Int": Kind.NUMBER,
    "Boolean": Kind.TRUTH,
    "Hours": Kind.HOURS,
    "Date": Kind.DAY,
    "DateTime": Kind.INSTANT,
}


class Unclear(Exception):
    """A condition that is neither true nor false: the standard execution says what is wrong."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the meaning of a selection depends on besides itself.

    `made` is what was worked out in it already: the types of an interface share what lies below
    them, and without it every level of `parent` would be worked out four times that above it.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    made: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, info: Info) -> "Scope":
        """The scope of a field."""
        return cls(info.schema, info.fragments, variables(info))

    def once(self, make: Callable[..., Any], kind: Any, nodes: Sequence[FieldNode]) -> Any:
        """What is made of these nodes for a type."""
        key = (make, kind.name, *map(id, nodes))
        if key not in self.made:
            self.made[key] = make(self, kind, nodes)
        return self.made[key]


@dataclass(slots=True)
class Collected:
    """The nodes of each response key, in order."""

    nodes: dict[str, list[FieldNode]] = field(default_factory=dict)
    spread: set[str] = field(default_factory=set)


def collect(scope: Scope, owner: Composite, nodes: Iterable[FieldNode]) -> dict[str, Any]:
    """The fields of these nodes' selections that apply to a type, by response key."""
    found = Collected()
    for node in nodes:
        if node.selection_set:
            gather(scope, owner, node.selection_set.selections, found)
    return found.nodes


def gather(
    scope: Scope, owner: Composite, selections: Iterable[SelectionNode], found: Collected
) -> None:
    """Add one level of selections."""
    for each in selections:
        if not included(scope, each):
            continue
        if isinstance(each, FieldNode):
            key = (each.alias or each.name).value
            found.nodes.setdefault(key, []).append(each)
        elif fragment := fragment_of(scope, owner, each, found):
            gather(scope, owner, fragment.selection_set.selections, found)


def fragment_of(scope: Scope, owner: Composite, each: Any, found: Collected) -> Any:
    """The fragment that is spread here, if its condition holds and it was not spread before."""
    if not isinstance(each, InlineFragmentNode):
        name = each.name.value
        if name in found.spread:
            return None
        found.spread.add(name)
        each = scope.fragments[name]
    condition = each.type_condition
    return each if condition is None or applies(scope, condition.name.value, owner) else None


def applies(scope: Scope, name: str, owner: Composite) -> bool:
    """Does a type condition hold for rows of this type?"""
    if name == owner.name:
        return True
    wanted = scope.schema.get_type(name)
    return is_abstract_type(wanted) and scope.schema.is_sub_type(wanted, owner)


def included(scope: Scope, node: SelectionNode) -> bool:
    """What @skip and @include say."""
    for directive in node.directives or ():
        if (name := directive.name.value) not in ("skip", "include"):
            continue
        (argument,) = directive.arguments or ()
        value: Any = argument.value
        if isinstance(value, VariableNode):
            said = scope.variables.get(value.name.value)
        else:
            said = value.value if isinstance(value, BooleanValueNode) else None
        if not isinstance(said, bool):
            raise Unclear
        if said is (name == "skip"):
            return False
    return True


def truths(given: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """All that @skip and @include may depend on."""
    return tuple((name, value) for name, value in given.items() if isinstance(value, bool))


def variables(info: Info) -> Mapping[str, Any]:
    """The coerced variables; Strawberry hands over the plain mapping."""
    given: Any = info.variable_values
    values: Mapping[str, Any] = given
    return values


def of(info: Info, memo: dict[Any, Any]) -> Wanted | None:
    """What a field wants of its rows, worked out once per document and truth of its conditions."""
    key = ("wanted", id(info.operation), *map(id, info.field_nodes), truths(variables(info)))
    kind = get_named_type(info.return_type)
    work_out = rows_of if "pageInfo" in getattr(kind, "fields", {}) else wanted
    try:
        found: Wanted | None = remembered(
            memo, key, lambda: work_out(Scope.of(info), kind, info.field_nodes)
        )
    except Unclear:
        return None
    return found


def remembered(memo: dict[Any, Any], key: Any, work_out: Callable[[], Any]) -> Any:
    """What was worked out before; a document that has ever new conditions is not kept for ever."""
    if key not in memo:
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        memo[key] = work_out()
    return memo[key]


def rows_of(scope: Scope, connection: Any, nodes: list[FieldNode]) -> Wanted | None:
    """The one selection of rows of a connection; several would need several pictures."""
    asked: list[tuple[GraphQLOutputType, list[FieldNode]]] = []
    for each in collect(scope, connection, nodes).values():
        name = each[0].name.value
        if name == "nodes":
            asked.append((connection.fields["nodes"].type, each))
        elif name == "edges":
            edge: Any = get_named_type(connection.fields["edges"].type)
            inner = collect(scope, edge, each).values()
            asked += [
                (edge.fields["node"].type, one) for one in inner if one[0].name.value == "node"
            ]
    return wanted(scope, *asked[0]) if len(asked) == 1 else None


def wanted(scope: Scope, returned: Any, nodes: Iterable[FieldNode]) -> Wanted:
    """What is wanted of the rows a field returns."""
    return Wanted(dict(shapes(scope, returned, list(nodes))))


def shapes(
    scope: Scope, returned: GraphQLOutputType, nodes: list[FieldNode]
) -> Iterator[tuple[str, Shape]]:
    """One shape per type a row may have."""
    named = get_named_type(returned)
    kinds = scope.schema.get_possible_types(named) if is_abstract_type(named) else [named]
    for kind in kinds:
        yield kind.name, scope.once(shape, kind, nodes)


def shape(scope: Scope, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Shape:
    """The shape of rows of one type."""
    found = collect(scope, kind, nodes)
    return Shape(tuple(one(scope, kind, key, found[key]) for key in found))


def one(scope: Scope, owner: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
    """One field of a shape."""
    name = nodes[0].name.value
    if name == "__typename":
        return Leaf(key=key, name=name, kind=Kind.TYPE_NAME, required=True)
    published = owner.fields[name]
    declared = published.extensions.get("strawberry-definition")
    if declared is None or published.args:
        return Asked(key=key)
    if is_composite_type(get_named_type(published.type)):
        return branch(scope, published, declared.python_name, key, nodes)
    return leaf(published, declared, key)


def branch(
    scope: Scope, published: GraphQLField, name: str, key: str, nodes: list[FieldNode]
) -> Branch:
    """A field that leads to rows."""
    required, inner = stripped(published.type)
    return Branch(
        key=key,
        name=name,
        required=required,
        many=is_list_type(inner),
        shapes=dict(shapes(scope, inner, nodes)),
    )


def leaf(published: GraphQLField, declared: Any, key: str) -> Field:
    """A field that is a value: stored, or the id of the row."""
    required, inner = stripped(published.type)
    name = declared.python_name
    answer = declared.metadata.get("answer")
    if answer is not None and answer.resolver is ids.of_row:
        return Leaf(key=key, name="id", kind=Kind.NODE_ID, required=True)
    if not declared.is_basic_field:
        return Asked(key=key)
    if isinstance(inner, GraphQLEnumType):
        words = {str(value.value): word for word, value in inner.values.items()}
        return Leaf(key=key, name=name, kind=Kind.WORD, required=required, words=words)
    kind = KINDS.get(getattr(inner, "name", ""))
    return Leaf(key=key, name=name, kind=kind, required=required) if kind else Asked(key=key)


def stripped(returned: GraphQLOutputType) -> tuple[bool, GraphQLOutputType]:
    """Is it required, and of which type?"""
    if is_non_null_type(returned):
        return True, returned.of_type
    return False, returned
