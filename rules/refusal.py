"""A refusal: why something is not so, as a value with a code, data and the field it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason. `data` holds strings, integers and lists only: decimals and dates as text."""

    code: str
    data: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    path: tuple[str, ...] = ()

    def under(self, *path: str) -> "Refused":
        """Return the same refusal, seen from outside: its path below `path`."""
        return replace(self, path=(*path, *self.path))


def all_of(problems: Sequence[Refused]) -> Refused:
    """Return several problems of one input as one refusal; each keeps its field."""
    listed = [
        {"code": problem.code, "data": dict(problem.data), "path": list(problem.path)}
        for problem in problems
    ]
    return Refused("INVALID_INPUT", {"problems": listed})
