"""Masks: of all that a viewer can learn of somebody by any query, a hundred numbers still fit."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from models import Profile
from rules.person import Gender
from tests.authz import policy
from tests.authz.asking import VIEWS, key_of, people_in, told, whole
from tests.authz.test_matrix import LISTED, LISTS
from tests.authz.world import World
from tests.factories.identity import number, numbered
from tests.schema.test_mask import fitting

BORN, REGION = date(1985, 6, 8), "440106"
SIGNED_IN = [name for name in policy.ACTORS if name != "stranger"]
LEAST = 100
PLACES = ("hospital", "museum", "school", "addressed")


@pytest.fixture(scope="module")
async def counted(world: World) -> AsyncIterator[dict[Any, str]]:
    """People of several places with numbers and full profiles, by their keys."""
    known = {key_of(world.rows["Person", place]): place for place in PLACES}
    for sequence, key in enumerate(known, 1):
        await numbered(key, number(BORN, region=REGION, sequence=sequence))
        await Profile.filter(person_id=key).update(birth_date=BORN, gender="male")
    yield known


async def everything(world: World, actor: str) -> list[Any]:
    """All that every list, and every row by its id, tells him."""
    viewer = world.viewer(actor)
    schema = VIEWS.of(viewer)._schema
    assert schema.query_type is not None
    fields, types = schema.query_type.fields, schema.type_map
    found = [
        await told(viewer, f"{{ {root}(first: 100) {{ nodes {whole(schema, types[kind], 1)} }} }}")
        for root, kind in LISTS.items()
        if root in fields and kind in types and kind != "Organisation"
    ]
    if "node" not in fields:
        return found
    for (kind, place), id in world.rows.items():
        told_of = place.startswith(("hospital", "addressed")) and kind not in LISTED
        if told_of and kind in types and actor in policy.readers(kind, place):
            query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind}"
            found.append(
                await told(viewer, f"{query} {whole(schema, types[kind], 1)} }} }}", id=id)
            )
    return found


@pytest.mark.parametrize("actor", SIGNED_IN)
async def test_of_all_that_is_told_together_a_hundred_numbers_fit(
    world: World, counted: dict[Any, str], actor: str
) -> None:
    viewer = world.viewer(actor)
    assert viewer is not None
    facts: dict[Any, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for answer in await everything(world, actor):
        for person in people_in(answer["data"]):
            profile = person.get("profile") or {}
            seen = facts[key_of(person["id"])]
            seen["mask"].add(person.get("maskedNumber"))
            seen["born"].add(profile.get("birthDate"))
            seen["gender"].add(profile.get("gender"))

    for key in {*facts} & {*counted} - {viewer.person_id}:
        seen = {name: values - {None} for name, values in facts[key].items()}
        assert all(fits(mask, seen) >= LEAST for mask in seen["mask"]), (counted[key], seen)
    if actor == "handler":  # so that it was worth counting
        owner = next(key for key, place in counted.items() if place == "hospital")
        assert facts[owner]["born"] == {None, BORN.isoformat()}


def fits(mask: str, seen: dict[str, set[Any]]) -> int:
    """How many numbers fit a mask and whatever else was seen; the region is taken to be known."""
    born = BORN if seen["born"] else None
    return fitting(mask, born, Gender.MALE if seen["gender"] else None, REGION)
