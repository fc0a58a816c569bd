"""The processes of `make dev`: watched, restarted with growing delays, logged side by side."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from devserver import child

COLOURS = itertools.cycle((36, 32, 33, 35, 34))
FIRST_DELAY, LONGEST_DELAY = 0.5, 10.0
SETTLED = 30.0  # seconds after which a process that dies is restarted without delay again


class Server(Protocol):
    """What can be started, watched and stopped."""

    def start(self) -> object: ...
    def stop(self) -> None: ...
    def alive(self) -> bool: ...


@dataclass
class Program:
    """One of our own commands, with its lines printed under its name."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    running: child.Child | None = None
    colour: int = field(default_factory=lambda: next(COLOURS))

    def start(self) -> None:
        self.running = child.spawn(
            self.command,
            output=subprocess.PIPE,
            fatal=signal.SIGKILL,  # our own processes are safe to kill at any point
            environment=self.environment,
        )
        threading.Thread(target=self._print, args=(self.running,), daemon=True).start()

    def stop(self) -> None:
        if self.running:
            child.stop_all([self.running], patience=5)
            self.running = None

    def alive(self) -> bool:
        return self.running is not None and self.running.alive()

    def _print(self, running: child.Child) -> None:
        assert running.process.stdout is not None
        with running.process.stdout as lines:
            for line in lines:
                say(line.decode(errors="replace").rstrip(), name=self.name, colour=self.colour)


@dataclass
class Member:
    """A server and when it may be started again."""

    name: str
    server: Server
    delay: float = 0.0
    begun: float = 0.0
    due: float | None = None

    def start(self, now: float) -> None:
        self.begun, self.due = now, None
        self.server.start()

    def look(self, now: float) -> None:
        """Start it again when it has died, each time a little later."""
        if self.server.alive():
            return
        if self.due is None:
            settled = now - self.begun > SETTLED
            self.delay = FIRST_DELAY if settled else next_delay(self.delay)
            self.due = now + self.delay
            say(f"{self.name} ended; starting it again in {self.delay:g} s")
        elif now >= self.due:
            self._try(now)

    def _try(self, now: float) -> None:
        try:
            self.server.stop()
            self.start(now)
        except (OSError, RuntimeError) as error:
            say(f"{self.name}: {error}")


def next_delay(delay: float) -> float:
    return min(LONGEST_DELAY, delay * 2 or FIRST_DELAY)


def watch(members: Sequence[Member]) -> None:
    """Look after them until a signal interrupts us."""
    while True:
        time.sleep(0.2)
        look(members)


def look(members: Sequence[Member]) -> None:
    for each in members:
        each.look(time.monotonic())


def dismiss(members: Sequence[Member]) -> None:
    """Our programs first and all at once, then the servers they use."""
    programs = [each.server for each in members if isinstance(each.server, Program)]
    running = [each.running for each in programs if each.running]
    child.stop_all(running, patience=5)
    for each in members:
        if not isinstance(each.server, Program):
            each.server.stop()


def say(line: str, *, name: str = "dev", colour: int = 90) -> None:
    """One line in one write, so that lines of several processes do not mix."""
    prefix = f"{name:>6} | "
    shown = f"\033[{colour}m{prefix}\033[0m" if sys.stdout.isatty() else prefix
    sys.stdout.write(f"{shown}{line}\n")
    sys.stdout.flush()
