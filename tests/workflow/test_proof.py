"""Proof of amendments: who sends it, what it is read and decided with, and when it stays."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import (
    Amendment,
    Attachment,
    Case,
    History,
    Job,
    TrainingRecord,
    UploadToken,
    personal_sql,
)
from models.attachment import ScanState
from models.read import Connection
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import amendment as amendments
from tests.factories import city as cities
from tests.factories import file
from tests.factories import record as records
from tests.factories.amendment import CORRECTION, approved, proposed, sent, struck
from tests.factories.city import NOW, City
from tests.factories.record import done
from tests.statements import counted
from workflow import amendment, amendment_subject, attachment, command, proof, task
from workflow.case import Act
from workflow.command import Answer
from workflow.proposal import Proposal

TABLES = (Amendment, Attachment, Case, History, Job, TrainingRecord, UploadToken)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await amendments.keepers(city)
    return city


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


def code(answer: Answer) -> str | None:
    return answer.code if isinstance(answer, Refused) else None


async def asked(city: City, who: str, record_id: UUID) -> Answer:
    return await attachment.request_upload(
        city.request(who),
        record_id=record_id,
        label="更正证明",
        file_name="证书.pdf",
        size=9,
        limits=file.LIMITS,
        amends=True,
    )


async def decided(city: City, answer: Answer, act: Act, who: str = "leader") -> Answer:
    return await records.decided(city, who, UUID(done(answer).data["task"]), act, comment="已核对")


async def changed(city: City, proofs: tuple[UUID, ...] | None) -> Answer:
    """The keeper sends his returned proposal again."""
    kept = await Amendment.get()
    return await amendment.change(
        city.request("keeper"),
        amendment_id=kept.id,
        expected_version=(await Case.get(subject_id=kept.id)).seq,
        proposal=Proposal(correction=CORRECTION, reason="已核对原件。", proofs=proofs),
    )


async def removed(city: City, *keys: UUID, who: str = "keeper") -> Answer:
    return await attachment.remove(city.request(who), attachment_ids=keys)


async def living() -> set[UUID]:
    """The files of the amendment."""
    found = await Attachment.filter(amendment_id__not_isnull=True, deleted_at__isnull=True)
    return {one.id for one in found}


async def test_a_file_is_sent_for_a_record_and_leaves_it_as_it_was(city: City) -> None:
    record = await approved(city)

    key = await file.received(city.viewers["keeper"], record.id, file.pdf(), amends=True)

    there = await Attachment.get(id=key)
    assert (there.record_id, there.amends_id, there.amendment_id) == (None, record.id, None)
    assert await TrainingRecord.get(id=record.id) == record
    assert (await TrainingRecord.get(id=record.id)).version == record.version
    assert (await Job.get(subject=key)).kind == attachment.SCAN


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("keeper", None),
        ("leader", "DUTY_REQUIRED"),
        ("museum keeper", "NOT_FOUND"),
        ("applicant", "DUTY_REQUIRED"),
        ("his own keeper", "OWN_CASE"),
    ],
)
async def test_a_file_is_sent_by_whoever_may_propose(
    city: City, who: str, refused: str | None
) -> None:
    record = await approved(city)
    keeper, applicant = city.viewers["keeper"], city.viewers["applicant"]
    city.viewers["his own keeper"] = replace(keeper, person_id=applicant.person_id)

    assert code(await asked(city, who, record.id)) == refused
    assert await UploadToken.filter(record_id=record.id).count() == (0 if refused else 1)


async def test_the_files_of_a_proposal_have_their_number(city: City) -> None:
    record = await approved(city)
    full = [await sent(city, record) for _ in range(file.LIMITS.files_per_record)]

    refused = await asked(city, "keeper", record.id)
    other = await asked(city, "other keeper", record.id)
    done(await removed(city, full[0]))
    again = await asked(city, "keeper", record.id)

    assert [code(one) for one in (refused, other, again)] == ["TOO_MANY_FILES", None, None]


async def test_a_proposal_stands_on_the_files_it_names(city: City) -> None:
    record = await approved(city)
    named, unnamed = await sent(city, record), await sent(city, record)

    with counted() as statements:
        done(await proposed(city, record, proofs=(named,)))

    kept = await Amendment.get()
    assert (await Attachment.get(id=named)).amendment_id == kept.id
    assert (await Attachment.get(id=unnamed)).amendment_id is None
    assert len(statements) <= 12, statements  # ten, the files that were sent, and their proposal


@pytest.mark.parametrize("whose", ["record", "other record", "other keeper", "removed", "unknown"])
async def test_a_file_that_was_not_sent_for_it_keeps_the_proposal_out(
    city: City, whose: str
) -> None:
    record, other = await approved(city), await approved(city, course_name="另一门课程")
    good, unknown = await sent(city, record), UUID(int=7)
    bad = {
        "record": await records.attach(city, record.id),
        "other record": await sent(city, other),
        "other keeper": await sent(city, record, "other keeper"),
        "removed": await sent(city, record),
        "unknown": unknown,
    }
    await Attachment.filter(id=bad["removed"]).update(deleted_at=NOW)
    before = await everything()

    answer = await proposed(city, record, proofs=(good, bad[whose]))

    assert isinstance(answer, Refused)
    assert (answer.code, answer.path) == ("NOT_FOUND", ("attachmentIds",))
    assert await everything() == before
    done(await proposed(city, record, proofs=(good,)))


@pytest.mark.parametrize("state", ScanState)
async def test_a_proof_blocks_the_confirmation_until_it_is_clean(
    city: City, state: ScanState
) -> None:
    record = await approved(city)
    key = await sent(city, record, state=state)
    answer = await proposed(city, record, proofs=(key,))

    passed = await decided(city, answer, Act.PASS)

    if state is ScanState.CLEAN:
        done(passed)
        return
    assert isinstance(passed, Refused)
    (named,) = passed.data["files"]
    assert (passed.code, named["id"], named["state"]) == ("ATTACHMENT_NOT_CLEAN", str(key), state)
    assert await TrainingRecord.get(id=record.id) == record
    done(await decided(city, answer, Act.RETURN))


@pytest.mark.parametrize(
    "change", ["sha256 = repeat('0', 64)", "label = '另一份'", "deleted_at = now()"]
)
async def test_proof_that_changed_under_review_is_not_confirmed_unseen(
    city: City, change: str
) -> None:
    record = await approved(city)
    key = await sent(city, record)
    answer = await proposed(city, record, proofs=(key,))
    async with in_transaction() as c:
        await c.execute_query(f"UPDATE attachment SET {change} WHERE id = $1", [key])

    refused = await decided(city, answer, Act.PASS)

    assert isinstance(refused, Refused)
    assert (refused.code, refused.data) == ("CONTENT_CHANGED", {"fields": ["proofs"]})


def test_what_was_proposed_without_proof_has_the_content_it_had() -> None:
    row = SimpleNamespace(
        kind="delete", proposed=None, reason="", record_version=1, present_version=1, files=()
    )
    one = {"sha256": "ab", "label": "证明"}

    without = amendment_subject.content(SimpleNamespace(**vars(row), proofs=()))  # type: ignore[arg-type]
    proven = amendment_subject.content(SimpleNamespace(**vars(row), proofs=(one,)))  # type: ignore[arg-type]

    assert set(without) == {
        *("kind", "proposed", "reason", "record_version", "present_version", "files")
    }
    assert proven == {**without, "proofs": [["ab", "证明"]]}


async def test_a_returned_proposal_keeps_its_files_or_takes_others(city: City) -> None:
    record = await approved(city)
    first, second = await sent(city, record), await sent(city, record)
    answer = await proposed(city, record, proofs=(first, second))
    found = []
    for named in (None, (second,), ()):
        done(await decided(city, answer, Act.RETURN))
        answer = await changed(city, named)
        found.append(await living())

    assert found == [{first, second}, {second}, set()]
    told = await History.filter(tag="attachment:remove").values_list("subject_id", flat=True)
    assert set(told) == {first, second}


async def test_a_file_is_removed_while_the_proposal_lies_with_its_proposer(city: City) -> None:
    record = await approved(city)
    waiting, named, last = [await sent(city, record) for _ in range(3)]
    done(await removed(city, waiting))
    answer = await proposed(city, record, proofs=(named, last))
    before = await everything()

    in_review = await removed(city, named)
    assert await everything() == before
    done(await decided(city, answer, Act.RETURN))
    by_another = await removed(city, named, who="other keeper")
    returned = await removed(city, named)
    again = await changed(city, None)
    done(await decided(city, again, Act.PASS))
    decided_on = await removed(city, last)

    codes = [code(one) for one in (in_review, by_another, returned, decided_on)]
    assert codes == ["UNDER_AMENDMENT", "NOT_FOUND", None, "NOT_FOUND"]
    assert await living() == {last}


async def test_what_is_under_amendment_takes_files_of_its_proposer_once_it_came_back(
    city: City,
) -> None:
    record = await approved(city)
    answer = await struck(city, record)

    in_review = await asked(city, "keeper", record.id)
    done(await decided(city, answer, Act.RETURN))
    returned = [await asked(city, who, record.id) for who in ("other keeper", "keeper")]

    assert code(in_review) == "UNDER_AMENDMENT"
    assert [code(one) for one in returned] == ["UNDER_AMENDMENT", None]


async def test_a_token_dies_when_the_proposal_goes_up(city: City) -> None:
    record, keeper = await approved(city), city.viewers["keeper"]
    token = await file.token(keeper, record.id, b"%PDF-%%EOF", now=NOW, amends=True)
    done(await struck(city, record))

    late = await attachment.open_token(keeper, token=token, limits=file.LIMITS, now=NOW)

    assert isinstance(late, Refused)
    assert late.code == "UNDER_AMENDMENT"


@pytest.mark.parametrize(("files", "refused"), [(0, "PROOF_MISSING"), (1, None)])
async def test_the_certificate_that_is_asked_for_may_come_with_the_proposal(
    city: City, files: int, refused: str | None
) -> None:
    record = await TrainingRecord.get(id=await cities.registered(city, "applicant"))
    proofs = tuple([await sent(city, record) for _ in range(files)])
    old: dict[str, Any] = {"starts_on": date(2007, 5, 14), "ends_on": date(2007, 5, 18)}

    answer = await proposed(
        city, record, proofs=proofs, category=CourseCategory.PROFESSIONAL, **old
    )

    problems = answer.data["problems"] if isinstance(answer, Refused) else []
    assert [one["code"] for one in problems] == ([refused] if refused else [])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE attachment SET label = '其他' WHERE id = $1",
        "UPDATE attachment SET deleted_at = now() WHERE id = $1",
        "UPDATE attachment SET amendment_id = NULL WHERE id = $1",
        """INSERT INTO attachment SELECT (jsonb_populate_record(a, jsonb_build_object(
          'id', gen_random_uuid()))).* FROM attachment a WHERE id = $1""",
    ],
)
async def test_the_files_of_a_decided_amendment_stay_as_they_were(city: City, change: str) -> None:
    record = await approved(city)
    key = await sent(city, record)
    done(await decided(city, await proposed(city, record, proofs=(key,)), Act.PASS))

    with pytest.raises(Exception, match=r"never change|stays where it is") as raised:
        async with in_transaction() as c:
            await c.execute_query(change, [key])

    assert command.constraint(raised.value) == "attachment_of_amendment"


async def test_what_was_never_proposed_is_forgotten_after_a_day(city: City) -> None:
    record = await approved(city)
    named, waiting = await sent(city, record), await sent(city, record)
    digests = {one.id: one.sha256 for one in await Attachment.filter(id__in=[named, waiting])}
    done(await struck(city, record, proofs=(named,)))

    early = await proof.forget(NOW + timedelta(hours=24))
    late = await proof.forget(NOW + timedelta(hours=24, seconds=1))

    assert (early, late) == (0, 1)
    assert await attachment.referenced(digests.values()) == {digests[named]}
    (told,) = await History.filter(tag="attachment:remove")
    assert (told.subject_id, told.person_id) == (waiting, None)
    assert await living() == {named}


async def test_a_person_gets_the_proof_against_his_record_with_his_own_data(
    city: City, db: Connection
) -> None:
    record = await TrainingRecord.get(id=await cities.registered(city, "applicant"))
    named, _ = await sent(city, record), await sent(city, record)
    done(await struck(city, record, proofs=(named,)))

    told = {
        who: await personal_sql.of_person(db, "attachment", city.viewers[who].person_id)
        for who in ("applicant", "keeper")
    }

    assert [json.loads(one)["id"] for one in told["applicant"]] == [str(named)]
    assert told["keeper"] == []


async def test_of_a_removal_and_a_repeated_one_the_answer_is_the_same(city: City) -> None:
    record = await approved(city)
    key, request = await sent(city, record), city.request("keeper")

    answers = [await attachment.remove(request, attachment_ids=[key]) for _ in range(2)]

    assert [done(one).replayed for one in answers] == [False, True]
    assert done(answers[0]).data["version"] == record.version


async def test_a_recalled_proposal_is_sent_again_with_proof(city: City) -> None:
    record = await approved(city)
    done(await proposed(city, record))
    case = await Case.get(subject_type="amendment")
    done(await task.recall(city.request("keeper"), case_id=case.id, expected_version=case.seq))

    key = await sent(city, record)
    done(await decided(city, await changed(city, (key,)), Act.PASS))

    assert await living() == {key}


async def test_of_a_proposal_and_a_removal_at_once_one_is_too_late(city: City) -> None:
    record = await approved(city)
    key = await sent(city, record)

    sending, taking = await asyncio.gather(
        proposed(city, record, proofs=(key,)), removed(city, key)
    )

    codes = code(sending), code(taking)
    assert codes in ((None, "UNDER_AMENDMENT"), ("NOT_FOUND", None))
    assert await living() == ({key} if codes[0] is None else set())
