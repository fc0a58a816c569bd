"""Proofs of training as small real files: a certificate as PDF, a scan as PNG."""

import math
import struct
import zlib
from collections.abc import Sequence
from functools import cache

# Readers bring this font themselves: nothing is embedded, and a page stays below 3 KB.
FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H"
    b" /DescendantFonts [6 0 R] >>"
)
DESCENDANT = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
    b" /FontDescriptor 7 0 R >>"
)
DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
    b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
)
WIDTH, HEIGHT = 595, 420
ROUND = 0.5523  # a circle of four Bézier curves
INK, PAPER, LINE, SEAL = 0, 1, 2, 3
PALETTE = bytes((52, 52, 60, 250, 247, 238, 196, 188, 170, 190, 40, 38))


def certificate(*, title: str, lines: Sequence[str], issuer: str, issued: str) -> bytes:
    """One page: a frame, a title, lines of text, and the issuer's round seal."""
    drawn = [
        "0.6 0.5 0.3 RG 3 w 24 24 547 372 re S 0.8 w 31 31 533 358 re S",
        _text(title, size=26, x=(WIDTH - 26 * len(title)) / 2, y=335),
        *(_text(line, size=13, x=70, y=285 - 26 * i) for i, line in enumerate(lines)),
        _text(issuer, size=13, x=525 - 13 * len(issuer), y=85),
        _text(issued, size=13, x=525 - 9 * len(issued), y=62),
        f"0.8 0.1 0.1 RG 2 w {_circle(455, 85, 42)} S {_circle(455, 85, 12)} S",
    ]
    return _pdf("\n".join(drawn).encode("ascii"))


def _text(words: str, *, size: int, x: float, y: float) -> str:
    codes = words.encode("utf-16-be").hex().upper()
    return f"BT /F1 {size} Tf {x:.0f} {y:.0f} Td <{codes}> Tj ET"


def _circle(x: float, y: float, r: float) -> str:
    k = ROUND * r
    return (
        f"{x + r:.1f} {y:.1f} m"
        f" {x + r:.1f} {y + k:.1f} {x + k:.1f} {y + r:.1f} {x:.1f} {y + r:.1f} c"
        f" {x - k:.1f} {y + r:.1f} {x - r:.1f} {y + k:.1f} {x - r:.1f} {y:.1f} c"
        f" {x - r:.1f} {y - k:.1f} {x - k:.1f} {y - r:.1f} {x:.1f} {y - r:.1f} c"
        f" {x + k:.1f} {y - r:.1f} {x + r:.1f} {y - k:.1f} {x + r:.1f} {y:.1f} c"
    )


def _pdf(content: bytes) -> bytes:
    """The objects one after another, then the table that says where each begins."""
    packed = zlib.compress(content)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % (WIDTH, HEIGHT),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
        FONT,
        DESCENDANT,
        DESCRIPTOR,
    )
    written, begins = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        begins.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    written += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(written)


def scan(seed: int, *, width: int = 240, height: int = 170) -> bytes:
    """A picture of a certificate: a frame, rows of ink that cannot be read, and a seal."""
    rows = [bytearray([PAPER]) * width for _ in range(height)]
    for y in (8, 9, height - 10, height - 9):
        rows[y][8 : width - 8] = bytes([LINE]) * (width - 16)
    for y in range(8, height - 8):
        rows[y][8:10] = rows[y][-10:-8] = bytes([LINE]) * 2
    rows[24][70:170] = rows[30][70:170] = bytes([INK]) * 100
    for number in range(6):
        length = 60 + (seed * 37 + number * 53) % 120
        for y in (50 + 14 * number, 51 + 14 * number):
            rows[y][28 : 28 + length] = bytes([INK]) * length
    _seal(rows, x=width - 56, y=height - 50, r=26)
    return _png(rows, width, height)


def _seal(rows: list[bytearray], *, x: int, y: int, r: int) -> None:
    for across, down in _rings(r):
        rows[y + down][x + across] = SEAL


@cache
def _rings(r: int) -> frozenset[tuple[int, int]]:
    turns = [math.radians(step / 2) for step in range(720)]
    return frozenset(
        (round(math.cos(turn) * distance), round(math.sin(turn) * distance))
        for turn in turns
        for distance in (r, r - 1, r // 4)
    )


def _png(rows: Sequence[bytearray], width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits, colours of a palette
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    parts = ((b"IHDR", header), (b"PLTE", PALETTE), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
