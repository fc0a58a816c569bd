"""One's own data: all of it, nobody else's, no secret, and a line of history."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import app
from models import ExportPermit, History, inventory
from models.read import Connection
from models.viewer import Lack
from rules.refusal import Refused
from settings import Settings
from tests.factories import amendment as amendments
from tests.factories import city as cities
from tests.factories import personal as copies
from tests.factories.city import City
from tests.factories.dossier import decided
from tests.factories.record import done
from tests.statements import counted
from workflow import personal
from workflow.personal import Permit


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


@pytest.fixture
async def client(city: City, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def own(client: httpx.AsyncClient, city: City, who: str) -> Any:
    return await copies.fetched(client, city.viewers[who])


async def test_a_person_gets_his_rows_of_every_table_with_purposes(
    client: httpx.AsyncClient, city: City
) -> None:
    await decided(city)

    told = await own(client, city, "applicant")

    known = inventory.current()
    assert (told["tables"].keys(), told["purposes"].keys()) == (
        known.personal.keys(),
        known.classes.keys(),
    )
    full = (
        "person",
        "profile",
        "employment",
        "training_record",
        "attachment",
        "wf_case",
        "wf_event",
    )
    assert [len(told["tables"][name]["rows"]) for name in full] == [1, 1, 1, 1, 1, 1, 4]
    assert told["tables"]["profile"]["rows"][0]["phone"] == "13800138000"


@pytest.mark.parametrize("who", ["handler", "museum handler", "district checker", "pupil"])
async def test_nobody_gets_records_of_somebody_else(
    client: httpx.AsyncClient, city: City, who: str
) -> None:
    await decided(city)

    tables = (await own(client, city, who))["tables"]

    assert [one["name"] for one in tables["person"]["rows"]] == [who]
    assert tables["training_record"]["rows"] == tables["wf_case"]["rows"] == []
    assert len(tables["wf_event"]["rows"]) == (who == "handler")


async def test_no_secret_leaves(client: httpx.AsyncClient, city: City) -> None:
    tables = (await own(client, city, "applicant"))["tables"]

    assert tables["session"]["rows"] and tables["account"]["rows"]
    given = {name for table in tables.values() for row in table["rows"] for name in row}
    assert given & {"password_hash", "token_hash"} == set()


async def test_a_copy_leaves_one_line_of_history_and_one_of_the_log(
    db: Connection, client: httpx.AsyncClient, city: City
) -> None:
    headers = await copies.bearer(city.viewers["applicant"])
    url = (await copies.asked(client, headers))["downloadUrl"]
    before = await lines(db)

    looked = await client.head(url, headers=headers)
    answers = [await client.get(url, headers=headers) for _ in range(2)]

    assert looked.status_code == 405
    assert [one.status_code for one in answers] == [200, 404]
    assert (before, await lines(db)) == (0, 1)
    assert (await History.get(tag="personal:export")).person_id == (
        city.viewers["applicant"].person_id
    )


async def lines(db: Connection) -> int:
    """How often the log says that a copy was taken."""
    found = await db.execute_query_dict(
        "SELECT 1 FROM audit.audit_event WHERE action = 'personal:export' AND outcome = 'done'"
    )
    return len(found)


async def test_the_answer_says_what_is_fetched_where_and_until_when(
    client: httpx.AsyncClient, city: City
) -> None:
    headers = await copies.bearer(city.viewers["applicant"])

    told = await copies.asked(client, headers)
    answer = await client.get(told["downloadUrl"], headers=headers)

    assert answer.json()["format"] == told["format"] == "jijiao-personal-data/1"
    assert answer.headers["content-type"] == told["mediaType"]
    assert f'filename="{told["fileName"]}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    left = datetime.fromisoformat(told["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


async def test_an_address_is_its_owners_alone(client: httpx.AsyncClient, city: City) -> None:
    own = await copies.bearer(city.viewers["applicant"])
    url = (await copies.asked(client, own))["downloadUrl"]

    stranger = await client.get(url)
    others = [
        await client.get(url, headers=await copies.bearer(city.viewers[who]))
        for who in ("pupil", "handler", "city checker")
    ]

    assert stranger.status_code == 401
    assert [one.status_code for one in others] == [404] * 3
    assert (await client.get(url, headers=own)).status_code == 200


@pytest.mark.parametrize(
    ("after", "lacks", "fetched"),
    [
        (timedelta(minutes=14, seconds=59), None, True),
        (timedelta(minutes=15), None, False),
        (timedelta(minutes=1), Lack.SECOND_FACTOR, False),
    ],
)
async def test_an_address_is_good_for_a_quarter_of_an_hour_and_for_who_is_in(
    city: City, after: timedelta, lacks: Lack | None, fetched: bool
) -> None:
    viewer = city.viewers["applicant"]
    made = await personal.permit(viewer, cities.NOW)
    assert isinstance(made, Permit)

    told = await personal.export(replace(viewer, lacks=lacks), made.token, cities.NOW + after)

    assert isinstance(told, dict) is fetched
    assert await ExportPermit.all().count() == (not fetched)
    assert await History.filter(tag="personal:export").count() == fetched


async def test_another_address_takes_the_place_of_the_one_before(city: City) -> None:
    viewer = city.viewers["applicant"]
    first, second = [await personal.permit(viewer, cities.NOW) for _ in range(2)]
    assert isinstance(first, Permit) and isinstance(second, Permit)

    told = [await personal.export(viewer, one.token, cities.NOW) for one in (first, second)]

    assert told[0] == Refused("NOT_FOUND") and isinstance(told[1], dict)


async def test_of_two_who_fetch_at_once_one_gets_the_copy(city: City) -> None:
    viewer = city.viewers["applicant"]
    made = await personal.permit(viewer, cities.NOW)
    assert isinstance(made, Permit)

    told = await asyncio.gather(
        *(personal.export(viewer, made.token, cities.NOW) for _ in range(4))
    )

    assert sum(isinstance(one, dict) for one in told) == 1
    assert await History.filter(tag="personal:export").count() == 1


async def test_five_addresses_an_hour_are_enough_for_anybody(city: City) -> None:
    viewer, other = city.viewers["applicant"], city.viewers["pupil"]
    for _ in range(5):
        assert isinstance(await personal.permit(viewer, cities.NOW), Permit)
    kept = await ExportPermit.get().values()

    refused = await personal.permit(viewer, cities.NOW)

    assert refused == Refused("TOO_MANY_TRIES", {"minutes": 60})
    assert await ExportPermit.get().values() == kept
    assert isinstance(await personal.permit(other, cities.NOW), Permit)
    assert isinstance(await personal.permit(viewer, cities.NOW + timedelta(minutes=61)), Permit)


async def test_a_document_asks_for_one_copy(client: httpx.AsyncClient, city: City) -> None:
    headers = await copies.bearer(city.viewers["applicant"])
    twice = "mutation { a: exportMyData { __typename } b: exportMyData { __typename } }"

    answer = (await client.post("/graphql", json={"query": twice}, headers=headers)).json()

    assert [one["extensions"]["limit"] for one in answer["errors"]] == ["once"]
    assert await ExportPermit.all().count() == 0


async def test_it_costs_a_statement_for_each_table(city: City) -> None:
    made = await personal.permit(city.viewers["applicant"], cities.NOW)
    assert isinstance(made, Permit)

    with counted() as statements:
        await personal.export(city.viewers["applicant"], made.token, cities.NOW)

    assert len(statements) == len(inventory.current().personal) + 4


async def test_who_proposed_an_amendment_does_not_take_the_record_of_another(city: City) -> None:
    await amendments.keepers(city)
    done(await amendments.proposed(city, await amendments.approved(city)))

    theirs, own = [
        (await copies.copied(city.viewers[who]))["tables"]["amendment"]["rows"]
        for who in ("keeper", "applicant")
    ]

    assert (len(theirs), len(own)) == (0, 1)
