"""PostgreSQL as a child of this process, reachable through a unix socket only."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

from devserver import binaries, child, place

SUPERUSER = "postgres"
ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# Tests only: what a power cut would destroy may be destroyed.
LOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
PATIENCE = 60.0  # crash recovery of a development database may take a while


class Postgres:
    """One cluster below `root`; `durable` keeps its data through a power cut."""

    def __init__(self, root: Path, *, given: Path | None = None, durable: bool = False) -> None:
        self.root, self.data = root, root / "data"
        self.socket = place.socket_directory(root, ".s.PGSQL.5432")
        self.account, self.programs, self.durable = place.account(), given, durable
        self.child: child.Child | None = None

    def start(self) -> Postgres:
        if self.account and not place.reachable(self.root.parent):
            raise PermissionError(
                f"as root PostgreSQL runs as {self.account.pw_name}, who cannot reach {self.root}"
            )
        for directory in (self.root, self.socket):
            place.directory_for(self.account, directory)
        programs = binaries.postgres(self.programs)
        if not (self.data / "PG_VERSION").exists():
            self._create(programs)
        _forget_a_recycled_pid(self.data / "postmaster.pid")
        self.child = self._launch(programs)
        self._wait()
        return self

    def stop(self) -> None:
        if self.child:  # SIGINT disconnects the clients, SIGQUIT does not wait for a checkpoint
            self.child.stop(politely=signal.SIGINT, patience=10, firmly=signal.SIGQUIT)
            self.child = None

    def alive(self) -> bool:
        return self.child is not None and self.child.alive()

    def url(self, database: str, role: str = SUPERUSER) -> str:
        return f"postgresql://{role}@/{database}?host={self.socket}"

    def __enter__(self) -> Postgres:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def _create(self, programs: Path) -> None:
        """Under another name first, so that an initdb cut short is not taken for a cluster."""
        half = self.root / "half"
        shutil.rmtree(half, ignore_errors=True)
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", half, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8"),
                *_locale(binaries.major(programs)),
                *("--no-instructions",),
                *(() if self.durable else ("-N",)),
            ],
            env=child.ENVIRONMENT,
            cwd="/",
            capture_output=True,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr.decode(errors='replace').strip()}")
        half.rename(self.data)

    def _launch(self, programs: Path) -> child.Child:
        options = {
            **ALWAYS,
            **({} if self.durable else LOSABLE),
            "unix_socket_directories": str(self.socket),
        }
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.root / "log").open("ab") as log:
            return child.spawn(
                [programs / "postgres", "-D", self.data, *given],
                output=log,
                fatal=signal.SIGQUIT,  # a postgres that got SIGKILL leaves memory in /dev/shm
                account=self.account,
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            if not self.alive() or time.monotonic() > deadline:
                words = (self.root / "log").read_text(errors="replace")[-2000:]
                self.stop()
                raise RuntimeError(f"PostgreSQL did not start:\n{words}")
            time.sleep(0.01)

    def _ready(self) -> bool:
        """Line 8 says ready; line 1 is our child, since the file of a killed server says so too."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self.child is not None and lines[:1] == [str(self.child.pid)]
        return ours and len(lines) > 7 and lines[7].strip() == "ready"


def _locale(major: int) -> tuple[str, ...]:
    """The same order of text on every machine; `upper()` and `\\w` know more than ASCII."""
    if major < 17:
        return ("--locale=C.UTF-8",)
    return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def _forget_a_recycled_pid(file: Path) -> None:
    """After a power cut the pid may be another program's, and PostgreSQL would not start."""
    try:
        name = Path(f"/proc/{file.read_text().split()[0]}/comm").read_text().strip()
    except (OSError, IndexError):
        return
    if name != "postgres":
        file.unlink()
