"""The schema: queries, mutations, scalars, and what every operation passes on its way."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.str_converters import to_camel_case

from models.access import Viewer
from schema import (
    filter,  # noqa: F401  publishes the operators before they are used
    role,
    views,
)
from schema.errors import Mask
from schema.events import source
from schema.execution import Executor
from schema.limits import Gate, Working
from schema.mutation import Mutation
from schema.organisation import KINDS
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

KIND_NAMES = tuple(each.__name__ for each in KINDS)


@lru_cache(maxsize=4096)
def camel_case(name: str) -> str:
    """`declared_hours` as clients name it."""
    return to_camel_case(name)


class Names(NameConverter):
    """`DateTimeFilter`, as the scalar is called, and not `DatetimeFilter`.

    Names are asked for anew for every field of every input of every request.
    """

    def apply_naming_config(self, name: str) -> str:
        return camel_case(name)

    def get_name_from_type(self, type_: Any) -> str:
        return "DateTime" if type_ is datetime else super().get_name_from_type(type_)


class Schema(strawberry.Schema):
    """Stock, but with a gate, and silent about near misses and about the client's errors."""

    gate: Gate
    whole: GraphQLSchema  # what the views are taken from

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        # Every transport comes by here. An error raised in a hook would pass the mask by, and on
        # a WebSocket escape altogether; as a result it is an answer like any other.
        if context.query and (errors := self.gate.admit(context)):
            return PreExecutionError(data=None, errors=errors)
        return await super()._prepare_operation_async(context, extensions_runner)

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


@dataclass(frozen=True, slots=True)
class Views:
    """The schema of each kind of viewer, behind one gate."""

    schemas: Mapping[role.Role, Schema]

    def of(self, viewer: Viewer | None) -> Schema:
        """What this viewer may ask."""
        return self.schemas[role.of(viewer)]

    @property
    def graphql(self) -> Mapping[str, GraphQLSchema]:
        """The same as graphql-core has them, by the name of the role."""
        return {str(name): schema._schema for name, schema in self.schemas.items()}


def build() -> Schema:
    """The whole schema; not in alphabetical order, since sorting would make new type objects."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=KINDS,
        config=StrawberryConfig(
            name_converter=Names(),
            scalar_map=SCALARS,
            sort_schema=False,
            disable_field_suggestions=True,
        ),
        extensions=[Mask, Working],
        execution_context_class=Executor,
    )


def guarded(gate: Gate) -> Views:
    """The views of one process; trusted documents are checked against them now."""
    every = {each: views.of_role(api, each, KIND_NAMES) for each in role.Role}
    found = Views({each: behind(gate, copy(view)) for each, view in every.items()})
    gate.documents.check(found.graphql)
    return found


def behind(gate: Gate, schema: Schema) -> Schema:
    """The schema with its gate."""
    schema.gate, schema.whole = gate, api._schema
    return schema


api = build()
behind(Gate(), api)
