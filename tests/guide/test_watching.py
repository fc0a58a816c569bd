"""What one does, another sees at once: tasks, cases and jobs are watched, not polled."""

from typing import Any

from tests.guide.test_person_declares import declared
from tests.guide.test_unit_reviews import decided, sent
from tests.guide.watching import CASE, JOB, TASKS, until, watching
from tests.town import PROOF, Town

CASE_OF = "query ($id: ID!) { node(id: $id) { ... on TrainingRecord { case { id } } } }"
SCAN_OF = """query ($id: ID!) { node(id: $id) { ... on TrainingRecord {
  attachments { label scan { id } scanState } } } }"""


async def case_of(town: Town, record: dict[str, Any]) -> str:
    async with town.citizen("person") as me:
        found: str = (await me.ask(CASE_OF, id=record["id"]))["node"]["case"]["id"]
        return found


def waiting(event: dict[str, Any]) -> int:
    return sum(group["count"] for group in event["todoGroups"])


async def test_a_record_that_is_handed_in_appears_on_the_list_of_the_unit(town: Town) -> None:
    async with town.citizen("handler") as handler, watching(handler, TASKS) as heard:
        before = waiting(await anext(heard))
        await sent(town, courseName="看得见的送审")

        after = await until(heard, lambda event: waiting(event) > before)

    assert waiting(after) == before + 1


async def test_the_applicant_sees_each_opinion_when_it_is_given(town: Town) -> None:
    record = await sent(town, courseName="看得见的审核")
    case_id = await case_of(town, record)

    async with town.citizen("person") as me, watching(me, CASE, id=case_id) as heard:
        first = await anext(heard)
        await decided(town, "handler", record, "AGREE_UP")
        seen = first["case"]["version"]
        opinion = await until(heard, lambda event: event["case"]["version"] > seen)
        await decided(town, "unit_leader", record, "PASS")
        end = await until(heard, lambda event: event["case"]["status"] == "APPROVED")

    assert opinion["case"]["timeline"][-1]["what"]["key"] == "agree_up"
    assert end["case"]["version"] > opinion["case"]["version"]


async def test_a_person_sees_what_comes_back_to_him(town: Town) -> None:
    record = await sent(town, courseName="看得见的退案")

    async with town.citizen("person") as me, watching(me, TASKS) as heard:
        before = waiting(await anext(heard))
        await decided(town, "handler", record, "RETURN", comment="请补充学时证明")
        after = await until(heard, lambda event: waiting(event) > before)

    assert waiting(after) == before + 1


async def test_a_scan_is_watched_from_beginning_to_end(town: Town) -> None:
    town.end("work")
    async with town.citizen("person") as me:
        record = await declared(me, courseName="看得见的扫描")
        assert (await me.upload(record["id"], PROOF)).status_code == 201
        (file,) = (await me.ask(SCAN_OF, id=record["id"]))["node"]["attachments"]

        async with watching(me, JOB, id=file["scan"]["id"]) as heard:
            first = (await anext(heard))["job"]
            town.start("work", "work", "all")
            states = [first, *[event["job"] async for event in heard]]

        (after,) = (await me.ask(SCAN_OF, id=record["id"]))["node"]["attachments"]
    assert (first["kind"]["key"], first["progress"]) == ("scan", 0)
    assert first["state"] in {"PENDING", "SENT"}
    assert (states[-1]["state"], states[-1]["progress"]) == ("DONE", 100)
    assert [state["progress"] for state in states] == sorted(state["progress"] for state in states)
    assert (after["scanState"], after["scan"]) == ("CLEAN", None)
