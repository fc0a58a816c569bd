"""The collector takes what no attachment names for a day, and nothing else."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import file, people
from tests.factories.people import NOW
from uploads import collect
from uploads.store import Store
from workflow import attachment

pytestmark = pytest.mark.usefixtures("db")
HOUR = 3600


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    made.prepare()
    return made


async def kept(store: Store, content: bytes, hours: float) -> Path:
    """A file as it lies there so many hours after it was sent."""
    async with store.incoming() as incoming:
        await incoming.add(content)
        path = store.path(await store.keep(incoming))
    os.utime(path, (NOW.timestamp() - hours * HOUR,) * 2)
    return path


async def test_what_nobody_names_is_removed_after_a_day(store: Store) -> None:
    old = await kept(store, file.pdf(), 24.1)
    young = await kept(store, file.pdf(), 23.9)

    assert await collect.collect(store, now=NOW) == 1

    assert not old.exists() and young.exists()
    assert await collect.collect(store, now=NOW + timedelta(hours=1)) == 1
    assert not young.exists()


@pytest.mark.parametrize("removed", [False, True])
async def test_what_an_attachment_names_stays_even_a_removed_one(
    store: Store, removed: bool
) -> None:
    viewer = await people.viewer(await people.person())
    content = file.pdf()
    record = await file.record(viewer)
    there = await file.received(viewer, record.id, content)
    path = await kept(store, content, 1000)
    if removed:
        await attachment.remove(people.request(viewer), attachment_ids=[there])

    assert await collect.collect(store, now=NOW) == 0

    assert path.exists() and path.name == hashlib.sha256(content).hexdigest()


async def test_it_also_sweeps_up_after_the_dead(store: Store) -> None:
    left = store.arriving / "left"
    left.write_bytes(b"half")

    await collect.collect(store, now=NOW)

    assert not left.exists()


async def test_a_store_that_nobody_has_used_yet_is_made(tmp_path: Path) -> None:
    store = Store(tmp_path / "files")

    assert await collect.collect(store, now=NOW) == 0

    assert store.arriving.is_dir()


async def test_many_files_are_asked_for_by_directory(store: Store) -> None:
    paths = [await kept(store, file.pdf(), 48) for _ in range(300)]

    assert await collect.collect(store, now=NOW) == 300

    assert not any(path.exists() for path in paths)
