"""Where the keys of a route text stand: `tomllib` keeps no positions."""

import re
from collections.abc import Mapping

HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[A-Za-z0-9_.\-]+)\s*\]\]?")
KEY = re.compile(r"\s*(?P<path>[A-Za-z0-9_\-]+)\s*[.=]")
QUOTES = re.compile(r'"""|\'\'\'')

Lines = Mapping[tuple[int | None, str], int]


def locate(text: str) -> Lines:
    """Map (number of the step or None, key) to its first line; the key "" is the step itself."""
    lines: dict[tuple[int | None, str], int] = {(None, ""): 1}
    step: int | None = None
    inside_text = False
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside_text:
            if header := HEADER.match(line):
                step, table = opened(line, header["path"], step)
                lines.setdefault((step, table), number)
            elif key := KEY.match(line):
                lines.setdefault((step, table or key["path"]), number)
        inside_text ^= len(QUOTES.findall(line)) % 2 == 1
    return lines


def opened(line: str, path: str, step: int | None) -> tuple[int | None, str]:
    """Tell which step, and which table of it, a header opens."""
    first, _, rest = path.partition(".")
    if line.lstrip().startswith("[[") and path == "step":
        return (0 if step is None else step + 1), ""
    if first == "step" and step is not None:
        return step, rest
    return None, path


def line_of(lines: Lines, step: int | None, key: str) -> int:
    """Return the line of a key, else of its step."""
    return lines.get((step, key)) or lines.get((step, ""), 1)
