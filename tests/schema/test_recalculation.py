"""Runs over everybody in GraphQL: the municipal bureau's, unknown to everybody else."""

from typing import Any

import pytest

from models import RecalculationRun
from models.account import UserType
from models.read import Connection
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.question import answered, codes

BEGIN = """mutation($input: RecalculateAllInput!) { recalculateAll(input: $input) {
  __typename ... on RecalculationPayload { replayed run { id state progress persons chunks } }
  ... on UserError { code message } } }"""
ABORT = """mutation($input: AbortRecalculationInput!) { abortRecalculation(input: $input) {
  __typename ... on RecalculationPayload { run { id state endedAt } }
  ... on UserError { code } } }"""
RUNS = "{ recalculationRuns { id state judged snapshots chunksDone } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"


@pytest.fixture
async def city(db: Connection) -> City:
    built = await cities.build(db)
    duties, kind = ("recalculation",), UserType.CITY_BUREAU
    await built.person("statistician", "bureau", duties=duties, user_type=kind)
    return built


async def begun(city: City, key: str = "k", who: str = "statistician") -> Any:
    found = await answered(city.viewers[who], BEGIN, input={"idempotencyKey": key})
    return found["recalculateAll"]


async def test_a_run_is_begun_seen_and_ended(city: City) -> None:
    answer = await begun(city)
    run = answer["run"]

    given = {"runId": run["id"], "idempotencyKey": "a"}
    ended = await answered(city.viewers["statistician"], ABORT, input=given)

    assert (run["state"], run["progress"], run["chunks"]) == ("RUNNING", 0, 1)
    assert ended["abortRecalculation"]["run"]["state"] == "ABORTED"
    (seen,) = (await answered(city.viewers["statistician"], RUNS))["recalculationRuns"]
    assert (seen["id"], seen["state"]) == (run["id"], "ABORTED")


async def test_the_same_key_is_answered_with_the_same_run(city: City) -> None:
    first, again = await begun(city), await begun(city)

    assert first["run"]["id"] == again["run"]["id"]
    assert (first["replayed"], again["replayed"]) == (False, True)


async def test_a_second_run_is_refused_with_a_sentence(city: City) -> None:
    await begun(city)

    refused = await begun(city, key="other")

    assert refused["code"] == "RECALCULATION_RUNS"
    assert refused["message"] == "A recalculation of everybody is under way."


async def test_a_colleague_without_the_duty_sees_the_run_and_begins_none(city: City) -> None:
    run = (await begun(city))["run"]

    refused = await begun(city, who="city checker")

    assert refused["code"] == "DUTY_REQUIRED"
    assert await answered(city.viewers["city checker"], NODE, id=run["id"])
    assert await RecalculationRun.all().count() == 1


@pytest.mark.parametrize("who", ["checker", "district checker", "leader", "applicant"])
async def test_nobody_outside_the_bureau_knows_of_a_run(city: City, who: str) -> None:
    run = (await begun(city))["run"]

    assert await codes(city.viewers[who], NODE, id=run["id"]) == ["NOT_FOUND"]


async def test_an_id_of_something_else_ends_no_run(city: City) -> None:
    await begun(city)

    answer = await answered(
        city.viewers["statistician"], ABORT, input={"runId": "x", "idempotencyKey": "a"}
    )

    assert answer["abortRecalculation"]["code"] == "NOT_FOUND"
    assert (await RecalculationRun.get()).state == "running"
