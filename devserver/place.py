"""Where a server may keep its data and its socket, and as whom it runs."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
from pathlib import Path

LONGEST_SOCKET = 103  # macOS; Linux has 107
SHARED = Path("/var/tmp")  # survives a restart, and every account may enter it
MEMORY = Path("/dev/shm")
ROOMY = 1 << 30  # containers often give /dev/shm 64 MB only


def account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: there it runs as nobody."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def reachable(path: Path) -> bool:
    """Whether another account may enter this directory and all above it."""
    above = [each for each in (path, *path.parents) if each.exists()]
    return all(each.stat().st_mode & 0o001 for each in above)


def key(path: Path) -> str:
    """A short name that is the same for the same path."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def data_of(checkout: Path) -> Path:
    """Where `make dev` keeps its data: in the checkout, if the server's account can reach it."""
    inside = checkout.resolve() / ".jijiao"
    hidden = account() is not None and not reachable(inside.parent)
    return SHARED / f"jijiao-{key(checkout)}" if hidden else inside


def directory_for(server: pwd.struct_passwd | None, path: Path) -> Path:
    """Make a directory that only the server's account (and root) may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    uid = server.pw_uid if server else os.geteuid()
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), uid}:
        raise PermissionError(f"{path} belongs to somebody else")
    if server:
        os.chown(path, server.pw_uid, server.pw_gid)
    path.chmod(0o700)
    return path


def socket_directory(root: Path, name: str) -> Path:
    """Beside the data, or below the temporary directory where that path is too long."""
    beside = root / "s"
    fits = len(os.fsencode(beside / name)) <= LONGEST_SOCKET
    return beside if fits else Path(tempfile.gettempdir()) / f"jj-{key(root)}"


def scratch() -> Path:
    """A short-lived directory with a short name, in memory where there is room."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _free(MEMORY) > ROOMY
    path = Path(tempfile.mkdtemp(prefix="jj-", dir=MEMORY if roomy else None))
    path.chmod(0o711)  # the server's account has to pass through
    return path


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free
