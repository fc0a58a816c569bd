"""Scanners: only an unmistakable "clean" is one, and a scanner that is away says nothing."""

import asyncio
import marshal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from models.attachment import ScanState
from tests.uploads import clamd, site
from tests.uploads.clamd import FakeClamd
from uploads import scanner
from uploads.scanner import EICAR, Clamd, DevScanner, Unreachable

PDF = b"%PDF-1.7 harmless %%EOF"
ROOT = Path(__file__).parents[2]


async def chunks(content: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.fixture
async def fake(scratch: Path) -> AsyncIterator[FakeClamd]:
    async with clamd.fake(scratch / "fake.sock") as running:
        yield running


def asking(fake: FakeClamd, seconds: float = 20) -> Clamd:
    return Clamd(str(fake.socket), timeout=seconds, patience=seconds)


# --- clamd, as its fake speaks


@pytest.mark.parametrize(
    ("content", "state", "finding"),
    [
        (PDF, ScanState.CLEAN, ""),
        (b"", ScanState.CLEAN, ""),
        (PDF + EICAR, ScanState.INFECTED, "Win.Test.EICAR_HDB-1"),
    ],
)
async def test_a_verdict_names_engine_and_signatures(
    fake: FakeClamd, content: bytes, state: ScanState, finding: str
) -> None:
    verdict = await asking(fake).scan(chunks(content))

    assert (verdict.state, verdict.finding) == (state, finding)
    assert (verdict.engine, verdict.signatures) == (
        "ClamAV 1.4.6",
        "27800/Mon Nov 23 08:25:00 2026",
    )
    assert fake.seen == [content]


@pytest.mark.parametrize(
    "behaviour",
    [
        {"answer": "stream: "},
        {"answer": "OK"},
        {"answer": "stream: OK FOUND ERROR"},
        {"answer": "stream:OK"},
        {"answer": "x" * 100_000},
        {"answer": "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"},
        {"answer": "stream: Heuristics.Encrypted.PDF FOUND"},
        {"limit": 100_000},
        {"hang_up_after": 100_000},
        {"hang_up_after": 0},
    ],
)
async def test_whatever_is_not_understood_is_failed(
    fake: FakeClamd, behaviour: dict[str, Any]
) -> None:
    for name, value in behaviour.items():
        setattr(fake, name, value)

    verdict = await asking(fake).scan(chunks(PDF * 100_000))

    assert verdict.state is ScanState.FAILED
    assert verdict.finding and verdict.engine == "ClamAV 1.4.6"


async def test_a_scan_that_takes_too_long_is_failed(fake: FakeClamd) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield PDF
        await asyncio.Event().wait()

    verdict = await asking(fake, 0.5).scan(endless())

    assert (verdict.state, verdict.finding) == (ScanState.FAILED, "not scanned: TimeoutError")


@pytest.mark.parametrize("behaviour", [{"silent": True}, {"version": "SSH-2.0"}, {"dies": True}])
async def test_a_scanner_that_does_not_answer_has_said_nothing(
    fake: FakeClamd, behaviour: dict[str, Any]
) -> None:
    for name, value in behaviour.items():
        setattr(fake, name, value)

    with pytest.raises(Unreachable):
        await asking(fake, 0.5).scan(chunks(PDF))


@pytest.mark.parametrize("address", ["/absent/clamd.sock", "127.0.0.1:1", "[::1]:1"])
async def test_nobody_there_is_unreachable(address: str) -> None:
    with pytest.raises(Unreachable):
        await Clamd(address).scan(chunks(PDF))


# --- the real clamd


@pytest.fixture(scope="module")
def addresses(scratch: Path) -> Iterator[tuple[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = scratch / "clamd"
    home.mkdir()
    with clamd.real(home, port) as path:
        yield str(path), f"127.0.0.1:{port}"


@clamd.ABSENT
@pytest.mark.parametrize("over", [0, 1], ids=["unix", "tcp"])
@pytest.mark.parametrize(
    ("content", "state", "finding"),
    [
        (PDF, ScanState.CLEAN, ""),
        (EICAR, ScanState.INFECTED, "Test.Eicar.UNOFFICIAL"),
        (b"%PDF-1.7\n" + EICAR + b"\n%%EOF", ScanState.INFECTED, "Test.Eicar.UNOFFICIAL"),
        (clamd.BY_DIGEST, ScanState.INFECTED, "Test.Digest.UNOFFICIAL"),
        (PDF * 100_000, ScanState.FAILED, "not scanned"),
    ],
)
async def test_the_real_clamd_agrees(
    addresses: tuple[str, str], over: int, content: bytes, state: ScanState, finding: str
) -> None:
    await site.until(Path(addresses[0]).exists)

    verdict = await Clamd(addresses[over]).scan(chunks(content))

    assert verdict.state is state
    assert verdict.engine.startswith("ClamAV ")
    assert verdict.finding.startswith(finding) or "size limit" in verdict.finding


# --- the development scanner


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize("mark", scanner.MARKS.values(), ids=scanner.MARKS)
async def test_the_development_scanner_finds_its_marks_across_chunks(
    mark: bytes, size: int
) -> None:
    verdict = await DevScanner().scan(chunks(b"%PDF-1.7" + mark + b"%%EOF", size))

    assert verdict.state is ScanState.INFECTED
    assert scanner.MARKS[verdict.finding] == mark


async def test_the_development_scanner_says_that_it_is_none() -> None:
    verdict = await DevScanner().scan(chunks(PDF))

    assert verdict.state is ScanState.CLEAN
    assert verdict.engine == "development scanner, NOT a virus scanner"


def test_the_test_virus_stands_whole_in_no_file() -> None:
    for module in (ROOT / "uploads/scanner.py", ROOT / "tests/uploads/clamd.py"):
        assert EICAR not in module.read_bytes()
        assert not held(compile(module.read_text(), module.name, "exec"), EICAR)


def held(code: CodeType, text: bytes) -> bool:
    """Has the compiler joined it in what goes to __pycache__?"""
    return text in marshal.dumps(code)
