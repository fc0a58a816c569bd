"""How far it is, on stderr; silent where nobody looks."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
WIDTH = 30
EVERY = 0.1  # seconds between two drawings


@dataclass(slots=True)
class Progress:
    """A bar of one line."""

    shown: bool
    drawn_at: float = 0.0

    def over(self, things: Sequence[T], what: str) -> Iterator[T]:
        """The things one after another, counted."""
        for done, thing in enumerate(things, start=1):
            yield thing
            self.at(done, len(things), what)

    def at(self, done: int, whole: int, what: str) -> None:
        """Draw it, at most ten times a second and at the end."""
        now = time.monotonic()
        if not self.shown or (done < whole and now - self.drawn_at < EVERY):
            return
        self.drawn_at = now
        full = WIDTH * done // max(whole, 1)
        bar = "█" * full + "·" * (WIDTH - full)
        end = "\n" if done >= whole else ""
        print(f"\r{what:24} {bar} {done:,}/{whole:,}", end=end, file=sys.stderr, flush=True)
