"""What an operation may take: points, places, seconds; and what HTTP says of it."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx
import pytest
from asyncpg.exceptions import QueryCanceledError
from graphql import GraphQLError

import app
import settings
from devserver.postgres import SUPERUSER, Postgres
from models import read
from models.account import UserType
from models.read import Connection
from resolvers import account
from schema import api, documents, errors, limits
from schema.documents import Documents
from schema.limits import Gate, Limits
from schema.rate import Allowance, Rate
from settings import Settings
from tests import servers
from tests.factories.question import context, somebody
from tests.schema.house import open_house
from tests.town import eventually

TITLES = "{ titles(level: SENIOR) { code } }"
SLOW = "{ viewer { login } }"


def told(result: Any) -> list[str]:
    return [(error.extensions or {})["code"] for error in result.errors or ()]


@pytest.fixture
def held() -> Any:
    """The account of a viewer, read only when the event is set."""
    event = asyncio.Event()

    async def of(_: Any) -> None:
        await event.wait()

    with patch.object(account, "of", of):
        yield event


async def test_somebody_with_too_many_operations_at_work_is_asked_to_wait(
    held: asyncio.Event,
) -> None:
    views, viewer, other = api.guarded(Gate(Limits(at_once=2))), somebody(), somebody()

    async def ask(who: Any, text: str = SLOW) -> Any:
        return await views.of(who).execute(text, context_value=context(who))

    working = [asyncio.create_task(ask(viewer)) for _ in range(2)]
    await asyncio.sleep(0)
    third, another = await ask(viewer, TITLES), await ask(other, TITLES)
    held.set()
    first = [await each for each in working]
    again = await ask(viewer, TITLES)

    assert [told(each) for each in first] == [[], []]
    assert third.errors[0].extensions == {
        "code": "RATE_LIMITED",
        "limit": "atOnce",
        "maximum": 2,
        "measured": 3,
        "retryAfter": 1,
    }
    assert (told(another), told(again)) == ([], [])
    assert not views.of(viewer).gate.working


async def test_strangers_of_one_address_do_not_wait_for_each_other() -> None:
    views = api.guarded(Gate(Limits(at_once=1)))

    async def ask() -> Any:
        return await views.of(None).execute(SLOW, context_value=context(None))

    assert [told(each) for each in await asyncio.gather(*(ask() for _ in range(5)))] == [[]] * 5


async def test_a_place_is_given_back_when_an_operation_is_ended(held: asyncio.Event) -> None:
    views, viewer = api.guarded(Gate(Limits(at_once=1))), somebody()

    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await views.of(viewer).execute(SLOW, context_value=context(viewer))

    assert not views.of(viewer).gate.working


async def test_what_was_spent_is_spent_for_all_documents() -> None:
    purse = Allowance(cost=3, per_minute=60)
    views, viewer = api.guarded(Gate(Limits(cost=purse), rate=Rate(clock=lambda: 0.0))), somebody()

    async def ask(text: str) -> list[str]:
        return told(await views.of(viewer).execute(text, context_value=context(viewer)))

    assert await ask("{ titles(level: SENIOR) { code } }") == []
    assert await ask("{ a: titles(level: SENIOR) { code } b: titles { code } }") == []
    assert await ask("{ titles(level: SENIOR) { title } }") == ["RATE_LIMITED"]


async def test_wrong_documents_are_read_only_so_often(db: Connection) -> None:
    purse = Allowance(cost=100, per_minute=60)  # two wrong documents
    known = Documents({documents.identity(SLOW): SLOW})
    views = api.guarded(Gate(Limits(cost=purse), known, Rate(clock=lambda: 0.0)))
    viewer, other = somebody(), somebody()

    async def ask(text: str, who: Any = viewer) -> list[str]:
        return told(await views.of(who).execute(text, context_value=context(who)))

    for _ in range(2):
        assert await ask("{ nothing }") == ["GRAPHQL_VALIDATION_FAILED"]
    assert await ask("{ nothing }") == ["RATE_LIMITED"]
    assert await ask(TITLES) == ["RATE_LIMITED"]  # it would have to be read
    assert await ask(SLOW) == []  # a trusted one is read already
    assert await ask(TITLES, other) == []


async def test_a_session_that_ended_is_no_wrong_document() -> None:
    views = api.guarded(Gate(Limits(cost=Allowance(cost=50, per_minute=60))))

    for _ in range(5):
        result = await views.of(None).execute(TITLES, context_value=context(None))
        assert told(result) == ["UNAUTHENTICATED"]


async def test_ever_new_documents_of_a_stranger_are_read_only_so_often() -> None:
    purse = Allowance(cost=100, per_minute=60)  # two documents that are not for him
    views = api.guarded(Gate(Limits(cost=purse), rate=Rate(clock=lambda: 0.0)))

    async def ask(number: int) -> list[str]:
        text = TITLES + f" # {number}"
        return told(await views.of(None).execute(text, context_value=context(None)))

    assert [await ask(number) for number in (1, 2, 3)] == [
        ["UNAUTHENTICATED"],
        ["UNAUTHENTICATED"],
        ["RATE_LIMITED"],
    ]
    assert await ask(1) == ["UNAUTHENTICATED"]  # read already, and known to be for others


@pytest.mark.parametrize(
    ("user_type", "allowance"),
    [
        (None, limits.USUAL),
        (UserType.PERSON, limits.USUAL),
        (UserType.TRAINING_BASE, limits.USUAL),
        (UserType.UNIT, limits.OF_REVIEWERS),
        (UserType.CITY_BUREAU, limits.OF_REVIEWERS),
    ],
)
async def test_who_reviews_may_spend_more(user_type: UserType | None, allowance: Allowance) -> None:
    given = context(somebody(user_type) if user_type else None)

    await api.guarded(Gate()).of(given.viewer).execute("{ __typename }", context_value=given)

    assert given.admission
    assert (given.admission.maximum, given.admission.restores) == (
        allowance.cost,
        allowance.restores,
    )


def test_the_settings_of_the_operator_are_those_of_the_gate() -> None:
    variables = {"JIJIAO_GRAPHQL_COST": "7", "JIJIAO_GRAPHQL_RATE": "8"}
    variables |= {"JIJIAO_GRAPHQL_COST_REVIEWER": "9", "JIJIAO_GRAPHQL_RATE_REVIEWER": "10"}
    variables |= {"JIJIAO_GRAPHQL_AT_ONCE": "11", "JIJIAO_GRAPHQL_STREAMS": "12"}

    gate = app.gate(settings.read(variables, mode="dev"))

    assert gate.limits.cost == Allowance(cost=7, per_minute=8)
    assert gate.limits.cost_reviewer == Allowance(cost=9, per_minute=10)
    assert (gate.limits.at_once, gate.limits.streams) == (11, 12)
    assert gate.documents.trusted == documents.of_this_release()


async def test_a_statement_that_takes_too_long_is_a_timeout(db: Connection) -> None:
    with pytest.raises(QueryCanceledError) as cancelled:
        await db.execute_script("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)")

    error = GraphQLError("", original_error=cancelled.value)

    assert (errors.public(error, context(None)).extensions or {})["code"] == "TIMEOUT"


async def test_the_connections_of_the_api_end_their_statements(
    configuration: Settings, db: Connection
) -> None:
    usual = await read.value("SELECT current_setting('statement_timeout')")
    ours = settings.tortoise(configuration, statement_seconds=configuration.statement_seconds)

    given = ours["connections"]["default"]["credentials"]["server_settings"]

    assert usual == "30s"  # what commands and workers have
    assert given["statement_timeout"] == "5s"


@pytest.fixture
async def production(db: Connection, pg: Any, tmp_path: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The application as it runs in production, without Redis."""
    given = servers.configuration(
        pg,
        "work",
        mode="production",
        origin="https://ce.example",
        redis_url="redis://127.0.0.1:1",
        storage=str(tmp_path),
        graphql_rate="1",
        graphql_cost="40",
    )
    transport = httpx.ASGITransport(app.create(given))
    async with httpx.AsyncClient(transport=transport, base_url="https://ce.example") as client:
        yield client


