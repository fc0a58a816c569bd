"""The reviewed table `policy.toml`: who reads which row, and whose schema has which field."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TABLE: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("policy.toml").read_text(encoding="utf-8")
)
ACTORS: Mapping[str, str] = TABLE["actors"]
OFFICES = ("hospital", "museum", "gone", "clinic", "school", "far school")
CARD = frozenset(TABLE["card"]["fields"].split())
CARD_EDGES = frozenset(TABLE["card"]["edges"].split())


def parted(place: str) -> tuple[str, str]:
    """A place as office and state: `far school draft` is a draft at the far school."""
    for office in OFFICES:
        if place == office or place.startswith(f"{office} "):
            return office, place.removeprefix(office).strip()
    return "city", "" if place == "city" else place


def readers(type_name: str, place: str, table: str = "rows") -> frozenset[str]:
    """Who reads the row of this type at this place; an unknown one is a KeyError with its name."""
    office, state = parted(place)
    audiences = TABLE["audience"]
    found = {
        actor
        for word in TABLE[table][f"{type_name} {state}".strip()].split()
        for actor in (audiences[word].get(office, "").split() if word in audiences else [word])
    }
    assert found <= set(ACTORS), found
    return frozenset(found)


def told(type_name: str, place: str) -> frozenset[str]:
    """To whom a verb admits that the row is there."""
    return readers(type_name, place, "told" if type_name in TABLE["told"] else "rows")


def kinds(type_name: str, field: str) -> frozenset[str]:
    """Whose schemas have a field; without a line, a KeyError with its name."""
    for word, names in TABLE["fields"].get(type_name, {}).items():
        if field in names.split():
            return frozenset(TABLE["roles"][word].split())
    raise KeyError(f"{type_name}.{field} has no line in policy.toml")
