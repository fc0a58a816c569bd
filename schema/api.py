"""The schema: queries, mutations, scalars, and the extensions every operation passes."""

from datetime import datetime
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import Executor, create_source_event_stream
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from schema import filter  # noqa: F401  publishes the operators before they are used
from schema.errors import Mask, OneOperation
from schema.mutation import Mutation
from schema.organisation import KINDS
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class Names(NameConverter):
    """`DateTimeFilter`, as the scalar is called, and not `DatetimeFilter`."""

    def get_name_from_type(self, type_: Any) -> str:
        return "DateTime" if type_ is datetime else super().get_name_from_type(type_)


class Schema(strawberry.Schema):
    """Stock, but silent about near misses and about errors that were the client's."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """The mask logs what deserves it, once."""

    async def _execute_operation(
        self,
        execution_context: ExecutionContext,
        extensions_runner: Any,
        middleware_manager: Any,
        execute_function: Any,
        custom_context_kwargs: dict[str, Any],
    ) -> Any:
        """A subscription without an event is asked for its events; with one it is answered."""
        begins = execution_context.operation_type is OperationType.SUBSCRIPTION
        if begins and execution_context.root_value is None:
            execute_function = source
        return await super()._execute_operation(
            execution_context,
            extensions_runner,
            middleware_manager,
            execute_function,
            custom_context_kwargs,
        )

    def _get_custom_context_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given = super()._get_custom_context_kwargs(*args, **kwargs)
        return {**given, "hide_suggestions": True}


def source(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    variable_values: dict[str, Any] | None,
    executor_class: type[Executor[Any]],
    **options: Any,
) -> Any:
    """The events of a subscription as `data`, where execution would put its answer.

    Strawberry's own `stream` keeps one context for all events and passes fewer of its hooks.
    """
    options["raw_variable_values"] = variable_values
    executor = executor_class.build(schema, document, **options)
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    return wrapped(create_source_event_stream(executor))


async def wrapped(found: Any) -> ExecutionResult:
    """Events as `data`, or the errors there were."""
    events = await found if isawaitable(found) else found
    return events if isinstance(events, ExecutionResult) else ExecutionResult(events, None)


def build(*, in_order: bool = False) -> Schema:
    """The schema; one in alphabetical order is for reading only.

    Sorting makes new type objects, and Strawberry then no longer finds the members of a union.
    """
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=KINDS,
        config=StrawberryConfig(
            name_converter=Names(),
            scalar_map=SCALARS,
            sort_schema=in_order,
            disable_field_suggestions=True,
        ),
        extensions=[Mask, OneOperation],
    )


api = build()
