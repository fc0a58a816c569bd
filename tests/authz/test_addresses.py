"""The other ways in: addresses of files, and what is watched."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.routing import Route

import app
from models import Attachment
from resolvers import ids
from resolvers.change import Change
from settings import Settings
from tests.authz import policy
from tests.authz.asking import VIEWS, WHOLE, key_of, told, unknown, whole
from tests.authz.world import UNKNOWN, World
from tests.factories.question import key
from tests.factories.session import opened

APART = (
    "stranger",
    "arriving",
    "idle",
    "system",
    "security",
    "audit",
)  # no stored seat
SIGNED_IN = [name for name in policy.ACTORS if name not in APART]
FILES = {"Attachment": "/attachments", "Certificate": "/certificates"}
WATCHED = {
    "caseChanged": "Case",
    "jobProgress": "Job",
    "recalculationProgress": "RecalculationRun",
}
OWN = {"myTasksChanged", "noticesChanged"}
# Everything the application answers at; who may come where is said beside it.
ADDRESSES = {
    "/graphql": "the matrix",
    "/uploads/{token}": "below",
    "/attachments/{id}": "below",
    "/certificates/{id}": "below",
    "/.well-known/jwks.json": "public keys",
    "/dossiers/{id}.json": "tests of the dossier",
    "/dossiers/{id}.pdf": "tests of the dossier",
    "/personal-data/{token}": "tests of one's own data: whoever asked for it, once",
    "/check": "public: who holds a certificate may check it",
    "/check/{number}": "the same",
    "/oidc/begin": "tests of the portal: leads away",
    "/oidc/return": "tests of the portal: who is proven there",
    "/health/live": "public: no data",
    "/health/ready": "public: no data",
    "/": "public: no data",
    "/password": "public: no data; what a link opens is the matrix",
    "/graphiql": "public: no data",
    "/operations.json": "public: documents",
    "/schema.graphql": "the schema of whoever asks",
}


@pytest.fixture
async def client(world: World, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody over HTTP, on the city of the module."""
    transport = httpx.ASGITransport(app.create(configuration))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def came(client: httpx.AsyncClient, world: World, actor: str) -> dict[str, str]:
    """The header of a session of his."""
    viewer = world.viewer(actor)
    return {"Authorization": f"Bearer {await opened(viewer)}"} if viewer else {}


def test_every_address_is_spoken_of(configuration: Settings) -> None:
    routes = app.create(configuration).routes

    assert {one.path for one in routes if isinstance(one, Route)} - {"/demo.json"} == set(ADDRESSES)


@pytest.mark.parametrize("type_name", FILES)
async def test_a_file_is_served_to_whoever_reads_its_row_and_unknown_to_all_others(
    client: httpx.AsyncClient, world: World, type_name: str
) -> None:
    await Attachment.all().update(scan_state="unscanned")  # its readers are told so, others not
    for actor in SIGNED_IN:
        headers = await came(client, world, actor)
        nothing = await client.get(f"{FILES[type_name]}/{UNKNOWN}", headers=headers)
        for place, id in world.of(type_name).items():
            if actor in policy.readers(type_name, place) and place not in ("hospital", "museum"):
                continue  # laying out a page takes its time; one reader is enough
            found = await client.get(f"{FILES[type_name]}/{key_of(id)}", headers=headers)
            reads = actor in policy.readers(type_name, place)
            assert (found.status_code != 404) is reads, (actor, place)
            assert reads or found.content == nothing.content


@pytest.mark.parametrize("address", [*FILES.values(), "/uploads"])
async def test_no_file_comes_or_goes_without_a_session(
    client: httpx.AsyncClient, world: World, address: str
) -> None:
    ask = client.put if address == "/uploads" else client.get

    answers = [await ask(f"{address}/{one}") for one in (UNKNOWN, "x")]

    assert [one.status_code for one in answers] == [401, 401]


async def test_an_upload_is_the_askers_alone(client: httpx.AsyncClient, world: World) -> None:
    given = {
        "recordId": world.rows["TrainingRecord", "hospital own draft"],
        "label": "证书",
        "fileName": "x.pdf",
        "size": 1,
        "idempotencyKey": key(),
    }
    query = """mutation($input: RequestUploadInput!) { requestUpload(input: $input) {
      ... on RequestUploadPayload { uploadUrl } } }"""
    answer = await told(world.viewer("owner"), query, input=given)
    url = answer["data"]["requestUpload"]["uploadUrl"]

    for actor in SIGNED_IN:
        headers = await came(client, world, actor)
        found = await client.put(url, content=b"xx", headers=headers)  # not the size it stated
        nothing = await client.put("/uploads/x", content=b"xx", headers=headers)
        assert (found.content != nothing.content) is (actor == "owner"), actor


def test_every_subscription_has_a_line() -> None:
    assert WHOLE.subscription_type is not None
    assert set(WHOLE.subscription_type.fields) == {*WATCHED, *OWN}


@pytest.mark.parametrize("actor", [*SIGNED_IN, "idle"])
@pytest.mark.parametrize("name", WATCHED)
async def test_what_is_watched_is_told_to_whoever_reads_it_and_unknown_to_all_others(
    world: World, actor: str, name: str
) -> None:
    viewer, type_name = world.viewer(actor), WATCHED[name]
    schema = VIEWS.of(viewer)._schema
    assert schema.subscription_type is not None
    if name not in schema.subscription_type.fields:
        assert not [at for at in world.of(type_name) if actor in policy.readers(type_name, at)]
        return
    kind: Any = schema.subscription_type.fields[name].type
    query = f"subscription($id: ID!) {{ {name}(id: $id) {whole(schema, kind.of_type, 1)} }}"

    async def event(id: str) -> Any:
        return await told(viewer, query, event=Change(ids.NodeId(id)), id=id)

    nothing = await event(unknown(type_name))
    for place, id in world.of(type_name).items():
        answer = await event(id)
        reads = actor in policy.readers(type_name, place)
        assert (not answer["errors"]) is reads, (place, answer)
        assert reads or answer == nothing
