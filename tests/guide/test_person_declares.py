"""Chapter three of the guide, the person: 个人参加继续教育情况申报 (L113–190)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.guide import operations as op
from tests.town import PROOF, Citizen, Town, eventually, key

TODAY = date.today()
LAST_WEEK = TODAY - timedelta(days=7)

DECLARATION = {
    "courseName": "《建筑信息模型应用》",
    "category": "PROFESSIONAL",
    "startsOn": str(LAST_WEEK),
    "endsOn": str(LAST_WEEK + timedelta(days=1)),
    "declaredHours": "12.5",
    "attendedDays": 2,
    "organiserName": "某工程学会",
}


async def declared(me: Citizen, **changes: Any) -> dict[str, Any]:
    """A draft as the person sees it."""
    answer = await me.do(op.DECLARE, declaration={**DECLARATION, **changes}, idempotencyKey=key())
    assert answer["__typename"] == "RecordPayload", answer
    record: dict[str, Any] = answer["record"]
    return record


async def proven(me: Citizen, **changes: Any) -> dict[str, Any]:
    """A draft with a clean proof."""
    record = await declared(me, **changes)
    assert (await me.upload(record["id"], PROOF)).status_code == 201
    return await scanned(me, record["id"])


async def scanned(me: Citizen, record_id: str) -> dict[str, Any]:
    """The record once the scanner has judged its files."""

    async def judged() -> bool:
        files = (await me.ask(op.READ, id=record_id))["node"]["attachments"]
        return bool(files) and all(file["scanState"] != "UNSCANNED" for file in files)

    await eventually(judged, said=lambda: me.town.log("work") + me.town.log("relay"))
    record: dict[str, Any] = (await me.ask(op.READ, id=record_id))["node"]
    return record


def pointer(record: dict[str, Any]) -> dict[str, Any]:
    """What a mutation wants to know of a record."""
    return {
        "recordId": record["id"],
        "expectedVersion": record["version"],
        "idempotencyKey": key(),
    }


def enabled(record: dict[str, Any]) -> set[str]:
    """The buttons of a record that are not grey."""
    return {action["verb"] for action in record["availableActions"] if action["enabled"]}


async def test_the_three_steps_information_proof_submission(town: Town) -> None:
    async with town.citizen("person") as me:
        draft = await declared(me)
        assert draft["status"] == "DRAFT"
        assert enabled(draft) == {"EDIT", "DELETE"}

        sent = await me.upload(draft["id"], PROOF)
        assert sent.status_code == 201, sent.text
        ready = await scanned(me, draft["id"])
        assert [file["scanState"] for file in ready["attachments"]] == ["CLEAN"]
        assert enabled(ready) == {"EDIT", "DELETE", "SUBMIT"}

        answer = await me.do(op.SUBMIT, **pointer(ready))
        assert answer["__typename"] == "RecordPayload", answer
        assert answer["record"]["status"] == "IN_REVIEW"
        assert enabled(answer["record"]) == {"RECALL", "WITHDRAW"}


async def test_a_clean_file_comes_back_as_it_was_sent(town: Town) -> None:
    async with town.citizen("person") as me:
        record = await proven(me)
        got = await me.client.get(record["attachments"][0]["downloadUrl"])

        assert got.content == PROOF
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["x-content-type-options"] == "nosniff"

    async with town.citizen("new_person") as stranger:
        url = record["attachments"][0]["downloadUrl"]
        assert (await stranger.client.get(url)).status_code == 404


async def test_without_proof_nothing_is_sent_in(town: Town) -> None:
    async with town.citizen("person") as me:
        draft = await declared(me)
        answer = await me.do(op.SUBMIT, **pointer(draft))

        assert (answer["__typename"], answer["code"]) == ("Refusal", "PROOF_REQUIRED")
        assert "扫描件" in answer["message"]


async def test_recall_edit_and_send_again(town: Town) -> None:
    async with town.citizen("person") as me:
        sent = (await me.do(op.SUBMIT, **pointer(await proven(me))))["record"]
        back = (await me.do(op.RECALL, **pointer(sent)))["record"]
        assert back["status"] == "DRAFT"

        changed = {**DECLARATION, "declaredHours": "10.0"}
        edited = (await me.do(op.EDIT, declaration=changed, **pointer(back)))["record"]
        assert edited["declaredHours"] == "10.0"

        again = (await me.do(op.SUBMIT, **pointer(edited)))["record"]
        assert again["status"] == "IN_REVIEW"
        words = [entry["what"]["name"] for entry in again["case"]["timeline"]]
        assert words == ["提交审核资料", "回收", "提交审核资料"]


async def test_a_deleted_record_stays_visible_as_deleted(town: Town) -> None:
    async with town.citizen("person") as me:
        draft = await declared(me, courseName="误报的课程")
        gone = (await me.do(op.DELETE, **pointer(draft)))["record"]

        assert gone["deleted"]
        assert (await me.ask(op.READ, id=draft["id"]))["node"]["deleted"]


async def test_the_same_course_twice_is_marked_with_the_other_one_named(town: Town) -> None:
    async with town.citizen("person", language="en") as me:
        await declared(me, courseName="同名课程")
        again = await declared(me, courseName="同名课程")

        codes = {warning["code"]: warning["message"] for warning in again["warnings"]}
        assert "同名课程" in codes["DUPLICATE_RECORD"]


async def test_an_unfilled_profile_opens_nothing_and_says_what_is_missing(town: Town) -> None:
    async with town.citizen("new_person") as me:
        missing = (await me.ask(op.VIEWER))["viewer"]["person"]["profile"]["missing"]
        answer = await me.do(op.DECLARE, declaration=DECLARATION, idempotencyKey=key())

        assert missing
        assert answer["code"] == "PROFILE_INCOMPLETE"
        assert "个人资料" in answer["message"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"endsOn": str(LAST_WEEK - timedelta(days=1))}, "ENDS_BEFORE_START", "endsOn"),
        ({"endsOn": str(TODAY + timedelta(days=400))}, "DATE_IN_FUTURE", "endsOn"),
        ({"declaredHours": "0"}, "HOURS_NOT_POSITIVE", "declaredHours"),
        ({"declaredHours": "49.0"}, "HOURS_BEYOND_DAY", "declaredHours"),
        ({"attendedDays": 3}, "DAYS_OUT_OF_RANGE", "attendedDays"),
    ],
)
async def test_a_false_statement_is_refused_at_its_field_and_nothing_is_kept(
    town: Town, changes: dict[str, Any], code: str, field: str
) -> None:
    async with town.citizen("person") as me:
        before = (await me.ask(op.LIST))["trainingRecords"]["totalCount"]
        answer = await me.do(
            op.DECLARE, declaration={**DECLARATION, **changes}, idempotencyKey=key()
        )
        after = (await me.ask(op.LIST))["trainingRecords"]["totalCount"]

    assert answer["__typename"] == "ValidationFailed", answer
    problems = {one["code"]: one for one in answer["problems"]}
    assert problems[code]["path"] == ["declaration", field]
    assert problems[code]["message"]
    assert before == after


async def test_somebody_elses_record_does_not_exist(town: Town) -> None:
    async with town.citizen("person") as me:
        draft = await declared(me)

    async with town.citizen("new_person") as stranger:
        body = {"query": op.READ, "variables": {"id": draft["id"]}}
        refused = (await stranger.client.post("/graphql", json=body)).json()
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        answer = await stranger.do(op.DELETE, **pointer(draft))
        assert answer["code"] == "NOT_FOUND"


async def test_after_signing_out_the_token_opens_nothing(town: Town) -> None:
    async with town.citizen("person") as me:
        assert (await me.ask(op.SIGN_OUT))["signOut"]
        answer = await me.client.post("/graphql", json={"query": "{ tasks { totalCount } }"})

    assert answer.status_code == 401 or answer.json()["errors"]
