"""The example operations: one file of docs/operations per screen, with title, roles and variables.

The first lines of a file are comments: `# 中文 · English (guide L…)`, `# for: roles`, and, if the
operation takes variables, `# with: {…}`. In these `@task.id` stands for what the reader has.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

from models.account import OFFICERS, UserType

OPERATIONS = Path(__file__).parent.parent / "docs" / "operations"
EVERYBODY = "everybody"
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One operation, as the library of GraphiQL shows it."""

    name: str
    kind: str
    chinese: str
    english: str
    roles: Sequence[UserType]
    variables: Mapping[str, Any]
    query: str


@cache
def library() -> Sequence[Example]:
    """Every example, in the order of the files, which are read once."""
    return [read(path) for path in files()]


def files() -> Sequence[Path]:
    """The files by their numbers: 100 comes after 99, 114b after 114."""
    return sorted(OPERATIONS.glob("*.graphql"), key=numbered)


def numbered(path: Path) -> tuple[int, str]:
    """Where a file stands."""
    found = NUMBER.match(path.name)
    return (int(found[0]) if found else 0, path.name)


def read(path: Path) -> Example:
    """One file; what it does not say stops the start."""
    query = path.read_text(encoding="utf-8")
    title, roles, *more = query.splitlines()
    chinese, english = title.removeprefix("# ").split(" · ", 1)
    (definition,) = parse(query).definitions
    assert isinstance(definition, OperationDefinitionNode) and definition.name
    return Example(
        name=definition.name.value,
        kind=definition.operation.value,
        chinese=chinese,
        english=english.partition(" (guide")[0],
        roles=seats(roles),
        variables=given(more[0]),
        query=query,
    )


def seats(line: str) -> Sequence[UserType]:
    """The user types it is for."""
    first, *more = line.removeprefix("# for: ").split(", ")
    if first != EVERYBODY:
        return [UserType(each) for each in (first, *more)]
    everybody = [each for each in UserType if each not in OFFICERS]
    return [*everybody, *(UserType(each) for each in more)]


def given(line: str) -> Mapping[str, Any]:
    """Example variables, if the third line has them."""
    mark, _, values = line.partition("# with: ")
    return json.loads(values) if values and not mark else {}