async def test_production_takes_its_own_documents_from_strangers(
    production: httpx.AsyncClient,
) -> None:
    listed = (await production.get("/operations.json")).json()
    viewer = next(each for each in listed if each["name"] == "Viewer")

    own = await production.post("/graphql", json={"query": "{ viewer { login } }"})
    known = await production.post("/graphql", json={"documentId": viewer["documentId"]})
    gone = await production.post("/graphql", json={"documentId": "sha256:0"})

    assert (own.status_code, code(own)) == (400, "DOCUMENT_NOT_TRUSTED")
    assert (known.status_code, known.json()["data"]) == (200, {"viewer": None})
    assert (gone.status_code, code(gone)) == (400, "DOCUMENT_NOT_FOUND")


async def test_a_document_for_others_asks_a_stranger_to_sign_in(
    production: httpx.AsyncClient,
) -> None:
    listed = (await production.get("/operations.json")).json()
    to_do = next(each for each in listed if each["name"] == "ToDo")

    answer = await production.post("/graphql", json={"documentId": to_do["documentId"]})

    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


async def test_http_says_what_is_left_and_when_to_come_again(
    production: httpx.AsyncClient,
) -> None:
    listed = (await production.get("/operations.json")).json()
    viewer = next(each["documentId"] for each in listed if each["name"] == "Viewer")

    first, _, third = [
        await production.post("/graphql", json={"documentId": viewer}) for _ in range(3)
    ]

    # It costs 18 of 40 points, and a point comes back each minute.
    assert first.headers["x-jijiao-cost"] == "18"
    assert first.headers["ratelimit-policy"] == '"cost";q=40;w=2400'
    assert first.headers["ratelimit"] == '"cost";r=22;t=1080'
    assert (third.status_code, code(third)) == (429, "RATE_LIMITED")
    assert 800 < int(third.headers["retry-after"]) <= 840  # 54 - 40 points


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


async def test_one_operation_never_takes_the_whole_pool(
    db: Connection, pg: Postgres, admin: Any, configuration: Settings
) -> None:
    many = " ".join(f"a{n}: trainingRecords(first: 1) {{ totalCount }}" for n in range(12))
    held = await asyncpg.connect(host=str(pg.socket), user=SUPERUSER, database="work")
    async with (
        open_house(db, configuration) as house,
        house.client("leader") as greedy,
        house.client("handler") as modest,
    ):
        async with held.transaction():
            await held.execute("LOCK TABLE training_record IN ACCESS EXCLUSIVE MODE")
            asked = asyncio.create_task(greedy.post("/graphql", json={"query": f"{{ {many} }}"}))
            await eventually(partial(waiting, admin, read.AT_ONCE))
            other = await modest.post("/graphql", json={"query": SLOW})
        answered = await asked
    await held.close()

    assert other.json()["data"]["viewer"]["login"]
    assert len(answered.json()["data"]) == 12 and "errors" not in answered.json()


async def waiting(connection: Any, many: int) -> bool:
    """Do so many statements wait for the lock?"""
    found = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'work' AND wait_event_type = 'Lock'"
    )
    return bool(found == many)
