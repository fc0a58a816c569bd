"""Runs over everybody: who may begin and end one, what it is split into, and how it ends."""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from models import AnnualResult, History, Job, PersonTotal, RecalculationRun, read
from models.account import UserType
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import population
from tests.factories.city import City
from workers import chunk, job
from workflow import later, recalculation
from workflow.command import Answer, Done, Request

CONTEXT: job.Context = {"handlers": {later.CHUNK: chunk.handle}, "lease": 60.0}


@pytest.fixture
async def city(db: Connection) -> City:
    built = await cities.build(db)
    duties = ("recalculation",)
    kind = UserType.CITY_BUREAU
    await built.person("statistician", "bureau", duties=duties, user_type=kind)
    kind = UserType.DISTRICT_BUREAU
    await built.person("district statistician", "district", duties=duties, user_type=kind)
    return built


@pytest.fixture
async def crowd(city: City, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Seven persons in chunks of three."""
    monkeypatch.setattr(recalculation, "PERSONS", 3)
    return await population.build(random.Random(1), 7)


def begun(answer: Answer) -> UUID:
    assert isinstance(answer, Done), answer
    return UUID(answer.data["run"])


async def start(city: City, who: str = "statistician", **more: Any) -> Answer:
    return await recalculation.recalculate_all(city.request(who, **more), anew=False)


async def run_chunks() -> None:
    for row in await read.rows("SELECT id FROM job WHERE kind = $1", [later.CHUNK]):
        await job.run_job(CONTEXT, str(row.id))


async def test_a_run_is_split_into_chunks_that_hold_everybody_once(
    city: City, crowd: list[UUID]
) -> None:
    begun(await start(city))

    held = await read.rows(
        "SELECT t.person_id, count(j.id) AS n FROM person_total t LEFT JOIN job j"
        " ON t.person_id > (j.args->>'after')::uuid AND t.person_id <= (j.args->>'upto')::uuid"
        " GROUP BY 1"
    )
    run = await RecalculationRun.get()
    assert (run.persons, run.chunks, await Job.all().count()) == (7, 3, 3)
    assert {row.n for row in held} == {1}


async def test_after_its_chunks_a_run_is_done_and_nobody_is_stale(
    city: City, crowd: list[UUID]
) -> None:
    begun(await start(city))

    await run_chunks()

    run = await RecalculationRun.get()
    assert (run.state, run.chunks_done, run.judged) == ("done", 3, 7)
    assert run.ended_at is not None
    assert await AnnualResult.filter(current=True).values_list("person_id")
    assert not await PersonTotal.filter(stale_since__isnull=False).exists()


async def test_a_chunk_that_runs_twice_is_counted_once(city: City, crowd: list[UUID]) -> None:
    begun(await start(city))

    await run_chunks()
    await run_chunks()

    assert (await RecalculationRun.get()).chunks_done == 3


@pytest.mark.parametrize("who", ["district statistician", "city checker", "leader", "applicant"])
async def test_only_the_municipal_bureau_begins_a_run_and_only_with_the_duty(
    city: City, crowd: list[UUID], who: str
) -> None:
    refused = await start(city, who)
    allowed = await start(city)

    assert refused == Refused("DUTY_REQUIRED", {"duty": "recalculation"})
    assert isinstance(allowed, Done)
    assert await RecalculationRun.all().count() == 1


async def test_there_is_one_run_at_a_time(city: City, crowd: list[UUID]) -> None:
    begun(await start(city))
    second = await start(city)
    await run_chunks()
    third = await start(city)

    assert second == Refused("RECALCULATION_RUNS")
    assert isinstance(third, Done)
    assert await Job.all().count() == 6


async def test_the_same_key_begins_one_run(city: City, crowd: list[UUID]) -> None:
    first = await start(city, key="once")
    again = await start(city, key="once")

    assert begun(first) == begun(again)
    assert isinstance(again, Done) and again.replayed


async def test_a_run_that_is_ended_leaves_the_rest_as_it_was(city: City, crowd: list[UUID]) -> None:
    run_id = begun(await start(city))
    first = await read.value("SELECT id FROM job WHERE kind = $1 ORDER BY id", [later.CHUNK])
    await job.run_job(CONTEXT, str(first))

    begun(await recalculation.abort(city.request("statistician"), run_id=run_id))
    await run_chunks()

    run = await RecalculationRun.get()
    assert (run.state, run.chunks_done) == ("aborted", 1)
    judged = await read.value("SELECT count(DISTINCT person_id) FROM annual_result")
    assert judged == run.judged == 3


async def test_a_run_that_is_over_cannot_be_ended(city: City, crowd: list[UUID]) -> None:
    run_id = begun(await start(city))
    await run_chunks()

    over = await recalculation.abort(city.request("statistician"), run_id=run_id)

    assert over == Refused("RECALCULATION_OVER")
    assert (await RecalculationRun.get()).state == "done"


async def test_only_who_may_begin_a_run_ends_one(city: City, crowd: list[UUID]) -> None:
    run_id = begun(await start(city))

    refused = await recalculation.abort(city.request("city checker"), run_id=run_id)

    assert refused == Refused("DUTY_REQUIRED", {"duty": "recalculation"})
    assert (await RecalculationRun.get()).state == "running"


async def test_history_says_who_began_and_who_ended_a_run(city: City, crowd: list[UUID]) -> None:
    run_id = begun(await start(city))
    begun(await recalculation.abort(city.request("statistician"), run_id=run_id))

    told = await History.filter(subject_id=run_id).order_by("id").values_list("tag", "person_id")

    who = city.viewers["statistician"].person_id
    assert told == [("recalculation:begin", who), ("recalculation:abort", who)]


async def test_a_duty_in_the_seat_of_a_unit_is_not_the_bureau(city: City) -> None:
    viewer = replace(city.viewers["leader"], duties=frozenset({"recalculation"}))
    request = Request(viewer=viewer, key="k", now=cities.NOW)

    assert isinstance(await recalculation.recalculate_all(request, anew=False), Refused)
