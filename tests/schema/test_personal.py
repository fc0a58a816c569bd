"""One's own data: all of it, nobody else's, no secret, and a line of history."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import app
from models import History, inventory
from models.read import Connection
from settings import Settings
from tests.factories import amendment as amendments
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.dossier import decided
from tests.factories.record import done
from tests.factories.session import opened
from tests.statements import counted
from workflow import personal


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


@pytest.fixture
async def client(city: City, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def own(client: httpx.AsyncClient, city: City, who: str) -> Any:
    headers = {"Authorization": f"Bearer {await opened(city.viewers[who])}"}
    answer = await client.get("/personal-data.json", headers=headers)
    assert answer.status_code == 200
    return answer.json()


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


async def test_a_stranger_gets_nothing_and_an_export_leaves_a_line(
    client: httpx.AsyncClient, city: City
) -> None:
    refused = await client.get("/personal-data.json")
    before = await History.filter(tag="personal:export").count()
    await own(client, city, "applicant")

    assert (refused.status_code, before) == (401, 0)
    assert (await History.get(tag="personal:export")).person_id == (
        city.viewers["applicant"].person_id
    )


async def test_it_costs_a_statement_for_each_table(city: City) -> None:
    with counted() as statements:
        await personal.export(city.viewers["applicant"], cities.NOW)

    assert len(statements) == len(inventory.current().personal) + 3


async def test_who_proposed_an_amendment_does_not_take_the_record_of_another(city: City) -> None:
    await amendments.keepers(city)
    done(await amendments.proposed(city, await amendments.approved(city)))

    theirs, own = [
        (await personal.export(city.viewers[who], cities.NOW))["tables"]["amendment"]["rows"]
        for who in ("keeper", "applicant")
    ]

    assert (len(theirs), len(own)) == (0, 1)
