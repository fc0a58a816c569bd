"""Children end with their parent, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from devserver import child, place

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root() -> Iterator[Path]:
    path = place.scratch()
    yield path
    shutil.rmtree(path)


def alive(pid: int) -> bool:
    with suppress(FileNotFoundError):  # a zombie waits for its new parent, nothing more
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return not Path("/proc/self").exists()
    return False


def gone_within(seconds: float, pids: list[int]) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def shared_memory(pid: int) -> list[Path]:
    """The files in memory that a server has mapped: it alone can remove them."""
    with suppress(FileNotFoundError):
        maps = Path(f"/proc/{pid}/maps").read_text().split()
        return [Path(word) for word in set(maps) if word.startswith("/dev/shm/PostgreSQL.")]
    return []


@pytest.mark.parametrize("watched", ["kernel", "pipe"])
@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_a_parent_that_could_not_stop_them(
    root: Path, watched: str, ended: signal.Signals
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-m", "tests.devserver.holder", str(root), watched],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout is not None
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    files = shared_memory(pids[1])

    holder.send_signal(ended)
    holder.wait()
    holder.stdout.close()

    assert len(pids) == 3 and (files or not Path("/proc/self").exists())
    assert gone_within(5, pids)
    assert not any(file.exists() for file in files)


def test_what_ignores_a_polite_request_is_ended_firmly() -> None:
    deaf = child.spawn(
        ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"],
        output=subprocess.PIPE,
        fatal=signal.SIGKILL,
    )
    assert deaf.process.stdout is not None
    deaf.process.stdout.readline()

    deaf.stop(politely=signal.SIGTERM, patience=0.05, firmly=signal.SIGKILL)

    assert deaf.process.returncode == -signal.SIGKILL
    deaf.process.stdout.close()


def test_several_are_asked_at_once() -> None:
    children = [
        child.spawn(["/bin/sleep", "60"], output=subprocess.DEVNULL, fatal=signal.SIGKILL)
        for _ in range(3)
    ]

    child.stop_all(children, patience=5)

    assert [each.process.returncode for each in children] == [-signal.SIGTERM] * 3


def test_a_leash_that_was_dropped_signals_nobody() -> None:
    sleeper = child.spawn(
        ["/bin/sleep", "60"], output=subprocess.DEVNULL, fatal=signal.SIGKILL, by_pipe=True
    )

    sleeper.release()

    assert sleeper.alive()
    sleeper.kill()
