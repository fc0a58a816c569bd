"""The proofs of the demo city are real files."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from devserver.city import paper

PDF = paper.certificate(
    title="继续教育学习证明",
    lines=["学员：陈𠮷安", "学时：7.5"],
    issuer="广州市知行文教培训中心",
    issued="2026年11月24日",
)


class TestCertificate:
    def test_begins_and_ends_as_a_pdf(self) -> None:
        assert PDF.startswith(b"%PDF-1.")
        assert PDF.endswith(b"%%EOF\n")

    def test_the_table_says_where_each_object_begins(self) -> None:
        table = int(PDF.split(b"startxref\n")[1].split()[0])
        assert PDF[table:].startswith(b"xref\n0 8\n")

        begins = [int(each) for each in re.findall(rb"(\d{10}) 00000 n ", PDF[table:])]
        assert [PDF[at:].split()[0] for at in begins] == [b"%d" % n for n in range(1, 8)]

    def test_the_text_is_there_with_characters_beyond_the_basic_plane(self) -> None:
        drawn = zlib.decompress(stream(PDF)).decode()

        texts = [bytes.fromhex(code).decode("utf-16-be") for code in re.findall("<(.+?)>", drawn)]
        assert texts[:3] == ["继续教育学习证明", "学员：陈𠮷安", "学时：7.5"]

    def test_the_length_of_the_stream_is_stated(self) -> None:
        assert b"/Length %d " % len(stream(PDF)) in PDF


class TestScan:
    def test_is_a_png_whose_chunks_check(self) -> None:
        kinds = [kind for kind, _ in chunks(paper.scan(1))]

        assert kinds == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]

    def test_has_as_many_pixels_as_it_says(self) -> None:
        parts = dict(chunks(paper.scan(1)))
        width, height = struct.unpack(">II", parts[b"IHDR"][:8])

        assert len(zlib.decompress(parts[b"IDAT"])) == (width + 1) * height

    @pytest.mark.parametrize("seed", [0, 6, 600])
    def test_differs_from_record_to_record(self, seed: int) -> None:
        assert paper.scan(seed) != paper.scan(seed + 1)


def stream(pdf: bytes) -> bytes:
    """What is drawn, as it is packed."""
    found = re.search(rb">>\nstream\n(.*?)\nendstream\n", pdf, re.DOTALL)
    assert found
    return found[1]


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a picture; each carries a check sum."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + data)
        found.append((kind, data))
        at += 12 + length
    return found
