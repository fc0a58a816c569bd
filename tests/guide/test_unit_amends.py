"""Chapter four of the guide, the unit: 培训信息维护 (L581–598), and what follows from it."""

from __future__ import annotations

import signal
from typing import Any

import httpx
import pytest

from tests.guide import operations as op
from tests.guide.test_person_declares import DECLARATION
from tests.guide.test_unit_reviews import annual, decided, eicar, read, sent
from tests.guide.watching import TASKS, until, watching
from tests.town import PROOF, Citizen, Town, eventually, key

REASON = "证书载明的学时为6学时，核定有误。"
FIELDS = """
id version kind status reason person { name } proposer { name }
before { approvedHours } proposed { approvedHours }
changes { field { key name } before after }
record { id version approvedHours deleted underAmendment }
attachments { id label scanState downloadUrl }
case { id status version timeline { what { key name } step { name } comment person } }
"""
PAYLOAD = f"{op.ERRORS} ... on AmendmentPayload {{ replayed amendment {{ {FIELDS} }} }}"
CORRECT = f"""mutation ($input: ProposeCorrectionInput!) {{
  proposeCorrection(input: $input) {{ {PAYLOAD} }} }}"""
STRIKE = f"""mutation ($input: ProposeDeletionInput!) {{
  proposeDeletion(input: $input) {{ {PAYLOAD} }} }}"""
CHANGE = f"""mutation ($input: ChangeAmendmentInput!) {{
  changeAmendment(input: $input) {{ {PAYLOAD} }} }}"""
TASK = """{ tasks(first: 100) { nodes { id version business { key name } record { id }
  amendment { id changes { field { key } before after } record { id }
    attachments { label scanState downloadUrl } }
  availableActions { act enabled refusal { code } } } } }"""
RECORD = f"""query ($id: ID!) {{ node(id: $id) {{ ... on TrainingRecord {{
  id version status courseName approvedHours deleted underAmendment
  person {{ name staleSince }} availableActions {{ verb enabled refusal {{ code message }} }}
  amendments {{ {FIELDS} }} }} }} }}"""
FILE = "query ($id: ID!) { node(id: $id) { ... on Attachment { scanState downloadUrl } } }"
STALE = "{ viewer { person { staleSince } } }"


async def approved(town: Town, name: str) -> dict[str, Any]:
    """A record two persons of the unit have approved, as its keeper reads it."""
    record = await sent(town, courseName=name)
    await decided(town, "handler", record, "AGREE_UP")
    final = await decided(town, "unit_leader", record, "PASS")
    assert final["case"]["status"] == "APPROVED", final
    return await kept(town, record)


async def kept(town: Town, record: dict[str, Any], login: str = "handler") -> dict[str, Any]:
    """The record as somebody sees it now."""
    async with town.citizen(login) as keeper:
        found: dict[str, Any] = (await keeper.ask(RECORD, id=record["id"]))["node"]
        return found


