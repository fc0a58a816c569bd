"""Killing a process anywhere loses nothing and does nothing twice."""

from __future__ import annotations

import signal
from typing import Any

import httpx
import pytest

from devserver.redis import Redis
from tests.guide import operations as op
from tests.guide.test_person_declares import pointer, proven, scanned
from tests.guide.test_unit_reviews import annual, decided, sent, task_of
from tests.town import PROOF, Town, eventually, key


async def standing(town: Town) -> None:
    """The API as the test before should have left it; it is not started twice."""
    if "serve" not in town.running or town.running["serve"].poll() is not None:
        await reopened(town)


async def reopened(town: Town, failpoint: str = "") -> None:
    """The API again, perhaps one that will die at a failpoint."""
    if "serve" in town.running:
        town.end("serve", signal.SIGKILL)
    await town.open(failpoint=failpoint)


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
async def test_a_submission_happens_once_wherever_the_api_dies(town: Town, moment: str) -> None:
    await reopened(town, failpoint=f"submit:{moment}:1")
    async with town.citizen("person") as me:
        record = await proven(me, courseName=f"送审时断电 {moment}")
        given = pointer(record)
        with pytest.raises(httpx.TransportError):
            await me.do(op.SUBMIT, **given)
        await town.died("serve")
        await reopened(town)

        answer = await me.do(op.SUBMIT, **given)

        assert answer["record"]["status"] == "IN_REVIEW", answer
        assert answer["replayed"] is (moment == "after_commit")
        assert len(answer["record"]["case"]["timeline"]) == 1


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
async def test_an_approval_happens_once_wherever_the_api_dies(town: Town, moment: str) -> None:
    await reopened(town, failpoint=f"pass:{moment}:1")
    record = await sent(town, courseName=f"审核时断电 {moment}")
    await decided(town, "handler", record, "AGREE_UP")
    async with town.citizen("unit_leader") as leader:
        task = await task_of(leader, record)
        given: dict[str, Any] = {
            "taskId": task["id"],
            "act": "PASS",
            "expectedVersion": task["version"],
            "idempotencyKey": key(),
        }
        with pytest.raises(httpx.TransportError):
            await leader.do(op.DECIDE, **given)
        await town.died("serve")
        await reopened(town)

        answer = await leader.do(op.DECIDE, **given)

        assert answer["case"]["status"] == "APPROVED", answer
        assert answer["replayed"] is (moment == "after_commit")
    async with town.citizen("person") as me:
        await counted(town, me, record)


@pytest.mark.parametrize("moment", ["after_link", "before_row"])
async def test_an_upload_that_was_cut_off_leaves_no_row_and_can_be_sent_again(
    town: Town, moment: str
) -> None:
    await standing(town)
    async with town.citizen("person") as me:
        record = await proven(me, courseName=f"上传时断电 {moment}")
        await reopened(town, failpoint=f"upload:{moment}:1")
        with pytest.raises(httpx.TransportError):
            await me.upload(record["id"], PROOF + moment.encode() + b"\n%%EOF\n")
        await town.died("serve")
        await reopened(town)
        assert len((await me.ask(op.READ, id=record["id"]))["node"]["attachments"]) == 1

        again = await me.upload(record["id"], PROOF + moment.encode() + b"\n%%EOF\n")

        assert again.status_code == 201, again.text
        assert len((await scanned(me, record["id"]))["attachments"]) == 2
    assert not [path for path in town.folder.rglob("*") if path.suffix in {".part", ".tmp"}]


@pytest.mark.parametrize("moment", ["after_claim", "before_commit", "after_commit"])
async def test_a_recount_happens_once_wherever_the_worker_dies(town: Town, moment: str) -> None:
    await standing(town)
    record = await sent(town, courseName=f"统计时断电 {moment}")
    await decided(town, "handler", record, "AGREE_UP")
    async with town.citizen("person") as me:
        before = await annual(me)
        town.end("work")
        town.start("work", "work", "all", failpoint=f"job:{moment}:1")
        await decided(town, "unit_leader", record, "PASS")
        await town.died("work")
        await shorten_leases(town)
        town.start("work", "work", "all")

        after = await counted(town, me, record)

    assert float(after["totalHours"]) - float(before["totalHours"]) == 12.5
    assert after["number"] == before["number"] + 1


async def test_nothing_is_lost_when_redis_is_flushed_and_killed(
    town: Town, redis_server: Redis
) -> None:
    await standing(town)
    record = await sent(town, courseName="消息队列断电")
    await decided(town, "handler", record, "AGREE_UP")
    redis_server.kill()
    answer = await decided(town, "unit_leader", record, "PASS")
    assert answer["case"]["status"] == "APPROVED", answer
    redis_server.start()
    for name in ("work", "relay"):
        town.end(name, signal.SIGKILL)
    await shorten_leases(town)
    town.staff()

    async with town.citizen("person") as me:
        await counted(town, me, record)


async def counted(town: Town, me: Any, record: dict[str, Any]) -> dict[str, Any]:
    """One's own result of this year, once it names the record."""

    async def named() -> bool:
        lines = (await annual(me))["explanation"]["lines"]
        return record["id"] in {(line["record"] or {}).get("id") for line in lines}

    await eventually(named, said=lambda: town.log("work") + town.log("relay"))
    return await annual(me)


async def shorten_leases(town: Town) -> None:
    """A dead worker's lease runs out now, so that the test need not wait for it."""
    await town.sql("UPDATE job SET lease_until = now() WHERE lease_until IS NOT NULL")
