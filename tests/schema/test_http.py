"""GraphQL over HTTP: which status and media type each request gets, and JSON whatever comes."""

import dataclasses
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import app
from models.read import Connection
from schema import media
from schema.header import RAW, Headers
from schema.incident import Incidents
from schema.media import ALL, EVENTS, GRAPHQL, JSON
from settings import Settings
from tests.factories import city
from tests.factories.session import opened
from tests.schema.audits import COERCED, TYPENAME, Audit, audits

ORIGIN = "http://test"
OURS = {"X-Jijiao-Client": "test", "Origin": ORIGIN}
NAMELESS = "query a { __typename } query b { __typename }"
NULLED = '{ node(id: "x") { id } }'

Make = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def make(configuration: Settings) -> AsyncIterator[Make]:
    """Clients of the application, each with settings of its own."""
    clients = []

    def client(**given: Any) -> httpx.AsyncClient:
        made = app.create(dataclasses.replace(configuration, **given))
        transport = httpx.ASGITransport(made, raise_app_exceptions=False)
        clients.append(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        return clients[-1]

    yield client
    for each in clients:
        await each.aclose()


@pytest.fixture
def client(db: Connection, make: Make) -> httpx.AsyncClient:
    return make()


@pytest.fixture
async def session(db: Connection) -> str:
    """The token of somebody who has signed in."""
    town = await city.build(db)
    return await opened(town.viewers["applicant"])


def code(answer: httpx.Response) -> str:
    """The code of the one error there is."""
    (error,) = answer.json()["errors"]
    found: str = error["extensions"]["code"]
    return found


@pytest.mark.parametrize("audit", [*audits()], ids=lambda audit: audit.id)
async def test_an_audit_of_graphql_over_http_is_met(
    client: httpx.AsyncClient, session: str, audit: Audit
) -> None:
    client.headers["Authorization"] = f"Bearer {session}"
    answer = await client.request(**audit.request)

    assert answer.status_code in audit.status
    assert answer.headers["content-type"].startswith(audit.answered_as)
    assert not (audit.clean and "errors" in answer.json())
    assert not (audit.without_data and "data" in answer.json())


@pytest.mark.parametrize(
    ("body", "accept", "status", "answered_as"),
    [
        ({"query": TYPENAME}, GRAPHQL, 200, GRAPHQL),
        ({"query": TYPENAME}, JSON, 200, JSON),
        ({"query": NULLED}, GRAPHQL, 294, GRAPHQL),
        ({"query": NULLED}, JSON, 200, JSON),
        ({"query": "{"}, GRAPHQL, 400, GRAPHQL),
        ({"query": "{"}, JSON, 400, GRAPHQL),
        ({"query": "{ nope }"}, GRAPHQL, 422, GRAPHQL),
        ({"query": "{ nope }"}, JSON, 422, GRAPHQL),
        ({"query": COERCED, "variables": {"id": None}}, JSON, 422, GRAPHQL),
        ({"query": NAMELESS}, JSON, 422, GRAPHQL),
        ({"query": NAMELESS, "operationName": "c"}, JSON, 422, GRAPHQL),
        ({"query": 5}, JSON, 422, GRAPHQL),
        ({}, JSON, 422, GRAPHQL),
        ([{"query": TYPENAME}], JSON, 422, GRAPHQL),
    ],
)
async def test_the_draft_of_2026_has_its_own_statuses(
    make: Make, session: str, body: Any, accept: str, status: int, answered_as: str
) -> None:
    client = make(status_profile="draft-2026")
    client.headers["Authorization"] = f"Bearer {session}"

    answer = await client.post("/graphql", json=body, headers={"Accept": accept})

    assert answer.status_code == status
    assert answer.headers["content-type"] == f"{answered_as}; charset=utf-8"


BODY = orjson.dumps({"query": TYPENAME})
DEEP = b'{"query": "{ __typename }", "variables": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"


@pytest.mark.parametrize(
    ("method", "headers", "content", "status", "reason"),
    [
        ("POST", {}, b"", 400, "BAD_REQUEST"),
        ("POST", {}, b"{", 400, "BAD_REQUEST"),
        ("POST", {}, b"null", 400, "BAD_REQUEST"),
        ("POST", {}, b"5", 400, "BAD_REQUEST"),
        ("POST", {}, b'"x"', 400, "BAD_REQUEST"),
        ("POST", {}, b"[]", 400, "BAD_REQUEST"),
        ("POST", {}, b"[" + BODY + b"]", 400, "BAD_REQUEST"),
        ("POST", {}, b"\xff\xfe", 400, "BAD_REQUEST"),
        ("POST", {}, BODY.decode().encode("utf-16"), 400, "BAD_REQUEST"),
        ("POST", {}, DEEP, 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "{ __typename }", "variables": {"x": ' + b"9" * 6000 + b"}}",
         400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "{ __typename }", "variables": {"x": NaN}}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "{ __typename }", "operationName": "\\ud800"}', 400,
         "BAD_REQUEST"),
        ("POST", {}, b'{"query": ""}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": null}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"documentId": 5}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "fragment f on User { login }"}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "{ __typename }", "operationName": "b"}', 400, "BAD_REQUEST"),
        ("POST", {}, b'{"query": "subscription { myTasksChanged { todoGroups { count } } }"}', 401,
         "UNAUTHENTICATED"),
        ("POST", {}, b"x" * (256 * 1024 + 1), 413, "BODY_TOO_LARGE"),
        ("POST", {"Content-Type": ""}, BODY, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Content-Type": "text/plain"}, BODY, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Content-Type": "application/graphql"}, BODY, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"query=%7Ba%7D", 415,
         "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 415,
         "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Content-Type": "application/json/x"}, BODY, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"Accept": "text/html"}, BODY, 406, "NOT_ACCEPTABLE"),
        ("POST", {"Accept": "application/json;q=0"}, BODY, 406, "NOT_ACCEPTABLE"),
        ("POST", {"Accept": "application/json;q=2"}, BODY, 406, "NOT_ACCEPTABLE"),
        ("POST", {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08", 400, "BAD_REQUEST"),
        ("GET", {"Accept": EVENTS}, b"", 406, "NOT_ACCEPTABLE"),
        ("PUT", {}, BODY, 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", {}, BODY, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", {}, b"", 405, "METHOD_NOT_ALLOWED"),
        ("OPTIONS", {}, b"", 405, "METHOD_NOT_ALLOWED"),
        ("TRACE", {}, b"", 405, "METHOD_NOT_ALLOWED"),
        ("QUERY", {}, BODY, 405, "METHOD_NOT_ALLOWED"),
    ],
)  # fmt: skip
async def test_what_is_no_request_is_refused_as_json(
    client: httpx.AsyncClient,
    method: str,
    headers: dict[str, str],
    content: bytes,
    status: int,
    reason: str,
) -> None:
    given = {"Content-Type": JSON, **headers}

    answer = await client.request(method, "/graphql", content=content, headers=given)

    assert (answer.status_code, code(answer)) == (status, reason)
    assert answer.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "address",
    [
        "query=%ff",
        "query=",
        "variables={}",
        "query={__typename}&variables=[]",
        "query={__typename}&variables={",
        "query={__typename}&variables=5",
        "query={__typename}&extensions=x",
        "query={__typename}&operationName=b",
        "query=" + "&query=".join("x" * 200),
    ],
)
async def test_an_address_that_is_no_request_is_refused(
    client: httpx.AsyncClient, address: str
) -> None:
    answer = await client.get(f"/graphql?{address}", headers={"Accept": GRAPHQL})

    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_a_body_that_comes_in_pieces_is_counted_too(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b" " * 4096

    answer = await client.post("/graphql", content=pieces(), headers={"Content-Type": JSON})

    assert (answer.status_code, code(answer)) == (413, "BODY_TOO_LARGE")


async def test_a_body_in_pieces_is_put_together(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for each in BODY:
            yield bytes([each])

    answer = await client.post("/graphql", content=pieces(), headers={"Content-Type": JSON})

    assert answer.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("query", "status", "allow"),
    [
        (TYPENAME, 200, None),
        ("mutation { signOut }", 405, "POST"),
        ("subscription { myTasksChanged { todoGroups { count } } }", 406, None),
    ],
)
async def test_get_answers_queries_only(
    client: httpx.AsyncClient, session: str, query: str, status: int, allow: str | None
) -> None:
    client.headers["Authorization"] = f"Bearer {session}"
    answer = await client.get("/graphql", params={"query": query})

    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)


