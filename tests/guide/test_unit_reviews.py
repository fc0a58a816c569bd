"""Chapter three of the guide, the unit: 个人参加系统外项目审批 (L538–577)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.guide import operations as op
from tests.guide.test_person_declares import (
    DECLARATION,
    TODAY,
    declared,
    pointer,
    proven,
    scanned,
)
from tests.town import PROOF, Citizen, Town, eventually, key


async def sent(town: Town, **changes: Any) -> dict[str, Any]:
    """A record the person has submitted."""
    async with town.citizen("person") as me:
        answer = await me.do(op.SUBMIT, **pointer(await proven(me, **changes)))
        assert answer["__typename"] == "RecordPayload", answer
        record: dict[str, Any] = answer["record"]
        return record


async def task_of(reviewer: Citizen, record: dict[str, Any]) -> dict[str, Any]:
    """The reviewer's task about a record."""
    found = await reviewer.ask(op.TASKS, where={"courseName": {"contains": record["courseName"]}})
    (task,) = [one for one in found["tasks"]["nodes"] if one["record"]["id"] == record["id"]]
    result: dict[str, Any] = task
    return result


async def decided(
    town: Town, login: str, record: dict[str, Any], act: str, **words: Any
) -> dict[str, Any]:
    """A decision of somebody on the record's open task."""
    async with town.citizen(login) as reviewer:
        task = await task_of(reviewer, record)
        return await reviewer.do(
            op.DECIDE,
            taskId=task["id"],
            act=act,
            expectedVersion=task["version"],
            idempotencyKey=key(),
            **words,
        )


async def read(town: Town, record: dict[str, Any], login: str = "person") -> dict[str, Any]:
    """The record as somebody sees it now."""
    async with town.citizen(login) as me:
        node: dict[str, Any] = (await me.ask(op.READ, id=record["id"]))["node"]
        return node


async def annual(me: Citizen) -> dict[str, Any]:
    """One's own result of this year."""
    nodes = (await me.ask(op.ANNUAL, year=TODAY.year))["annualResults"]["nodes"]
    result: dict[str, Any] = nodes[0]
    return result


async def test_two_reviewers_make_it_final_and_the_hours_count(town: Town) -> None:
    record = await sent(town, courseName="两人审核的课程")
    async with town.citizen("person") as me:
        before = await annual(me)

    first = await decided(
        town,
        "handler",
        record,
        "AGREE_UP",
        comment="证书属实",
        values={"approvedHours": "12.0", "approvedCredits": "1.0"},
    )
    assert first["case"]["status"] == "IN_REVIEW", first
    final = await decided(town, "unit_leader", record, "PASS", comment="同意")
    assert final["case"]["status"] == "APPROVED", final

    approved = await read(town, record)
    assert (approved["status"], approved["approvedHours"]) == ("APPROVED", "12.0")

    async with town.citizen("person") as me:

        async def counted() -> bool:
            lines = (await annual(me))["explanation"]["lines"]
            return record["id"] in {(line["record"] or {}).get("id") for line in lines}

        await eventually(counted, said=lambda: town.log("work") + town.log("relay"))
        after = await annual(me)
    assert float(after["totalHours"]) - float(before["totalHours"]) == 12.0
    assert after["number"] == before["number"] + 1
    (line,) = [
        one
        for one in after["explanation"]["lines"]
        if one["record"] and one["record"]["id"] == record["id"]
    ]
    assert (line["counted"], line["hours"]) == (True, "12.0")


async def test_the_history_has_the_columns_of_the_guide(town: Town) -> None:
    record = await sent(town, courseName="有办理情况的课程")
    await decided(town, "handler", record, "AGREE_UP", comment="证书属实")
    await decided(town, "unit_leader", record, "PASS", comment="同意")

    timeline = (await read(town, record))["case"]["timeline"]

    assert [entry["number"] for entry in timeline] == list(range(1, len(timeline) + 1))
    told = {entry["comment"]: entry for entry in timeline}
    first = told["证书属实"]
    assert first["step"]["name"] == "单位审批"
    assert first["person"] and first["organisation"] and first["at"]


async def test_one_person_alone_ends_nothing(town: Town) -> None:
    record = await sent(town, courseName="一人不能结案的课程")

    async with town.citizen("handler") as reviewer:
        task = await task_of(reviewer, record)
        offers = {offer["act"]: offer for offer in task["availableActions"]}

    answer = await decided(town, "handler", record, "PASS")

    assert not offers["PASS"]["enabled"]
    assert offers["PASS"]["refusal"]["code"] == answer["code"] == "MORE_REVIEWERS_NEEDED"
    assert "2 人" in answer["message"]
    assert (await read(town, record))["status"] == "IN_REVIEW"


async def test_a_returned_record_is_mended_and_comes_back_as_waiting(town: Town) -> None:
    record = await sent(town, courseName="退回补正的课程")
    returned = await decided(town, "handler", record, "RETURN", comment="请补充学时证明")
    assert returned["case"]["status"] == "RETURNED", returned

    async with town.citizen("person") as me:
        mine = (await me.ask(op.READ, id=record["id"]))["node"]
        assert "请补充学时证明" in {entry["comment"] for entry in mine["case"]["timeline"]}
        changed = {**DECLARATION, "courseName": "退回补正的课程", "note": "已补充"}
        edited = (await me.do(op.EDIT, declaration=changed, **pointer(mine)))["record"]
        again = await me.do(op.SUBMIT, **pointer(edited))
        assert again["record"]["status"] == "IN_REVIEW", again

    await decided(town, "handler", record, "AGREE_UP")
    await decided(town, "unit_leader", record, "PASS")
    assert (await read(town, record))["status"] == "APPROVED"


