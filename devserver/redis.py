"""Redis as a child of this process: nothing is kept, and only a unix socket leads to it."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

from devserver import binaries, child, place

PATIENCE = 10.0


class Redis:
    """One server whose log is below `root`; its data is lost with it, as the workers expect."""

    def __init__(self, root: Path, *, given: Path | None = None) -> None:
        self.root, self.program = root, given
        self.socket = place.socket_directory(root, "redis.sock") / "redis.sock"
        self.child: child.Child | None = None

    def start(self) -> Redis:
        for directory in (self.root, self.socket.parent):
            place.directory_for(None, directory)
        with (self.root / "log").open("ab") as log:
            self.child = child.spawn(
                [binaries.redis(self.program), *self._options()], output=log, fatal=signal.SIGKILL
            )
        self._wait()
        return self

    def stop(self) -> None:
        if self.child:
            self.child.stop(politely=signal.SIGTERM, patience=5, firmly=signal.SIGKILL)
            self.child = None

    def kill(self) -> None:
        """As a power cut would: for tests of what survives."""
        if self.child:
            self.child.kill()
            self.child = None

    def alive(self) -> bool:
        return self.child is not None and self.child.alive()

    def url(self, number: int = 0) -> str:
        return f"unix://{self.socket}?db={number}"

    def __enter__(self) -> Redis:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.root),
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self.alive() or time.monotonic() > deadline:
                words = (self.root / "log").read_text(errors="replace")[-2000:]
                self.kill()
                raise RuntimeError(f"Redis did not start:\n{words}")
            time.sleep(0.005)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(7).startswith(b"+PONG")
            except OSError:
                return False
