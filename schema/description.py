"""What every element of the schema is for, in Chinese, by its coordinate; English is in the code.

A catalogue beside this file has a text for each `Type`, `Type.field`, `Type.field(argument:)` and
`Enum.VALUE`; a `*` in a key stands for any letters, so that what repeats is said once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
)

from schema.errors import ErrorCode
from workflow import message

LANGUAGE = "zh-CN"
FOLDER = Path(__file__).with_name("descriptions")


@cache
def catalogue() -> Mapping[str, str]:
    """Every text by its key; what a code means is said by the catalogue of sentences."""
    sentences = message.catalogue(LANGUAGE)
    found = {f"ErrorCode.{code}": sentences[code] for code in ErrorCode.__members__}
    for path in sorted(FOLDER.glob(f"*.{LANGUAGE}.toml")):
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"{path.name}: {key} is already in another file")
            found[key] = text
    return found


@cache
def patterns() -> Mapping[re.Pattern[str], str]:
    """The keys that stand for many elements."""
    return {pattern(key): text for key, text in catalogue().items() if "*" in key}


def pattern(key: str) -> re.Pattern[str]:
    """A key with `*` as an expression; it never reaches over a point."""
    return re.compile(re.escape(key).replace(r"\*", r"\w*"))


def chinese(coordinate: str) -> str | None:
    """The text of an element: its own, or that of the pattern it follows."""
    own = catalogue().get(coordinate)
    return own or next(
        (text for each, text in patterns().items() if each.fullmatch(coordinate)), None
    )


def elements(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Everything of ours that has a description, by its coordinate."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield name, kind
        members = getattr(kind, "fields", None) or getattr(kind, "values", {})
        for member, element in members.items():
            yield f"{name}.{member}", element
            for argument, asked in getattr(element, "args", {}).items():
                yield f"{name}.{member}({argument}:)", asked
