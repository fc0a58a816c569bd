"""The schema as a contract: every element is described, and the snapshot is current."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, is_introspection_type
from graphql.type import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from schema import snapshot
from schema.api import api
from tests.factories.question import asked

BUILT_IN = {"ID", "Int", "String", "Boolean", "Float"}
VIEWS = sorted({*snapshot.VIEWS.glob("*.graphql")} - {snapshot.RELEASED})
KEPT = [snapshot.FILE, snapshot.ERRORS, snapshot.TRUSTED, *VIEWS]


@cache
def current() -> Mapping[Path, str]:
    """What the files should say; worked out by the tests that ask, since it takes a while."""
    return snapshot.kept()


def elements(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every type, field, argument, input field and enum value with its description."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or name in BUILT_IN:
            continue
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{key}", value.description) for key, value in kind.values.items())
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", one.description) for key, one in kind.fields.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in kind.fields.items():
                yield f"{name}.{key}", field.description
                for argument, given in field.args.items():
                    yield f"{name}.{key}({argument}:)", given.description


def test_every_element_is_described() -> None:
    assert [name for name, text in elements(api._schema) if not (text or "").strip()] == []


def test_all_that_should_be_kept_is_there_and_nothing_else() -> None:
    assert sorted(KEPT) == sorted(current())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_is_kept_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == current()[path], "run: python . schema --write"


def test_what_is_current_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "view.graphql"
    snapshot.keep(file, "type A")
    os.utime(file, (0, 0))

    snapshot.keep(file, "type A")
    untouched = file.stat().st_mtime
    snapshot.keep(file, "type B")

    assert (untouched, file.read_text(encoding="utf-8")) == (0, "type B")
    assert file.stat().st_mtime > 0


# Strangers have no keys, and what one does to one's own sessions and password is done once anyway.
AT_THE_DOOR = {
    "signIn",
    "chooseSeat",
    "signOut",
    "beginRegistration",
    "saveRegistration",
    "finishRegistration",
    "requestPasswordReset",
    "resetPassword",
    "revokeSession",
    "changePassword",
    "linkPortal",
    "beginSecondFactor",
    "confirmSecondFactor",
    "renewRecoveryCodes",
    "stepUp",
    "redeemInvitation",
    "revealIdentity",  # each look is a look of its own, and counted as one
    "findPerson",
}


def test_every_input_that_changes_something_carries_a_key() -> None:
    mutations = api._schema.mutation_type
    assert mutations
    for name, field in mutations.fields.items():
        given = {str(argument.type).rstrip("!") for argument in field.args.values()}
        for each in given:
            fields = api._schema.type_map[each].fields  # type: ignore[attr-defined]
            keyed = "idempotencyKey" in fields
            assert keyed is (name not in AT_THE_DOOR), name


async def test_near_misses_are_not_suggested() -> None:
    for query in (
        "{ viewr { login } }",
        "{ titles(levl: SENIOR) { code } }",
        "{ titles(level: SENOR) { code } }",
        "query($x: Strin) { titles(series: $x) { code } }",
    ):
        result = await asked(None, query)
        assert result.errors
        assert all("Did you mean" not in error.message for error in result.errors)
