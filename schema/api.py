"""The schema: queries, mutations, scalars, and the extensions every operation passes."""

from datetime import datetime
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext

from schema import filter  # noqa: F401  publishes the operators before they are used
from schema.errors import Mask, OneOperation
from schema.execution import Executor
from schema.mutation import Mutation
from schema.organisation import KINDS
from schema.query import Query
from schema.scalars import SCALARS


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

    def _get_custom_context_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given = super()._get_custom_context_kwargs(*args, **kwargs)
        return {**given, "hide_suggestions": True}


def build(*, in_order: bool = False) -> Schema:
    """The schema; one in alphabetical order is for reading only.

    Sorting makes new type objects, and Strawberry then no longer finds the members of a union.
    """
    return Schema(
        query=Query,
        mutation=Mutation,
        types=KINDS,
        config=StrawberryConfig(
            name_converter=Names(),
            scalar_map=SCALARS,
            sort_schema=in_order,
            disable_field_suggestions=True,
        ),
        extensions=[Mask, OneOperation],
        execution_context_class=Executor,
    )


api = build()
