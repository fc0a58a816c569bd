"""Scan: have a file looked at, and write the verdict; what cannot be looked at is not served."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from models import attachment_sql, read
from models.attachment import ScanState
from models.read import Connection
from uploads import collect
from uploads.scanner import Clamd, DevScanner, Scanner, Unreachable
from uploads.store import Store
from workers import job
from workflow import attachment, fault, proof
from workflow.attachment import Verdict

if TYPE_CHECKING:
    from settings import Settings

UNREACHABLE_PAUSE = 30.0  # seconds until a scanner that was away is asked again
ABSENT_PAUSE = 600.0  # without a scanner: until somebody may have set one up
UPKEEP_PAUSE = 3600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """The bytes of a file on their way to the scanner, hashed once more."""

    chunks: AsyncIterator[bytes]
    size: int
    report: Callable[[int], Awaitable[None]]
    digest: Any = field(default_factory=hashlib.sha256)
    told: int = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self.chunks:
            self.digest.update(chunk)
            yield chunk
            seen += len(chunk)
            await self.tell(seen)

    async def tell(self, seen: int) -> None:
        """Every tenth part is worth a word, the last one comes with the verdict."""
        percent = min(99, 100 * seen // max(1, self.size))
        if percent >= self.told + 10:
            self.told = percent
            await self.report(percent)


def handler(settings: Settings) -> job.Handler:
    """The handler as this installation needs it."""
    return handling(store_of(settings), scanner_of(settings))


def store_of(settings: Settings) -> Store:
    """Where the files lie."""
    if settings.storage is None:
        raise RuntimeError("no directory for the uploaded files is set")
    return Store(settings.storage)


def scanner_of(settings: Settings) -> Scanner | None:
    """clamd if its address is set; else nothing, or in development what stands in for it."""
    if settings.clamd:
        return Clamd(settings.clamd)
    return DevScanner() if settings.mode == "dev" else None


def handling(store: Store, scanner: Scanner | None) -> job.Handler:
    """Files and scanner as values, for handler and tests."""

    async def handle(task: job.Job) -> job.Effect:
        assert task.subject is not None
        verdict = await examine(store, scanner, task)

        async def effect(c: Connection) -> None:
            if verdict is not None and task.subject is not None:
                now = datetime.now(UTC)
                await attachment.judge(c, attachment_id=task.subject, verdict=verdict, now=now)

        return effect

    return handle


async def examine(store: Store, scanner: Scanner | None, task: job.Job) -> Verdict | None:
    """The verdict on the file of an attachment; none if it was removed meanwhile.

    A scanner that is missing or away is no verdict: the file stays unscanned, the job waits in
    the queue where it can be seen, and goes on by itself when the scanner is back.
    """
    attachment_id = task.subject
    sha256 = await read.value(attachment_sql.TO_SCAN, [attachment_id])
    if sha256 is None:
        return None
    if scanner is None:
        raise job.NotYet("no virus scanner is configured", ABSENT_PAUSE)
    if (size := store.size(sha256)) is None:
        raise FileNotFoundError(f"the file of attachment {attachment_id} is not in the store")
    async with contextlib.aclosing(store.read(sha256)) as chunks:
        watched = Watched(chunks, size, partial(job.progress, task))
        try:
            verdict = await scanner.scan(watched)
        except Unreachable as error:
            raise job.NotYet(str(error), UNREACHABLE_PAUSE) from error
    if verdict.state is ScanState.CLEAN and watched.digest.hexdigest() != sha256:
        logger.error("attachment %s: the file is not the one that was sent", attachment_id)
        return replace(verdict, state=ScanState.FAILED, finding="not the file that was sent")
    return verdict


async def upkeep(settings: Settings, *, pause: float = UPKEEP_PAUSE) -> None:
    """For ever, beside the scan worker: collect what nobody names, scan again what failed."""
    store = store_of(settings)
    while True:
        try:
            await proof.forget(datetime.now(UTC))
            removed = await collect.collect(store, now=datetime.now(UTC))
            again = await attachment.scan_again()
            logger.info("uploads: %d files removed, %d scans repeated", removed, again)
        except Exception as error:
            logger.warning("uploads: no upkeep this time: %s", fault.describe(error))
        await asyncio.sleep(pause)
