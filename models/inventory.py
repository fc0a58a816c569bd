"""The inventory of personal data: every column of every table, reviewed in `inventory.toml`."""

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

FILE = Path(__file__).with_name("inventory.toml")
HEAD = """# Personal data

Every personal column of the database: what it is for, by which law, who sees it and how long it \
stays. Made by `jijiao inventory` from `models/inventory.toml`; a test compares it with the \
database, and a column that nobody has reviewed fails it.

| what | purpose | legal basis | who sees it | how long it stays |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A kind of personal data: all columns of it are treated alike."""

    title: str
    purpose: str
    basis: str
    readers: str
    kept: str


Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The classes; by table the personal columns of each class; by table all others."""

    classes: Mapping[str, Class]
    personal: Mapping[str, Columns]
    other: Columns

    def columns(self, table: str) -> list[str]:
        """Every column of a table, personal or not."""
        personal = [name for names in self.personal.get(table, {}).values() for name in names]
        return [*personal, *self.other.get(table, ())]


@cache
def current() -> Inventory:
    """The inventory of this release."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    classes = {name: Class(**one) for name, one in told["class"].items()}
    return Inventory(classes=classes, personal=told["personal"], other=told["other"])


def main(settings: "Settings", arguments: Sequence[str]) -> None:
    """Print what docs/personal-data.md holds."""
    sys.stdout.write(page(current()))


def page(inventory: Inventory) -> str:
    """The inventory as people read it."""
    return HEAD + "".join([*kinds(inventory), *tables(inventory)])


def kinds(inventory: Inventory) -> Iterator[str]:
    """One line for each class."""
    for one in inventory.classes.values():
        yield f"| {one.title} | {one.purpose} | {one.basis} | {one.readers} | {one.kept} |\n"


def tables(inventory: Inventory) -> Iterator[str]:
    """The columns of each table by their class."""
    yield "\n## By table\n\n| table | what | columns |\n|---|---|---|\n"
    for table, columns in inventory.personal.items():
        for kind, names in columns.items():
            listed = ", ".join(f"`{name}`" for name in names)
            yield f"| `{table}` | {inventory.classes[kind].title} | {listed} |\n"
    yield "\nAll other columns speak of nobody; `models/inventory.toml` lists them as well.\n"