async def test_handed_back_inside_only_the_colleague_may_go_on(town: Town) -> None:
    record = await sent(town, courseName="内部退案的课程")
    await decided(town, "handler", record, "AGREE_UP")
    back = await decided(town, "unit_leader", record, "RETURN_INSIDE", comment="再核对")
    assert back["case"]["status"] == "IN_REVIEW", back

    async with town.citizen("handler") as reviewer:
        task = await task_of(reviewer, record)
    assert (task["reason"], task["group"]["name"]) == ("HANDED_BACK", "经办人")

    await decided(town, "handler", record, "AGREE_UP", comment="已核对")
    await decided(town, "unit_leader", record, "PASS")
    assert (await read(town, record))["status"] == "APPROVED"


async def test_a_rejected_record_counts_nothing(town: Town) -> None:
    record = await sent(town, courseName="不同意结案的课程")
    await decided(town, "handler", record, "DISAGREE_UP", comment="非专业课")
    ended = await decided(town, "unit_leader", record, "REJECT", comment="不同意")

    assert ended["case"]["status"] == "REJECTED", ended
    assert (await read(town, record))["approvedHours"] is None


async def test_a_batch_answers_for_each_task(town: Town) -> None:
    courses = [await sent(town, courseName=f"批量审核的课程{n}") for n in range(3)]
    async with town.citizen("handler") as reviewer:
        tasks = [await task_of(reviewer, record) for record in courses]
        stale = {"taskId": tasks[2]["id"], "expectedVersion": tasks[2]["version"] + 5}
        answer = await reviewer.do(
            op.DECIDE_MANY,
            tasks=[
                *({"taskId": task["id"], "expectedVersion": task["version"]} for task in tasks[:2]),
                stale,
            ],
            act="AGREE_UP",
            comment="批量同意",
            idempotencyKey=key(),
        )

    assert (answer["accepted"], answer["refused"]) == (2, 1), answer
    errors = [item["error"] and item["error"]["code"] for item in answer["items"]]
    assert errors == [None, None, "CONFLICT"]


async def test_a_claimed_task_is_left_by_colleagues_and_a_stale_screen_is_told(
    town: Town,
) -> None:
    record = await sent(town, courseName="已签收的课程")
    async with town.citizen("handler") as reviewer:
        task = await task_of(reviewer, record)
        claimed = await reviewer.do(
            op.CLAIM,
            taskId=task["id"],
            expectedVersion=task["version"],
            idempotencyKey=key(),
        )
        assert claimed["task"]["claimedBy"]["name"]

        late = await reviewer.do(
            op.DECIDE,
            taskId=task["id"],
            act="AGREE_UP",
            expectedVersion=task["version"],
            idempotencyKey=key(),
        )
    assert (late["__typename"], late["code"]) == ("StateConflict", "CONFLICT")
    assert late["actual"] == task["version"] + 1


async def test_a_file_the_scanner_finds_infected_is_not_opened_and_stops_the_approval(
    town: Town,
) -> None:
    async with town.citizen("person") as me:
        record = await declared(me, courseName="带毒附件的课程")
        poisoned = PROOF.replace(b"%%EOF", eicar() + b"\n%%EOF")
        assert (await me.upload(record["id"], poisoned)).status_code == 201
        record = await scanned(me, record["id"])
        assert [file["scanState"] for file in record["attachments"]] == ["INFECTED"]
        assert record["attachments"][0]["downloadUrl"] is None
        await me.do(op.SUBMIT, **pointer(record))

    await decided(town, "handler", record, "AGREE_UP")
    answer = await decided(town, "unit_leader", record, "PASS")

    assert answer["code"] == "ATTACHMENT_NOT_CLEAN", answer


@pytest.mark.parametrize("login", ["unit_admin", "checker", "district_checker"])
async def test_whose_task_it_is_not_cannot_decide_it(town: Town, login: str) -> None:
    record = await sent(town, courseName=f"他人不能办理的课程 {login}")
    async with town.citizen("handler") as reviewer:
        task = await task_of(reviewer, record)

    async with town.citizen(login) as other:
        answer = await other.do(
            op.DECIDE,
            taskId=task["id"],
            act="AGREE_UP",
            expectedVersion=task["version"],
            idempotencyKey=key(),
        )

    assert answer["code"] in {"NOT_YOUR_TASK", "NOT_FOUND", "OWN_CASE"}, answer
    assert (await read(town, record))["status"] == "IN_REVIEW"


async def test_for_a_person_there_is_no_verb_of_reviewers(town: Town) -> None:
    record = await sent(town, courseName="个人不能办理的课程")

    async with town.citizen("person") as person:
        body = {"query": op.DECIDE, "variables": {"input": {}}}
        answer = (await person.client.post("/graphql", json=body)).json()

    assert {each["extensions"]["code"] for each in answer["errors"]} == {
        "GRAPHQL_VALIDATION_FAILED"
    }
    assert (await read(town, record))["status"] == "IN_REVIEW"


async def test_the_to_do_list_counts_what_waits_by_business_and_step(town: Town) -> None:
    record = await sent(town, courseName="待办计数的课程")
    async with town.citizen("handler") as reviewer:
        groups = (await reviewer.ask(op.TODO))["todoGroups"]
        total = (await reviewer.ask(op.TASKS))["tasks"]["totalCount"]
        await task_of(reviewer, record)

    assert sum(group["count"] for group in groups) == total
    assert {group["business"]["name"] for group in groups} & {"个人参加继续教育情况申报"}
    assert [group["oldest"] for group in groups] == sorted(group["oldest"] for group in groups)


def eicar() -> bytes:
    """The test signature every scanner knows, never contiguous in a file of ours."""
    return rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
