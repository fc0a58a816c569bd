"""Relays and workers as processes that a test starts, kills and replaces."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests import servers

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0


class Player:
    """One process; one that exited by itself, as workers do when Redis is gone, is replaced."""

    def __init__(self, role: str, environment: Mapping[str, str], log: Path) -> None:
        self.role, self.environment, self.log = role, dict(environment), log
        self.start()

    def start(self, **more: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.process", self.role],
                cwd=ROOT,
                env={**servers.surroundings(), **self.environment, **more},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def replace_if_gone(self) -> None:
        """What a supervisor does; it starts no failpoint again."""
        if self.process.poll() is not None:
            self.environment.pop("JIJIAO_FAILPOINT", None)
            self.start()

    async def died_at_failpoint(self) -> bool:
        """Did it fire? Only SIGKILL counts, and nobody else sends one meanwhile."""
        code = await asyncio.to_thread(self.process.wait, PATIENCE)
        return code == -signal.SIGKILL


class Troupe:
    """All processes of a test, ended with it."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.players: list[Player] = []

    def enter(self, role: str, **more: str) -> Player:
        player = Player(role, {**self.environment, **more}, self.log)
        self.players.append(player)
        return player

    def replace_the_gone(self) -> None:
        for player in self.players:
            player.replace_if_gone()

    def leave(self) -> None:
        for player in self.players:
            player.kill()
