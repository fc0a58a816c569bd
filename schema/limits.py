"""What every operation passes before it runs, on every transport: text, price, purse, place.

Nothing of it reads the database, so what is refused costs no statement.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from resolvers.context import Admission, Context
from schema import guard, role
from schema.cost import Tariff
from schema.documents import Document, Documents
from schema.errors import refusal
from schema.rate import Allowance, Rate
from schema.refusal import Unfit
from schema.role import Role

USUAL = Allowance(cost=10_000, per_minute=5_000)
OF_REVIEWERS = Allowance(cost=50_000, per_minute=20_000)
# Why a document that others may send is not for somebody who is not in.
OUTSIDE = {Role.STRANGER: "UNAUTHENTICATED", Role.ARRIVING: "NOT_IN_YET"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator allows; the bounds of documents are in `schema/guard.py`."""

    cost: Allowance = USUAL
    cost_reviewer: Allowance = OF_REVIEWERS
    at_once: int = 4
    streams: int = 100
    ad_hoc: frozenset[Role] = frozenset(Role)
    introspection: frozenset[Role] = role.SIGNED_IN | role.OFFICERS

    @property
    def wrong(self) -> Allowance:
        """Documents that cannot run: to read one takes as long as fifty objects."""
        cost, per_minute = max(self.cost.cost // 50, 1), max(self.cost.per_minute // 50, 1)
        return Allowance(cost=cost, per_minute=per_minute, limit="wrong")

    def allowance(self, of: Role) -> Allowance:
        """What a kind of viewer may spend."""
        return self.cost_reviewer if of in role.REVIEWERS else self.cost


def ad_hoc(word: str, *, dev: bool) -> frozenset[Role]:
    """Who may send documents of his own, by the word of the setting."""
    allowed = {"all": frozenset(Role), "staff": role.SUPERIORS, "none": frozenset[Role]()}
    return allowed[("all" if dev else "staff") if word == "usual" else word]


class Gate:
    """The documents, buckets and places of one process."""

    def __init__(
        self,
        limits: Limits = Limits(),
        documents: Documents | None = None,
        rate: Rate | None = None,
    ) -> None:
        self.limits = limits
        self.documents = documents or Documents()
        self.rate = rate or Rate()
        self.working: Counter[str] = Counter()
        self.watching: Counter[str] = Counter()

    def admit(self, execution: ExecutionContext) -> list[GraphQLError]:
        """Why the operation may not run; if it may, it is parsed, validated and paid for."""
        try:
            return self.examine(execution, execution.query or "")
        except GraphQLError as refused:
            return [refused]

    def examine(self, execution: ExecutionContext, text: str) -> list[GraphQLError]:
        """Every question in its order: the cheap ones first."""
        kind = role.of(execution.context.viewer)
        document = self.document(execution.schema, kind, payer(execution.context), text)
        if isinstance(document, list):
            return document
        execution.graphql_document, execution.pre_execution_errors = document.node, []
        execution.context.memo = document.memo
        operation = chosen(document, execution._provided_operation_name)
        guard.check_variables(execution.variables, self.documents.bounds)
        self.charge(execution, kind, document, operation)
        return []

    def document(
        self, schema: Any, kind: Role, who: str, text: str
    ) -> Document | list[GraphQLError]:
        """The document in the viewer's schema."""
        trusted, wrong = text in self.documents.texts, f"wrong:{who}"
        if not trusted:
            if kind not in self.limits.ad_hoc:
                return [refusal("DOCUMENT_NOT_TRUSTED")]
            # A session that ended must not look like a mistake in the client, nor cost like one.
            apart = kind in OUTSIDE and schema._schema is not schema.whole
            if apart and self.documents.knows(schema.whole, text):
                return [refusal(OUTSIDE[kind])]
            self.rate.after(wrong, 1, self.limits.wrong)
        open_ = kind in self.limits.introspection
        found = self.documents.of(schema._schema, text, introspection=open_)
        if isinstance(found, list):
            if not trusted:
                self.rate.spend(wrong, 1, self.limits.wrong)
            if kind in OUTSIDE and self.fits(schema.whole, text):
                return [refusal(OUTSIDE[kind])]
        return found

    def fits(self, schema: GraphQLSchema, text: str) -> bool:
        """Would it be a document for somebody who has signed in?"""
        return isinstance(self.documents.of(schema, text, introspection=False), Document)

    def charge(
        self,
        execution: ExecutionContext,
        kind: Role,
        document: Document,
        operation: OperationDefinitionNode,
    ) -> None:
        """Compare the price with what the viewer has, and take it."""
        context: Context = execution.context
        schema: GraphQLSchema = execution.schema._schema
        allowance = self.limits.allowance(kind)
        cost = tariff(schema, document, operation).price(execution.variables or {})
        if kind is Role.STAFF:
            execution.extensions_results["cost"] = {"requested": cost, "maximum": allowance.cost}
        if cost > allowance.cost:
            raise refusal("COST_EXCEEDED", limit="cost", maximum=allowance.cost, measured=cost)
        if context.viewer and operation.operation is not OperationType.SUBSCRIPTION:
            self.hold_place(payer(context))
        context.admission = Admission(
            document=document,
            types=schema.type_map.keys(),
            cost=cost,
            left=self.rate.spend(payer(context), cost, allowance),
            maximum=allowance.cost,
            restores=allowance.restores,
        )

    def hold_place(self, who: str) -> None:
        """Somebody with too many operations at work waits until one of them is done."""
        working, maximum = self.working[who], self.limits.at_once
        if working >= maximum:
            data = {"limit": "atOnce", "maximum": maximum, "measured": working + 1}
            raise refusal("RATE_LIMITED", **data, retryAfter=1)

    @contextmanager
    def watched(self, who: str) -> Iterator[None]:
        """A subscription of somebody, for as long as it lives, over all his connections."""
        watching, maximum = self.watching[who], self.limits.streams
        if watching >= maximum:
            data = {"limit": "streams", "maximum": maximum, "measured": watching + 1}
            raise Unfit("RATE_LIMITED", **data, retryAfter=1)
        with one_more(self.watching, who):
            yield


class Working(SchemaExtension):
    """Counts the operations that are at work for somebody; a subscription only as it begins."""

    def on_execute(self) -> Iterator[None]:
        schema: Any = self.execution_context.schema
        working: Counter[str] = schema.gate.working
        who = payer(self.execution_context.context)  # signing in changes who it is
        with one_more(working, who):
            yield


@contextmanager
def one_more(counter: Counter[str], who: str) -> Iterator[None]:
    """Counted until the block is left; who has none needs no place."""
    counter[who] += 1
    try:
        yield
    finally:
        counter[who] -= 1
        if not counter[who]:
            del counter[who]


def payer(context: Context) -> str:
    """Whose purse it is: the account's, or that of a stranger's address."""
    return str(context.viewer.account_id) if context.viewer else context.door.address


def tariff(schema: GraphQLSchema, document: Document, operation: OperationDefinitionNode) -> Tariff:
    """The prices of an operation, kept with its document."""
    key = (Tariff, id(operation))
    found: Tariff | None = document.memo.get(key)
    if found is None:
        found = document.memo[key] = Tariff(schema, document.node, operation)
    return found


def chosen(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation that is meant; several need a name, stock would silently run the first."""
    if name is None and len(document.operations) > 1:
        raise refusal("OPERATION_NAME_REQUIRED")
    known = next(iter(document.operations)) if name is None else name
    if known not in document.operations:
        raise refusal("BAD_REQUEST")
    return document.operations[known]


def headers(context: Context) -> Mapping[str, str]:
    """What an operation cost and what is left, for HTTP: the draft of `RateLimit` fields."""
    paid = context.admission
    if paid is None:
        return {}
    window = round(paid.maximum / paid.restores)
    emptied = round((paid.maximum - paid.left) / paid.restores)
    return {
        "RateLimit-Policy": f'"cost";q={paid.maximum};w={window}',
        "RateLimit": f'"cost";r={paid.left};t={emptied}',
        "X-Jijiao-Cost": str(paid.cost),
    }
