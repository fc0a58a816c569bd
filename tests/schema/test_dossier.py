"""The addresses of dossiers: who gets which, in which language, and what hostile ids meet."""

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

import app
from models import History
from models.read import Connection
from resolvers import ids
from settings import Settings
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.dossier import decided
from tests.factories.question import answered
from tests.factories.session import opened

CASE = "query($id: ID!) { case(id: $id) { dossierUrl } }"
FORMS = (("json", b"{"), ("pdf", b"%PDF"))


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


@pytest.fixture
async def case_id(city: City) -> UUID:
    return await decided(city)


@pytest.fixture
async def client(city: City, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def fetched(
    client: httpx.AsyncClient, city: City, who: str | None, name: str, language: str = "zh"
) -> httpx.Response:
    headers = {"Accept-Language": language}
    if who:
        headers["Authorization"] = f"Bearer {await opened(city.viewers[who])}"
    return await client.get(f"/dossiers/{name}", headers=headers)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("applicant", 200),
        ("second handler", 200),
        ("checker", 200),
        ("museum leader", 404),
        ("district checker", 404),
        ("only reviewer", 404),
        (None, 401),
    ],
)
@pytest.mark.parametrize(("form", "begins"), FORMS)
async def test_it_is_for_whoever_reads_the_case(
    client: httpx.AsyncClient,
    city: City,
    case_id: UUID,
    who: str | None,
    status: int,
    form: str,
    begins: bytes,
) -> None:
    answer = await fetched(client, city, who, f"{case_id}.{form}")

    assert answer.status_code == status
    assert await History.filter(tag="dossier:export").count() == (status == 200)
    assert status != 200 or answer.content.startswith(begins)


@pytest.mark.parametrize(
    "name",
    [
        "x.json", "..%2f..%2fetc.pdf", "0199d4c2-0000-7000-8000-000000000000.json", "%00.json",
        quote("'; DROP TABLE wf_case; --") + ".json", "1e400.pdf", "٠" * 32 + ".json",
    ],
)  # fmt: skip
async def test_a_hostile_id_is_an_unknown_one(
    client: httpx.AsyncClient, city: City, name: str
) -> None:
    answer = await fetched(client, city, "applicant", name)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_it_is_data_to_be_saved_and_kept_by_nobody_else(
    client: httpx.AsyncClient, city: City, case_id: UUID
) -> None:
    answer = await fetched(client, city, "applicant", f"{case_id}.json")

    name = f'attachment; filename="dossier-{case_id}.json"'
    assert answer.headers["content-disposition"] == name
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("language", "told", "status"),
    [("zh-CN", "zh-CN", "审核同意"), ("en", "en", "approved"), ("fr", "zh-CN", "审核同意")],
)
async def test_it_speaks_the_language_of_its_reader(
    client: httpx.AsyncClient, city: City, case_id: UUID, language: str, told: str, status: str
) -> None:
    answer = await fetched(client, city, "applicant", f"{case_id}.json", language)

    assert answer.headers["content-language"] == told
    assert answer.json()["dossier"]["case"]["status"]["name"].startswith(status)


async def test_the_case_says_where_its_dossier_is(city: City, case_id: UUID) -> None:
    given = str(ids.encode("Case", case_id))

    data = await answered(city.viewers["handler"], CASE, id=given)

    assert data["case"]["dossierUrl"] == f"/dossiers/{case_id}.pdf"
