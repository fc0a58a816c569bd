"""Every kind of viewer by every type and field: what the reviewed table says, and no more."""

from typing import Any

import pytest
from graphql import get_named_type, is_object_type

from models import sources
from models.account import UserType
from schema.role import Role, of
from tests.authz import policy
from tests.authz.asking import (
    VIEWS,
    WHOLE,
    by_id,
    key_of,
    kind_of,
    named_in,
    people_in,
    public,
    told,
    unknown,
    whole,
)
from tests.authz.world import SECRET, World

AWAY = {  # in whose schemas no row is asked for by its id
    name
    for name, view in VIEWS.graphql.items()
    if "node" not in view.query_type.fields  # type: ignore[union-attr]
}
SIGNED_IN = [name for name, kind in policy.ACTORS.items() if kind not in AWAY]
LISTED = set(policy.TABLE["listed"]["types"].split())
TYPES = sorted(sources.BY_TYPE)
AUTHORS = ("owner", "drafter")


def fields() -> list[tuple[str, str]]:
    """Every field of the live schema."""
    return [
        (name, field)
        for name, kind in sorted(WHOLE.type_map.items())
        if is_object_type(kind) and not name.startswith("__")
        for field in kind.fields
    ]


@pytest.mark.parametrize("type_name", sorted({name for name, _ in fields()}))
def test_every_field_has_a_line_and_is_in_the_schemas_the_line_names(type_name: str) -> None:
    for name, field in fields():
        if name == type_name:
            having = {
                str(role)
                for role, view in VIEWS.graphql.items()
                if field in getattr(view.type_map.get(name), "fields", ())
            }
            assert having == policy.kinds(name, field), f"{name}.{field}"


def test_no_line_of_the_table_outlives_its_field() -> None:
    lines = {
        (name, field)
        for name, words in policy.TABLE["fields"].items()
        for names in words.values()
        for field in names.split()
    }

    assert lines == set(fields())


async def test_every_kind_of_viewer_asks(world: World) -> None:
    viewers = {name: world.viewer(name) for name in policy.ACTORS}

    assert {str(of(viewer)) for viewer in viewers.values()} == {str(role) for role in Role}
    assert {one.user_type for one in viewers.values() if one} == set(UserType)
    assert {name: str(of(one)) for name, one in viewers.items()} == dict(policy.ACTORS)


async def test_every_type_with_an_id_has_rows_that_are_read_and_rows_that_are_not(
    world: World,
) -> None:
    nodes = {
        name
        for name, kind in WHOLE.type_map.items()
        if is_object_type(kind) and any(each.name == "Node" for each in kind.interfaces)
    }

    assert nodes - {*TYPES, *LISTED} == {"Seat"}  # one's own only, and not by its id
    assert {name for name, _ in world.rows} == {*TYPES, *LISTED}
    for name in TYPES:
        verdicts = [policy.readers(name, place) for place in world.of(name)]
        assert any(verdicts), name
        assert (
            any(set(SIGNED_IN) - found for found in verdicts)
            or policy.TABLE["rows"][name] == "signed-in"
        ), name


@pytest.mark.parametrize("actor", policy.ACTORS)
@pytest.mark.parametrize("type_name", TYPES)
async def test_a_row_is_read_by_whom_the_table_names_and_unknown_to_all_others(
    world: World, actor: str, type_name: str
) -> None:
    viewer = world.viewer(actor)
    if type_name not in VIEWS.of(viewer)._schema.type_map or policy.ACTORS[actor] in AWAY:
        assert not any(actor in policy.readers(type_name, at) for at in world.of(type_name))
        return
    question = by_id(viewer, type_name)
    nothing = await told(viewer, question, id=unknown(type_name))

    for place, id in world.of(type_name).items():
        answer = await told(viewer, question, id=id)
        if actor in policy.readers(type_name, place):
            assert not answer["errors"], (place, answer["errors"])
            assert answer["data"]["node"]["id"] == id
            await harmless(world, actor, answer["data"])
        else:
            assert answer == nothing, place
    assert [one["extensions"]["code"] for one in nothing["errors"]] == ["NOT_FOUND"]