def values(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The record as it shall be."""
    stated = {name: one for name, one in DECLARATION.items() if not name.startswith("declared")}
    return {**stated, "courseName": record["courseName"], "approvedHours": "6.0", **changes}


def about(record: dict[str, Any], **given: Any) -> dict[str, Any]:
    """What every proposal names."""
    return {
        "recordId": record["id"],
        "expectedVersion": record["version"],
        "reason": REASON,
        "idempotencyKey": key(),
        **given,
    }


async def proved(town: Town, record: dict[str, Any], content: bytes) -> str:
    """A file the handler has sent to prove what he is about to propose, once it is scanned."""
    async with town.citizen("handler") as keeper:
        answer = await keeper.upload(record["id"], content, "更正证明", amends=True)
        assert answer.status_code == 201, answer.text
        file: str = answer.json()["attachment"]["id"]

        async def judged() -> bool:
            found = (await keeper.ask(FILE, id=file))["node"]
            return bool(found["scanState"] != "UNSCANNED")

        await eventually(judged, said=lambda: town.log("work") + town.log("relay"))
    return file


async def proposed(
    town: Town, record: dict[str, Any], *proofs: str, **changes: Any
) -> dict[str, Any]:
    """A correction the handler has proposed, with the files that prove it."""
    given = about(record, correction=values(record, **changes), attachmentIds=list(proofs))
    async with town.citizen("handler") as keeper:
        answer = await keeper.do(CORRECT, **given)
        assert answer["__typename"] == "AmendmentPayload", answer
        amendment: dict[str, Any] = answer["amendment"]
        return amendment


async def task_about(reviewer: Citizen, amendment: dict[str, Any]) -> dict[str, Any] | None:
    """The reviewer's task about an amendment, if he has one."""
    nodes = (await reviewer.ask(TASK))["tasks"]["nodes"]
    found = [one for one in nodes if (one["amendment"] or {}).get("id") == amendment["id"]]
    return found[0] if found else None


async def confirmed(
    town: Town, amendment: dict[str, Any], act: str = "PASS", login: str = "unit_leader"
) -> dict[str, Any]:
    """What the leader is answered."""
    async with town.citizen(login) as leader:
        task = await task_about(leader, amendment)
        assert task is not None
        return await leader.do(
            op.DECIDE,
            taskId=task["id"],
            act=act,
            comment="已核对",
            expectedVersion=task["version"],
            idempotencyKey=key(),
        )


async def test_two_people_correct_an_approved_record_and_the_hours_follow(town: Town) -> None:
    record = await approved(town, "登记有误的课程")
    async with town.citizen("person") as me:
        await eventually(lambda: counts(me, record, "12.5"), said=lambda: town.log("work"))
        before = await annual(me)

    amendment = await proposed(town, record, await proved(town, record, PROOF))
    waiting = await kept(town, record, "person")
    seen = await looked_at(town, amendment)
    final = await confirmed(town, amendment)

    assert seen == {"unit_leader": 200, "person": 200, "hospital_handler": 404}
    assert amendment["changes"] == [
        {
            "field": {"key": "approved_hours", "name": "核定学时"},
            "before": "12.5",
            "after": "6.0",
        }
    ]
    assert (waiting["underAmendment"], waiting["approvedHours"]) == (True, "12.5")
    assert final["case"]["status"] == "APPROVED", final
    async with town.citizen("person") as me:
        await eventually(lambda: counts(me, record, "6.0"), said=lambda: town.log("work"))
        after = await annual(me)
        assert (await me.ask(STALE))["viewer"]["person"]["staleSince"] is None
    assert float(before["totalHours"]) - float(after["totalHours"]) == 6.5
    assert after["number"] == before["number"] + 1

    told = await kept(town, record, "person")
    (entry,) = told["amendments"]
    assert (told["version"], told["underAmendment"]) == (record["version"] + 1, False)
    assert (entry["status"], entry["reason"]) == ("APPROVED", REASON)
    assert entry["before"] == {"approvedHours": "12.5"}
    assert entry["proposed"] == {"approvedHours": "6.0"}
    steps = [(line["step"]["name"], line["what"]["key"]) for line in entry["case"]["timeline"][:2]]
    assert steps == [("提出更正", "submitted"), ("单位更正确认", "pass")]
    assert all(line["person"] for line in entry["case"]["timeline"])


async def looked_at(town: Town, amendment: dict[str, Any]) -> dict[str, int]:
    """What those who may see the proof, and one who may not, are answered when they fetch it."""
    (file,) = amendment["attachments"]
    assert (file["label"], file["scanState"]) == ("更正证明", "CLEAN")
    async with town.citizen("unit_leader") as leader:
        task = await task_about(leader, amendment)
        assert task is not None
        (shown,) = task["amendment"]["attachments"]
        assert shown["downloadUrl"] == file["downloadUrl"]
        assert (await leader.client.get(file["downloadUrl"])).content == PROOF
    seen = {}
    for login in ("unit_leader", "person", "hospital_handler"):
        async with town.citizen(login) as each:
            seen[login] = (await each.client.get(file["downloadUrl"])).status_code
    return seen


async def counts(me: Citizen, record: dict[str, Any], hours: str) -> bool:
    """Does one's own year count the record with these hours?"""
    lines = (await annual(me))["explanation"]["lines"]
    found = [line for line in lines if line["record"] and line["record"]["id"] == record["id"]]
    return bool(found) and (found[0]["counted"], found[0]["hours"]) == (True, hours)


PASSED = """{ annualResults(where: { verdict: { eq: PASS } }, first: 100) { nodes {
  year person { id } explanation { findings { code needed had }
    lines { record { id } counted hours } } } } }"""
VERDICT = """query ($person: ID!, $year: Int!) { annualResults(first: 1, where: {
  person: { eq: $person }, year: { eq: $year } }) { nodes { verdict number staleSince } } }"""


async def test_a_record_that_is_deleted_turns_a_verdict(town: Town) -> None:
    async with town.citizen("handler") as keeper:
        year, person, record = await decisive(keeper)
        answer = await keeper.do(STRIKE, **about(record))
        assert answer["__typename"] == "AmendmentPayload", answer
        async with town.citizen("unit_leader") as leader:
            assert await task_about(leader, answer["amendment"])
        await confirmed(town, answer["amendment"])

        async def failed() -> bool:
            found = await keeper.ask(VERDICT, person=person, year=year)
            (result,) = found["annualResults"]["nodes"]
            return bool(result["verdict"] == "FAIL")

        await eventually(failed, said=lambda: town.log("work"))
    assert (await kept(town, record))["deleted"]


async def decisive(keeper: Citizen) -> tuple[int, str, dict[str, Any]]:
    """A year that was passed, and a record of it without which it would not have been."""
    for result in (await keeper.ask(PASSED))["annualResults"]["nodes"]:
        findings = {one["code"]: one for one in result["explanation"]["findings"]}
        total = findings["TOTAL_HOURS"]
        spare = float(total["had"]) - float(total["needed"])
        for line in result["explanation"]["lines"]:
            if line["counted"] and line["record"] and float(line["hours"]) > spare:
                record = (await keeper.ask(RECORD, id=line["record"]["id"]))["node"]
                enabled = {one["verb"] for one in record["availableActions"] if one["enabled"]}
                if "PROPOSE_DELETION" in enabled:
                    return result["year"], result["person"]["id"], record
    raise AssertionError("nobody's verdict hangs on one record")


async def test_a_refused_correction_changes_nothing(town: Town) -> None:
    record = await approved(town, "更正被退回的课程")
    amendment = await proposed(town, record)

    ended = await confirmed(town, amendment, "REJECT")

    after = await kept(town, record)
    assert ended["case"]["status"] == "REJECTED", ended
    assert (after["version"], after["approvedHours"]) == (record["version"], "12.5")
    assert (after["underAmendment"], after["deleted"]) == (False, False)
    assert [one["status"] for one in after["amendments"]] == ["REJECTED"]


async def test_a_returned_proposal_waits_for_its_author_and_goes_up_again(town: Town) -> None:
    record = await approved(town, "更正退回修改的课程")
    poisoned = PROOF.replace(b"%%EOF", eicar() + b"\n%%EOF")
    amendment = await proposed(town, record, await proved(town, record, poisoned))
    unclean = await confirmed(town, amendment)
    assert unclean["code"] == "ATTACHMENT_NOT_CLEAN", unclean
    async with town.citizen("handler") as keeper, watching(keeper, TASKS) as heard:
        await anext(heard)
        await confirmed(town, amendment, "RETURN")
        event = await until(heard, lambda each: proposals(each["todoGroups"]) == 1)
        assert event

        (returned,) = (await keeper.ask(RECORD, id=record["id"]))["node"]["amendments"]
        clean = await proved(town, record, PROOF)
        answer = await keeper.do(
            CHANGE,
            amendmentId=amendment["id"],
            expectedVersion=returned["version"],
            correction=values(record, approvedHours="9.0"),
            reason="已核对原件。",
            attachmentIds=[clean],
            idempotencyKey=key(),
        )
        assert answer["amendment"]["status"] == "IN_REVIEW", answer
        assert [one["id"] for one in answer["amendment"]["attachments"]] == [clean]
        todo = (await keeper.ask(op.TODO))["todoGroups"]
    await confirmed(town, amendment)

    assert proposals(todo) == 0
    assert (await kept(town, record))["approvedHours"] == "9.0"


def proposals(groups: list[dict[str, Any]]) -> int:
    """How many proposals wait for who proposed them."""
    return sum(one["count"] for one in groups if one["step"]["key"] == "applicant")


async def test_the_person_hears_that_his_record_is_under_correction(town: Town) -> None:
    record = await approved(town, "看得见的更正")
    async with town.citizen("person") as me, watching(me, TASKS) as heard:
        await anext(heard)
        amendment = await proposed(town, record)

        assert await anext(heard)
        (seen,) = (await me.ask(RECORD, id=record["id"]))["node"]["amendments"]

    assert (seen["id"], seen["reason"]) == (amendment["id"], REASON)
    await confirmed(town, amendment, "REJECT")


async def test_who_proposed_finds_no_task_to_confirm_it(town: Town) -> None:
    amendment = await proposed(town, await approved(town, "提出人不能确认的课程"))

    async with town.citizen("handler") as keeper:
        assert await task_about(keeper, amendment) is None
    async with town.citizen("unit_leader") as leader:
        task = await task_about(leader, amendment)
        assert task is not None
    async with town.citizen("handler") as keeper:
        given = {"taskId": task["id"], "act": "PASS", "expectedVersion": task["version"]}
        answer = await keeper.do(op.DECIDE, **given, idempotencyKey=key())

    assert (answer["__typename"], answer["code"]) == ("NotPermitted", "NOT_YOUR_TASK")
    assert (await read(town, {"id": amendment["record"]["id"]}))["approvedHours"] == "12.5"


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("unit_leader", "DUTY_REQUIRED"),
        ("hospital_handler", "NOT_FOUND"),  # of another unit, with the same duty
    ],
)
async def test_without_the_duty_of_this_unit_nothing_is_proposed(
    town: Town, login: str, code: str
) -> None:
    record = await approved(town, f"他人不能更正的课程 {login}")

    async with town.citizen(login) as other:
        corrected = await other.do(CORRECT, **about(record, correction=values(record)))
        deleted = await other.do(STRIKE, **about(record))

    assert (corrected["code"], deleted["code"]) == (code, code)
    assert (await kept(town, record))["amendments"] == []


