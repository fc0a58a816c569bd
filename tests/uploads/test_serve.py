"""`GET /attachments/{id}`: clean files for whoever may read the record, and for nobody else."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest

import models
from models.access import Viewer
from models.attachment import ScanState
from models.training import RecordStatus
from tests.factories import file, people
from tests.factories.people import NOW
from tests.uploads import site
from uploads.store import Store
from workflow import attachment
from workflow.attachment import Verdict

CONTENT = file.pdf(2 << 20)


@dataclass
class Bench:
    """The running site with one stored file."""

    client: httpx.AsyncClient
    store: Store
    owner: Viewer
    employer: models.Organisation
    record_id: UUID
    attachment_id: UUID
    db: Any

    async def judged(self, state: ScanState) -> None:
        verdict = Verdict(state=state, engine="test")
        await attachment.judge(self.db, attachment_id=self.attachment_id, verdict=verdict, now=NOW)

    async def get(self, viewer: Viewer | None, key: object = None) -> httpx.Response:
        headers = site.named(viewer) if viewer else {}
        return await self.client.get(f"/attachments/{key or self.attachment_id}", headers=headers)


@pytest.fixture
async def bench(db: Any, tmp_path: Path) -> AsyncIterator[Bench]:
    store = Store(tmp_path)
    employer = await people.unit()
    owner = await people.viewer(await people.person(employer=employer))
    record = await file.record(owner, employer_id=employer.id)
    async with site.served(site.application(store)) as client:
        async with store.incoming() as incoming:
            await incoming.add(CONTENT)
            await store.keep(incoming)
        there = await file.received(owner, record.id, CONTENT)
        yield Bench(client, store, owner, employer, record.id, there, db)


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


async def test_a_clean_file_is_served_as_data_to_be_saved(bench: Bench) -> None:
    await bench.judged(ScanState.CLEAN)

    response = await bench.get(bench.owner)

    assert response.status_code == 200
    assert response.content == CONTENT
    told = response.headers
    assert told["content-type"] == "application/pdf"
    assert told["content-length"] == str(len(CONTENT))
    assert told["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert unquote(told["content-disposition"].partition("''")[2]) == "证书.pdf"
    assert told["x-content-type-options"] == "nosniff"
    assert told["content-security-policy"] == "sandbox; default-src 'none'"
    assert told["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ['a"; filename=b.html;.pdf', "a'b%41.pdf", "<x>.pdf"])
async def test_no_name_leaves_its_place_in_the_header(bench: Bench, name: str) -> None:
    await bench.judged(ScanState.CLEAN)
    await models.Attachment.filter(id=bench.attachment_id).update(file_name=name)

    told = (await bench.get(bench.owner)).headers["content-disposition"]

    value = told.removeprefix("attachment; filename*=UTF-8''")
    assert not set(value) & set("\"'; <>") and unquote(value) == name


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (None, (409, "FILE_UNSCANNED")),
        (ScanState.FAILED, (409, "FILE_SCAN_FAILED")),
        (ScanState.INFECTED, (409, "FILE_INFECTED")),
    ],
)
async def test_what_is_not_clean_is_not_served_even_to_its_owner(
    bench: Bench, state: ScanState | None, answer: tuple[int, str]
) -> None:
    if state:
        await bench.judged(state)

    assert code(await bench.get(bench.owner)) == answer


@pytest.mark.parametrize("status", [RecordStatus.DRAFT, RecordStatus.IN_REVIEW])
async def test_reviewers_of_the_employer_read_what_was_submitted(
    bench: Bench, status: RecordStatus
) -> None:
    await bench.judged(ScanState.CLEAN)
    submitted = None if status is RecordStatus.DRAFT else NOW
    rows = models.TrainingRecord.filter(id=bench.record_id)
    await rows.update(status=status, submitted_at=submitted)
    handler = await people.viewer(await people.person(), bench.employer, groups=["handler"])
    elsewhere = await people.viewer(await people.person(), await people.unit(), groups=["handler"])

    assert (await bench.get(handler)).status_code == (200 if submitted else 404)
    assert code(await bench.get(elsewhere)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("state", ScanState)
async def test_for_others_a_file_does_not_exist_whatever_its_state(
    bench: Bench, state: ScanState
) -> None:
    if state is not ScanState.UNSCANNED:
        await bench.judged(state)
    stranger = await people.viewer(await people.person())

    forbidden, unknown = await bench.get(stranger), await bench.get(stranger, "0" * 32)

    assert code(forbidden) == (404, "NOT_FOUND")
    assert forbidden.content == unknown.content
    assert code(await bench.get(stranger, "no-id")) == (404, "NOT_FOUND")


async def test_without_a_login_no_file_is_served(bench: Bench) -> None:
    await bench.judged(ScanState.CLEAN)

    assert code(await bench.get(None)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("what", [models.Attachment, models.TrainingRecord])
async def test_what_was_removed_is_gone(bench: Bench, what: Any) -> None:
    await bench.judged(ScanState.CLEAN)
    assert (await bench.get(bench.owner)).status_code == 200

    await what.all().update(deleted_at=NOW)

    assert code(await bench.get(bench.owner)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("damage", ["missing", "truncated"])
async def test_a_lost_file_is_an_error_and_not_half_an_answer(bench: Bench, damage: str) -> None:
    await bench.judged(ScanState.CLEAN)
    path = bench.store.path(hashlib.sha256(CONTENT).hexdigest())
    path.unlink()
    if damage == "truncated":
        path.write_bytes(CONTENT[:-1])

    assert code(await bench.get(bench.owner)) == (500, "FILE_LOST")