async def harmless(world: World, actor: str, data: Any) -> None:
    """Whatever an answer names may be read, or shows its card; nobody else's draft is quoted."""
    if actor not in AUTHORS:
        assert SECRET not in str(data)
    known = {key_of(id): key for key, id in world.rows.items()}
    rest: list[tuple[str, str]] = []
    for edge, id in named_in(data):
        if edge in policy.CARD_EDGES or (":" in id and public(id)):
            continue
        if (key := known.get(key_of(id))) is None:
            rest.append((edge, id))
        else:
            assert actor in policy.readers(*key), (edge, key)
    for person in people_in(data):
        key = known.get(key_of(person["id"]))
        if key is not None and actor not in policy.readers(*key):
            assert not [name for name in {*person} - policy.CARD - {"__typename"} if person[name]]
    await readable(world, actor, [one for one in rest if "-" not in one[1]])


async def readable(world: World, actor: str, found: list[tuple[str, str]]) -> None:
    """Rows the table does not know by name are at least read by their ids."""
    found = [one for one in found if kind_of(one[1]) not in LISTED]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for start in range(0, len(found), 100):
        page = found[start : start + 100]
        answer = await told(world.viewer(actor), query, ids=[id for _, id in page])
        nodes = answer["data"]["nodes"]
        lost = [one for one, node in zip(page, nodes, strict=True) if not allowed(one, node)]
        assert not lost, lost


def allowed(named: tuple[str, str], node: Any) -> bool:
    """Is a row read, or no node at all, such as a seat?"""
    return node is not None or public(named[1])


@pytest.mark.parametrize("actor", SIGNED_IN)
async def test_several_rows_at_once_are_no_other_way_in(world: World, actor: str) -> None:
    every = list(world.rows)
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for start in range(0, len(every), 100):
        page = every[start : start + 100]
        answer = await told(world.viewer(actor), query, ids=[world.rows[key] for key in page])

        found = [key for key, node in zip(page, answer["data"]["nodes"], strict=True) if node]
        assert found == [
            key for key in page if key[0] not in LISTED and actor in policy.readers(*key)
        ]


LISTS = {
    name: get_named_type(get_named_type(published.type).fields["nodes"].type).name
    for name, published in WHOLE.query_type.fields.items()  # type: ignore[union-attr]
    if "nodes" in getattr(get_named_type(published.type), "fields", {})
}
SHORT = {"remarks": "Remark", "recalculationRuns": "RecalculationRun", "sessions": "Session"}


@pytest.mark.parametrize("actor", [name for name in policy.ACTORS if name != "stranger"])
@pytest.mark.parametrize("root", [*LISTS, *SHORT])
async def test_a_list_holds_the_rows_the_table_names_and_counts_no_others(
    world: World, actor: str, root: str
) -> None:
    viewer, type_name = world.viewer(actor), {**LISTS, **SHORT}[root]
    schema = VIEWS.of(viewer)._schema
    if root not in schema.query_type.fields:  # type: ignore[union-attr]
        return
    wanted = whole(schema, schema.type_map[type_name], 0)
    paged = f"(first: 100) {{ totalCount nodes {wanted} }}" if root in LISTS else wanted
    answer = await told(viewer, f"{{ {root} {paged} }}")

    assert not answer["errors"]
    listed = answer["data"][root]
    nodes = listed["nodes"] if root in LISTS else listed
    assert root in SHORT or listed["totalCount"] == len(nodes)
    place_of = {id: place for place, id in world.of(type_name).items()}
    found = {place_of[one["id"]] for one in nodes if one["id"] in place_of}
    if type_name != "Organisation":
        assert found == {at for at in place_of.values() if actor in policy.readers(type_name, at)}
    await harmless(world, actor, answer["data"])
