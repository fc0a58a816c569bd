"""Changes of the schema: what the changelog says, and what clients had to be warned of."""

from datetime import date
from pathlib import Path

import pytest
from graphql import build_schema

from resolvers import context
from rules import dates
from schema import changes, snapshot
from schema.api import api

TODAY = date(2027, 7, 1)
DATED = '@deprecated(reason: "since 1.4, removed >= {}; use fresh")'
OLD = """
type Query {{ fresh: Int old: Int {} with(argument: Int {}): Int gone: Gone {} }}
type Gone {{ again: Gone number: Int }}
enum Word {{ ONE TWO {} }}
type Also {{ word: Word }}
extend type Query {{ also: Also }}
"""
KEPT = "type Query { fresh: Int with: Int also: Also } type Also { word: Word } enum Word { ONE }"


def old(day: str) -> str:
    return OLD.format(*[DATED.format(day)] * 4)


@pytest.mark.parametrize(
    ("before", "breaks"),
    [
        (old("2027-07-01"), False),
        (old("2027-07-02"), True),
        (OLD.format("", "", "", ""), True),
        (OLD.format(*["@deprecated"] * 4), True),
    ],
)
def test_what_goes_was_deprecated_and_its_day_has_come(before: str, breaks: bool) -> None:
    found = changes.unannounced(build_schema(before), build_schema(KEPT), TODAY)

    assert sorted(found) == (
        [
            "Argument Query.with(argument:) was removed.",
            "Enum value Word.TWO was removed.",
            "Field Query.gone was removed.",
            "Field Query.old was removed.",
            "Gone was removed.",
        ]
        if breaks
        else []
    )


def test_no_date_excuses_another_type_under_an_old_name() -> None:
    day = DATED.format("2020-01-01")
    before = build_schema(f"type Query {{ a: Int {day} }}")

    found = changes.unannounced(before, build_schema("type Query { a: String }"), TODAY)

    assert found == ["Field Query.a changed type from Int to String."]


def test_the_changelog_says_what_came_what_differs_and_what_went() -> None:
    before = build_schema('type Query { a: Int b(x: Int = 1): Int } "one" type T { x: Int }')
    after = build_schema('type Query { c: Int b(x: Int = 2): Int } "two" type T { x: Int }')

    assert changes.section(before, after) == (
        "### Added\n- Field Query.c was added.\n\n"
        "### Changed\n- Query.b(x:) has changed defaultValue from 1 to 2.\n\n"
        "### Removed\n- Field Query.a was removed."
    )


def test_nothing_of_the_last_release_went_without_a_warning() -> None:
    released = build_schema(snapshot.RELEASED.read_text(encoding="utf-8"))

    today = dates.shanghai_date(context.clock())

    assert changes.unannounced(released, api._schema, today) == []


def test_the_command_compares_and_says_by_its_status_whether_clients_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert snapshot.compare(snapshot.RELEASED) == 0
    text = snapshot.RELEASED.read_text(encoding="utf-8")
    older = tmp_path / "older.graphql"
    older.write_text(
        text.replace("  createdAt: DateTime!\n", "  createdAt: DateTime!\n  nick: String\n")
    )

    assert snapshot.compare(older) == 1
    printed = capsys.readouterr()
    assert "- Field User.nick was removed." in printed.out
    assert "breaks clients without a deprecation: Field User.nick was removed." in printed.err
