"""Certificates over GraphQL and HTTP: who gets what, and the file behind the address."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

import app
from models import Certificate, CycleResult
from models.read import Connection
from resolvers import ids
from settings import Settings
from tests.factories import award as awards
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories import question
from tests.factories.certificate import OFFICE, SIGNER, change_hours, issued, passing, recounted
from tests.factories.city import City
from tests.factories.question import answered, codes
from tests.factories.record import done
from tests.factories.session import opened
from tests.statements import counted
from workflow import signature

ISSUE = """mutation($input: IssueCertificateInput!) { issueCertificate(input: $input) { __typename
  ... on CertificatePayload { replayed certificate { number valid current url checkUrl signed
    person { name } } } ... on UserError { code } } }"""
LIST = """query($where: CertificateFilter) { certificates(where: $where) { totalCount nodes {
  id number kind name firstYear lastYear verdict issuer valid current revokedAt revokedBecause url
  checkUrl person { name } } } }"""
OF_APPLICATION = """query($id: ID!) { node(id: $id) { ... on CycleApplication { results { decided }
  certificate { valid current } } }
  certificates(where: { kind: { eq: CYCLE } }) { totalCount } }"""
MINE = "{ viewer { person { certificates { number valid url } } } }"


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "LIMITS", replace(question.LIMITS, office=OFFICE))


@pytest.mark.usefixtures("with_key")
async def test_a_person_asks_and_gets_addresses_and_what_was_signed(city: City) -> None:
    given: dict[str, str] = {"resultId": ids.encode("AnnualResult", str(await passing(city)))}
    given["idempotencyKey"] = question.key()

    data = await answered(city.viewers["applicant"], ISSUE, input=given)

    made = data["issueCertificate"]["certificate"]
    row = await Certificate.get()
    assert (made["number"], made["valid"], made["current"]) == (row.number, True, True)
    assert made["url"] == f"/certificates/{row.id}"
    assert signature.read(made["signed"]).is_by(SIGNER.public)


@pytest.mark.usefixtures("with_key")
@pytest.mark.parametrize("kind", ["CycleApplication", "CycleResult"])
async def test_an_approved_application_is_certified_by_either_id(city: City, kind: str) -> None:
    key = await approved_application(city)
    row = key if kind == "CycleApplication" else (await CycleResult.get()).id
    given = {"resultId": ids.encode(kind, str(row)), "idempotencyKey": question.key()}

    data = await answered(city.viewers["applicant"], ISSUE, input=given)

    made = await Certificate.get()
    assert data["issueCertificate"]["certificate"]["number"] == made.number
    assert (made.application_id, made.kind.value) == (key, "cycle")


async def approved_application(city: City) -> UUID:
    await cycles.peopled(city)
    await cycles.studied(city)
    return await awards.approved(city)


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("applicant", True),
        ("hospital checker", True),
        ("checker", True),
        ("rechecker", True),
        ("museum checker", False),
        ("district verifier", False),
        ("pupil", False),
    ],
)
async def test_who_reads_an_application_reads_its_certificate(
    city: City, who: str, found: bool
) -> None:
    key = await approved_application(city)
    done(await awards.awarded(city, key))

    given = {"id": ids.encode("CycleApplication", str(key))}
    data = (await question.asked(city.viewers[who], OF_APPLICATION, **given)).data or {}
    listed = await answered(city.viewers[who], LIST, where={"kind": {"eq": "CYCLE"}})

    seen = {"results": [{"decided": True}], "certificate": {"valid": True, "current": True}}
    assert data.get("node") == (seen if found else None)
    assert listed["certificates"]["totalCount"] == found


async def test_the_screen_of_an_application_costs_five_statements(city: City) -> None:
    key = ids.encode("CycleApplication", str(await approved_application(city)))

    with counted() as statements:
        await answered(city.viewers["applicant"], OF_APPLICATION, id=key)

    assert len(statements) <= 5


async def test_without_a_key_the_answer_is_typed(city: City) -> None:
    given: dict[str, str] = {"resultId": ids.encode("AnnualResult", str(await passing(city)))}
    given["idempotencyKey"] = question.key()

    data = await answered(city.viewers["applicant"], ISSUE, input=given)

    assert data["issueCertificate"] == {"__typename": "Refusal", "code": "CERTIFICATE_NO_KEY"}


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("applicant", 1),
        ("handler", 1),
        ("checker", 1),
        ("museum handler", 0),
        ("district checker", 0),
        ("pupil", 0),
    ],
)
async def test_who_reads_the_person_reads_his_certificates(
    city: City, who: str, found: int
) -> None:
    done(await issued(city, await passing(city)))

    data = await answered(city.viewers[who], LIST)

    assert data["certificates"]["totalCount"] == found


async def test_a_revoked_one_stays_seen_and_has_no_file(city: City) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "1.0")
    await recounted(city)

    (one,) = (await answered(city.viewers["applicant"], LIST))["certificates"]["nodes"]

    assert (one["valid"], one["current"], one["url"]) == (False, False, None)
    assert (one["revokedBecause"], one["revokedAt"] is None) == ("RECALCULATED", False)


async def test_one_whose_figures_have_changed_says_that_it_is_not_current(city: City) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "20.0")
    await recounted(city)

    (one,) = (await answered(city.viewers["applicant"], LIST))["certificates"]["nodes"]

    assert (one["valid"], one["current"]) == (True, False)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"valid": True}, 1),
        ({"valid": False}, 0),
        ({"kind": {"eq": "ANNUAL"}, "lastYear": {"eq": 2026}}, 1),
        ({"lastYear": {"eq": 2025}}, 0),
        ({"name": {"contains": "appli"}}, 1),
    ],
)
async def test_staff_finds_them(city: City, where: dict[str, Any], found: int) -> None:
    done(await issued(city, await passing(city)))

    data = await answered(city.viewers["handler"], LIST, where=where)

    assert len(data["certificates"]["nodes"]) == found


async def test_a_list_costs_the_same_however_long_it_is(city: City) -> None:
    done(await issued(city, await passing(city)))

    with counted() as statements:
        await answered(city.viewers["handler"], LIST)
        await answered(city.viewers["applicant"], MINE)

    assert len(statements) == 5  # page and count; account, person, all that he has


async def test_a_stranger_gets_none(city: City) -> None:
    assert "UNAUTHENTICATED" in await codes(None, LIST)


@pytest.fixture
async def client(city: City, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def fetched(client: httpx.AsyncClient, city: City, who: str | None) -> httpx.Response:
    row = await Certificate.get()
    token = await opened(city.viewers[who]) if who else ""
    headers = {"Authorization": f"Bearer {token}"} if who else {}
    return await client.get(f"/certificates/{row.id}", headers=headers)


@pytest.mark.parametrize(
    ("who", "status"),
    [("applicant", 200), ("handler", 200), ("museum handler", 404), ("pupil", 404), (None, 401)],
)
async def test_the_file_is_for_whoever_reads_the_person(
    client: httpx.AsyncClient, city: City, who: str | None, status: int
) -> None:
    done(await issued(city, await passing(city)))

    answer = await fetched(client, city, who)

    assert answer.status_code == status
    assert answer.content.startswith(b"%PDF") == (status == 200)


async def test_the_file_is_data_to_be_saved_and_the_same_each_time(
    client: httpx.AsyncClient, city: City
) -> None:
    done(await issued(city, await passing(city)))
    first = await fetched(client, city, "applicant")
    await change_hours(city, "30.0")
    await recounted(city)

    again = await fetched(client, city, "applicant")

    assert again.content == first.content
    assert first.headers["content-disposition"].startswith('attachment; filename="JX2026-')
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["content-security-policy"].startswith("sandbox")


async def test_a_revoked_file_is_gone(client: httpx.AsyncClient, city: City) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "1.0")
    await recounted(city)

    answer = await fetched(client, city, "applicant")

    assert answer.status_code == 410
    assert answer.json()["errors"][0]["extensions"]["code"] == "CERTIFICATE_REVOKED"


async def test_no_id_and_an_unknown_one_are_answered_alike(
    client: httpx.AsyncClient, city: City
) -> None:
    token = await opened(city.viewers["applicant"])

    for key in ("x", "0199d4c2-0000-7000-8000-000000000000"):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await client.get(f"/certificates/{key}", headers=headers)).status_code == 404


async def test_the_keys_are_published_with_nothing_private(
    client: httpx.AsyncClient, city: City
) -> None:
    done(await issued(city, await passing(city)))

    answer = (await client.get("/.well-known/jwks.json")).json()

    assert answer == {"keys": [signature.jwk(SIGNER.public)]}
    assert "d" not in answer["keys"][0]
