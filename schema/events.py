"""The events of a subscription, as the answer to its operation."""

from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql.execution import Executor, create_source_event_stream


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
