"""Selections: deep ones are worked out in steps that grow with their length, not with its power."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from graphql import FieldNode, parse

from models import picture, sources
from models.shape import Wanted
from resolvers import selection
from resolvers.selection import Scope
from schema import plan
from schema.api import api

LEVELS = 6
LIST = api._schema.type_map["OrganisationConnection"]


def parents(below: str) -> tuple[Scope, list[FieldNode]]:
    """Organisations with what stands above them, each of one of four types."""
    inner = f"{{ name {below} }}"
    for _ in range(LEVELS):
        inner = f"{{ name parent {inner} ... on Unit {{ unitCode }} }}"
    (operation,) = parse(f"{{ organisations {{ nodes {inner} }} }}").definitions
    fields: Any = operation.selection_set.selections  # type: ignore[attr-defined]
    return Scope(api._schema, {}, {}), list(fields)


def wanted(scope: Scope, nodes: list[FieldNode]) -> Wanted:
    """What a list of organisations wants of its rows."""
    found = selection.rows_of(scope, LIST, nodes)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "work_out", [wanted, lambda scope, nodes: plan.planned(scope, LIST, nodes)]
)
def test_the_types_of_an_interface_share_what_lies_below_them(
    work_out: Callable[[Scope, list[FieldNode]], Any],
) -> None:
    scope, nodes = parents("kind")

    with patch.object(selection, "collect", wraps=selection.collect) as collected:
        work_out(scope, nodes)

    assert collected.call_count <= 4 * (LEVELS + 1) + 2


def test_what_cannot_be_painted_far_below_is_found_out_once_a_level() -> None:
    only_python = wanted(*parents("closed"))

    with patch.object(picture, "of_type", wraps=picture.of_type) as tried:
        assert not picture.of(sources.ORGANISATION, only_python).painted

    assert tried.call_count <= 4 * LEVELS
