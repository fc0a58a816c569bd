"""A sheet of A4 with our fonts: text that never becomes a box, rules, a rosette, a QR code."""

import math
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import segno
from fpdf import FPDF
from fpdf.enums import TextMode, WrapMode

from printing import font

Colour = tuple[int, int, int]
Align = Literal["L", "C", "R"]
INK, SOFT, LINE = (28, 39, 51), (96, 108, 120), (200, 186, 154)
RED, GOLD, WASH = (142, 27, 27), (173, 138, 72), (252, 249, 241)
FAINT, GHOST = (243, 236, 220), (226, 226, 230)
WIDTH, HEIGHT = 210.0, 297.0
TURNS = 360  # points of one line of the rosette


class Sheet(FPDF):
    """One page; the same calls make the same bytes."""

    def __init__(self, *, characters: str, made: datetime) -> None:
        super().__init__(format="A4")
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        self.set_creation_date(made)
        self.set_producer("jijiao")
        self.add_font("serif", fname=font.serif())
        self.add_font("sans", fname=font.sans())
        if few := font.rare(characters):
            with tempfile.TemporaryDirectory() as folder:
                cut = Path(folder) / "rare.otf"
                font.cut(few, cut)
                self.add_font("rare", fname=cut)
                self.fonts["rare"].ttfont.ensureDecompiled()  # type: ignore[union-attr]
            self.set_fallback_fonts(["rare"])
        self.add_page()

    def write_at(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float,
        colour: Colour = INK,
        face: str = "serif",
        align: Align = "L",
        bold: bool = False,
    ) -> None:
        """One line in a box whose upper left corner is named; it shrinks rather than leave it."""
        shown = font.spelt(text)
        self.set_font(face, size=size)
        fitting = min(size, size * width / max(self.get_string_width(shown), 0.1))
        y, size = y + (size - fitting) * 0.25, fitting
        self.set_font(face, size=size)
        mode = TextMode.FILL_STROKE if bold else TextMode.FILL
        with self.local_context(text_mode=mode, line_width=size * 0.009):
            self.set_text_color(*colour)
            self.set_draw_color(*colour)
            self.set_xy(x, y)
            self.cell(width, size * 0.5, shown, align=align)

    def write_lines(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float,
        colour: Colour = INK,
        face: str = "serif",
        spacing: float = 0.6,
    ) -> float:
        """A paragraph; the answer is where it ends."""
        self.set_font(face, size=size)
        self.set_text_color(*colour)
        self.set_xy(x, y)
        self.multi_cell(width, size * spacing, font.spelt(text), align="L", wrapmode="CHAR")  # type: ignore[arg-type]
        return float(self.get_y())

    def height(self, lines: Sequence[str], width: float, *, size: float) -> float:
        """How tall some paragraphs will be, set closely."""
        self.set_font("sans", size=size)
        spelt = [font.spelt(line) for line in lines]
        split = [
            self.multi_cell(width, text=each, wrapmode=WrapMode.CHAR, dry_run=True, output="LINES")
            for each in spelt
        ]
        return sum(map(len, split)) * size * 0.55  # type: ignore[arg-type]

    def rule(self, x: float, y: float, width: float, *, weight: float, colour: Colour) -> None:
        """A line across."""
        self.set_draw_color(*colour)
        self.set_line_width(weight)
        self.line(x, y, x + width, y)

    def frame(self, inset: float, *, weight: float, colour: Colour) -> None:
        """A rectangle along the edge of the sheet."""
        self.set_draw_color(*colour)
        self.set_line_width(weight)
        self.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)

    def rosette(self, x: float, y: float, radius: float, *, petals: int, colour: Colour) -> None:
        """Fine interlaced lines, which a copier smears."""
        self.set_draw_color(*colour)
        self.set_line_width(0.12)
        for ring in range(6):
            size, depth = radius * (1 - 0.11 * ring), radius * 0.16
            for shift in (0.0, math.pi):
                self.polyline(_wave(x, y, size, depth, petals, shift + ring * 0.4))

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code with its quiet zone inside the square."""
        code = segno.make_qr(text, error="m")
        rows = [bytes(row) for row in code.matrix_iter(border=4)]
        step = side / len(rows)
        self.set_fill_color(255)
        self.rect(x, y, side, side, style="F")
        self.set_fill_color(*INK)
        for down, row in enumerate(rows):
            for start, end in _runs(row):
                box = (x + start * step, y + down * step, (end - start) * step, step)
                self.rect(*box, style="F")


def _wave(
    x: float, y: float, size: float, depth: float, petals: int, shift: float
) -> Sequence[tuple[float, float]]:
    """A closed line that swings round a circle."""
    points = []
    for each in range(TURNS + 1):
        angle = 2 * math.pi * each / TURNS
        out = size - depth / 2 + depth / 2 * math.cos(petals * angle + shift)
        points.append((x + out * math.cos(angle), y + out * math.sin(angle)))
    return points


def _runs(row: bytes) -> Sequence[tuple[int, int]]:
    """The dark stretches of a row."""
    runs, start = [], None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place))
            start = None
    return runs
