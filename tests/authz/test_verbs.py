"""Every verb with an id, for every kind of viewer: forbidden rows are answered as unknown ones."""

from functools import cache
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models.access import Viewer
from schema import role
from tests.authz import policy
from tests.authz.asking import VIEWS, WHOLE, paths, required, told, unknown
from tests.authz.world import World

PUBLIC = "public"
NOT_ASKED = (PUBLIC,)
EACH = "... on DecideTasksPayload { items { error { code message path } } }"
SIGNED_IN = [name for name in policy.ACTORS if name != "stranger"]
PLACES = ("hospital", "museum", "city")  # those of others differ from these by name alone


class TakenBack(Exception):
    """Nothing of it stays."""


@cache
def verbs() -> list[tuple[str, str, str]]:
    """Every mutation, and every query with an input, with each place of an id in its input."""
    return [
        (operation, name, path)
        for operation in ("mutation", "query")
        for name, published in getattr(WHOLE, f"{operation}_type").fields.items()
        if "input" in published.args
        for path in paths(published.args["input"].type)
    ]


def named(path: str) -> str:
    """The type an id names; without a line, a KeyError with its name."""
    kind: str = policy.TABLE["ids"][path.rpartition(".")[2]]
    return kind


def beside(world: World) -> dict[str, str]:
    """Ids for the other places of an input: rows of the hospital."""
    return {
        name: world.rows["Unit", "city"] if kind in NOT_ASKED else world.of(kind)[at(world, kind)]
        for name, kind in policy.TABLE["ids"].items()
    }


def at(world: World, kind: str) -> str:
    """A place where there is a row of a type."""
    return "hospital" if "hospital" in world.of(kind) else "city"


async def put(world: World, viewer: Viewer | None, verb: tuple[str, str, str], id: str) -> Any:
    """The answer to a verb about this row, taken back afterwards."""
    operation, name, path = verb
    kind = getattr(WHOLE, f"{operation}_type").fields[name].args["input"].type
    query = f"""{operation}($input: {kind}) {{ {name}(input: $input) {{ __typename
      ... on UserError {{ code message path }} {EACH if name == "decideTasks" else ""} }} }}"""
    try:
        async with in_transaction():
            answer = await told(viewer, query, input=required(kind, path, id, beside(world)))
            raise TakenBack
    except TakenBack:
        return answer


def has(viewer: Viewer | None, verb: tuple[str, str, str]) -> bool:
    """Is the verb, with this id, in his schema?"""
    operation, name, _ = verb
    return name in getattr(VIEWS.graphql[str(role.of(viewer))], f"{operation}_type").fields


@pytest.mark.parametrize("verb", verbs(), ids=".".join)
async def test_a_verb_on_a_row_one_may_not_read_is_answered_as_if_it_were_not_there(
    world: World, verb: tuple[str, str, str]
) -> None:
    if named(verb[2]) in NOT_ASKED:
        return
    differs = []
    for actor in SIGNED_IN:
        viewer = world.viewer(actor)
        if not has(viewer, verb):
            continue
        nothing = await put(world, viewer, verb, unknown(named(verb[2])))
        for place, id in world.of(named(verb[2])).items():
            if policy.parted(place)[0] not in PLACES:
                continue
            answer = await put(world, viewer, verb, id)
            if actor not in policy.told(named(verb[2]), place):
                assert answer == nothing, (actor, place)
            else:
                differs.append(answer != nothing)

    if verb[1] not in policy.TABLE["passed-over"].get(verb[2], "").split():
        assert any(differs)  # the allowed twin


def test_a_stranger_may_come_in_and_ask_for_nothing_else() -> None:
    views = VIEWS.graphql["stranger"]
    door = {"signIn", "signOut", "requestPasswordReset", "resetPassword"}
    door |= {"beginRegistration", "saveRegistration", "finishRegistration", "redeemInvitation"}

    assert set(views.mutation_type.fields) == door  # type: ignore[union-attr]
    asked = {"viewer", "registration", "registrationTerms", "passwordLink", "passwordRules"}
    assert set(views.query_type.fields) == asked  # type: ignore[union-attr]
    assert views.subscription_type is None


def test_who_must_enrol_or_change_his_password_does_that_and_nothing_else() -> None:
    views = {name: VIEWS.graphql[name] for name in ("stranger", "arriving")}
    verbs, questions = (
        {name: set(getattr(view, f"{kind}_type").fields) for name, view in views.items()}
        for kind in ("mutation", "query")
    )

    own = {"changePassword", "beginSecondFactor", "confirmSecondFactor"}
    assert verbs["arriving"] - verbs["stranger"] == own
    assert questions["arriving"] == questions["stranger"]
    assert views["arriving"].subscription_type is None
