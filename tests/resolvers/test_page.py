"""Pages: every row once in both directions while rows come in, and cursors that fit."""

import base64
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from models.access import Viewer
from models.read import Connection
from resolvers.page import VERSION
from tests.factories import city
from tests.factories.city import City
from tests.factories.question import answered, asked
from tests.statements import counted

PAGE = """query($first: Int, $after: String, $last: Int, $before: String,
  $order: [TrainingRecordOrder!], $where: TrainingRecordFilter) {
  trainingRecords(first: $first, after: $after, last: $last, before: $before, orderBy: $order,
    where: $where) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id endsOn courseName } } nodes { id }
  }
}"""
COUNT = "{ trainingRecords(first: 1) { totalCount nodes { id } } }"
BY_NAME = [{"field": "COURSE_NAME"}, {"field": "ENDS_ON", "direction": "DESC"}]


@pytest.fixture
async def town(db: Connection) -> City:
    """Twenty-three records of the applicant; several share a date and a name."""
    town = await city.build(db)
    for number in range(23):
        await record(town, number)
    return town


async def record(town: City, number: int) -> UUID:
    day = date(2026, 1, 1) + timedelta(days=number // 3)
    return await city.registered(
        town,
        "applicant",
        starts_on=day,
        ends_on=day,
        attended_days=1,
        course_name=f"课程{number % 4}",
    )


async def page(viewer: Viewer, **arguments: Any) -> Any:
    return (await answered(viewer, PAGE, **arguments))["trainingRecords"]


@pytest.mark.parametrize("order", [None, BY_NAME, [{"field": "SUBMITTED_AT"}]])
@pytest.mark.parametrize("size", [1, 7, 100])
async def test_both_ways_through_the_list_meet_every_row_once(
    town: City, size: int, order: Any
) -> None:
    me = town.viewers["applicant"]
    whole = [edge["node"]["id"] for edge in (await page(me, first=100, order=order))["edges"]]

    forwards: list[str] = []
    backwards: list[str] = []
    after = before = None
    while True:
        one = await page(me, first=size, after=after, order=order)
        forwards += [node["id"] for node in one["nodes"]]
        if not one["pageInfo"]["hasNextPage"]:
            break
        after = one["pageInfo"]["endCursor"]
    while True:
        one = await page(me, last=size, before=before, order=order)
        backwards = [node["id"] for node in one["nodes"]] + backwards
        if not one["pageInfo"]["hasPreviousPage"]:
            break
        before = one["pageInfo"]["startCursor"]

    assert len(set(whole)) == 23
    assert forwards == backwards == whole


async def test_rows_that_come_in_meanwhile_move_nothing(town: City) -> None:
    me = town.viewers["applicant"]
    there = {node["id"] for node in (await page(me, first=100))["nodes"]}

    seen: list[str] = []
    after = None
    for number in range(50):
        one = await page(me, first=4, after=after)
        seen += [node["id"] for node in one["nodes"]]
        after = one["pageInfo"]["endCursor"]
        await record(town, 100 + number)  # newer: before the place the reader has come to
        if not one["pageInfo"]["hasNextPage"]:
            break

    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
        ({"last": -1}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": "xx"}, "after"),
        ({"before": "bm90IGpzb24="}, "before"),
        ({"after": "WzEsImVuZHNfb24gZGVzYyIsW11d"}, "after"),  # no key inside
        ({"order": [{"field": "ENDS_ON"}] * 4}, "orderBy"),
    ],
)
async def test_a_page_nobody_can_mean_is_a_wrong_argument(
    town: City, arguments: dict[str, Any], argument: str
) -> None:
    result = await asked(town.viewers["applicant"], PAGE, **arguments)

    assert result.errors
    said = result.errors[0].extensions or {}
    assert (said["code"], said["argument"]) == ("BAD_USER_INPUT", argument)


async def test_a_cursor_of_another_order_is_a_wrong_argument(town: City) -> None:
    me = town.viewers["applicant"]
    cursor = (await page(me, first=1))["pageInfo"]["endCursor"]

    result = await asked(me, PAGE, after=cursor, order=BY_NAME)

    assert result.errors and "same order" in result.errors[0].message


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize(
    "key",
    [
        ["some day", str(UUID(int=0))],
        ["2026-02-30", str(UUID(int=0))],
        ["2026-01-01", "no id"],
        ["2026-01-01\0", str(UUID(int=0))],
    ],
)
async def test_a_forged_cursor_is_a_wrong_argument(
    town: City, argument: str, key: list[str]
) -> None:
    whole = [VERSION, "ends_on desc", key]
    forged = base64.urlsafe_b64encode(orjson.dumps(whole)).decode()

    result = await asked(town.viewers["applicant"], PAGE, **{argument: forged})

    assert result.errors
    said = result.errors[0].extensions or {}
    assert (said["code"], said["argument"]) == ("BAD_USER_INPUT", argument)


async def test_a_list_is_one_statement_and_its_count_another(town: City) -> None:
    me = town.viewers["applicant"]

    with counted() as page_alone:
        await page(me, first=5)
    with counted() as with_count:
        data = await answered(me, COUNT)

    assert (len(page_alone), len(with_count)) == (1, 2)
    assert data["trainingRecords"]["totalCount"] == 23


async def test_a_page_knows_what_lies_on_both_sides(town: City) -> None:
    me = town.viewers["applicant"]
    first = (await page(me, first=10))["pageInfo"]
    second = (await page(me, first=13, after=first["endCursor"]))["pageInfo"]

    assert (first["hasPreviousPage"], first["hasNextPage"]) == (False, True)
    assert (second["hasPreviousPage"], second["hasNextPage"]) == (True, False)
