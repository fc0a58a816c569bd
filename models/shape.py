"""What is wanted of rows: fields by name, and what is wanted of the rows they lead to.

A shape knows no GraphQL: whoever asks says which field goes under which key and how its value is
written as JSON. What PostgreSQL can write by itself is painted there (`models/picture.py`); the
rest is left to Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeAlias


class Kind(Enum):
    """How a value is written."""

    TEXT = auto()
    NUMBER = auto()
    TRUTH = auto()
    HOURS = auto()
    DAY = auto()
    INSTANT = auto()
    WORD = auto()
    NODE_ID = auto()
    TYPE_NAME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value of the row; `words` gives the name of each member of a closed list."""

    key: str
    name: str
    kind: Kind
    required: bool
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Rows this row leads to, by the name of their type; one, or all of a list."""

    key: str
    name: str
    required: bool
    many: bool
    shapes: Mapping[str, "Shape"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question only Python answers."""

    key: str


Field: TypeAlias = Leaf | Branch | Asked


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields wanted of a row of one type, in the order of the answer."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Shapes by type of row, and what was worked out from them, which lives as long as they do."""

    shapes: Mapping[str, Shape]
    worked_out: dict[Any, Any] = field(default_factory=dict)
