"""Failpoints kill, and only where and when they were asked to."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workflow import failpoint

ROOT = Path(__file__).parents[2]
HITS = """
from workflow import failpoint
failpoint.arm({spec!r})
for number in range(1, 4):
    for name in ("job:after_claim", "job:before_commit"):
        print(name, number, flush=True)
        failpoint.hit(name)
"""


def last_words(spec: str | None) -> tuple[int, str]:
    """How the process ended, and the last point it reached."""
    ran = subprocess.run(
        [sys.executable, "-c", HITS.format(spec=spec)], cwd=ROOT, capture_output=True, text=True
    )
    return ran.returncode, ran.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("spec", "ending"),
    [
        (None, (0, "job:before_commit 3")),
        ("", (0, "job:before_commit 3")),
        ("job:elsewhere:1", (0, "job:before_commit 3")),
        ("job:after_claim:4", (0, "job:before_commit 3")),
        ("job:after_claim:1", (-signal.SIGKILL, "job:after_claim 1")),
        ("job:before_commit:2", (-signal.SIGKILL, "job:before_commit 2")),
    ],
)
def test_it_dies_at_the_nth_hit_of_the_name(spec: str | None, ending: tuple[int, str]) -> None:
    assert last_words(spec) == ending


@pytest.mark.parametrize("spec", ["job", "job:after_claim", "job:after_claim:0", ":1", "job:-1"])
def test_a_word_that_is_no_failpoint_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="a failpoint is name:n"):
        failpoint.arm(spec)
    failpoint.arm(None)
