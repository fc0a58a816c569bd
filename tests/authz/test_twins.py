"""People named in inputs: whoever may be named, beside others who may not, with all else alike."""

from typing import Any

import pytest

from models import Case, Event, Job, Notice, Opinion, Task, TrainingRecord
from models.access import Viewer
from models.ids import uuid7
from models.read import Connection
from resolvers import ids
from tests.factories import city as cities
from tests.factories import delegation as delegations
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.question import answered, codes, key
from tests.workflow.test_batch import CONTEXT
from workers import job
from workflow import later

TOLD = "__typename ... on UserError { code message path }"
EACH = f"... on DecideTasksPayload {{ items {{ error {{ {TOLD} }} }} }}"
LATER = "... on DecisionBatchPayload { batch { id } }"
ITEMS = f"""query($id: ID!) {{ node(id: $id) {{ ... on DecisionBatch {{
  items {{ error {{ {TOLD} }} }} }} }} }}"""
INPUTS = {
    "addSigner": "SignerInput",
    "claimTask": "TaskInput",
    "decideTask": "DecideTaskInput",
    "decideTasks": "DecideTasksInput",
    "decideTasksLater": "DecideTasksInput",
    "dropSigner": "SignerInput",
    "releaseTask": "TaskInput",
    "transferTask": "TransferTaskInput",
    "unclaimTask": "TaskInput",
}
AGREE = {"act": "AGREE_UP", "comment": "材料齐全"}
ADD = "mutation($input: SignerInput!) { addSigner(input: $input) { __typename } }"
OTHERS = ("museum handler", "applicant", "nobody")


@pytest.fixture
async def town(db: Connection) -> City:
    town = await cities.build(db)
    await delegations.deputies(town)
    return town


def person(town: City, who: str) -> str:
    """Somebody's id; nobody's is one there is not."""
    return ids.encode("Person", town.viewers[who].person_id if who in town.viewers else uuid7())


async def put(viewer: Viewer, verb: str, **given: Any) -> Any:
    """The answer to a verb."""
    more = {"decideTasks": EACH, "decideTasksLater": LATER}.get(verb, "")
    query = f"""mutation($input: {INPUTS[verb]}!) {{ {verb}(input: $input) {{ {TOLD} {more} }} }}"""
    found = await answered(viewer, query, input={**given, "idempotencyKey": key()})
    return found[verb]


async def about(verb: str, task_id: object) -> dict[str, Any]:
    """The task as this verb names it, at the version it has."""
    row = await Task.get(id=task_id).select_related("case")
    named = {"taskId": ids.encode("Task", row.id), "expectedVersion": row.case.seq}
    if verb in ("decideTasks", "decideTasksLater"):
        return {"tasks": [named], **AGREE}
    return {**named, **(AGREE if verb == "decideTask" else {})}


async def kept() -> list[Any]:
    """What a verb would have changed."""
    tables = (TrainingRecord, Case, Task, Event, Opinion, Notice)
    return [await table.all().order_by("id").values() for table in tables]


def refusal(answer: Any) -> Any:
    """Why not; None if it was done."""
    inner = answer["items"][0]["error"] if "items" in answer else answer
    return inner if inner and "code" in inner else None


@pytest.mark.parametrize(
    "verb", ["claimTask", "unclaimTask", "releaseTask", "decideTask", "decideTasks"]
)
async def test_one_acts_in_the_name_of_whom_one_stands_for_and_of_nobody_else(
    town: City, verb: str
) -> None:
    task = await records.submitted(town)
    await delegations.given(town, "handler", "deputy")
    deputy, handler = await delegations.seen(town, "deputy"), person(town, "handler")
    if verb in ("unclaimTask", "releaseTask"):
        assert (
            refusal(await put(deputy, "claimTask", **await about(verb, task), onBehalfOf=handler))
            is None
        )
    before, given = await kept(), await about(verb, task)

    denied = [await put(deputy, verb, **given, onBehalfOf=person(town, one)) for one in OTHERS]
    assert await kept() == before
    allowed = await put(deputy, verb, **given, onBehalfOf=handler)

    assert refusal(denied[0]) and denied == [denied[0]] * len(OTHERS)
    assert refusal(allowed) is None or verb == "releaseTask", allowed


