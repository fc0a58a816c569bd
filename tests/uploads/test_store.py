"""The store: whole files under their digest, and nothing else left behind by anybody."""

import asyncio
import gc
import hashlib
import os
import stat
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.factories import file
from uploads.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "files")
    made.prepare()
    return made


async def kept(store: Store, content: bytes, chunk: int = 1 << 16) -> str:
    async with store.incoming() as incoming:
        for start in range(0, len(content), chunk):
            await incoming.add(content[start : start + chunk])
        return await store.keep(incoming)


async def read(store: Store, sha256: str) -> bytes:
    return b"".join([block async for block in store.read(sha256)])


def everything(store: Store) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [300, (1 << 20) - 1, 1 << 20, (5 << 20) + 3])
@pytest.mark.parametrize("chunk", [100_003, 2 << 20])
async def test_what_was_sent_is_kept_under_its_digest(store: Store, size: int, chunk: int) -> None:
    content = file.pdf(size)

    sha256 = await kept(store, content, chunk)

    assert sha256 == hashlib.sha256(content).hexdigest()
    assert everything(store) == [store.root / sha256[:2] / sha256[2:4] / sha256]
    assert await read(store, sha256) == content
    assert store.size(sha256) == size


async def test_the_two_ends_are_remembered_however_the_bytes_come(store: Store) -> None:
    content = bytes(range(256)) * 20

    async with store.incoming() as incoming:
        for byte in content:
            await incoming.add(bytes([byte]))

        assert (incoming.head, incoming.tail) == (content[:16], content[-1024:])
        assert incoming.size == len(content)


async def test_a_kept_file_is_read_only(store: Store) -> None:
    path = store.path(await kept(store, file.pdf()))

    assert stat.S_IMODE(path.stat().st_mode) == 0o440


async def test_the_same_bytes_are_kept_once_and_count_as_sent_again(store: Store) -> None:
    content = file.pdf()
    path = store.path(await kept(store, content))
    os.utime(path, (1, 1))
    before = path.stat()

    await kept(store, content)

    assert everything(store) == [path]
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime > before.st_mtime


async def test_twenty_who_send_the_same_at_once_leave_one_file(store: Store) -> None:
    content = file.pdf(100_000)

    names = await asyncio.gather(*(kept(store, content) for _ in range(20)))

    assert everything(store) == [store.path(names[0])]


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_a_file_under_way_is_gone_however_it_ends(
    store: Store, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        async with store.incoming() as incoming:
            await incoming.add(file.pdf(2 << 20))
            assert len(everything(store)) == 1
            raise error

    assert everything(store) == []


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_cancellation_at_any_moment_leaves_nothing_half(store: Store, turns: int) -> None:
    content = file.pdf(3 << 20)
    sending = asyncio.create_task(kept(store, content))
    for _ in range(turns):
        await asyncio.sleep(0)

    sending.cancel()
    await asyncio.wait([sending])

    assert all(path.read_bytes() == content for path in everything(store))
    assert not list(store.arriving.iterdir())


async def test_sweeping_spares_what_is_under_way(store: Store) -> None:
    async with store.incoming() as incoming:
        await incoming.add(file.pdf())

        store.sweep()

        sha256 = await store.keep(incoming)
    assert everything(store) == [store.path(sha256)]


DIES = """
import asyncio, os, pathlib, signal, sys
from uploads.store import Store
async def main():
    async with Store(pathlib.Path(sys.argv[1])).incoming() as incoming:
        await incoming.add(b"x" * (2 << 20))
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_what_a_killed_process_left_is_swept_at_the_next_start(store: Store) -> None:
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", DIES, store.root], cwd=root, check=False)
    assert len(everything(store)) == 1

    Store(store.root).prepare()

    assert everything(store) == []


async def test_a_file_that_was_sent_again_meanwhile_is_not_discarded(store: Store) -> None:
    content = file.pdf()
    sha256 = await kept(store, content)
    path = store.path(sha256)
    os.utime(path, (1, 1))
    assert store.older(store.levels()[0], 1000) == [sha256]

    await kept(store, content)

    assert not store.discard(sha256, 1000)
    os.utime(path, (1, 1))
    assert store.discard(sha256, 1000)
    assert everything(store) == []


async def test_what_is_not_there_has_no_size_and_cannot_be_discarded(store: Store) -> None:
    sha256 = await kept(store, file.pdf())
    store.path(sha256).unlink()

    assert store.size(sha256) is None
    assert not store.discard(sha256, 1000)


def test_a_reader_who_goes_away_leaves_no_file_open(store: Store) -> None:
    """The only thread is busy when he goes, so that the closing has to wait for its turn."""

    async def goes_away() -> None:
        sha256 = await kept(store, file.pdf())
        loop, busy = asyncio.get_running_loop(), threading.Event()
        loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
        reading = store.read(sha256)
        await anext(reading)
        loop.run_in_executor(None, busy.wait)

        leaving = asyncio.ensure_future(reading.aclose())
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        busy.set()
        await asyncio.wait([leaving])

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asyncio.run(goes_away())
        gc.collect()

    assert [str(each.message) for each in told if each.category is ResourceWarning] == []
