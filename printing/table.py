"""A table on a sheet: columns with their widths, and rows that share what height there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from printing.sheet import GOLD, INK, LINE, SOFT, Sheet

ROW = 7.6  # the tallest a line is


@dataclass(frozen=True, slots=True)
class Row:
    """One line: set in grey when it says what is asked for; a new one has a rule above it."""

    cells: Sequence[str]
    soft: bool = False
    new: bool = True


Columns = Sequence[tuple[str, float]]


def draw(
    sheet: Sheet, columns: Columns, rows: Sequence[Row], *, x: float, top: float, tallest: float
) -> float:
    """The head and the rows; the answer is where it ends."""
    height = min(ROW, tallest / len(rows))
    width = sum(each for _, each in columns)
    sheet.rule(x, top, width, weight=0.5, colour=GOLD)
    _line(sheet, columns, Row([name for name, _ in columns], soft=True), x, top, ROW)
    y = top + ROW
    for row in rows:
        if row.new:
            sheet.rule(x, y, width, weight=0.2, colour=LINE)
        _line(sheet, columns, row, x, y, height)
        y += height
    sheet.rule(x, y, width, weight=0.5, colour=GOLD)
    return y


def _line(sheet: Sheet, columns: Columns, row: Row, x: float, y: float, height: float) -> None:
    """One line of the table."""
    size = (9.5 if row.soft else 11.5) * min(1.0, height / ROW + 0.1)
    colour, face = (SOFT, "sans") if row.soft else (INK, "serif")
    for text, (_, width) in zip(row.cells, columns, strict=True):
        top = y + (height - size * 0.5) / 2
        sheet.write_at(x + 1, top, width - 2, text, size=size, colour=colour, face=face, align="C")
        x += width
