"""What an operation may cost, counted from its text and page sizes before anything runs.

An object costs 1, a leaf nothing. What lies below a connection counts once per row asked for,
below a list of ids, or a batch in an input, once per item, and below a list that has no page as
often as such lists are long. Introspection reads no data but writes much: what it selects counts
ten times, its lists once. Variables matter only as page sizes and lengths, so the price of a
document with the same ones is looked up, not counted again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    value_from_ast_untyped,
)
from graphql.language import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from resolvers.page import MOST, USUAL
from schema.guard import INTROSPECTION

SIZES, BATCHES = ("first", "last"), ("ids", "input")
LISTED = 10  # of the years of a person, the files of a record: lists that nobody pages
MOST_PRICES = 256  # kept per operation: a client could send another page size every time

Shape = tuple[int | None, int]


class Tariff:
    """The prices of one operation of a validated document."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.schema, self.operation = schema, operation
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value
        }
        self.matter: set[str] = set()
        self.prices: dict[tuple[Shape, ...], int] = {}
        self.count(self.defaults)  # finds the variables that matter
        self.names = sorted(self.matter)

    def price(self, variables: Mapping[str, Any]) -> int:
        """The cost with these variables."""
        given = {**self.defaults, **variables}
        key = tuple([shape(given.get(name)) for name in self.names])
        if key not in self.prices:
            if len(self.prices) >= MOST_PRICES:
                self.prices.clear()
            self.prices[key] = self.count(given)
        return self.prices[key]

    def count(self, variables: Mapping[str, Any]) -> int:
        """Walk the operation; a fragment is counted once, whoever spreads it."""
        root = self.schema.get_root_type(self.operation.operation)
        assert root, "the document is validated"
        return Count(self, variables).below(root, self.operation.selection_set)


class Count:
    """One walk with one set of variables."""

    def __init__(self, tariff: Tariff, variables: Mapping[str, Any]) -> None:
        self.tariff, self.variables = tariff, variables
        self.known: dict[tuple[str, bool], int] = {}

    def below(
        self, kind: GraphQLNamedType, selection_set: SelectionSetNode | None, told: bool = False
    ) -> int:
        """What a selection costs for one object of this type.

        With `told` it is that of a page or a payload, and counted as often as its lists are long.
        """
        nodes = selection_set.selections if selection_set else ()
        return sum(self.selected(kind, node, told) for node in nodes)

    def selected(self, kind: GraphQLNamedType, node: SelectionNode, told: bool) -> int:
        """One field or fragment."""
        if isinstance(node, FieldNode):
            return self.field(kind, node, told)
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value, told)
        assert isinstance(node, InlineFragmentNode)
        condition = node.type_condition
        named = self.named(condition.name.value) if condition else kind
        return self.below(named, node.selection_set, told)

    def fragment(self, name: str, told: bool) -> int:
        """A fragment for one object; validation has seen that it is there and has no cycle."""
        key = (name, told)
        if key not in self.known:
            found = self.tariff.fragments[name]
            named = self.named(found.type_condition.name.value)
            self.known[key] = self.below(named, found.selection_set, told)
        return self.known[key]

    def field(self, kind: GraphQLNamedType, node: FieldNode, told: bool) -> int:
        """An object, and what it selects as often as it comes."""
        if not node.selection_set:
            return 0
        field = self.tariff.schema.get_field(kind, node.name.value)  # type: ignore[arg-type]
        assert field, "the document is validated"
        given = {each.name.value: each for each in node.arguments or ()}
        listed = is_list_type(get_nullable_type(field.type)) and not is_introspection_type(kind)
        times = self.times("first" in field.args, given)
        below = get_named_type(field.type), node.selection_set
        if node.name.value in INTROSPECTION:
            return LISTED * (1 + self.below(*below))
        if times is None:
            return 1 + (LISTED if listed and not told else 1) * self.below(*below)
        return 1 + times * self.below(*below, told=not listed)

    def times(self, paged: bool, given: Mapping[str, ArgumentNode]) -> int | None:
        """How many rows or items a field asks for, if it says so."""
        found = [
            shape(self.value(given[name].value)) for name in (*SIZES, *BATCHES) if name in given
        ]
        if not paged:
            return max((items for _, items in found), default=None)
        return max((rows for rows, _ in found if rows), default=USUAL)

    def value(self, node: ValueNode) -> Any:
        """An argument as plain data; the variables in it matter for the price."""
        self.tariff.matter.update(variables_in(node))
        return value_from_ast_untyped(node, dict(self.variables))

    def named(self, name: str) -> GraphQLNamedType:
        """A type of the schema."""
        return self.tariff.schema.type_map[name]


def shape(value: Any) -> Shape:
    """What of a value matters: a page size, never below 1 nor above the most, and a length."""
    rows = min(max(value, 1), MOST) if isinstance(value, int) else None
    return rows, longest(value)


def longest(value: Any) -> int:
    """The length of the longest list in a value; anything else is one item."""
    if isinstance(value, list):
        return max(len(value), 1, *map(longest, value))
    if isinstance(value, dict):
        return max([1, *map(longest, value.values())])
    return 1


def variables_in(node: ValueNode) -> Iterator[str]:
    """The names of the variables in a value."""
    if isinstance(node, VariableNode):
        yield node.name.value
    elif isinstance(node, ListValueNode):
        for each in node.values:
            yield from variables_in(each)
    elif isinstance(node, ObjectValueNode):
        for each_field in node.fields:
            yield from variables_in(each_field.value)
