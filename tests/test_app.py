"""The HTTP face: JSON whatever comes, who is let in, and what every answer carries."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request

import app
from models import Account
from models.read import Connection
from schema import documents, pages
from settings import Settings
from tests import servers
from tests.factories import city
from workflow import password

ORIGIN = "http://test"
VIEWER = {"query": "{ viewer { login seat { userType } } }"}
SIGN_IN = """mutation($login: String!, $password: String!, $asToken: Boolean! = false) {
  signIn(input: { login: $login, password: $password, asToken: $asToken }) { __typename
    ... on SignInPayload { token user { login } } ... on UserError { code } } }"""
OURS = {"X-Jijiao-Client": "test", "Origin": ORIGIN}


@pytest.fixture
async def client(db: Connection, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application over the shared database, and an applicant with a password."""
    town = await city.build(db)
    hashed = await password.hashed("correct horse")
    account_id = town.viewers["applicant"].account_id
    await Account.filter(id=account_id).update(password_hash=hashed)
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, **given: Any) -> Any:
    variables = {"login": "applicant", "password": "correct horse", **given}
    answer = await client.post("/graphql", json={"query": SIGN_IN, "variables": variables})
    return answer.json()["data"]["signIn"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_REQUEST"),
        (b"{", "BAD_REQUEST"),
        (b"null", "BAD_REQUEST"),
        (b"5", "BAD_REQUEST"),
        (b'"x"', "BAD_REQUEST"),
        (b"[]", "BAD_REQUEST"),
        (b"\xff", "BAD_REQUEST"),
        (b"[" * 100_000, "BAD_REQUEST"),
        (b'{"query": 5}', "BAD_REQUEST"),
        (b'{"query": ""}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { login } }", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { login } }", "operationName": 5}', "BAD_REQUEST"),
        (b'{"query": "{ viewer { login } }", "operationName": "\\ud800"}', "BAD_REQUEST"),
        (b'{"query": "query a { viewer { login } }", "operationName": "b"}', "BAD_REQUEST"),
        (b'{"query": "fragment f on User { login }"}', "BAD_REQUEST"),
        (b"x" * (256 * 1024 + 1), "BODY_TOO_LARGE"),
    ],
)
async def test_what_is_no_request_is_refused_as_json(
    client: httpx.AsyncClient, body: bytes, code: str
) -> None:
    answer = await client.post(
        "/graphql", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == (413 if code == "BODY_TOO_LARGE" else 400)
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert "data" not in answer.json()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_another_method_is_told_which_one_there_is(
    client: httpx.AsyncClient, method: str
) -> None:
    answer = await client.request(method, "/graphql")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data", "", "application/xml"])
async def test_another_media_type_is_refused(client: httpx.AsyncClient, media: str) -> None:
    answer = await client.post("/graphql", content=b"{}", headers={"Content-Type": media})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        ("*/*", 200, "application/json"),
        ("application/graphql-response+json", 400, "application/graphql-response+json"),
    ],
)
async def test_a_wrong_document_has_errors_and_no_data(
    client: httpx.AsyncClient, accept: str, status: int, media: str
) -> None:
    answer = await client.post("/graphql", json={"query": "{ nope }"}, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (status, media)
    assert answer.json().keys() == {"errors"}


async def test_a_cookie_lets_in_what_comes_from_our_own_pages(client: httpx.AsyncClient) -> None:
    answer = await sign_in(client)

    assert (answer["user"]["login"], answer["token"]) == ("applicant", None)
    mine = await client.post("/graphql", json=VIEWER, headers=OURS)
    assert mine.json()["data"]["viewer"]["login"] == "applicant"


async def test_the_cookie_is_out_of_reach_of_scripts(client: httpx.AsyncClient) -> None:
    variables = {"login": "applicant", "password": "correct horse"}
    answer = await client.post("/graphql", json={"query": SIGN_IN, "variables": variables})

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("jijiao=")
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Jijiao-Client": "x"},
        {"Origin": ORIGIN},
        {"X-Jijiao-Client": "x", "Origin": "http://elsewhere"},
        {"X-Jijiao-Client": "x", "Origin": "null"},
    ],
)
async def test_a_cookie_alone_opens_nothing(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await sign_in(client)

    answer = await client.post("/graphql", json=VIEWER, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "CSRF"


async def test_a_token_lets_a_script_in_and_sets_no_cookie(client: httpx.AsyncClient) -> None:
    token = (await sign_in(client, asToken=True))["token"]

    assert not client.cookies
    for value, login in ((token, "applicant"), (token + "x", None), ("", None)):
        answer = await client.post(
            "/graphql", json=VIEWER, headers={"Authorization": f"Bearer {value}"}
        )
        viewer = answer.json()["data"]["viewer"]
        assert (viewer and viewer["login"]) == login


async def test_signing_out_ends_the_session_and_forgets_the_cookie(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client)

    answer = await client.post("/graphql", json={"query": "mutation { signOut }"}, headers=OURS)
    again = await client.post("/graphql", json=VIEWER, headers=OURS)

    assert answer.json()["data"]["signOut"] is True
    assert not client.cookies
    assert again.json()["data"]["viewer"] is None


@pytest.mark.parametrize(("login", "given"), [("applicant", "wrong"), ("nobody", "correct horse")])
async def test_a_wrong_login_and_a_wrong_password_are_answered_alike(
    client: httpx.AsyncClient, login: str, given: str
) -> None:
    answer = await sign_in(client, login=login, password=given)

    assert answer == {"__typename": "Refusal", "code": "WRONG_LOGIN"}
    assert not client.cookies


async def test_the_rest_of_the_operation_is_asked_by_whoever_signed_in(
    client: httpx.AsyncClient,
) -> None:
    query = """mutation { signIn(input: { login: "applicant", password: "correct horse" }) {
      ... on SignInPayload { user { seat { userType } person { name } } } } }"""

    answer = await client.post("/graphql", json={"query": query})

    user = answer.json()["data"]["signIn"]["user"]
    assert user == {"seat": {"userType": "PERSON"}, "person": {"name": "applicant"}}


PATHS = ["/", "/graphiql", "/static/page.css", "/health/live", "/graphql", "/nowhere", "/demo.json"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_nothing_at_an_address_is_said_as_json(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_process_is_alive_and_ready_with_its_parts(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"ok": True}

    answer = await client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"database": True, "migrations": True, "redis": True}


async def test_without_redis_it_is_ready_and_says_what_is_missing(
    db: Connection, pg: Any, tmp_path: Any
) -> None:
    given = servers.configuration(
        pg, "work", redis_url="redis://127.0.0.1:1", storage=str(tmp_path), log_level="ERROR"
    )
    transport = httpx.ASGITransport(app.create(given))

    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"database": True, "migrations": True, "redis": False}


async def test_without_its_database_it_is_not_ready(pg: Any, redis: Any, tmp_path: Any) -> None:
    given = servers.configuration(
        pg, "nowhere", redis_url="redis://127.0.0.1:1", storage=str(tmp_path), log_level="ERROR"
    )
    request = Request({"type": "http", "app": app.create(given)})

    assert await app.works(app.current(given)) is False
    assert (await app.ready(request)).status_code == 503


async def test_pages_load_nothing_from_elsewhere_and_run_no_inline_script(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/", "/graphiql", "/static/missing.html", "/static/graphiql.html"):
        text = (await client.get(path)).text
        assert "http://" not in text and "https://" not in text
        assert "<script>" not in text and " onclick=" not in text and "style=" not in text


async def test_examples_are_offered_by_name(client: httpx.AsyncClient) -> None:
    found = (await client.get("/operations.json")).json()

    assert len(found) == len(list(documents.OPERATIONS.glob("*.graphql")))
    assert found[0]["name"] == "SignIn"


async def test_production_has_no_demo_logins_and_shows_graphiql_to_viewers_only(
    db: Connection, pg: Any, redis_server: Any, tmp_path: Any
) -> None:
    given = servers.configuration(
        pg,
        "work",
        mode="production",
        origin="https://ce.example",
        redis_url=redis_server.url(),
        storage=str(tmp_path),
    )
    transport = httpx.ASGITransport(app.create(given))

    async with httpx.AsyncClient(transport=transport, base_url="https://ce.example") as client:
        demo, ide = await client.get("/demo.json"), await client.get("/graphiql")

    assert (demo.status_code, ide.status_code, ide.headers["location"]) == (404, 307, "/")
    assert app.cookie(given).name == "__Host-jijiao"
    assert app.cookie(given).secure


def test_the_password_of_the_landing_page_is_that_of_the_demo_city() -> None:
    from devserver import city as demo

    assert pages.PASSWORD == demo.PASSWORD


async def test_a_compressed_body_is_no_way_around_the_limit(client: httpx.AsyncClient) -> None:
    body = gzip.compress(b'{"query": "' + b" " * 10_000_000 + b'"}')

    answer = await client.post(
        "/graphql",
        content=body,
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 400
