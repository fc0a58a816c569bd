"""One operation, however it arrived: what was asked, who asks, and the one way to execute it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from tortoise.exceptions import BaseORMException

from models import read
from models.access import Viewer
from models.changes import Changes
from resolvers.context import Context, Door, Limits
from resolvers.failure import Unanswerable
from schema.api import Views
from schema.limits import payer
from schema.refusal import Misfit, Unfit
from schema.visitor import Visitor
from workflow import account, audit


class SessionOver(Unfit):
    """The login session has ended, or never was."""

    def __init__(self) -> None:
        super().__init__("UNAUTHENTICATED")


GLANCE = 60.0  # seconds after which who watches in silence is looked at again
MOST_BYTES = 256 * 1024  # of a request, and of a message over a socket
SILENCE, OVER = object(), object()  # in place of an event
AWAY = (OSError, BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError)
QUERIES = frozenset({OperationType.QUERY})
SINGLE = frozenset({OperationType.QUERY, OperationType.MUTATION})
ANY = frozenset(OperationType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A well-formed request."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    document_id: str | None = None
    extensions: dict[str, Any] | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What names the document: its text, its id, or what Apollo's clients send instead."""
        known = {"documentId": self.document_id, "extensions": self.extensions}
        return {"query": self.query, **known}


def asked(data: Any) -> Asked:
    """The parameters, each of its type; an array would be a batch, which is off.

    Some clients insist on a string and send an empty query beside `documentId`.
    """
    if not isinstance(data, dict):
        raise Misfit("BAD_REQUEST")
    return Asked(
        query=parameter(data, "query", str) or "",
        variables=parameter(data, "variables", dict),
        operation_name=parameter(data, "operationName", str),
        document_id=parameter(data, "documentId", str),
        extensions=parameter(data, "extensions", dict),
    )


def parameter(data: Mapping[str, Any], name: str, kind: type) -> Any:
    """One parameter of this type, or none."""
    value = data.get(name)
    if value is not None and not isinstance(value, kind):
        raise Misfit("BAD_REQUEST")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What every transport executes operations with; the door says who comes."""

    views: Views
    limits: Limits
    changes: Changes
    clock: Callable[[], datetime]
    idle: timedelta
    deadline: float
    compiled: bool = True
    glance: float = GLANCE

    def context(self, who: Visitor, viewer: Viewer | None) -> Context:
        """What the resolvers may know: made anew for each operation and each event."""
        return Context(
            viewer=viewer,
            now=self.clock(),
            language=who.language,
            limits=self.limits,
            changes=self.changes,
            compiled=self.compiled,
            door=Door(address=who.address, user_agent=who.header(b"user-agent")),
        )

    async def execute(
        self,
        asked: Asked,
        context: Context,
        kinds: frozenset[OperationType] = ANY,
        event: Any = None,
    ) -> ExecutionResult:
        """The one way through parsing, validation and execution, for every transport.

        The `data` of a subscription is its source of events; each event is then executed by
        itself, with the event as root value.
        """
        schema = self.views.of(context.viewer)
        audit.called(context.door.address)
        try:
            with read.in_turns():
                async with asyncio.timeout(self.deadline):
                    return await schema.execute(
                        schema.gate.documents.requested(asked.parameters),
                        variable_values=asked.variables,
                        context_value=context,
                        root_value=event,
                        operation_name=asked.operation_name,
                        allowed_operation_types=kinds,
                    )
        except Unanswerable as unknown:
            raise Misfit(unknown.code, **unknown.data) from None
        except TimeoutError:
            raise Unfit("TIMEOUT", limit="seconds", maximum=self.deadline) from None
        except CannotGetOperationTypeError:
            raise Misfit("BAD_REQUEST") from None
        except InvalidOperationTypeError as error:
            raise wrong_kind(error.operation_type) from None

    async def answers(self, asked: Asked, who: Visitor) -> AsyncGenerator[ExecutionResult]:
        """Every answer to an operation: the one it has, or one for each event of a subscription.

        An event that can no longer be answered at all is the last one. Whoever has other rights
        than he began with begins anew: what he is told of depends on them.
        """
        context = await self.renewed(who, used=True)
        first = await self.execute(asked, context)
        if not isinstance(first.data, AsyncGenerator):
            yield first
            return
        with self.views.of(context.viewer).gate.watched(payer(context)):
            anew: Context | None = context
            while anew and isinstance(first.data, AsyncGenerator):
                began, anew = anew, None
                async with aclosing(self.told(asked, who, first.data, began)) as results:
                    async for each in results:
                        if isinstance(each, Context):
                            anew, first = each, await self.execute(asked, each)
                        else:
                            yield each
            if anew:
                yield first

    async def told(
        self, asked: Asked, who: Visitor, source: AsyncGenerator[Any], began: Context
    ) -> AsyncGenerator[ExecutionResult | Context]:
        """An answer for each event of a source; and once he has other rights, who he is, at last.

        In silence he is looked at now and then: his right may end though nothing happens.
        """
        async with aclosing(source), aclosing(paced(source, self.glance)) as events:
            async for event in events:
                try:
                    context = await self.renewed(who, used=False)
                except AWAY:
                    if event is not SILENCE:
                        raise
                    continue  # as long as PostgreSQL is away, nothing is told to anybody
                if rights(context) != rights(began):
                    yield context
                    return
                if event is not SILENCE:
                    result = await self.execute(asked, context, event=event)
                    yield result
                    if result.data is None:
                        return

    async def renewed(self, who: Visitor, *, used: bool) -> Context:
        """The context of somebody whose session still lives; watching alone keeps none alive."""
        now = self.clock()
        who.viewer = await account.viewer_of(
            who.token,
            now=now,
            idle=self.idle,
            asks=self.limits.asks,
            address=who.address,
            used=used,
        )
        if who.viewer is None:
            raise SessionOver
        return self.context(who, who.viewer)


async def paced(events: AsyncGenerator[Any], seconds: float) -> AsyncGenerator[Any]:
    """The events as they come, and SILENCE whenever there was none for so long."""
    while True:
        coming = asyncio.ensure_future(following(events))
        try:
            while not (await asyncio.wait({coming}, timeout=seconds))[0]:
                yield SILENCE
            event = coming.result()
        finally:
            coming.cancel()
            await asyncio.wait({coming})
        if event is OVER:
            return
        yield event


async def following(events: AsyncGenerator[Any]) -> Any:
    """The next event, or OVER after the last."""
    return await anext(events, OVER)


def rights(context: Context) -> tuple[Any, ...]:
    """What decides of what somebody is told."""
    me = context.me
    acting = (me.seat_id, me.organisation_id, me.user_type, me.groups, me.duties, me.lacks)
    return (*acting, frozenset(me.mandates))


def wrong_kind(kind: OperationType) -> Unfit:
    """Why this transport does not execute operations of this kind."""
    if kind is OperationType.SUBSCRIPTION:
        return Unfit("NOT_ACCEPTABLE")
    return Unfit("METHOD_NOT_ALLOWED")


def body(result: ExecutionResult) -> dict[str, Any]:
    """A result as clients read it; a request error has no `data`, and `data` is never looked into.

    It may hold finished JSON, which only orjson can write.
    """
    told: dict[str, Any] = {}
    if result.errors:
        told["errors"] = [error.formatted for error in result.errors]
    if not is_request_error(result):
        told["data"] = result.data
    if result.extensions:
        told["extensions"] = result.extensions
    return told


def is_request_error(result: ExecutionResult) -> bool:
    """Did it end before any field was executed?"""
    errors = result.errors
    return result.data is None and bool(errors) and all(each.path is None for each in errors or ())