@pytest.mark.parametrize("login", ["person", "checker", "city_checker", "training_base"])
async def test_for_whom_it_is_not_there_is_no_such_verb(town: Town, login: str) -> None:
    async with town.citizen(login) as other:
        body = {"query": STRIKE, "variables": {"input": {}}}
        answer = (await other.client.post("/graphql", json=body)).json()

    codes = {each["extensions"]["code"] for each in answer["errors"]}
    assert codes == {"GRAPHQL_VALIDATION_FAILED"}


async def test_a_stale_screen_and_a_second_proposal_are_refused_with_their_sentences(
    town: Town,
) -> None:
    record = await approved(town, "重复提出更正的课程")
    stale = {**record, "version": record["version"] - 1}

    async with town.citizen("handler") as keeper:
        late = await keeper.do(STRIKE, **about(stale))
        amendment = await proposed(town, record)
        second = await keeper.do(STRIKE, **about(record))
        button = (await keeper.ask(RECORD, id=record["id"]))["node"]["availableActions"]

    assert (late["__typename"], late["actual"]) == ("StateConflict", record["version"])
    assert (second["code"], second["message"]) == (
        "UNDER_AMENDMENT",
        "该记录已有更正正在办理，须先办结。",
    )
    assert {one["refusal"]["code"] for one in button} == {"UNDER_AMENDMENT"}
    await confirmed(town, amendment, "REJECT")


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
async def test_a_confirmation_happens_once_wherever_the_api_dies(town: Town, moment: str) -> None:
    record = await approved(town, f"更正时断电 {moment}")
    amendment = await proposed(town, record)
    async with town.citizen("unit_leader") as leader:
        task = await task_about(leader, amendment)
        assert task is not None
        given = {"taskId": task["id"], "act": "PASS", "expectedVersion": task["version"]}
        once = {**given, "idempotencyKey": key()}
        town.end("serve", signal.SIGKILL)
        await town.open(failpoint=f"pass:{moment}:1")
        with pytest.raises(httpx.TransportError):
            await leader.do(op.DECIDE, **once)
        await town.died("serve")
        await town.open()
        between = await kept(town, record)

        answer = await leader.do(op.DECIDE, **once)

    after = await kept(town, record)
    assert answer["replayed"] is (moment == "after_commit")
    assert between["approvedHours"] == ("6.0" if moment == "after_commit" else "12.5")
    assert (after["approvedHours"], after["version"]) == ("6.0", record["version"] + 1)
