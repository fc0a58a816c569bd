"""Attachments: who may add, take away and judge files, and that a token opens once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import models
from models.access import Viewer
from models.attachment import ScanState
from models.ids import uuid7
from models.training import RecordStatus
from rules.refusal import Refused
from tests.factories import file, people
from tests.factories.file import LIMITS
from tests.factories.people import NOW
from workflow import attachment
from workflow.attachment import Permit, Verdict
from workflow.command import Answer, Done

pytestmark = pytest.mark.usefixtures("db")

CLEAN = Verdict(state=ScanState.CLEAN, engine="clamd", signatures="1/today")
INFECTED = Verdict(state=ScanState.INFECTED, engine="clamd", finding="Eicar")
FAILED = Verdict(state=ScanState.FAILED, engine="clamd", finding="not scanned")


async def somebody() -> Viewer:
    return await people.viewer(await people.person())


async def asked(of: Viewer, record_id: UUID, **changes: Any) -> Answer:
    given = {"label": "证书", "file_name": "证书.pdf", "size": 100, "limits": LIMITS}
    return await attachment.request_upload(
        people.request(of), record_id=record_id, **{**given, **changes}
    )


def codes(answer: Answer) -> list[str]:
    assert isinstance(answer, Refused), answer
    return [each["code"] for each in answer.data["problems"]]


# --- asking for a token


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"label": "  "}, "LABEL"),
        ({"label": "x" * 61}, "LABEL"),
        ({"label": "a\nb"}, "LABEL"),
        ({"file_name": ""}, "FILE_NAME"),
        ({"file_name": "../证书.pdf"}, "FILE_NAME"),
        ({"file_name": "C:\\证书.pdf"}, "FILE_NAME"),
        ({"file_name": "a\0.pdf"}, "FILE_NAME"),
        ({"file_name": "a\r\nb.pdf"}, "FILE_NAME"),
        ({"file_name": "exe.\u202efdp.pdf"}, "FILE_NAME"),
        ({"file_name": "\ud800.pdf"}, "FILE_NAME"),
        ({"file_name": "x" * 117 + ".pdf"}, "FILE_NAME_LENGTH"),
        ({"file_name": "证书.exe"}, "FILE_TYPE"),
        ({"file_name": "证书.pdf.svg"}, "FILE_TYPE"),
        ({"file_name": ".pdf"}, "FILE_TYPE"),
        ({"size": 0}, "FILE_EMPTY"),
        ({"size": -1}, "FILE_EMPTY"),
        ({"size": LIMITS.max_bytes + 1}, "FILE_TOO_LARGE"),
    ],
)
async def test_what_cannot_be_a_file_of_ours_gets_no_token(
    given: dict[str, Any], code: str
) -> None:
    viewer = await somebody()
    record = await file.record(viewer)

    answer = await asked(viewer, record.id, **given)

    assert codes(answer) == [code]
    assert await models.UploadToken.all().count() == 0


async def test_everything_that_is_wrong_is_said_at_once() -> None:
    viewer = await somebody()
    record = await file.record(viewer)

    answer = await asked(viewer, record.id, label="", file_name="a/b.pdf", size=0)

    assert codes(answer) == ["LABEL", "FILE_NAME", "FILE_EMPTY"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"file_name": " 证书 2012.PDF "}, ("证书", "证书 2012.PDF")),
        (
            {"file_name": "re\u0301sume\u0301.jpeg", "label": " 结业证书 "},
            ("结业证书", "résumé.jpeg"),
        ),
        ({"file_name": "x" * 116 + ".png", "size": LIMITS.max_bytes}, ("证书", "x" * 116 + ".png")),
    ],
)
async def test_names_are_kept_trimmed_and_composed(
    given: dict[str, Any], kept: tuple[str, str]
) -> None:
    viewer = await somebody()
    record = await file.record(viewer)

    assert isinstance(await asked(viewer, record.id, **given), Done)

    token = await models.UploadToken.get()
    assert (token.label, token.file_name) == kept
    assert token.expires_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("status", RecordStatus)
async def test_files_are_added_to_drafts_and_returned_records_only(status: RecordStatus) -> None:
    viewer = await somebody()
    record = await file.record(viewer, status)

    answer = await asked(viewer, record.id)

    if status in (RecordStatus.DRAFT, RecordStatus.RETURNED):
        assert isinstance(answer, Done)
    else:
        assert answer == Refused("NOT_EDITABLE", {"status": status.value})
        assert await models.UploadToken.all().count() == 0


async def test_the_records_of_others_are_unknown_as_are_deleted_ones_and_none() -> None:
    viewer = await somebody()
    foreign = await file.record(await somebody())
    deleted = await file.record(viewer, deleted_at=NOW)

    answers = [await asked(viewer, each) for each in (foreign.id, deleted.id, uuid7())]

    assert answers == [Refused("NOT_FOUND")] * 3
    assert await models.UploadToken.all().count() == 0


async def test_a_full_record_takes_one_more_after_one_was_removed() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    there = [await file.received(viewer, record.id) for _ in range(LIMITS.files_per_record)]

    assert await asked(viewer, record.id) == Refused("TOO_MANY_FILES", {"maximum": 3})

    await attachment.remove(people.request(viewer), attachment_ids=there[:1])
    assert isinstance(await asked(viewer, record.id), Done)


async def test_a_repeated_command_gets_a_new_token_and_the_old_one_dies() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    request = people.request(viewer)
    given: dict[str, Any] = {
        "record_id": record.id,
        "label": "证书",
        "file_name": "a.pdf",
        "size": 9,
        "limits": LIMITS,
    }

    first = await attachment.request_upload(request, **given)
    again = await attachment.request_upload(request, **given)

    assert isinstance(first, Done) and isinstance(again, Done)
    assert again.replayed and again.data["upload"] == first.data["upload"]
    opened = [await opens(viewer, each.data["token"]) for each in (first, again)]
    assert opened[0] == Refused("NOT_FOUND") and isinstance(opened[1], Permit)
    assert await models.UploadToken.all().count() == 1


@pytest.mark.parametrize(
    ("used", "minutes", "code"), [(True, 1, "UPLOAD_USED"), (False, 15, "UPLOAD_EXPIRED")]
)
async def test_a_command_repeated_too_late_gets_no_token(
    used: bool, minutes: int, code: str
) -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    if used:
        await file.received(viewer, record.id)
    else:
        await file.token(viewer, record.id, b"x")
    key = (await models.Command.get()).command_id
    size = 10 if used else 1
    late = people.request(viewer, key=key, now=NOW + timedelta(minutes=minutes))

    answer = await attachment.request_upload(
        late, record_id=record.id, label="证书", file_name="证书.pdf", size=size, limits=LIMITS
    )

    assert answer == Refused(code)


async def test_no_secret_is_written_anywhere(db: Any) -> None:
    viewer = await somebody()
    record = await file.record(viewer)

    secret = await file.token(viewer, record.id, b"x")

    for table in ("wf_command", "upload_token", "history"):
        rows = await db.execute_query_dict(f"SELECT {table}::text AS row FROM {table}")
        assert not any(secret in row["row"] for row in rows)


# --- opening a token


async def opens(viewer: Viewer, token: str, minutes: float = 0) -> Permit | Refused:
    return await attachment.open_token(
        viewer, token=token, limits=LIMITS, now=NOW + timedelta(minutes=minutes)
    )


async def test_a_token_says_what_may_be_sent() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    token = await file.token(viewer, record.id, b"x" * 7, name="a.JPG")

    permit = await opens(viewer, token, minutes=14.9)

    assert isinstance(permit, Permit)
    assert (permit.record_id, permit.size, permit.media_type) == (record.id, 7, "image/jpeg")


async def test_a_token_of_another_person_is_unknown_an_old_one_expired() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    token = await file.token(viewer, record.id, b"x")

    assert await opens(await somebody(), token) == Refused("NOT_FOUND")
    assert await opens(viewer, token + "x") == Refused("NOT_FOUND")
    assert await opens(viewer, token, minutes=15) == Refused("UPLOAD_EXPIRED")


async def test_a_token_dies_with_the_draft() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    token = await file.token(viewer, record.id, b"x")

    await models.TrainingRecord.filter(id=record.id).update(status=RecordStatus.IN_REVIEW)

    assert await opens(viewer, token) == Refused("NOT_EDITABLE", {"status": "in_review"})


# --- receiving


async def test_a_received_file_is_a_row_a_version_a_line_and_a_job() -> None:
    viewer = await somebody()
    record = await file.record(viewer)

    attachment_id = await file.received(viewer, record.id)

    row = await models.Attachment.get(id=attachment_id)
    assert (row.scan_state, row.media_type, row.size) == ("unscanned", "application/pdf", 10)
    assert (await models.TrainingRecord.get(id=record.id)).version == 2
    line = await models.History.get()
    assert (line.tag, line.subject_id) == ("attachment:add", attachment_id)
    job = await models.Job.get()
    assert (job.kind, job.queue, job.subject) == ("scan", "jijiao:scan", attachment_id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": RecordStatus.IN_REVIEW}, "NOT_EDITABLE"),
        ({"deleted_at": NOW}, "NOT_FOUND"),
    ],
)
async def test_what_became_of_the_record_meanwhile_counts(
    change: dict[str, Any], code: str
) -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    permit = await opens(viewer, await file.token(viewer, record.id, b"x"))
    assert isinstance(permit, Permit)
    await models.TrainingRecord.filter(id=record.id).update(**change)

    answer = await attachment.receive(permit, sha256="0" * 64, limits=LIMITS, now=NOW)

    assert isinstance(answer, Refused) and answer.code == code
    assert await nothing_received()


async def test_the_last_place_on_a_record_is_given_once() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    tokens = [await file.token(viewer, record.id, b"x") for _ in range(4)]
    permits = [await opens(viewer, token) for token in tokens]

    answers = [
        await attachment.receive(permit, sha256="0" * 64, limits=LIMITS, now=NOW)
        for permit in permits
        if isinstance(permit, Permit)
    ]

    assert [isinstance(each, Done) for each in answers] == [True, True, True, False]
    assert answers[3] == Refused("TOO_MANY_FILES", {"maximum": 3})


async def nothing_received() -> bool:
    counts = [await each.all().count() for each in (models.Attachment, models.Job, models.History)]
    return counts == [0, 0, 0] and await models.UploadToken.filter(used_at=None).exists()


# --- removing


@pytest.mark.parametrize("status", [RecordStatus.DRAFT, RecordStatus.RETURNED])
async def test_files_are_removed_together(status: RecordStatus) -> None:
    viewer = await somebody()
    record = await file.record(viewer, status)
    files = [await file.received(viewer, record.id) for _ in range(3)]

    answer = await attachment.remove(people.request(viewer), attachment_ids=[*files[:2], files[0]])

    removed = [str(each) for each in files[:2]]
    assert answer == Done({"attachments": removed, "record": str(record.id), "version": 5})
    assert {row.id for row in await models.Attachment.filter(deleted_at=NOW)} == set(files[:2])
    assert await models.History.filter(tag="attachment:remove").count() == 2


async def test_a_repeated_removal_is_answered_and_not_done_again() -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    there, request = await file.received(viewer, record.id), people.request(viewer)

    answers = [await attachment.remove(request, attachment_ids=[there]) for _ in range(2)]

    assert [isinstance(each, Done) and each.replayed for each in answers] == [False, True]
    assert (await models.TrainingRecord.get(id=record.id)).version == 3


@pytest.mark.parametrize(
    ("spoiler", "code"),
    [
        ("foreign", "NOT_FOUND"),
        ("unknown", "NOT_FOUND"),
        ("removed", "NOT_FOUND"),
        ("of another record", "ONE_RECORD_AT_A_TIME"),
    ],
)
async def test_one_file_that_may_not_be_removed_keeps_them_all(spoiler: str, code: str) -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    good = await file.received(viewer, record.id)
    bad = await spoiled(viewer, record, spoiler)

    answer = await attachment.remove(people.request(viewer), attachment_ids=[good, bad])

    assert isinstance(answer, Refused) and answer.code == code
    assert await models.Attachment.filter(id=good, deleted_at=None).exists()


async def spoiled(viewer: Viewer, record: models.TrainingRecord, how: str) -> UUID:
    match how:
        case "foreign":
            stranger = await somebody()
            return await file.received(stranger, (await file.record(stranger)).id)
        case "of another record":
            return await file.received(viewer, (await file.record(viewer)).id)
        case "removed":
            there = await file.received(viewer, record.id)
            await attachment.remove(people.request(viewer), attachment_ids=[there])
            return there
    return uuid7()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": RecordStatus.IN_REVIEW}, "NOT_EDITABLE"),
        ({"deleted_at": NOW}, "NOT_FOUND"),
        ({"status": RecordStatus.RETURNED}, None),
    ],
)
async def test_files_stay_on_what_is_not_editable(change: dict[str, Any], code: str | None) -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    there = await file.received(viewer, record.id)
    await models.TrainingRecord.filter(id=record.id).update(**change)

    answer = await attachment.remove(people.request(viewer), attachment_ids=[there])

    assert (answer.code if isinstance(answer, Refused) else None) == code
    assert await models.Attachment.filter(deleted_at=None).count() == (1 if code else 0)


@pytest.mark.parametrize("many", [0, 51])
async def test_a_batch_has_its_size(many: int) -> None:
    viewer = await somebody()

    answer = await attachment.remove(
        people.request(viewer), attachment_ids=[uuid7() for _ in range(many)]
    )

    assert answer == Refused("BATCH_SIZE", {"maximum": 50}, ("attachmentIds",))


# --- judging


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([CLEAN], "clean"),
        ([INFECTED], "infected"),
        ([FAILED], "failed"),
        ([FAILED, CLEAN], "clean"),
        ([CLEAN, INFECTED], "infected"),
        ([CLEAN, FAILED], "clean"),
        ([INFECTED, FAILED], "infected"),
    ],
)
async def test_a_verdict_stands_until_another_one_not_until_a_failure(
    db: Any, verdicts: list[Verdict], state: str
) -> None:
    viewer = await somebody()
    there = await file.received(viewer, (await file.record(viewer)).id)

    for verdict in verdicts:
        await attachment.judge(db, attachment_id=there, verdict=verdict, now=NOW)

    assert (await models.Attachment.get(id=there)).scan_state == state


async def test_a_verdict_names_engine_signatures_and_finding_and_is_told_once(db: Any) -> None:
    viewer = await somebody()
    there = await file.received(viewer, (await file.record(viewer)).id)
    verdict = Verdict(state=ScanState.INFECTED, engine="e" * 99, signatures="s" * 99, finding="f")

    for _ in range(2):
        await attachment.judge(db, attachment_id=there, verdict=verdict, now=NOW)

    row = await models.Attachment.get(id=there)
    assert (row.scan_engine, row.signatures_at, row.scan_finding) == ("e" * 80, "s" * 40, "f")
    assert row.scanned_at == NOW
    assert await models.History.filter(tag="attachment:judge", person_id=None).count() == 1


async def test_what_failed_is_scanned_again_one_job_at_a_time(db: Any) -> None:
    viewer = await somebody()
    record = await file.record(viewer)
    failed, clean = [await file.received(viewer, record.id) for _ in range(2)]
    await attachment.judge(db, attachment_id=failed, verdict=FAILED, now=NOW)
    await attachment.judge(db, attachment_id=clean, verdict=CLEAN, now=NOW)
    await models.Job.all().update(state="done")

    assert [await attachment.scan_again() for _ in range(2)] == [1, 0]

    assert (await models.Job.get(state="pending")).subject == failed
