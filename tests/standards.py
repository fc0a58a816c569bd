"""Which tests show what the standards ask: the page is made of docs/standards.toml.

`python -m tests.standards > docs/standards.md`
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests import shape

SOURCE = shape.ROOT / "docs/standards.toml"
PAGE = shape.ROOT / "docs/standards.md"
HEAD = """# Standards: what is shown, and what is not

For assessors. Made of `docs/standards.toml` by `.venv/bin/python -m tests.standards`; a test
compares, and another looks whether every test named here is there. Wordings are shortened. A test
shows what it asserts and no more; where there is none, or where it shows only a part, the last
column says what is missing. What follows from the gaps: [security.md](security.md).
"""
COLUMNS = "| item | what it asks | tests | what is missing |\n|---|---|---|---|\n"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One demand: the tests that show it, and what they do not show."""

    number: str
    asks: str
    tests: tuple[str, ...] = ()
    gap: str = ""


Standards = Mapping[str, Sequence[Item]]


def current() -> Standards:
    """The items of each standard by its title."""
    told = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["standard"]
    return {one["title"]: [item(**each) for each in one["item"]] for one in told.values()}


def item(*, tests: Sequence[str] = (), **told: str) -> Item:
    """An item as it is written."""
    return Item(tests=tuple(tests), **told)


def page(standards: Standards) -> str:
    """The tables as people read them."""
    return HEAD + "".join(part for title in standards for part in table(title, standards[title]))


def table(title: str, items: Sequence[Item]) -> Iterator[str]:
    """One standard."""
    shown = sum(bool(each.tests) for each in items)
    whole = sum(not each.gap for each in items)
    yield f"\n## {title}\n\n{len(items)} rows: {shown} with a test, {whole} without a gap.\n\n"
    yield COLUMNS
    for each in items:
        named = " ".join(f"`{test}`" for test in each.tests) or "none"
        yield f"| {each.number} | {each.asks} | {named} | {each.gap} |\n"


if __name__ == "__main__":
    sys.stdout.write(page(current()))
