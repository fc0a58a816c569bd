"""A process that starts both servers and then waits to be killed: argv is root, then "pipe"."""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from devserver import child
from tests import servers

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a suite in the background has it ignored
    if "pipe" in sys.argv:  # as on macOS
        child.spawn = partial(child.spawn, by_pipe=True)
    root = Path(sys.argv[1])
    postgres = servers.postgres(root / "pg").start()
    redis = servers.redis(root / "redis").start()
    assert postgres.child and redis.child
    print(os.getpid(), postgres.child.pid, redis.child.pid, flush=True)
    signal.pause()
