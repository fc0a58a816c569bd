"""Pictures: what PostgreSQL paints, and that nothing half-right leaves it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from models import case_source, painting, picture, sources
from models.read import Connection, Row
from models.select import Key, Sort, Source, Window, anything
from models.shape import Asked, Branch, Field, Kind, Leaf, Shape, Wanted
from resolvers import page
from tests.factories import city
from tests.factories.answer import varied
from tests.factories.city import City
from tests.statements import counted

NAME = Leaf(key="name", name="name", kind=Kind.TEXT, required=True)
FILES = Leaf(key="file", name="file_name", kind=Kind.TEXT, required=True)


@pytest.fixture
async def town(db: Connection) -> City:
    return await varied(db)


def window(source: Source, size: int = 50) -> Window:
    """The first rows by id."""
    sort = Sort(Key(f"{source.alias}.id", "uuid"), False)
    return Window(order=[sort], after=None, before=None, size=size, backwards=False)


def leaf(name: str, kind: Kind, *, required: bool = True, **words: str) -> Leaf:
    """A value under its own name."""
    return Leaf(key=name, name=name, kind=kind, required=required, words=words)


async def rows(town: City, who: str, source: Source, *fields: Field) -> list[Row]:
    """Rows with these fields wanted."""
    wanted = Wanted({source.type_names[0]: Shape(fields)})
    return await painting.window(source, town.viewers[who], anything, window(source), wanted)


def read(rows: list[Row]) -> list[Any]:
    """Painted rows as values."""
    return [orjson.loads(row["json"]) for row in rows]


async def test_values_are_written_as_python_writes_them(town: City) -> None:
    found = await rows(
        town,
        "applicant",
        sources.RECORD,
        Leaf(key="kind", name="__typename", kind=Kind.TYPE_NAME, required=True),
        leaf("starts_on", Kind.DAY),
        leaf("created_at", Kind.INSTANT),
        leaf("attended_days", Kind.NUMBER, required=False),
        leaf("declared_hours", Kind.HOURS, required=False),
        leaf("deleted", Kind.TRUTH),
        leaf("status", Kind.WORD, draft="DRAFT", in_review="IN_REVIEW", approved="APPROVED"),
        leaf("note", Kind.TEXT),
    )

    one = next(each for each in read(found) if each["status"] == "IN_REVIEW")
    assert one == {
        "kind": "TrainingRecord",
        "starts_on": "2026-05-11",
        "created_at": city.NOW.isoformat(),
        "attended_days": 5,
        "declared_hours": "30.0",
        "deleted": False,
        "status": "IN_REVIEW",
        "note": "\x01\t\r\n\u2028</script>\x7f",
    }


@pytest.mark.parametrize("required", [True, False])
async def test_a_word_that_no_list_knows_leaves_nothing_of_the_row(
    town: City, required: bool
) -> None:
    status = leaf("status", Kind.WORD, required=required, draft="DRAFT")
    found = await rows(town, "applicant", sources.RECORD, status)
    assert sorted(str(row["json"]) for row in found)[:2] == ["None", "None"]


async def test_a_null_that_must_not_be_leaves_nothing_of_the_row(town: City) -> None:
    found = await rows(
        town, "applicant", sources.RECORD, leaf("submitted_at", Kind.INSTANT), leaf("id", Kind.TEXT)
    )
    assert any(row["json"] is None for row in found)


def task(*, required: bool) -> Branch:
    """The open task of a case, which not everybody may read."""
    return Branch(
        key="task",
        name="open_task",
        required=required,
        many=False,
        shapes={"Task": Shape((leaf("id", Kind.NODE_ID),))},
    )


async def test_a_row_that_may_not_be_read_is_null_or_spoils_the_row(town: City) -> None:
    mine = await rows(town, "applicant", case_source.CASE, task(required=False))
    spoilt = await rows(town, "applicant", case_source.CASE, task(required=True))
    theirs = await rows(town, "handler", case_source.CASE, task(required=True))

    assert read(mine) == [{"task": None}] * 2
    assert [row["json"] for row in spoilt] == [None, None]
    assert all(each["task"]["id"] for each in read(theirs))


async def test_a_list_keeps_its_order_and_its_gate(town: City) -> None:
    files = Branch(
        key="files",
        name="attachments",
        required=True,
        many=True,
        shapes={"Attachment": Shape((leaf("scan_state", Kind.TEXT),))},
    )
    found = await rows(town, "applicant", sources.RECORD, files)
    states = [[each["scan_state"] for each in one["files"]] for one in read(found)]

    assert ["clean", "infected", "unscanned"] in states


async def test_what_python_must_answer_brings_whole_rows_with_what_is_ready(town: City) -> None:
    person = Branch(
        key="who", name="person", required=True, many=False, shapes={"Person": Shape((NAME,))}
    )
    found = await rows(town, "applicant", sources.RECORD, person, Asked(key="warnings"))

    assert {row.origin for row in found} == {"declared", "in_system"}
    assert {bytes(orjson.dumps(row.ready)) for row in found} == {b'{"who":{"name":"applicant"}}'}


async def test_a_page_with_a_spoilt_row_is_read_again_as_plain_rows(town: City) -> None:
    wanted = Wanted({"Case": Shape((task(required=True),))})
    listed = replace(case_source.CASE, keys={"opened_at": Key("c.opened_at", "timestamptz")})
    with counted() as statements:
        found = await page.read(
            listed,
            town.viewers["applicant"],
            anything,
            asked=page.Asked(first=5, wanted=wanted),
            orders=None,
            usual="opened_at",
        )

    assert not found.painted
    assert [row.type_name for row in found.rows] == ["Case", "Case"]
    assert len(statements) == 2


async def test_too_many_joins_are_left_to_loaders(town: City) -> None:
    def parents(depth: int) -> Branch:
        shape = Shape((NAME, *([parents(depth - 1)] if depth else [])))
        kinds = dict.fromkeys(sources.ORGANISATION.type_names, shape)
        return Branch(key="parent", name="parent", required=False, many=False, shapes=kinds)

    def painted(depth: int) -> bool:
        shape = Shape((parents(depth),))
        wanted = Wanted(dict.fromkeys(sources.ORGANISATION.type_names, shape))
        return picture.of(sources.ORGANISATION, wanted).painted

    assert (painted(20), painted(40)) == (True, False)
