"""Where files lie: a directory in which the sha256 of the content is the name."""

import asyncio
import contextlib
import fcntl
import hashlib
import math
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiofiles

from uploads import inspect

BLOCK = 1 << 20  # aiofiles goes to a thread for every call: few and large ones
T = TypeVar("T")


@dataclass(slots=True)
class Incoming:
    """A file under way: counted, hashed, and its two ends remembered."""

    path: Path
    file: Any
    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    block: bytearray = field(default_factory=bytearray)
    digest: Any = field(default_factory=hashlib.sha256)

    async def add(self, chunk: bytes) -> None:
        """The next bytes; they are written when there are enough of them."""
        self.size += len(chunk)
        if len(self.head) < inspect.HEAD:
            self.head = (self.head + chunk)[: inspect.HEAD]
        self.tail = (self.tail + chunk[-inspect.TAIL :])[-inspect.TAIL :]
        self.block += chunk
        if len(self.block) >= BLOCK:
            await self.write()

    async def write(self) -> None:
        """Hash and write what was gathered."""
        block, self.block = bytes(self.block), bytearray()
        await settled(asyncio.to_thread(self.digest.update, block))  # 1-2 ms per MB
        await settled(self.file.write(block))


@dataclass(frozen=True, slots=True)
class Store:
    """The directory; any number of processes of one machine may use it at once."""

    root: Path

    @property
    def arriving(self) -> Path:
        """Where files lie until they are whole: the same file system, for they are linked."""
        return self.root / ".incoming"

    def path(self, sha256: str) -> Path:
        """The place of a file, two levels deep."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def prepare(self) -> None:
        """Make the directory, and remove what a process that was killed left behind."""
        self.arriving.mkdir(mode=0o750, parents=True, exist_ok=True)
        self.sweep()

    @contextlib.asynccontextmanager
    async def incoming(self) -> AsyncIterator[Incoming]:
        """A new file that is gone at the end, however the block ends; `keep` gives it a name."""
        path = self.arriving / secrets.token_hex(16)
        opening = asyncio.ensure_future(aiofiles.open(path, "xb", opener=self.create))
        try:
            yield Incoming(path, await asyncio.shield(opening))
        finally:
            try:
                await settled(close(opening))
            finally:
                path.unlink(missing_ok=True)

    def create(self, path: str, flags: int) -> int:
        """Open a file that is ours as long as this process lives: its lock says so to `sweep`."""
        with locked(self.arriving):
            descriptor = os.open(path, flags, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor

    def sweep(self) -> None:
        """Remove the files under way whose process is dead."""
        with locked(self.arriving):
            for path in self.arriving.iterdir():
                alive_or_gone = contextlib.suppress(BlockingIOError, FileNotFoundError)
                with alive_or_gone, path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink(missing_ok=True)

    async def keep(self, incoming: Incoming) -> str:
        """Give the file its name, durably; the same bytes are kept once."""
        await incoming.write()
        await settled(incoming.file.flush())
        sha256: str = incoming.digest.hexdigest()
        await settled(asyncio.to_thread(self.link, incoming, sha256))
        return sha256

    def link(self, incoming: Incoming, sha256: str) -> None:
        """First the bytes reach the disk, then the name: a name never stands for half a file."""
        os.fchmod(incoming.file.fileno(), 0o440)
        os.fsync(incoming.file.fileno())
        target = self.path(sha256)
        self.make(target.parent)
        with locked(target.parent) as directory:
            try:
                os.link(incoming.path, target)
            except FileExistsError:
                os.utime(target)  # somebody sends it again: the collector starts anew to wait
            os.fsync(directory)

    def make(self, directory: Path) -> None:
        """The two levels of a new file, durably."""
        if not directory.is_dir():
            directory.mkdir(mode=0o750, parents=True, exist_ok=True)
            for parent in (directory.parent, self.root):
                with locked(parent) as descriptor:
                    os.fsync(descriptor)

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        """The bytes of a file, in blocks; a reader who goes away leaves it closed."""
        opening = asyncio.ensure_future(aiofiles.open(self.path(sha256), "rb"))
        try:
            file = await asyncio.shield(opening)
            while block := await settled(file.read(BLOCK)):
                yield block
        finally:
            await settled(close(opening))

    def size(self, sha256: str) -> int | None:
        """The size of a file; nothing if there is none."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def levels(self) -> list[Path]:
        """The directories of the first level."""
        return sorted(self.root.glob("[0-9a-f][0-9a-f]"))

    def older(self, level: Path, instant: float) -> list[str]:
        """The names of the files below a first level that nobody has sent since."""
        return sorted(path.name for path in level.glob("*/*") if modified(path) < instant)

    def discard(self, sha256: str, instant: float) -> bool:
        """Remove a file, unless somebody has sent it again meanwhile."""
        path = self.path(sha256)
        with locked(path.parent):
            old = modified(path) < instant
            if old:
                path.unlink()
        return old


def modified(path: Path) -> float:
    """When a file was last sent; what is not there any more is as good as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[int]:
    """Alone in a directory, among all processes; gives its descriptor."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


async def close(opening: Awaitable[Any]) -> None:
    """Close a file, even one whose opening nobody waited for."""
    file = await opening
    await file.close()


async def settled(work: Awaitable[T]) -> T:
    """Wait for a thread even when cancelled, for it cannot be: else it would still be writing
    to a file that we close and remove."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
