"""The command `rules check`: an official's own tables of examples against the rules."""

import csv
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rules import table
from rules.cell import Row
from rules.table import Checked, Difference, Kind

if TYPE_CHECKING:
    from settings import Settings

USAGE = "rules check FILE.csv …"
AGREES, DIFFERS, UNREADABLE = 0, 1, 2


class Unreadable(ValueError):
    """A file that is no table of examples; the text says what was expected."""


def main(settings: "Settings", arguments: Sequence[str]) -> int:
    """Print what agrees and what differs; 1 where anything differs, 2 for a file of no kind."""
    if arguments[:1] != ["check"] or not arguments[1:]:
        sys.stderr.write(f"{USAGE}\n")
        return UNREADABLE
    return max(_file(name) for name in arguments[1:])


def _file(name: str) -> int:
    try:
        checked = table.compared(*read(Path(name)))
    except Unreadable as problem:
        sys.stderr.write(f"{name}: {problem}\n")
        return UNREADABLE
    sys.stdout.write("".join(f"{line}\n" for line in report(name, checked)))
    return DIFFERS if checked.differences else AGREES


def read(path: Path) -> tuple[Kind, list[Row]]:
    """Read a table and recognise its kind by its columns."""
    try:
        header, *lines = csv.reader(StringIO(_text(path)), strict=True)
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise Unreadable(f"cannot be read: {error}") from error
    except ValueError:
        raise Unreadable("is empty") from None
    header = [column.strip() for column in header]
    kind = table.recognised(header)
    if kind is None:
        raise Unreadable(expected(header))
    rows = list(_rows(header, lines))
    if not rows:
        raise Unreadable("has no rows below its columns")
    return kind, rows


def expected(header: Sequence[str]) -> str:
    """Say what the nearest kind misses, and which columns each kind has."""
    near = table.nearest(header)
    missing = [column for column in near.columns if column not in header]
    kinds = [f"  {kind.name}: {', '.join(kind.columns)}" for kind in table.KINDS]
    return "\n".join(
        [
            "no kind of table has these columns.",
            f"Nearest is {near.name}; missing: {', '.join(missing)}.",
            "Each kind needs, in any order:",
            *kinds,
        ]
    )


def report(name: str, checked: Checked) -> Iterator[str]:
    """Say in lines what agrees and where the table and the rules differ."""
    agree = checked.cells - len(checked.differences)
    yield (
        f"{name}: {checked.kind.name}; {checked.rows} rows,"
        f" {agree} cells agree, {len(checked.differences)} differ"
    )
    yield from (f"  {_words(each)}" for each in checked.differences)


def _words(found: Difference) -> str:
    if not found.column:
        return f"{found.key}: cannot be computed: {found.computed}"
    told, computed = found.told or "nothing", found.computed or "nothing"
    return f"{found.key} {found.column}: the table says {told}, the rules say {computed}"


def _text(path: Path) -> str:
    """Read UTF-8 with or without a mark, else GB 18030, which spreadsheets write in China."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _rows(header: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    """Yield the rows, without blank ones; cells that are not there are empty."""
    for line in lines:
        if any(cell.strip() for cell in line):
            padded = [*line, *[""] * (len(header) - len(line))]
            yield dict(zip(header, padded, strict=False))