@pytest.mark.parametrize("who", ["handler", *OTHERS])
async def test_a_batch_later_asks_of_each_task_in_whose_name(town: City, who: str) -> None:
    task = await records.submitted(town)
    await delegations.given(town, "handler", "deputy")
    deputy, before = await delegations.seen(town, "deputy"), await kept()

    answer = await put(
        deputy,
        "decideTasksLater",
        **await about("decideTasksLater", task),
        onBehalfOf=person(town, who),
    )
    waiting = await Job.get(kind=later.BATCH)
    await job.run_job(CONTEXT, str(waiting.id))

    (item,) = (await answered(deputy, ITEMS, id=answer["batch"]["id"]))["node"]["items"]
    assert (item["error"] is None) is (who == "handler"), item
    assert (await kept() == before) is (who != "handler")


async def test_a_batch_later_takes_ones_own_tasks_and_no_others(town: City) -> None:
    task = await records.submitted(town)
    before = await kept()
    found = []
    for who in ("museum handler", "leader", "handler"):
        viewer = town.viewers[who]
        answer = await put(viewer, "decideTasksLater", **await about("decideTasksLater", task))
        waiting = await Job.filter(kind=later.BATCH).order_by("-id").first()
        assert waiting is not None
        await job.run_job(CONTEXT, str(waiting.id))
        (item,) = (await answered(viewer, ITEMS, id=answer["batch"]["id"]))["node"]["items"]
        found.append(item["error"] and item["error"]["code"])
        assert (await kept() == before) is (who != "handler")

    assert found == ["NOT_FOUND", "NOT_YOUR_TASK", None]


async def ready(town: City, verb: str) -> tuple[Viewer, dict[str, Any]]:
    """Who asks whom for something, and about what."""
    task = await records.submitted(town)
    if verb == "transferTask":
        return town.viewers["handler"], await about(verb, task)
    await records.agreed(town, task)
    case, leader = await Case.get(), town.viewers["leader"]
    given = {"caseId": ids.encode("Case", case.id), "expectedVersion": case.seq}
    if verb == "dropSigner":
        done = await put(leader, "addSigner", **given, personId=person(town, "second handler"))
        assert refusal(done) is None, done
        given["expectedVersion"] = (await Case.get()).seq
    return leader, given


@pytest.mark.parametrize("verb", ["addSigner", "dropSigner", "transferTask"])
async def test_a_colleague_is_named_and_nobody_of_another_house(town: City, verb: str) -> None:
    viewer, given = await ready(town, verb)
    before = await kept()

    denied = [await put(viewer, verb, **given, personId=person(town, one)) for one in OTHERS]
    assert await kept() == before
    allowed = await put(viewer, verb, **given, personId=person(town, "second handler"))

    assert refusal(denied[0]) and denied[0] == denied[2], denied
    assert all(refusal(one) for one in denied)
    assert refusal(allowed) is None, allowed
    assert await kept() != before


@pytest.mark.parametrize("verb", ["addSigner", "dropSigner"])
@pytest.mark.parametrize("who", ["museum handler", "checker", "handler", "applicant"])
async def test_signers_are_asked_for_by_whose_turn_it_is_or_the_administrator(
    town: City, verb: str, who: str
) -> None:
    leader, given = await ready(town, verb)
    before, named = await kept(), {"personId": person(town, "second handler")}

    if who == "applicant":  # persons have no such verb
        assert await codes(
            town.viewers[who], ADD, input={**given, **named, "idempotencyKey": key()}
        )
    else:
        assert refusal(await put(town.viewers[who], verb, **given, **named))
    assert await kept() == before

    turn = town.viewers["administrator"] if who == "checker" else leader
    assert refusal(await put(turn, verb, **given, **named)) is None
