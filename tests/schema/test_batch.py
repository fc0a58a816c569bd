"""Large batches in GraphQL: watched, read again, one's own alone."""

from typing import Any

import pytest

from models import Job
from models.read import Connection
from resolvers import ids
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import answered, codes
from workers import batch, job
from workflow import later

DECIDE = """mutation($input: DecideTasksInput!) { decideTasksLater(input: $input) { __typename
  ... on DecisionBatchPayload { replayed batch { id waiting accepted job { id state } } }
  ... on UserError { code } } }"""
READ = """query($id: ID!) { node(id: $id) { ... on DecisionBatch {
  accepted waiting failedIds items { taskId task { status } error { code message } } } } }"""
CONTEXT: job.Context = {"handlers": {later.BATCH: batch.handle}, "lease": 60.0}


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def handed_in(city: City, *tasks: tuple[str, int]) -> Any:
    wanted = [{"taskId": task, "expectedVersion": version} for task, version in tasks]
    given = {"tasks": wanted, "act": "AGREE_UP", "idempotencyKey": "k"}
    return (await answered(city.viewers["handler"], DECIDE, input=given))["decideTasksLater"]


async def test_a_batch_is_handed_in_worked_off_and_read_item_by_item(city: City) -> None:
    good, stale = [
        ids.encode("Task", await records.submitted(city, course_name=name)) for name in "一二"
    ]
    given = (await handed_in(city, (good, 1), (stale, 7)))["batch"]
    (only,) = await Job.filter(kind=later.BATCH)

    await job.run_job(CONTEXT, str(only.id))

    assert (given["waiting"], given["job"]["state"]) == (2, "PENDING")
    node = (await answered(city.viewers["handler"], READ, id=given["id"]))["node"]
    assert (node["accepted"], node["waiting"], node["failedIds"]) == (1, 0, [stale])
    assert [each["taskId"] for each in node["items"]] == [good, stale]
    assert [each["error"] and each["error"]["code"] for each in node["items"]] == [None, "CONFLICT"]


@pytest.mark.parametrize(("who", "seen"), [("handler", True), ("second handler", False)])
async def test_a_batch_is_seen_by_whoever_handed_it_in(city: City, who: str, seen: bool) -> None:
    task = ids.encode("Task", await records.submitted(city))
    given = (await handed_in(city, (task, 1)))["batch"]

    if seen:
        assert await answered(city.viewers[who], READ, id=given["id"])
    else:
        assert await codes(city.viewers[who], READ, id=given["id"]) == ["NOT_FOUND"]


async def test_the_same_key_is_answered_with_the_same_batch(city: City) -> None:
    task = ids.encode("Task", await records.submitted(city))

    first, again = await handed_in(city, (task, 1)), await handed_in(city, (task, 1))

    assert (first["batch"]["id"], again["replayed"]) == (again["batch"]["id"], True)