async def test_get_can_be_switched_off(db: Connection, make: Make) -> None:
    answer = await make(graphql_get="off").get("/graphql", params={"query": TYPENAME})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "HEAD"])
async def test_another_method_is_told_which_ones_there_are(
    client: httpx.AsyncClient, method: str
) -> None:
    answer = await client.request(method, "/graphql")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_an_operation_that_takes_too_long_is_given_up(make: Make, session: str) -> None:
    client = make(graphql_seconds=0)
    client.headers["Authorization"] = f"Bearer {session}"

    answer = await client.post("/graphql", json={"query": "{ organisations { totalCount } }"})
    quick = await client.post("/graphql", json={"query": TYPENAME})

    assert (answer.status_code, code(answer)) == (504, "TIMEOUT")
    assert quick.status_code == 200


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON};q=0.9, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, multipart/mixed", JSON),
        (f"*/*;q=0.1, {GRAPHQL};q=0.5, {EVENTS}", EVENTS),
        (f"*/*, {JSON};q=0", GRAPHQL),
        (f"{GRAPHQL};q=0, {JSON};q=0.001", JSON),
        ("text/html, application/xhtml+xml", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=nan", None),
        (f"{JSON};q=-1", None),
        (",;,", None),
    ],
)
def test_the_media_type_is_the_one_with_the_greatest_weight(
    accept: str, chosen: str | None
) -> None:
    assert media.negotiate(accept, ALL) == chosen


