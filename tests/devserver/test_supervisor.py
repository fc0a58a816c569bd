"""`make dev` as its user meets it: one start, everything up, everything restarted, all gone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from devserver import place
from tests import servers, shape
from tests.town import NO_TLS

READY = re.compile(r"ready in ([\d.]+) s")


class Running:
    """A `make dev` of this test's own, its lines in a file."""

    def __init__(self, home: Path, *arguments: str, **variables: str) -> None:
        self.home, self.port = home, free_port()
        self.log = home.parent / "lines"
        environment = {**servers.surroundings(), "JIJIAO_PORT": str(self.port), **variables}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, shape.ROOT, "dev", "--home", home, *arguments],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def lines(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self) -> Running:
        assert soon(lambda: READY.search(self.lines()) or self.process.poll() is not None, 90)
        assert READY.search(self.lines()), self.lines()
        return self

    def answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/graphql"
            return httpx.get(address, verify=NO_TLS).status_code < 500
        except httpx.TransportError:
            return False

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(15)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def soon(happens: Callable[[], object], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes(word: str | Path) -> list[int]:
    """Whose command line or environment names this path: our servers and our programs."""
    asked = subprocess.run(["ps", "eww", "-eo", "pid=,args="], capture_output=True, text=True)
    lines = [line for line in asked.stdout.splitlines() if str(word) in line]
    return [int(line.split()[0]) for line in lines if " dev --home " not in line]


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    path = place.scratch()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def first(root: Path) -> Iterator[Running]:
    running = Running(root / "home").ready()
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture
def kept(first: Running) -> Path:
    """What the first one has left behind."""
    first.process.kill()
    first.process.wait()
    assert soon(lambda: not processes(first.home))
    return first.home


def test_the_first_start_builds_a_city_and_says_how_to_enter_it(first: Running) -> None:
    lines = first.lines()

    assert "building the demo city, once" in lines
    assert f"http://127.0.0.1:{first.port}/graphql" in lines
    assert first.answers()


def test_a_second_one_over_the_same_data_is_refused(first: Running) -> None:
    second = subprocess.run(
        [sys.executable, shape.ROOT, "dev", "--home", first.home],
        env={"JIJIAO_PORT": str(free_port())},
        capture_output=True,
        text=True,
    )

    assert (second.returncode, second.stdout.count("\n")) == (1, 1)
    assert f"Another `make dev` is using {first.home}." in second.stdout


def test_a_port_that_is_taken_is_named(first: Running) -> None:
    second = subprocess.run(
        [sys.executable, shape.ROOT, "dev", "--home", first.home / "other"],
        env={"JIJIAO_PORT": str(first.port)},
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert f"Port {first.port} is not free" in second.stdout


def test_a_second_terminal_reaches_the_same_servers(first: Running) -> None:
    script = f'. "{first.home}/env" && "{sys.executable}" "{shape.ROOT}" doctor'

    answer = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", ["postgres", "redis", "relay", "work", "api"])
def test_whatever_dies_is_started_again(first: Running, name: str) -> None:
    mark = {"postgres": "bin/postgres -D", "redis": "redis-server", "api": " serve"}
    victims = set(processes(first.home)) & set(processes(mark.get(name, f" {name}")))
    assert victims

    for pid in victims:
        os.kill(pid, signal.SIGKILL)

    assert soon(lambda: f"{name} ended; starting it again" in first.lines())
    assert soon(lambda: set(processes(first.home)) & set(processes(mark.get(name, f" {name}"))))
    assert soon(first.answers)


def test_nothing_outlives_a_supervisor_that_was_killed(first: Running) -> None:
    assert processes(first.home)

    first.end(signal.SIGKILL)

    assert soon(lambda: not processes(first.home))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_later_start_is_quick_keeps_the_data_and_ends_cleanly(
    kept: Path, how: signal.Signals
) -> None:
    later = Running(kept).ready()

    status = later.end(how)

    lines = later.lines()
    assert "building the demo city" not in lines
    assert (status, lines.splitlines()[-1].strip()) == (0, "dev | stopped")
    assert not processes(kept)


def test_a_fresh_start_forgets_everything(kept: Path) -> None:
    (kept / "postgres" / "kept").write_text("x")

    fresh = Running(kept, "--fresh").ready()

    fresh.end(signal.SIGTERM)
    assert "building the demo city, once" in fresh.lines()
    assert not (kept / "postgres" / "kept").exists()


def test_a_named_database_is_never_wiped(root: Path) -> None:
    url = "postgresql://u@/d?host=/nowhere"

    named = Running(root / "other", "--fresh", JIJIAO_DATABASE_URL=url)

    assert named.process.wait(15) == 1
    assert "FRESH=1 wipes the database we start ourselves" in named.lines()
