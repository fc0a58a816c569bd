"""Organisations: public names of a public tree."""

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models import sources
from models.organisation import OrganisationKind
from models.read import Row
from resolvers import filter, page
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page


@dataclass(frozen=True, kw_only=True)
class OrganisationFilter:
    kind: filter.Among[OrganisationKind] | None = None
    name: filter.Text | None = None
    parent: filter.OfRow | None = None
    unit_code: filter.Text | None = None
    and_: list["OrganisationFilter"] | None = None
    or_: list["OrganisationFilter"] | None = None
    not_: "OrganisationFilter | None" = None


class OrganisationOrderField(StrEnum):
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class OrganisationOrder:
    field: OrganisationOrderField
    direction: Direction = Direction.ASC


async def organisations(
    context: Context,
    *,
    where: OrganisationFilter | None = None,
    order_by: list[OrganisationOrder] | None = None,
    asked: Asked,
) -> Page:
    """Organisations by name, code or place in the tree."""
    source = sources.ORGANISATION
    wanted = filter.condition(source.filters, where)
    return await page.read(source, context.me, wanted, asked=asked, orders=order_by, usual="name")


def parent(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The body above."""
    return context.one(sources.ORGANISATION, row.parent_id)


def organisation(context: Context, row: Any) -> Awaitable[Row | None] | None:
    """The organisation a row belongs to."""
    return context.one(sources.ORGANISATION, row.organisation_id)


def employer(context: Context, row: Any) -> Awaitable[Row | None] | None:
    """The employer a row names."""
    return context.one(sources.ORGANISATION, row.employer_id)


def organiser(context: Context, row: Any) -> Awaitable[Row | None] | None:
    """The training institution a record names."""
    return context.one(sources.ORGANISATION, row.organiser_id)


def is_closed(context: Context, row: Row) -> bool:
    """Was it closed before today?"""
    return row.closed_on is not None and row.closed_on <= context.today
