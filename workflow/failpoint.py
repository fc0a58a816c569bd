"""Failpoints: named places where a test lets this process die as a power cut would."""

import os
import signal

_countdown: dict[str, int] = {}


def arm(spec: str | None) -> None:
    """`name:n` dies at the n-th hit of the name; nothing disarms. Call once, at the start."""
    _countdown.clear()
    if spec:
        name, _, nth = spec.rpartition(":")
        if not (name and nth.isdecimal() and int(nth)):
            raise ValueError(f"a failpoint is name:n, not {spec!r}")
        _countdown[name] = int(nth)


def hit(name: str) -> None:
    """Die here, if a test has asked for it."""
    if name in _countdown:
        _countdown[name] -= 1
        if not _countdown[name]:
            os.kill(os.getpid(), signal.SIGKILL)  # pragma: no cover - the dead report nothing
