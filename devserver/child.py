"""Processes that cannot outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# A LANG whose locale is missing makes initdb fail.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
PR_SET_PDEATHSIG = 1
KERNEL_WATCHES = sys.platform == "linux"


@dataclass
class Leash:
    """A shell that waits on a pipe only we hold: our end closes with us, and the shell signals."""

    shell: subprocess.Popen[bytes]
    pipe: int

    def drop(self) -> None:
        """The shell goes before the pipe: by now the pid may belong to somebody else."""
        self.shell.kill()
        self.shell.wait()
        os.close(self.pipe)


@dataclass
class Child:
    """A running process, and what ends it with us."""

    process: subprocess.Popen[bytes]
    leash: Leash | None

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, politely: signal.Signals, patience: float, firmly: signal.Signals) -> None:
        if self.alive():
            self.process.send_signal(politely)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.send_signal(firmly)
            self.process.wait()
        self.release()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.release()

    def release(self) -> None:
        if self.leash:
            self.leash.drop()
            self.leash = None


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    fatal: signal.Signals,
    account: pwd.struct_passwd | None = None,
    environment: Mapping[str, str] = ENVIRONMENT,
    by_pipe: bool = not KERNEL_WATCHES,
) -> Child:
    """Start a process that receives `fatal` when we die; call this from the main thread.

    The kernel watches the *thread* that forks, so a server started from a worker thread would
    die with that thread.
    """
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches us, not the server
        preexec_fn=None if by_pipe else _die_with_us(fatal),
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    return Child(process, _leash(process.pid, fatal) if by_pipe else None)


def stop_all(children: Sequence[Child], *, patience: float) -> None:
    """Ask all of them at once, and end those that are still there when patience runs out."""
    for each in children:
        if each.alive():
            each.process.terminate()
    deadline = time.monotonic() + patience
    for each in children:
        try:
            each.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            each.process.kill()
            each.process.wait()
        each.release()


def _die_with_us(fatal: signal.Signals) -> Callable[[], None]:
    """Runs in the child after the change of user, which would clear the setting."""
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(fatal))
        if os.getppid() != parent:  # we died in between
            os._exit(1)

    return ask_the_kernel


def _leash(pid: int, fatal: signal.Signals) -> Leash:
    theirs, ours = os.pipe()
    shell = subprocess.Popen(
        ["/bin/sh", "-c", f"read _; kill -{int(fatal)} {pid} 2>/dev/null"],
        stdin=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return Leash(shell, ours)
