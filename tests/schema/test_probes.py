"""What graphql-cop tries as a stranger, one probe after the other, and what it must meet."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

import app
from models.read import Connection
from settings import Settings
from tests.factories import hostile

FIELDS = " ".join(f"a{i}: login" for i in range(101))
DIRECTIVES = " ".join(f"@unknown{i}" for i in range(10))
INSIDE = ("Traceback", ".py", "postgres", "Did you mean", "SELECT ", "Error(")


@pytest.fixture
async def client(db: Connection, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def errors(client: httpx.AsyncClient, query: str) -> list[dict[str, Any]]:
    """The errors of a question that must have no data."""
    answer = await client.post("/graphql", json={"query": query})
    body = answer.json()
    assert answer.status_code < 500 and "data" not in body, body
    found: list[dict[str, Any]] = body["errors"]
    return found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"{{ viewer {{ {FIELDS} }} }}", "QUERY_TOO_COMPLEX"),  # 1: one field under 101 names
        (hostile.INVALID["introspection five times round"], "GRAPHQL_VALIDATION_FAILED"),  # 3
        (f"{{ viewer {{ {'login ' * 500} }} }}", "QUERY_TOO_COMPLEX"),  # 5: one field 500 times
        (get_introspection_query(), "GRAPHQL_VALIDATION_FAILED"),  # 10
        ("{ __schema { queryType { name } } }", "GRAPHQL_VALIDATION_FAILED"),  # 10
        ('{ __type(name: "Query") { name } }', "GRAPHQL_VALIDATION_FAILED"),  # 10
    ],
)
async def test_a_stranger_is_refused(client: httpx.AsyncClient, query: str, code: str) -> None:
    assert {each["extensions"]["code"] for each in await errors(client, query)} == {code}


async def test_2_an_array_of_operations_is_one_error(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json=[{"query": "{ viewer { login } }"}] * 10)

    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)


async def test_4_ten_unknown_directives_are_fewer_errors(client: httpx.AsyncClient) -> None:
    assert len(await errors(client, f"{{ viewer {{ login {DIRECTIVES} }} }}")) < 10


async def test_6_and_7_a_get_changes_and_tells_nothing(client: httpx.AsyncClient) -> None:
    for query in ("mutation { signOut }", "{ viewer { login } }"):
        answer = await client.get("/graphql", params={"query": query})
        assert answer.status_code in {200, 405}
        assert answer.status_code == 405 or not query.startswith("mutation")


async def test_8_a_form_is_no_question(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", data={"query": "{ viewer { login } }"})

    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/graphql", "/playground", "/console", "/altair", "/voyager"])
async def test_9_no_editor_waits_at_the_usual_addresses(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers={"Accept": "text/html"})

    assert "text/html" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    "query",
    [
        "{ viewr { login } }",
        "{ viewer(langage: 1) { login } }",
        "{ viewer { ... on Usr { login } } }",
    ],
)
async def test_11_near_misses_are_not_helped(client: httpx.AsyncClient, query: str) -> None:
    assert all("Did you mean" not in each["message"] for each in await errors(client, query))


async def test_12_an_answer_carries_nothing_of_its_making(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ viewer { login } }"})

    assert answer.json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    "content", [b'{"query": "{"}', b'{"query": "\\u0000"}', b"{", b"\xff", b""]
)
async def test_13_a_slip_tells_nothing_of_our_inside(
    client: httpx.AsyncClient, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await client.post("/graphql", content=content, headers=headers)

    assert answer.status_code < 500
    assert [word for word in INSIDE if word in answer.text] == []


async def test_every_document_that_means_harm_is_answered_as_json(
    client: httpx.AsyncClient,
) -> None:
    for text, limit in hostile.REFUSED.values():
        (error,) = await errors(client, text)
        assert error["extensions"]["limit"] == limit


async def test_a_million_bytes_of_comment_are_too_many(client: httpx.AsyncClient) -> None:
    text = "#" + "x" * 1_000_000 + "\n{ viewer { login } }"

    answer = await client.post("/graphql", json={"query": text})

    assert answer.status_code == 413
