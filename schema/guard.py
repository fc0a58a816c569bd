"""The linear guard: refuses documents whose validation or execution would cost too much.

Validation compares every two fields with one response path, and fragments multiply: a chain in
which each spreads the next twice is 2**n fields in 10·n tokens. So a definition is measured once,
whoever spreads it, and only what is known to be small is expanded and compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import GraphQLError
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.errors import refusal

INTROSPECTION = frozenset({"__schema", "__type"})
Definition = OperationDefinitionNode | FragmentDefinitionNode
Paths = dict[str, list[FieldNode]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a document may be; part of the contract, so no settings."""

    bytes: int = 65_536
    tokens: int = 2_000
    comments: int = 200  # they are no tokens
    nesting: int = 60  # braces within braces, fragments followed: it bounds our own stack
    depth: int = 10  # a connection takes two levels (edges, node) or one (nodes)
    introspection: int = 20  # below __schema and __type; GraphiQL's own question is 15 deep
    fields: int = 500  # after fragments
    aliases: int = 30
    directives: int = 50
    spreads: int = 40
    variables: int = 100
    roots: int = 20
    pairs: int = 3_000  # of fields with one response path: about 3 µs of validation each
    list: int = 100
    values: int = 2_000  # in all variables together


BOUNDS = Bounds()
# Guesses must not come by the dozen, numbers one by one, copies of everything singly.
ONCE = (
    "signIn",
    "finishRegistration",
    "requestPasswordReset",
    "resetPassword",
    "changePassword",
    "beginSecondFactor",
    "confirmSecondFactor",
    "renewRecoveryCodes",
    "stepUp",
    "redeemInvitation",
    "revealIdentity",
    "findPerson",
    "exportMyData",
)