VIEWER = {"query": "{ viewer { login } }"}
SAME, CROSS = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OURS, 200),
        ({**OURS, **SAME}, 200),
        ({"X-Jijiao-Client": "x", **SAME}, 200),
        ({**OURS, **CROSS}, 403),
        ({**OURS, "Sec-Fetch-Site": "same-site"}, 403),
        ({**OURS, "Sec-Fetch-Site": "none"}, 403),
        (SAME, 403),
        ({"Origin": ORIGIN, **SAME}, 403),
        ({"X-Jijiao-Client": "x"}, 403),
        ({**OURS, "Origin": "http://test.evil"}, 403),
        ({**OURS, "Origin": "https://test"}, 403),
        ({**OURS, "Origin": "null"}, 403),
    ],
)
async def test_a_cookie_needs_our_header_and_our_origin(
    client: httpx.AsyncClient, session: str, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/graphql", json=VIEWER, headers=headers | cookie(session))

    assert answer.status_code == status
    assert status == 200 or code(answer) == "CSRF"


def cookie(session: str) -> dict[str, str]:
    return {"Cookie": f"jijiao={session}"}


async def test_get_never_uses_the_cookie_but_takes_a_token(
    client: httpx.AsyncClient, session: str
) -> None:
    by_cookie = await client.get("/graphql", params=VIEWER, headers=OURS | cookie(session))
    by_token = await client.get(
        "/graphql", params=VIEWER, headers={"Authorization": f"Bearer {session}"}
    )

    assert (by_cookie.status_code, code(by_cookie)) == (403, "CSRF")
    assert by_token.json()["data"]["viewer"] == {"login": "applicant"}


@pytest.mark.parametrize(
    ("method", "path", "host", "status", "reason"),
    [
        ("GET", "/nowhere", "test", 404, "NOT_FOUND"),
        ("GET", "/graphql/", "test", 404, "NOT_FOUND"),
        ("GET", "/static/nowhere.js", "test", 404, "NOT_FOUND"),
        ("GET", "/static/%00", "test", 404, "NOT_FOUND"),
        ("GET", "/static/..%2f..%2fsettings.py", "test", 404, "NOT_FOUND"),
        ("GET", "/attachments/x", "test", 401, "UNAUTHENTICATED"),
        ("POST", "/health/live", "test", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/static/page.css", "test", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/uploads/x", "test", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/nowhere", "[", 404, "NOT_FOUND"),
        ("GET", "/nowhere", "a b<script>", 404, "NOT_FOUND"),
        ("GET", "/graphql/", "[", 404, "NOT_FOUND"),
    ],
)
async def test_every_other_address_answers_as_json_too(
    client: httpx.AsyncClient, method: str, path: str, host: str, status: int, reason: str
) -> None:
    answer = await client.request(method, path, headers={"Host": host})

    assert answer.status_code == status
    assert answer.headers["content-type"] == JSON
    (error,) = answer.json()["errors"]
    assert error.get("extensions", error)["code"] == reason  # files have a shape of their own


async def test_a_fault_is_answered_with_its_number_and_logged_without_a_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(_: Request) -> Response:
        raise RuntimeError("4401 secret")

    routes = [Route("/uploads/token", broken)]
    faulty = Starlette(routes=routes, middleware=[Middleware(Headers), Middleware(Incidents)])
    transport = httpx.ASGITransport(faulty)

    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.get("/uploads/token")

    assert (answer.status_code, code(answer)) == (500, "INTERNAL")
    assert {name for name, _ in RAW} <= {name.encode() for name in answer.headers}
    (line,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert answer.json()["errors"][0]["extensions"]["incident"] in line.getMessage()
    assert "RuntimeError" in line.getMessage() and "broken" in line.getMessage()
    assert "secret" not in caplog.text + answer.text
    assert "token" not in caplog.text


async def test_what_is_watched_needs_a_line_that_stays_open(
    client: httpx.AsyncClient, session: str
) -> None:
    query = "subscription { myTasksChanged { todoGroups { count } } }"
    client.headers["Authorization"] = f"Bearer {session}"

    answer = await client.post("/graphql", json={"query": query})

    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")
