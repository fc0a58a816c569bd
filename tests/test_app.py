"""The application: who is let in, what every answer carries, what it says of its health."""

import re
import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.requests import Request

import app
from models import Account
from models.read import Connection
from schema import example, pages, socket
from schema.graphiql import fetch
from settings import Settings
from tests import servers, shape
from tests.factories import city
from tests.factories import officer as officers
from workflow import password

ORIGIN = "http://test"
VIEWER = {"query": "{ viewer { login seat { userType } } }"}
SIGN_IN = """mutation($login: String!, $password: String!, $asToken: Boolean! = false) {
  signIn(input: { login: $login, password: $password, asToken: $asToken }) { __typename
    ... on SignInPayload { token user { login } } ... on UserError { code } } }"""
OURS = {"X-Jijiao-Client": "test", "Origin": ORIGIN}


@pytest.fixture
async def client(db: Connection, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application over the shared database; applicant and handler have a password."""
    town = await city.build(db)
    hashed = await password.hashed("correct horse")
    accounts = [town.viewers[name].account_id for name in ("applicant", "handler")]
    await Account.filter(id__in=accounts).update(password_hash=hashed)
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, **given: Any) -> Any:
    variables = {"login": "applicant", "password": "correct horse", **given}
    answer = await client.post("/graphql", json={"query": SIGN_IN, "variables": variables})
    return answer.json()["data"]["signIn"]


async def test_a_cookie_lets_in_what_comes_from_our_own_pages(client: httpx.AsyncClient) -> None:
    answer = await sign_in(client)

    assert (answer["user"]["login"], answer["token"]) == ("applicant", None)
    mine = await client.post("/graphql", json=VIEWER, headers=OURS)
    assert mine.json()["data"]["viewer"]["login"] == "applicant"


INSIDE, OUTSIDE, PROXY = "10.1.2.7", "203.0.113.7", "127.0.0.1"


def served(given: Settings, address: str) -> httpx.AsyncClient:
    """The application as uvicorn serves it to whoever connects from there."""
    server = uvicorn.Config(app.create(given), log_config=None, **socket.SERVER)
    server.load()
    transport = httpx.ASGITransport(server.loaded_app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


@pytest.mark.parametrize(
    ("login", "address", "forwarded", "answer"),
    [
        ("system", INSIDE, "", "SignInPayload"),
        ("system", OUTSIDE, "", "NOT_FROM_HERE"),
        ("system", OUTSIDE, INSIDE, "NOT_FROM_HERE"),
        ("system", PROXY, INSIDE, "SignInPayload"),
        ("system", PROXY, f"{INSIDE}, {OUTSIDE}", "NOT_FROM_HERE"),
        ("system", PROXY, "", "NOT_FROM_HERE"),
        ("handler", OUTSIDE, "", "SignInPayload"),
    ],
)
async def test_an_officer_comes_from_where_he_should_and_forges_no_address(
    client: httpx.AsyncClient,
    configuration: Settings,
    login: str,
    address: str,
    forwarded: str,
    answer: str,
) -> None:
    await an_officer()
    given = replace(configuration, officer_networks="10.1.2.0/24 fd00::/8")

    async with served(given, address) as there:
        there.headers["X-Forwarded-For"] = forwarded
        told = await sign_in(there, login=login)

    assert told.get("code", told["__typename"]) == answer


async def an_officer() -> None:
    """The system administrator, with the password of the applicant."""
    known = await Account.get(login="applicant")
    await officers.one("system", officers.NAMES["system"])
    await Account.filter(login="system").update(password_hash=known.password_hash)


@pytest.mark.parametrize(("address", "known"), [(INSIDE, True), (OUTSIDE, False)])
async def test_a_session_of_an_officer_is_worth_nothing_elsewhere(
    client: httpx.AsyncClient, configuration: Settings, address: str, known: bool
) -> None:
    await an_officer()
    given = replace(configuration, officer_networks=INSIDE)
    async with served(given, INSIDE) as there:
        token = (await sign_in(there, login="system", asToken=True))["token"]

    async with served(given, address) as there:
        there.headers["Authorization"] = f"Bearer {token}"
        answer = await there.post("/graphql", json=VIEWER)

    assert (answer.json()["data"]["viewer"] is not None) is known


async def test_the_cookie_is_out_of_reach_of_scripts(client: httpx.AsyncClient) -> None:
    variables = {"login": "applicant", "password": "correct horse"}
    answer = await client.post("/graphql", json={"query": SIGN_IN, "variables": variables})

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("jijiao=")
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))


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
PATHS += ["/oidc/begin", "/oidc/return", "/password"]


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
    for path in sorted(pages.HERE.glob("*.html")):
        text = (await client.get(f"/static/{path.name}")).text
        assert "http://" not in text and "https://" not in text
        assert "<script>" not in text and " onclick=" not in text and "style=" not in text


async def test_where_passwords_are_chosen_nothing_is_inline_and_no_text_becomes_markup(
    client: httpx.AsyncClient,
) -> None:
    policy = (await client.get("/password")).headers["content-security-policy"]

    assert "unsafe" not in policy and "data:" not in policy
    assert "form-action 'none'" in policy and "trusted-types 'none'" in policy


@pytest.mark.parametrize("path", ["fetch.py", "__init__.py", "SHA256SUMS", "nothing.js", ""])
async def test_only_what_pages_are_made_of_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404


@pytest.mark.skipif(not fetch.complete(), reason="needs the files npm brings")
async def test_what_npm_brought_is_not_sent_twice(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/vendor/graphiql.min.js")
    again = {"If-None-Match": first.headers["etag"]}

    second = await client.get("/static/vendor/graphiql.min.js", headers=again)

    assert (first.headers["cache-control"], second.status_code) == ("no-cache", 304)


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_stranger_is_led_to_the_sign_in_and_a_script_gets_json(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/graphiql", headers=BROWSER)
    answer = await client.get("/graphiql", headers={"Accept-Language": "en"})

    assert (page.status_code, answer.status_code) == (401, 401)
    assert (
        'href="/"' in page.text and "script-src 'self'" in page.headers["content-security-policy"]
    )
    assert answer.json()["errors"][0]["message"] == "Sign in first."


async def test_a_person_is_told_for_whom_the_workbench_is(client: httpx.AsyncClient) -> None:
    await sign_in(client)

    page = await client.get("/graphiql", headers=BROWSER)
    answer = await client.get("/graphiql")

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "仅供工作人员使用" in page.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "STAFF_ONLY"


async def test_staff_get_the_workbench_or_how_to_get_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await sign_in(client, login="handler")
    monkeypatch.setattr(fetch, "VENDOR", tmp_path)

    missing = await client.get("/graphiql")
    for name in fetch.sums():
        (tmp_path / name).touch()
    there = await client.get("/graphiql")

    assert (missing.status_code, there.status_code) == (200, 200)
    assert "make graphiql" in missing.text
    assert 'src="/static/workbench.js"' in there.text


async def test_examples_are_offered_with_titles_roles_and_variables(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get("/operations.json")).json()

    assert len(found) == len(list(example.OPERATIONS.glob("*.graphql")))
    assert found[0]["name"] == "SignIn"
    assert (
        found[16].items()
        >= {
            "name": "Delete",
            "kind": "mutation",
            "title": {"zh": "删除", "en": "Delete a draft; it stays visible as deleted"},
            "roles": ["PERSON"],
            "variables": {"recordId": "@draft.id", "version": "@draft.version", "key": "@key"},
        }.items()
    )


async def test_production_has_no_demo_logins(
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

    assert (demo.status_code, ide.status_code) == (404, 401)
    assert app.cookie(given).name == "__Host-jijiao"
    assert app.cookie(given).secure


def test_the_landing_page_knows_what_everybody_of_the_demo_city_can_try() -> None:
    text = (pages.HERE / "people.js").read_text(encoding="utf-8")
    told = set(re.findall(r"^  (\w+): \['", text.partition("STORIES")[2], re.M))
    city_of_logins = tomllib.loads((shape.ROOT / "devserver/city/people.toml").read_text())

    assert told == {each["login"] for each in city_of_logins["login"]}


def test_the_password_of_the_landing_page_is_that_of_the_demo_city() -> None:
    from devserver import city as demo

    assert pages.PASSWORD == demo.PASSWORD


@pytest.mark.parametrize(
    ("header", "language", "text"),
    [
        ("", "zh-CN", "可以查询的内容。"),
        ("zh-TW", "zh-CN", "可以查询的内容。"),
        ("en-GB", "en", "Everything that can be asked."),
    ],
)
async def test_the_text_of_the_schema_comes_in_the_language_of_the_reader(
    client: httpx.AsyncClient, header: str, language: str, text: str
) -> None:
    await sign_in(client, login="handler")

    answer = await client.get("/schema.graphql", headers={"Accept-Language": header})

    assert f'"""{text}"""\ntype Query {{' in answer.text
    assert (answer.headers["content-language"], answer.headers["vary"]) == (
        language,
        "Accept-Language",
    )
