"""Virus scanners: clamd, and for development one that says plainly that it is none.

Everything that is not an unmistakable "clean" counts against the file.
"""

import asyncio
import struct
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Protocol

from models.attachment import ScanState
from workflow.attachment import Verdict

BROKEN = (OSError, EOFError, asyncio.LimitOverrunError, TimeoutError)
# What clamd reports as found when it has not looked inside.
NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


class Unreachable(Exception):
    """No scanner answers: this is about the scanner, not about the file."""


class Scanner(Protocol):
    """Whoever can judge a stream of bytes."""

    async def scan(self, chunks: AsyncIterable[bytes]) -> Verdict:
        """What it says, or Unreachable."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon, on a unix socket (/path) or over TCP (host:port)."""

    address: str
    timeout: float = 60.0  # seconds for one file
    patience: float = 10.0  # seconds for a word

    async def scan(self, chunks: AsyncIterable[bytes]) -> Verdict:
        """Stream the bytes. When that breaks but clamd still answers, the fault is the file's:
        over its StreamMaxLength it just closes the connection."""
        engine, signatures = await self.version()
        try:
            async with asyncio.timeout(self.timeout):
                answer = await self.stream(chunks)
        except BROKEN as error:
            await self.version()
            answer = f"not scanned: {type(error).__name__}"
        state, finding = judged(answer)
        return Verdict(state=state, engine=engine, signatures=signatures, finding=finding)

    async def version(self) -> tuple[str, str]:
        """Engine, and number and date of its signatures; says too whether clamd is there."""
        try:
            async with asyncio.timeout(self.patience):
                reader, writer = await self.connect()
                try:
                    writer.write(b"zVERSION\0")
                    answer = await said(reader)
                finally:
                    writer.close()
        except BROKEN as error:
            raise Unreachable(f"clamd: {type(error).__name__}") from error
        engine, _, signatures = answer.partition("/")
        if not engine.startswith("ClamAV "):
            raise Unreachable("clamd: it does not answer like clamd")
        return engine, signatures

    async def stream(self, chunks: AsyncIterable[bytes]) -> str:
        """INSTREAM: each chunk after its length, and a length of nothing as the end."""
        reader, writer = await self.connect()
        try:
            writer.write(b"zINSTREAM\0")
            async for chunk in chunks:
                if chunk:
                    writer.write(struct.pack("!I", len(chunk)) + chunk)
                    await writer.drain()
            writer.write(struct.pack("!I", 0))
            return await said(reader)
        finally:
            writer.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection for one question; clamd closes it after the answer."""
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def said(reader: asyncio.StreamReader) -> str:
    """An answer; clamd ends it with a zero."""
    return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")


def judged(answer: str) -> tuple[ScanState, str]:
    """What an answer means, and what was found."""
    if answer == "stream: OK":
        return ScanState.CLEAN, ""
    finding = answer.removeprefix("stream: ").removesuffix(" FOUND")
    found = answer == f"stream: {finding} FOUND"
    if found and not finding.startswith(NOT_LOOKED_INTO):
        return ScanState.INFECTED, finding
    return ScanState.FAILED, finding if found else answer


# Put together when the program runs: whole in a file, any virus scanner would take that file
# away, and the compiler would join two neighbouring constants.
EICAR = b"".join(
    (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!", b"$H+H*")
)
MARKS = {
    "Eicar-Test-Signature": EICAR,
    "Program.Windows": b"This program cannot be run in DOS mode",
    "PDF.JavaScript": b"/JavaScript",
    "PDF.Launch": b"/Launch",
}
LONGEST = max(len(mark) for mark in MARKS.values())


@dataclass(frozen=True, slots=True)
class DevScanner:
    """For development: knows the EICAR test file and a few things no certificate contains."""

    engine: str = "development scanner, NOT a virus scanner"

    async def scan(self, chunks: AsyncIterable[bytes]) -> Verdict:
        """Look for the marks, also across the borders of chunks."""
        before = b""
        async for chunk in chunks:
            seen = before + chunk
            for finding, mark in MARKS.items():
                if mark in seen:
                    return self.verdict(ScanState.INFECTED, finding)
            before = seen[1 - LONGEST :]
        return self.verdict(ScanState.CLEAN)

    def verdict(self, state: ScanState, finding: str = "") -> Verdict:
        """In its own name."""
        return Verdict(state=state, engine=self.engine, signatures="built in", finding=finding)
