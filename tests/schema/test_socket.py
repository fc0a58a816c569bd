"""GraphQL over WebSocket: every rule of the protocol, by real frames against a real server."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from starlette.routing import WebSocketRoute
from websockets.exceptions import InvalidStatus

from models import changes
from models.read import Connection
from resolvers import context, ids
from rules import title
from schema import socket, visitor
from schema.operation import Asked
from settings import Settings
from tests.factories.record import submitted
from tests.schema.house import House, open_house
from tests.town import PATIENCE

EVENTS = {"Accept": "text/event-stream"}
VIEWER = "{ viewer { login } }"
TASKS = "subscription { myTasksChanged { todoGroups { count } } }"
CASE = "subscription ($id: ID!) { caseChanged(id: $id) { case { id status version } } }"


@pytest.fixture
async def house(db: Connection, configuration: Settings) -> AsyncIterator[House]:
    async with open_house(db, configuration) as house:
        yield house


@pytest.mark.parametrize("protocol", [None, "graphql-ws", "chat"])
async def test_another_protocol_is_not_spoken(house: House, protocol: str | None) -> None:
    async with house.line(protocol=None, headers=offered(protocol)) as line:
        assert await line.closed() == 4406


def offered(protocol: str | None) -> dict[str, str]:
    return {"Sec-WebSocket-Protocol": protocol} if protocol else {}


@pytest.mark.parametrize(
    ("with_cookie", "origin", "welcome"),
    [
        (False, None, True),
        (False, "ours", True),
        (False, "http://elsewhere", False),
        (True, "ours", True),
        (True, None, False),
        (True, "null", False),
        (True, "http://elsewhere", False),
    ],
)
async def test_a_handshake_comes_from_our_own_pages_or_brings_no_cookie(
    house: House, with_cookie: bool, origin: str | None, welcome: bool
) -> None:
    headers = {"Cookie": f"jijiao={await house.session('handler')}"} if with_cookie else {}
    if origin:
        headers["Origin"] = house.url if origin == "ours" else origin

    if not welcome:
        with pytest.raises(InvalidStatus) as refused:
            async with house.line(headers):
                raise AssertionError("it was let in")
        assert refused.value.response.status_code == 403
        return
    async with house.line(headers) as line:
        await line.say(type="connection_init")
        known = await line.hear() if with_cookie else await line.closed()
        assert known == ({"type": "connection_ack"} if with_cookie else 4403)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("x", 4400),
        ("", 4400),
        (b"{}", 4400),
        ("5", 4400),
        ("null", 4400),
        ("[]", 4400),
        ("[" * 10_000, 4400),
        ("{}", 4400),
        ('{"type": 5}', 4400),
        ('{"type": "nope"}', 4400),
        ('{"type": "connection_init", "payload": 5}', 4400),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": 5, "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": "x"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": null}', 4400),
        ('{"type": "complete"}', 4400),
        ('{"type": "complete", "id": [1]}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}', 4401),
        ('{"type": "connection_init"}', 4403),
        ('{"type": "connection_init", "payload": {"authorization": "Bearer x"}}', 4403),
        ('{"type": "connection_init", "payload": {"authorization": ["x"]}}', 4403),
        ("x" * (256 * 1024 + 1), 1009),
    ],
)
async def test_what_is_no_message_closes_the_socket_with_its_code(
    house: House, frame: str | bytes, code: int
) -> None:
    async with house.line() as line:
        await line.send(frame)

        assert await line.closed() == code


async def test_a_second_introduction_and_a_used_id_close_the_socket(house: House) -> None:
    async with house.socket("handler") as line:
        await line.say(type="connection_init")
        assert await line.closed() == 4429
    async with house.socket("handler") as line:
        await line.ask("1", TASKS)
        await line.ask("1", TASKS)
        assert await line.closed() == 4409


async def test_who_never_introduces_himself_is_shown_out(
    db: Connection, configuration: Settings
) -> None:
    async with open_house(db, configuration, patience=timedelta(seconds=0.1)) as house:
        async with house.line() as line:
            assert await line.closed() == 4408


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nope }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { nope }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": CASE}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": CASE, "variables": {"id": None}}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query a { __typename } query b { __typename }"}, "OPERATION_NAME_REQUIRED"),
        ({"query": "query a { __typename }", "operationName": "b"}, "BAD_REQUEST"),
        ({"query": "fragment f on User { login }"}, "BAD_REQUEST"),
        ({"query": VIEWER, "variables": [1]}, "BAD_REQUEST"),
        ({"query": VIEWER, "operationName": 5}, "BAD_REQUEST"),
        ({"query": VIEWER, "extensions": 5}, "BAD_REQUEST"),
        ({"query": 5}, "BAD_REQUEST"),
        ({"query": ""}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
    ],
)
async def test_a_wrong_operation_ends_alone_and_the_socket_lives(
    house: House, payload: Any, code: str
) -> None:
    async with house.socket("handler") as line:
        await line.say(type="subscribe", id="1", payload=payload)
        answer = await line.hear()
        await line.ask("1", VIEWER)
        after = await line.hear()

    assert (answer["type"], answer["id"]) == ("error", "1")
    assert [error["extensions"]["code"] for error in answer["payload"]] == [code]
    assert after["payload"] == {"data": {"viewer": {"login": "handler"}}}


async def test_single_operations_ping_and_complete_are_answered(house: House) -> None:
    async with house.socket("handler") as line:
        await line.say(type="ping", payload={"x": 1})
        await line.say(type="complete", id="never given")
        await line.say(type="pong")
        await line.ask("1", VIEWER)

        assert await line.hear() == {"type": "pong"}
        assert (await line.hear())["payload"] == {"data": {"viewer": {"login": "handler"}}}
        assert await line.hear() == {"id": "1", "type": "complete"}


async def test_a_socket_carries_a_hundred_operations_and_no_more(house: House) -> None:
    async with house.socket("handler") as line:
        for number in range(101):
            await line.ask(str(number), TASKS)
        heard = [await line.hear() for _ in range(101)]
        await line.say(type="complete", id="0")
        await line.ask("again", TASKS)
        after = await line.hear()

    (refused,) = [message for message in heard if message["type"] == "error"]
    assert refused["id"] == "100"
    assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
    assert (after["id"], after["type"]) == ("again", "next")


async def test_an_account_watches_so_much_over_all_its_connections(
    db: Connection, configuration: Settings
) -> None:
    given = dataclasses.replace(configuration, graphql_streams=2)
    body, accept = {"query": TASKS}, {"Accept": "text/event-stream"}
    async with (
        open_house(db, given) as house,
        house.socket("handler") as one,
        house.socket("handler") as two,
        house.socket("leader") as somebody_else,
        house.client("handler") as client,
    ):
        heard = []
        for line, number in ((one, "a"), (two, "a"), (two, "b"), (somebody_else, "a")):
            await line.ask(number, TASKS)
            heard.append(await line.hear())
        async with asyncio.timeout(10):  # a stream that is not refused never ends
            refused = await client.post("/graphql", json=body, headers=accept)
        await one.say(type="complete", id="a")
        await one.ask("again", TASKS)
        after = await one.hear()

    assert [message["type"] for message in heard] == ["next", "next", "error", "next"]
    error = heard[2]["payload"][0]
    told = {"code": "RATE_LIMITED", "limit": "streams", "maximum": 2, "measured": 3}
    assert error["extensions"].items() >= told.items()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (after["id"], after["type"]) == ("again", "next")


async def test_a_revoked_session_ends_the_socket_at_its_next_operation(
    db: Connection, house: House
) -> None:
    async with house.socket("handler") as line:
        await line.ask("1", VIEWER)
        assert (await line.hear())["type"] == "next"
        await db.execute_query("UPDATE session SET revoked_at = now()")
        await line.ask("2", VIEWER)

        assert await line.closed() == 4403


async def test_a_revoked_session_ends_the_socket_at_its_next_event(
    db: Connection, house: House
) -> None:
    async with house.socket("handler") as line:
        await line.ask("1", TASKS)
        assert (await line.hear())["type"] == "next"
        await db.execute_query("UPDATE session SET revoked_at = now()")
        await submitted(house.town)

        assert await line.closed() == 4403


ENDED = [
    "UPDATE account SET disabled_at = now()",
    "UPDATE session SET seen_at = now() - interval '20 minutes'",
]


@pytest.mark.parametrize("statement", ENDED)
async def test_who_may_come_no_more_is_shown_out_though_nothing_happens(
    db: Connection, configuration: Settings, statement: str
) -> None:
    async with (
        open_house(db, configuration, glance=0.05) as house,
        house.socket("handler") as line,
        house.client("handler") as client,
        client.stream("POST", "/graphql", json={"query": TASKS}, headers=EVENTS) as answer,
    ):
        await line.ask("1", TASKS)
        assert (await line.hear())["type"] == "next"
        await db.execute_query(statement)

        assert await line.closed() == 4403
        async with asyncio.timeout(PATIENCE):
            assert "UNAUTHENTICATED" in (await answer.aread()).decode()


async def test_another_group_is_another_list_of_what_is_told(
    db: Connection, configuration: Settings
) -> None:
    async with (
        open_house(db, configuration, glance=0.05) as house,
        house.socket("handler") as line,
    ):
        await line.ask("1", TASKS)
        await line.hear()
        before = desks(house)
        await db.execute_query("UPDATE seat SET groups = '{unit_leader}' WHERE groups <> '{}'")
        after = await line.hear()

        assert after["payload"]["data"]["myTasksChanged"]["todoGroups"] == []
        assert (before, desks(house)) == ({"handler"}, {"unit_leader"})


def desks(house: House) -> set[str]:
    """The groups whose tasks somebody is told of."""
    return {topic.rpartition(" ")[2] for topic in house.changes.flags if "task" in topic}


async def test_a_look_that_fails_in_silence_ends_nothing(house: House) -> None:
    """As long as PostgreSQL is away nothing is told; when it is back, everything goes on."""
    looks, again = iter(["", "", "", "", "fails"]), asyncio.Event()  # two in a look that works

    def clock() -> datetime:
        look = next(looks, None)
        if look == "fails":
            raise ConnectionResetError
        if look is None:
            again.set()
        return context.clock()

    (route,) = [each for each in house.application.routes if isinstance(each, WebSocketRoute)]
    view: Any = route.endpoint
    operations = dataclasses.replace(view.operations, clock=clock, glance=0.01)
    header = f"Bearer {await house.session('handler')}".encode()
    who = visitor.of({"headers": [(b"authorization", header)]}, "")
    async with aclosing(operations.answers(Asked(query=TASKS), who)) as answers:
        await anext(answers)
        coming = asyncio.ensure_future(anext(answers))
        async with asyncio.timeout(PATIENCE):
            await again.wait()
        await submitted(house.town)

        assert (await coming).errors is None


async def test_watching_keeps_no_session_alive(db: Connection, house: House) -> None:
    async with house.socket("handler") as line:
        await line.ask("1", TASKS)
        await line.hear()
        await db.execute_query("UPDATE session SET seen_at = now() - interval '14 minutes'")
        await submitted(house.town)
        assert (await line.hear())["type"] == "next"

    (row,) = await db.execute_query_dict(
        "SELECT now() - seen_at > '13 minutes' AS idle FROM session"
    )
    assert row["idle"]


@pytest.mark.parametrize("who", ["museum handler", "museum leader", "pupil"])
async def test_a_case_one_may_not_read_is_answered_like_one_that_never_was(
    db: Connection, house: House, who: str
) -> None:
    await submitted(house.town)
    (row,) = await db.execute_query_dict("SELECT id FROM wf_case")
    foreign, unknown = (ids.encode("Case", key) for key in (row["id"], uuid4()))

    async with house.socket(who) as line:
        answers = []
        for number in (foreign, unknown, "x"):
            await line.ask("1", CASE, variables={"id": number})
            answers.append([await line.hear(), await line.hear()])

    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0]["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert answers[0][1] == {"id": "1", "type": "complete"}


async def test_what_one_may_no_longer_read_ends_its_subscription(
    db: Connection, house: House
) -> None:
    await submitted(house.town)
    (row,) = await db.execute_query_dict("SELECT id FROM wf_case")

    async with house.socket("handler") as line:
        await line.ask("1", CASE, variables={"id": ids.encode("Case", row["id"])})
        assert (await line.hear())["payload"]["data"]
        await db.execute_query("UPDATE seat SET groups = '{}' WHERE 'handler' = ANY (groups)")
        await db.execute_query("UPDATE wf_case SET due_at = now()")
        told, end = await line.hear(), await line.hear()

    assert told["payload"]["data"] is None
    assert told["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert end["type"] == "complete"


async def test_a_fault_of_ours_is_a_number_over_a_socket_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def boom() -> Any:
        raise RuntimeError("postgresql://secret")

    with patch.object(title, "catalogue", boom):
        async with house.socket("handler") as line:
            await line.ask("1", "{ titles { code } }")
            answer = await line.hear()

    error = answer["payload"]["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["incident"] in caplog.text
    assert "secret" not in json.dumps(answer) + caplog.text


async def test_a_burst_of_changes_is_few_words_and_the_last_one_is_true(
    db: Connection, house: House
) -> None:
    async with house.socket("handler") as line:
        await line.ask("1", TASKS)
        assert (await line.hear())["payload"]["data"]["myTasksChanged"]["todoGroups"] == []
        for each in range(20):
            await submitted(house.town, course_name=f"课程{each}")
        heard: list[Any] = []
        while not heard or heard[-1]["payload"]["data"]["myTasksChanged"]["todoGroups"] != [
            {"count": 20}
        ]:
            heard.append(await line.hear())

    assert len(heard) < 20


async def test_a_client_that_does_not_read_holds_up_nobody(db: Connection, house: House) -> None:
    await submitted(house.town)
    (row,) = await db.execute_query_dict("SELECT id FROM wf_case")
    given = {"id": ids.encode("Case", row["id"])}

    async with house.socket("handler", narrow=True) as slow, house.socket("handler") as quick:
        slow.socket.transport.pause_reading()
        for number in range(20):
            await slow.ask(f"{number:0200000}", CASE, variables=given)
        await quick.ask("1", CASE, variables=given)
        heard = [await quick.hear()]
        for _ in range(3):
            house.changes.tell(changes.case(row["id"]))
            heard.append(await quick.hear())
        slow.socket.transport.abort()

    assert [message["type"] for message in heard] == ["next"] * 4


async def test_a_client_that_reads_nothing_for_long_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "STALLED", 0.3)
    async with house.socket("handler", narrow=True) as line:
        await line.ask("watch", TASKS)
        await line.hear()
        line.socket.transport.pause_reading()
        for number in range(60):
            await line.ask(f"{number:0200000}", VIEWER)  # an id comes back with each answer
        async with asyncio.timeout(30):  # before the ping of the server does it
            while house.changes.flags:
                await asyncio.sleep(0.05)
        line.socket.transport.abort()


async def test_nothing_is_left_of_a_socket_that_has_gone(house: House) -> None:
    async with house.socket("handler") as line:
        await line.ask("1", TASKS)
        await line.hear()
        assert house.changes.flags
    async with asyncio.timeout(30):
        while house.changes.flags:
            await asyncio.sleep(0.02)
