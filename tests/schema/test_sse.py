"""GraphQL over server-sent events: one operation per connection, framed as clients expect it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from models.read import Connection
from rules import title
from schema import sse
from schema.media import EVENTS, JSON
from settings import Settings
from tests.factories.record import submitted
from tests.schema.house import House, open_house
from tests.town import PATIENCE

TASKS = "subscription { myTasksChanged { todoGroups { count } } }"
VIEWER = "{ viewer { login } }"
ACCEPT = {"Accept": EVENTS}
NOTHING: dict[str, Any] = {"data": {"myTasksChanged": {"todoGroups": []}}}


@pytest.fixture
async def house(db: Connection, configuration: Settings) -> AsyncIterator[House]:
    async with open_house(db, configuration) as house:
        yield house


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """What an EventSource makes of the stream; a heartbeat has no name."""
    name, data = "", ""
    async with asyncio.timeout(PATIENCE):
        async for line in answer.aiter_lines():
            field, _, value = line.partition(":")
            if field == "event":
                name = value.strip()
            elif field == "data":
                data = value.strip()
            elif line == ":":
                yield "", None
            elif not line and name:
                yield name, json.loads(data) if data else None
                name = data = ""


async def told(client: httpx.AsyncClient, query: str, **variables: Any) -> list[tuple[str, Any]]:
    """Every event of an operation that ends by itself."""
    body = {"query": query, "variables": variables}
    async with client.stream("POST", "/graphql", json=body, headers=ACCEPT) as answer:
        assert answer.headers["content-type"].startswith(EVENTS)
        return [each async for each in events(answer)]


async def test_a_query_is_one_event_and_the_end(house: House) -> None:
    async with house.client("handler") as client:
        found = await told(client, VIEWER)

    assert found == [("next", {"data": {"viewer": {"login": "handler"}}}), ("complete", None)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { caseChanged(id: "x") { case { id } } }', "NOT_FOUND"),
        ('subscription { jobProgress(id: "x") { job { id } } }', "NOT_FOUND"),
    ],
)
async def test_an_error_of_the_operation_is_an_event_and_the_end(
    house: House, query: str, code: str
) -> None:
    async with house.client("handler") as client:
        (name, body), end = await told(client, query)

    assert (name, end) == ("next", ("complete", None))
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]


@pytest.mark.parametrize(
    ("who", "method", "content", "media", "status"),
    [
        ("handler", "POST", b"{", JSON, 400),
        ("handler", "POST", b"{}", JSON, 400),
        ("handler", "POST", b"x", "text/plain", 415),
        ("handler", "POST", b"x" * (256 * 1024 + 1), JSON, 413),
        ("handler", "PUT", b"", JSON, 405),
        ("handler", "GET", b"", JSON, 406),
        (None, "POST", json.dumps({"query": TASKS}).encode(), JSON, 401),
    ],
)
async def test_what_is_no_operation_is_an_answer_of_http(
    house: House, who: str | None, method: str, content: bytes, media: str, status: int
) -> None:
    headers = {**ACCEPT, "Content-Type": media}
    async with house.client(who) as client:
        answer = await client.request(method, "/graphql", content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(JSON)
    assert answer.json()["errors"][0]["extensions"]["code"]


async def test_a_change_is_told_while_the_connection_stays_open(
    db: Connection, house: House
) -> None:
    async with (
        house.client("handler") as client,
        client.stream("POST", "/graphql", json={"query": TASKS}, headers=ACCEPT) as answer,
    ):
        heard = events(answer)
        first = await anext(heard)
        await submitted(house.town)
        second = await anext(heard)

    assert first == ("next", NOTHING)
    assert second == ("next", {"data": {"myTasksChanged": {"todoGroups": [{"count": 1}]}}})
    assert answer.headers["x-accel-buffering"] == "no"
    assert "no-transform" in answer.headers["cache-control"]


async def test_silence_is_filled_with_heartbeats(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT", 0.05)

    async with (
        house.client("handler") as client,
        client.stream("POST", "/graphql", json={"query": TASKS}, headers=ACCEPT) as answer,
    ):
        heard = events(answer)
        found = [await anext(heard) for _ in range(3)]

    assert found == [("next", NOTHING), ("", None), ("", None)]


async def test_nothing_is_left_of_a_client_that_has_gone(house: House) -> None:
    async with (
        house.client("handler") as client,
        client.stream("POST", "/graphql", json={"query": TASKS}, headers=ACCEPT) as answer,
    ):
        await anext(events(answer))
        assert house.changes.flags
    async with asyncio.timeout(PATIENCE):
        while house.changes.flags:
            await asyncio.sleep(0.02)


async def test_a_revoked_session_is_told_and_ends_the_stream(db: Connection, house: House) -> None:
    async with (
        house.client("handler") as client,
        client.stream("POST", "/graphql", json={"query": TASKS}, headers=ACCEPT) as answer,
    ):
        heard = events(answer)
        await anext(heard)
        await db.execute_query("UPDATE session SET revoked_at = now()")
        await submitted(house.town)
        last = [each async for each in heard]

    assert [name for name, _ in last] == ["next", "complete"]
    assert last[0][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_fault_of_ours_is_a_number_in_an_event_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def boom() -> Any:
        raise RuntimeError("postgresql://secret")

    with patch.object(title, "catalogue", boom):
        async with house.client("handler") as client:
            (_, body), _ = await told(client, "{ titles { code } }")

    assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert body["errors"][0]["extensions"]["incident"] in caplog.text
    assert "secret" not in json.dumps(body) + caplog.text
