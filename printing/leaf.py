"""Pages that follow each other: what does not fit goes on overleaf, and each has its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf.enums import MethodReturnValue, WrapMode

from printing import font
from printing.sheet import GOLD, INK, LINE, RED, SOFT, WASH, WIDTH, Align, Colour, Sheet

LEFT, TOP, BOTTOM = 16.0, 22.0, 277.0
INNER = WIDTH - 2 * LEFT
NAME = 40.0  # width of the names beside values
CHINESE = "\u2e80"  # from here on a line may end anywhere, before it between words
STEP = 0.52  # height of a line in millimetres, of each point of its size


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, in millimetres."""

    width: float


class Leaf(Sheet):
    """A sheet with a place where the next thing is written."""

    def __init__(self, *, characters: str, made: datetime, head: tuple[str, str]) -> None:
        self.heads = head
        self.down = TOP
        super().__init__(characters=characters, made=made)

    def header(self) -> None:
        """What stands over every page."""
        self.down = TOP
        self.write_at(LEFT, 11, INNER, self.heads[0], size=8, colour=SOFT, face="sans")
        self.rule(LEFT, 17, INNER, weight=0.3, colour=GOLD)

    def footer(self) -> None:
        """Which page of how many."""
        number = f"{self.page_no()} / {{nb}}"
        self.rule(LEFT, 283, INNER, weight=0.2, colour=LINE)
        self.write_at(LEFT, 285, 120, self.heads[1], size=8, colour=SOFT, face="sans")
        self.set_font("sans", size=8)
        self.set_text_color(*SOFT)
        self.set_xy(LEFT + INNER - 30, 285)
        self.cell(30, 4, number, align="R")

    def room(self, height: float) -> None:
        """A new page, unless so much fits on this one."""
        if self.down + height > BOTTOM:
            self.add_page()

    def space(self, height: float) -> None:
        """Nothing, for a while."""
        self.down += height

    def heading(self, text: str) -> None:
        """The title of a part, never alone at the foot of a page."""
        self.room(24)
        self.space(5)
        self.write_at(LEFT, self.down, INNER, text, size=13, colour=RED, bold=True)
        self.rule(LEFT, self.down + 8, INNER, weight=0.3, colour=GOLD)
        self.space(10.5)

    def single(
        self,
        text: str,
        *,
        size: float,
        colour: Colour = INK,
        align: Align = "L",
        bold: bool = False,
    ) -> None:
        """One line."""
        self.room(size * 0.6)
        self.write_at(
            LEFT, self.down, INNER, text, size=size, colour=colour, align=align, bold=bold
        )
        self.space(size * 0.6)

    def paragraph(self, text: str, *, colour: Colour = INK) -> None:
        """Lines of text over the whole width."""
        self.flow(LEFT, INNER, text, size=9.5, colour=colour, face="serif")
        self.space(0.8)

    def small(self, text: str) -> None:
        """What is for machines, or for few."""
        self.flow(LEFT, INNER, text, size=7.5, colour=SOFT, face="sans")
        self.space(0.6)

    def pair(self, name: str, value: str) -> None:
        """A name and its value."""
        height = self.tall(value, INNER - NAME, 9.5, "serif")
        self.room(min(height, BOTTOM - TOP))
        self.write_at(LEFT, self.down, NAME - 2, name, size=9, colour=SOFT, face="sans")
        self.flow(LEFT + NAME, INNER - NAME, value, size=9.5, colour=INK, face="serif")
        self.space(0.6)

    def flow(
        self, x: float, width: float, text: str, *, size: float, colour: Colour, face: str
    ) -> None:
        """Lines of text that go on overleaf."""
        for each in self.broken(text, width, size, face):
            self.room(size * STEP)
            self.write_at(x, self.down, width, each, size=size, colour=colour, face=face)
            self.space(size * STEP)

    def broken(self, text: str, width: float, size: float, face: str) -> list[str]:
        """A text as the lines it needs."""
        self.set_font(face, size=size)
        found: list[str] = []
        for part in map(font.spelt, text.split("\n")):
            chinese = any(each >= CHINESE for each in part)
            lines = self.multi_cell(
                width,
                size * STEP,
                part,
                dry_run=True,
                output=MethodReturnValue.LINES,
                wrapmode=WrapMode.CHAR if chinese else WrapMode.WORD,
            )
            assert isinstance(lines, list)
            found += lines or [""]
        return found

    def tall(self, text: str, width: float, size: float, face: str) -> float:
        """How much room a text takes."""
        return len(self.broken(text, width, size, face)) * size * STEP

    def tabulate(
        self,
        columns: Sequence[Column],
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        size: float = 8.5,
    ) -> None:
        """A table; its head is written again on every page."""
        self.head_row(columns, head, size)
        for cells in rows:
            lines = [
                self.broken(text, column.width - 3, size, "serif")
                for text, column in zip(cells, columns, strict=True)
            ]
            height = max(map(len, lines)) * size * STEP + 2
            if self.down + height > BOTTOM:
                self.add_page()
                self.head_row(columns, head, size)
            self.row(columns, lines, size)

    def head_row(self, columns: Sequence[Column], head: Sequence[str], size: float) -> None:
        """The names of the columns."""
        self.room(14)
        height = size * STEP + 2
        self.set_fill_color(*WASH)
        self.rect(LEFT, self.down, sum(one.width for one in columns), height, style="F")
        self.cells(columns, [[text] for text in head], size, SOFT, "sans")
        self.space(height)

    def row(self, columns: Sequence[Column], lines: Sequence[Sequence[str]], size: float) -> None:
        """One row; one longer than a page goes on as rows of its own."""
        most = int((BOTTOM - self.down - 2) / (size * STEP))
        here = [each[:most] for each in lines]
        self.cells(columns, here, size, INK, "serif")
        self.space(max(map(len, here)) * size * STEP + 2)
        self.rule(LEFT, self.down, sum(one.width for one in columns), weight=0.1, colour=LINE)
        rest = [each[most:] for each in lines]
        if any(rest):
            self.add_page()
            self.row(columns, rest, size)

    def cells(
        self,
        columns: Sequence[Column],
        lines: Sequence[Sequence[str]],
        size: float,
        colour: Colour,
        face: str,
    ) -> None:
        """The texts of a row beside each other."""
        x = LEFT
        for texts, column in zip(lines, columns, strict=True):
            for number, text in enumerate(texts):
                y = self.down + 1 + number * size * STEP
                width = column.width - 3
                self.write_at(x + 1.5, y, width, text, size=size, colour=colour, face=face)
            x += column.width
