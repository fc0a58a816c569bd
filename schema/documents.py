"""Documents: from text to a validated document, once; and those that are known by their id."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.failure import Unanswerable
from schema import guard
from schema.errors import refusal
from schema.example import OPERATIONS
from schema.guard import BOUNDS, Bounds

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
CLOSED = (*RULES, NoSchemaIntrospectionCustomRule)
MOST_ERRORS = 5  # validation stops there; each could quote the whole document
# A hostile document takes up to 170 bytes of memory per character, so characters are what is
# bounded: these are at most about 65 MiB. As many entries of any length could be ten times that.
MOST_CHARACTERS = 400_000
ABORTED = re.compile(r"more than (\d+) (token|comment)s|nested too (deeply)")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that fits a schema; what others work out about it lives and dies with it."""

    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    memo: dict[Any, Any] = field(default_factory=dict)


class Documents:
    """The cache, one entry per (schema view, text); what failed is never kept."""

    def __init__(
        self,
        trusted: Mapping[str, str] | None = None,
        *,
        bounds: Bounds = BOUNDS,
        most_characters: int = MOST_CHARACTERS,
    ) -> None:
        self.trusted = trusted or {}
        self.texts = frozenset(self.trusted.values())
        self.bounds = bounds
        self.most_characters = most_characters
        self.characters = 0
        self.kept: OrderedDict[tuple[GraphQLSchema, str], Document] = OrderedDict()

    def of(
        self, schema: GraphQLSchema, text: str, *, introspection: bool = True
    ) -> Document | list[GraphQLError]:
        """The document, or why it is none; in a schema introspection is always on or always off."""
        if text in self.texts:
            return trusted(schema, text, self.bounds)
        key = (schema, text)
        if (kept := self.kept.get(key)) is not None:
            self.kept.move_to_end(key)
            return kept
        found = read(schema, text, self.bounds, RULES if introspection else CLOSED)
        if isinstance(found, Document):
            self.keep(key, found)
        return found

    def knows(self, schema: GraphQLSchema, text: str) -> bool:
        """Was it read before, and is it still kept? What is trusted is not looked for here."""
        return (schema, text) in self.kept

    def keep(self, key: tuple[GraphQLSchema, str], document: Document) -> None:
        """Only so many characters, of the latest."""
        self.kept[key] = document
        self.characters += len(key[1])
        while self.characters > self.most_characters:
            (_, oldest), _ = self.kept.popitem(last=False)
            self.characters -= len(oldest)

    def requested(self, parameters: Mapping[str, Any]) -> str:
        """The text of a request: as it is given, or as its id names it.

        `graphql-ws` insists on a string, so an empty query counts as none.
        """
        query, known = parameters.get("query"), identity_in(parameters)
        if known is None and isinstance(query, str) and query:
            return query
        if known is None or not isinstance(query, str | None):
            raise Unanswerable("BAD_REQUEST")
        if query:
            if identity(query) != known:
                raise Unanswerable("BAD_REQUEST")
            return query
        if known not in self.trusted:
            raise Unanswerable("DOCUMENT_NOT_FOUND")
        return self.trusted[known]

    def check(self, schemas: Mapping[str, GraphQLSchema]) -> None:
        """A trusted document that fits no view is a fault, and stops the start.

        The widest views come first, so most documents are read once; every other view reads one
        when it is first asked for, or a start would read each of them for everybody.
        """
        widest = sorted(schemas.values(), key=lambda schema: len(schema.type_map), reverse=True)
        for text in self.trusted.values():
            if not any(isinstance(self.of(schema, text), Document) for schema in widest):
                title = text.partition("\n")[0]
                raise ValueError(f"no view has everything that this document asks: {title}")

    def fits(self, schemas: Mapping[str, GraphQLSchema]) -> Mapping[str, Sequence[str]]:
        """The views that each trusted document fits."""
        return {
            known: [
                name
                for name, schema in schemas.items()
                if isinstance(self.of(schema, text), Document)
            ]
            for known, text in self.trusted.items()
        }


def read(
    schema: GraphQLSchema, text: str, bounds: Bounds, rules: Collection[Any]
) -> Document | list[GraphQLError]:
    """Bytes, tokens, guard, validation: each bounds what the next may cost."""
    try:
        node = parsed(text, bounds)
        if not operations_of(node):
            return [refusal("BAD_REQUEST")]
        guard.check(node, bounds)
    except GraphQLError as error:
        return [error]
    errors = validate(schema, node, rules, max_errors=MOST_ERRORS, hide_suggestions=True)
    if errors:
        return errors[:MOST_ERRORS]  # without the notice that there are more
    return Document(node, {name_of(each): each for each in operations_of(node)})


@cache
def trusted(schema: GraphQLSchema, text: str, bounds: Bounds) -> Document | list[GraphQLError]:
    """A trusted document is held for good, where strangers cannot push it out."""
    return read(schema, text, bounds, CLOSED)


def parsed(text: str, bounds: Bounds) -> DocumentNode:
    """The syntax tree of a text that is not too long."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > bounds.bytes:
        raise refusal("QUERY_TOO_LARGE", limit="bytes", maximum=bounds.bytes, measured=size)
    try:
        return parse(text, max_lexical_tokens=bounds.tokens, max_comments=bounds.comments)
    except GraphQLError as error:
        raise aborted(error, bounds) or error from None


def aborted(error: GraphQLError, bounds: Bounds) -> GraphQLError | None:
    """The parser counts no further than to the first that is too much."""
    if not (found := ABORTED.search(error.message)):
        return None
    if found[3]:
        return guard.too_complex("nesting", bounds.nesting + 1, bounds.nesting)
    return guard.too_complex(f"{found[2]}s", int(found[1]) + 1, int(found[1]))


def operations_of(node: DocumentNode) -> list[OperationDefinitionNode]:
    """Its operations."""
    return [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]


def name_of(operation: OperationDefinitionNode) -> str:
    """The name of an operation, empty if it has none."""
    return operation.name.value if operation.name else ""


def identity(text: str) -> str:
    """What a trusted document is called: the digest of its exact text."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def identity_in(parameters: Mapping[str, Any]) -> str | None:
    """`documentId`, or what Apollo's clients send instead."""
    known = parameters.get("documentId")
    if known is None:
        extensions = parameters.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        known = None if digest is None else f"sha256:{digest}"
    if not isinstance(known, str | None):
        raise Unanswerable("BAD_REQUEST")
    return known


@cache
def of_this_release() -> Mapping[str, str]:
    """The operations that are shipped, by id; the files are read as they are."""
    texts = [path.read_bytes().decode("utf-8") for path in sorted(OPERATIONS.glob("*.graphql"))]
    return {identity(text): text for text in texts}
