"""clamd twice: a fake that misbehaves on demand, and the real one with signatures of our own."""

import asyncio
import contextlib
import hashlib
import shutil
import signal
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devserver import child
from uploads.scanner import EICAR

VERSION = "ClamAV 1.4.6/27800/Mon Nov 23 08:25:00 2026"
PROGRAM = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
ABSENT = pytest.mark.skipif(PROGRAM is None, reason="clamd is not installed")


@dataclass
class FakeClamd:
    """Speaks PING, VERSION and INSTREAM as clamd does, until told otherwise."""

    socket: Path
    version: str = VERSION
    answer: str | None = None  # instead of a verdict
    limit: int = 50 << 20  # StreamMaxLength
    silent: bool = False
    hang_up_after: int | None = None  # bytes
    dies: bool = False  # with the next stream
    server: asyncio.Server | None = None
    seen: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            command = await reader.readuntil(b"\0")
            said = await self.said(command, reader)
            if said is not None:
                writer.write(said.encode() + b"\0")
                await writer.drain()
        writer.close()

    async def said(self, command: bytes, reader: asyncio.StreamReader) -> str | None:
        if self.silent:
            await reader.read()
            return None
        if command == b"zPING\0":
            return "PONG"
        if command == b"zVERSION\0":
            return self.version
        return await self.judge(reader) if command == b"zINSTREAM\0" else "UNKNOWN COMMAND"

    async def judge(self, reader: asyncio.StreamReader) -> str | None:
        if self.dies and self.server:
            self.server.close()
            return None
        content = b""
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self.limit:
                return "INSTREAM size limit exceeded. ERROR"
            if self.hang_up_after is not None and len(content) > self.hang_up_after:
                return None
        self.seen.append(content)
        verdict = "stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else "stream: OK"
        return self.answer or verdict


@contextlib.asynccontextmanager
async def fake(socket: Path) -> AsyncIterator[FakeClamd]:
    clamd = FakeClamd(socket)
    clamd.server = await asyncio.start_unix_server(clamd.serve, socket)
    yield clamd
    clamd.server.close()


CONFIGURATION = """
LocalSocket {root}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {root}/signatures
TemporaryDirectory {root}
LogFile {root}/clamd.log
Foreground yes
StreamMaxLength 1M
MaxFileSize 1M
AlertExceedsMax yes
User root
"""


@contextlib.contextmanager
def real(root: Path, port: int) -> Iterator[Path]:
    """The real program with two signatures: EICAR anywhere, and one file by its digest."""
    assert PROGRAM is not None
    (root / "signatures").mkdir()
    (root / "signatures/test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    digest = hashlib.sha256(BY_DIGEST).hexdigest()
    (root / "signatures/test.hsb").write_text(f"{digest}:{len(BY_DIGEST)}:Test.Digest\n")
    (root / "clamd.conf").write_text(CONFIGURATION.format(root=root, port=port))
    with (root / "output").open("wb") as output:
        running = child.spawn(
            [PROGRAM, "-c", root / "clamd.conf"], output=output, fatal=signal.SIGKILL
        )
        try:
            yield root / "clamd.sock"
        finally:
            running.stop(politely=signal.SIGTERM, patience=10, firmly=signal.SIGKILL)


BY_DIGEST = b"%PDF-1.7 known by its digest %%EOF"