class Size(NamedTuple):
    """What a definition amounts to, its fragments put in."""

    depth: int = 0
    introspection: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    spreads: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both in one selection: the deeper of the two, and the sum of the rest."""
        return Size(
            max(self.depth, other.depth),
            max(self.introspection, other.introspection),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.spreads + other.spreads,
        )

    def within(self, bounds: Bounds) -> None:
        """Refuse what is too large."""
        for limit, measured in self._asdict().items():
            hold(limit, measured, getattr(bounds, limit))


def hold(limit: str, measured: int, maximum: int) -> None:
    """Refuse what is over a limit; the answer names all three."""
    if measured > maximum:
        raise too_complex(limit, measured, maximum)


def too_complex(limit: str, measured: int, maximum: int) -> GraphQLError:
    """The refusal."""
    return refusal("QUERY_TOO_COMPLEX", limit=limit, maximum=maximum, measured=measured)


def check(document: DocumentNode, bounds: Bounds = BOUNDS) -> None:
    """Raise a coded error for the first limit the document is over."""
    scale = Scale(document, bounds)
    for definition in scale.weighed():
        paths = scale.merged([definition.selection_set], {})
        scale.compare(paths)
        if isinstance(definition, OperationDefinitionNode):
            hold("variables", len(definition.variable_definitions or ()), bounds.variables)
            check_roots([node.name.value for nodes in paths.values() for node in nodes], bounds)


def check_roots(names: list[str], bounds: Bounds) -> None:
    """Root fields are counted after aliases and fragments, and some are allowed once only."""
    hold("roots", len(names), bounds.roots)
    for name in ONCE:
        hold("once", names.count(name), 1)


def check_variables(variables: Any, bounds: Bounds = BOUNDS) -> None:
    """Raise for values that would cost too much to coerce; without recursion of our own."""
    waiting, seen = [(variables, 0)], 0
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, list):
            hold("list", len(value), bounds.list)
        elif isinstance(value, dict):
            value = value.values()
        else:
            continue
        hold("nesting", level, bounds.introspection)
        hold("values", seen := seen + len(value), bounds.values)
        waiting += [(each, level + 1) for each in value]


class Scale:
    """Measures the definitions of one document, each of them once."""

    def __init__(self, document: DocumentNode, bounds: Bounds) -> None:
        self.document, self.bounds = document, bounds
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.sizes: dict[str, Size] = {}
        self.open: list[str] = []
        self.pairs = 0

    def weighed(self) -> list[Definition]:
        """What is measured by itself, together within bounds.

        Besides the operations these are fragments that nobody spreads, or that another one of
        the same name hides: they are invalid, but validation compares their fields all the same.
        """
        known = {id(each) for each in self.fragments.values()}
        roots: list[Definition] = [
            each
            for each in self.document.definitions
            if isinstance(each, OperationDefinitionNode | FragmentDefinitionNode)
            and id(each) not in known
        ]
        total = Size()
        for each in roots:
            total = total.beside(self.selection(each.selection_set, 0)).beside(own(each))
        for name, each in self.fragments.items():
            if name not in self.sizes:
                total = total.beside(self.fragment(name, 0))
                roots.append(each)
        total.within(self.bounds)
        return roots

    def fragment(self, name: str, level: int) -> Size:
        """A fragment, measured when it is first spread; an unknown one is left to validation."""
        hold("cycles", int(name in self.open), 0)
        found = self.fragments.get(name)
        if name not in self.sizes and found is not None:
            self.open.append(name)
            size = self.selection(found.selection_set, level + 1).beside(own(found))
            # How deep is decided at the roots: below __schema a fragment may be deeper. The sums
            # are looked at now, before they become numbers of thirty digits.
            size._replace(depth=0, introspection=0).within(self.bounds)
            self.sizes[name] = size
            self.open.pop()
        return self.sizes.get(name, Size())

    def selection(self, selection_set: SelectionSetNode | None, level: int) -> Size:
        """All of a selection, its fragments put in."""
        hold("nesting", level, self.bounds.nesting)
        total = Size()
        for node in selection_set.selections if selection_set else ():
            total = total.beside(self.selected(node, level)).beside(own(node))
        return total

    def selected(self, node: SelectionNode, level: int) -> Size:
        """One field, inline fragment or spread, without its own directives."""
        if isinstance(node, FieldNode):
            return self.field(node, self.selection(node.selection_set, level + 1))
        if isinstance(node, InlineFragmentNode):
            return self.selection(node.selection_set, level + 1)
        assert isinstance(node, FragmentSpreadNode)
        size = self.fragment(node.name.value, level)
        return size._replace(spreads=size.spreads + 1)

    def field(self, node: FieldNode, below: Size) -> Size:
        """A field on top of what it selects."""
        size = below._replace(
            fields=below.fields + 1, aliases=below.aliases + (node.alias is not None)
        )
        if node.name.value in INTROSPECTION:
            return size._replace(depth=1, introspection=below.depth + 1)
        return size._replace(depth=below.depth + 1)

    def merged(self, sets: Iterable[SelectionSetNode | None], into: Paths) -> Paths:
        """The fields of selections by the key they answer under."""
        for selection_set in sets:
            for node in selection_set.selections if selection_set else ():
                if isinstance(node, FieldNode):
                    into.setdefault((node.alias or node.name).value, []).append(node)
                elif isinstance(node, InlineFragmentNode):
                    self.merged([node.selection_set], into)
                elif isinstance(node, FragmentSpreadNode):
                    found = self.fragments.get(node.name.value)
                    self.merged([found.selection_set] if found else [], into)
        return into

    def compare(self, paths: Paths) -> None:
        """Count the comparisons validation would make."""
        for nodes in paths.values():
            self.pairs += len(nodes) * (len(nodes) - 1) // 2
            hold("pairs", self.pairs, self.bounds.pairs)
            self.compare(self.merged([node.selection_set for node in nodes], {}))


def own(node: Definition | SelectionNode) -> Size:
    """The directives of a node itself."""
    return Size(directives=len(node.directives or ()))
