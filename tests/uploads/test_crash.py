"""Uploads and sudden death: a process that is killed, and one that must not grow."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

import models
from models.access import Viewer
from tests.factories import file, people
from tests.town import NO_TLS
from tests.uploads import site
from uploads import collect
from uploads.store import Store

ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def process(
    socket: Path, environment: dict[str, str]
) -> AsyncIterator[tuple[subprocess.Popen[bytes], httpx.AsyncClient]]:
    """The site as a process of its own, and a client of it."""
    command = [sys.executable, "-m", "tests.uploads.site", str(socket)]
    running = subprocess.Popen(command, cwd=ROOT, env=environment)
    transport = httpx.AsyncHTTPTransport(uds=str(socket), verify=NO_TLS)
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://x", timeout=60
        ) as client:
            await answering(client, running)
            yield running, client
    finally:
        running.kill()
        running.wait()
        socket.unlink(missing_ok=True)


async def answering(client: httpx.AsyncClient, running: subprocess.Popen[bytes]) -> None:
    """Wait until it listens: the socket is there a moment earlier."""
    async with asyncio.timeout(20):
        while running.poll() is None:
            with contextlib.suppress(httpx.ConnectError):
                await client.get("/")
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def owner(clone: object) -> tuple[Viewer, UUID]:
    viewer = await people.viewer(await people.person())
    return viewer, (await file.record(viewer)).id


async def send(
    client: httpx.AsyncClient, owner: tuple[Viewer, UUID], content: bytes, token: str = ""
) -> httpx.Response:
    viewer, record_id = owner
    given = token or await file.token(viewer, record_id, content, now=datetime.now(UTC))
    return await client.put(f"/uploads/{given}", content=content, headers=site.named(viewer))


@pytest.mark.parametrize("failpoint", ["upload:after_link", "upload:before_row"])
async def test_killed_between_file_and_row_there_is_no_row_and_the_token_lives(
    scratch: Path,
    environment: dict[str, str],
    tmp_path: Path,
    owner: tuple[Viewer, UUID],
    failpoint: str,
) -> None:
    content = file.pdf(2 << 20)
    token = await file.token(*owner, content, now=datetime.now(UTC))
    fatal = {**environment, "JIJIAO_FAILPOINT": f"{failpoint}:1"}

    async with process(scratch / "crash.sock", fatal) as (running, client):
        with pytest.raises(httpx.RemoteProtocolError):
            await send(client, owner, content, token)
        assert running.wait(10) == -9

    store = Store(tmp_path)
    assert await models.Attachment.all().count() == await models.Job.all().count() == 0
    assert len(list(store.arriving.iterdir())) == 1
    await the_file_is_collected(store)
    async with process(scratch / "crash.sock", environment) as (_, client):
        assert list(store.arriving.iterdir()) == []
        assert (await send(client, owner, content, token)).status_code == 201
    assert await models.Attachment.all().count() == await models.Job.all().count() == 1


async def the_file_is_collected(store: Store) -> None:
    """Not at once: somebody might be about to write its row."""
    now = datetime.now(UTC)
    assert await collect.collect(store, now=now) == 0
    assert await collect.collect(store, now=now + timedelta(hours=25)) == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
async def test_large_files_pass_through_without_being_held(
    scratch: Path, environment: dict[str, str], owner: tuple[Viewer, UUID]
) -> None:
    async with process(scratch / "grow.sock", environment) as (running, client):
        await send(client, owner, file.pdf(2 << 20))
        before = peak(running.pid)

        contents = [file.pdf(20 << 20) for _ in range(2)]
        responses = await asyncio.gather(*(send(client, owner, each) for each in contents))

        assert [each.status_code for each in responses] == [201, 201]
        assert peak(running.pid) - before < 10  # MB, of 40 that passed


def peak(process_id: int) -> float:
    """The most memory the process ever had, in MB."""
    status = Path(f"/proc/{process_id}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
