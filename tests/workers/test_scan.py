"""Scan jobs: what the scanner says is written once, and a file nobody looked at stays shut."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import models
import settings
from models.attachment import ScanState
from models.ids import uuid7
from models.job import JobState
from tests.factories import file, people
from tests.factories.people import NOW
from tests.uploads import clamd, site
from tests.uploads.clamd import FakeClamd
from uploads.scanner import EICAR, Clamd, DevScanner, Scanner
from uploads.store import Store
from workers import job, scan
from workflow import attachment
from workflow.attachment import Verdict

PDF = file.pdf()
BAD = PDF[:-6] + EICAR + PDF[-6:]


@dataclass
class Bench:
    """The store, and a fake clamd."""

    store: Store
    clamd: FakeClamd

    async def received(self, content: bytes) -> UUID:
        async with self.store.incoming() as incoming:
            await incoming.add(content)
            await self.store.keep(incoming)
        viewer = await people.viewer(await people.person())
        return await file.received(viewer, (await file.record(viewer)).id, content)

    async def scan(self, scanner: Scanner | None = None, **handlers: Any) -> models.Job:
        """Run the one job there is, as a worker would."""
        scanner = scanner or Clamd(str(self.clamd.socket), timeout=20, patience=20)
        handler = handlers.get("handler") or scan.handling(self.store, scanner)
        found = await models.Job.get(kind="scan", state="pending")
        await job.run_job({"handlers": {"scan": handler}, "lease": 60}, str(found.id))
        return await models.Job.get(id=found.id)


@pytest.fixture
async def bench(db: Any, scratch: Path, tmp_path: Path) -> AsyncIterator[Bench]:
    store = Store(tmp_path)
    store.prepare()
    async with clamd.fake(scratch / "scan.sock") as fake:
        yield Bench(store, fake)


async def row(attachment_id: UUID) -> models.Attachment:
    return await models.Attachment.get(id=attachment_id)


@pytest.mark.parametrize(
    ("content", "state", "finding"),
    [(PDF, ScanState.CLEAN, ""), (BAD, ScanState.INFECTED, "Win.Test.EICAR_HDB-1")],
)
async def test_the_verdict_is_written_with_the_job(
    bench: Bench, content: bytes, state: ScanState, finding: str
) -> None:
    there = await bench.received(content)

    done = await bench.scan()

    found = await row(there)
    assert done.state is JobState.DONE
    assert (found.scan_state, found.scan_finding) == (state, finding)
    assert (found.scan_engine, found.signatures_at) == (
        "ClamAV 1.4.6",
        "27800/Mon Nov 23 08:25:00 2026",
    )
    assert found.scanned_at is not None


async def test_a_file_clamd_chokes_on_is_failed_and_looked_at_again(bench: Bench) -> None:
    there = await bench.received(PDF)
    bench.clamd.hang_up_after = 0

    await bench.scan()
    assert (await row(there)).scan_state is ScanState.FAILED

    bench.clamd.hang_up_after = None
    assert await attachment.scan_again() == 1
    await bench.scan()
    assert (await row(there)).scan_state is ScanState.CLEAN


async def test_a_scanner_that_is_away_is_waited_for_without_using_up_attempts(
    bench: Bench, db: Any
) -> None:
    there = await bench.received(PDF)
    away = Clamd("/absent/clamd.sock")

    for _ in range(10):
        waiting = await bench.scan(away)
        await db.execute_script("UPDATE job SET run_after = now()")

    assert waiting.state is JobState.PENDING and waiting.last_error
    assert "FileNotFoundError" in waiting.last_error
    assert (await row(there)).scan_state is ScanState.UNSCANNED
    await bench.scan()
    assert (await row(there)).scan_state is ScanState.CLEAN


async def test_without_a_scanner_files_stay_unscanned_and_the_job_says_why(bench: Bench) -> None:
    there = await bench.received(PDF)

    waiting = await bench.scan(handler=scan.handling(bench.store, None))

    assert waiting.state is JobState.PENDING
    assert waiting.last_error == "no virus scanner is configured"
    assert waiting.run_after > waiting.created_at
    assert (await row(there)).scan_state is ScanState.UNSCANNED


async def test_a_file_that_is_not_in_the_store_is_a_fault_and_no_verdict(bench: Bench) -> None:
    there = await bench.received(PDF)
    bench.store.path(hashlib.sha256(PDF).hexdigest()).unlink()

    failed = await bench.scan()

    assert failed.state is JobState.PENDING and failed.last_error
    assert failed.last_error.startswith("FileNotFoundError")
    assert (await row(there)).scan_state is ScanState.UNSCANNED


async def test_bytes_that_changed_on_disk_are_never_clean(bench: Bench) -> None:
    there = await bench.received(PDF)
    path = bench.store.path(hashlib.sha256(PDF).hexdigest())
    path.unlink()
    path.write_bytes(PDF.replace(b"1.7", b"1.4"))

    await bench.scan()

    found = await row(there)
    assert (found.scan_state, found.scan_finding) == (
        ScanState.FAILED,
        "not the file that was sent",
    )


async def test_a_removed_file_is_not_scanned(bench: Bench) -> None:
    there = await bench.received(PDF)
    await models.Attachment.filter(id=there).update(deleted_at=NOW)

    done = await bench.scan()

    assert done.state is JobState.DONE
    assert bench.clamd.seen == []


async def test_a_worker_that_was_given_up_writes_nothing(bench: Bench, db: Any) -> None:
    """Its lease ran out while it scanned, and somebody else has begun."""
    there = await bench.received(PDF)

    class Slow:
        async def scan(self, chunks: AsyncIterable[bytes]) -> Verdict:
            await db.execute_script("UPDATE job SET attempt = attempt + 1")
            return replace(await DevScanner().scan(chunks), state=ScanState.CLEAN)

    await bench.scan(Slow())

    assert (await row(there)).scan_state is ScanState.UNSCANNED


# --- what an installation has


@pytest.mark.parametrize(
    ("mode", "address", "scanner"),
    [
        ("production", "", None),
        ("production", "/run/clamd.sock", Clamd("/run/clamd.sock")),
        ("dev", "127.0.0.1:3310", Clamd("127.0.0.1:3310")),
        ("dev", "", DevScanner()),
    ],
)
def test_the_scanner_of_an_installation(
    configuration: settings.Settings, mode: Any, address: str, scanner: Scanner | None
) -> None:
    assert scan.scanner_of(replace(configuration, mode=mode, clamd=address)) == scanner


async def test_in_development_the_built_in_scanner_judges_in_its_own_name(
    bench: Bench, configuration: settings.Settings
) -> None:
    there = await bench.received(BAD)

    await bench.scan(handler=scan.handler(configuration))

    found = await row(there)
    assert found.scan_state is ScanState.INFECTED
    assert "NOT a virus scanner" in found.scan_engine


@contextlib.asynccontextmanager
async def kept_up(configuration: settings.Settings) -> AsyncIterator[None]:
    keeping = asyncio.create_task(scan.upkeep(configuration, pause=0.01))
    yield
    keeping.cancel()
    await asyncio.wait([keeping])


async def test_upkeep_collects_what_nobody_names_and_repeats_what_failed(
    bench: Bench, configuration: settings.Settings
) -> None:
    there = await bench.received(PDF)
    bench.clamd.hang_up_after = 0
    await bench.scan()
    (sent,) = await models.Attachment.filter(id=there).values()
    never = {"id": uuid7(), "record_id": None, "amends_id": sent["record_id"]}
    forgotten = await models.Attachment.create(
        **{**sent, **never, "created_at": NOW - timedelta(days=999)}
    )
    old = bench.store.root / "ab/cd" / ("abcd" + "0" * 60)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x")
    os.utime(old, (1, 1))

    async with kept_up(configuration), asyncio.timeout(10):
        while not await models.Job.filter(state="pending").exists():
            await asyncio.sleep(0.01)

    assert not old.exists()
    assert (await row(forgotten.id)).deleted_at is not None


async def test_upkeep_survives_a_fault(
    bench: Bench, configuration: settings.Settings, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.arriving.rmdir()
    bench.store.arriving.write_bytes(b"where a directory should be")
    left = bench.store.arriving / "left"

    async with kept_up(configuration):
        await site.until(lambda: "no upkeep this time: FileExistsError" in caplog.text)
        bench.store.arriving.unlink()
        bench.store.arriving.mkdir()
        left.write_bytes(b"half")
        await site.until(lambda: not left.exists())
