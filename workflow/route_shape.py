"""The shape of a route file: which keys there are, and of what type."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn

from workflow import route_lines
from workflow.route_lines import Lines

AT_LINE = re.compile(r"at line (\d+)")


class RouteError(ValueError):
    """A route text that breaks a rule."""

    def __init__(self, rule: str, *, line: int, data: Mapping[str, Any], file: str = "") -> None:
        super().__init__(f"{file or 'route'}:{line}: {rule} {dict(data)}")
        self.rule = rule
        self.line = line
        self.data = data
        self.file = file


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text something is said."""

    file: str
    lines: Lines
    step: int | None = None

    def at(self, step: int | None) -> "Place":
        """Look at a step."""
        return replace(self, step=step)

    def fail(self, rule: str, at: str, /, **data: Any) -> NoReturn:
        """Name the broken rule and the line of the key."""
        line = route_lines.line_of(self.lines, self.step, at)
        raise RouteError(rule, line=line, data=data, file=self.file)

    def known(self, key: str, words: Iterable[str], allowed: Iterable[str], rule: str) -> None:
        """Refuse the first word that is not allowed."""
        closed = tuple(allowed)
        for word in words:
            if word not in closed:
                self.fail(rule, key, word=word, allowed=[str(one) for one in closed])


class Field(NamedTuple):
    """One key: its type in words, and whether it must be there."""

    type: str
    required: bool = False


ROUTE: Mapping[str, Field] = {
    "code": Field("text", required=True),
    "version": Field("number", required=True),
    "title": Field("text", required=True),
    "title_en": Field("text"),
    "subject": Field("text", required=True),
    "applies": Field("table"),
    "on_resubmit": Field("text"),
    "step": Field("tables", required=True),
}
STEP: Mapping[str, Field] = {
    "key": Field("text", required=True),
    "title": Field("text", required=True),
    "title_en": Field("text"),
    "by": Field("table", required=True),
    "needs": Field("number"),
    "may": Field("words", required=True),
    "return_to": Field("words"),
    "not_acted_in": Field("words"),
    "writes": Field("words"),
    "due": Field("text"),
    "on_overdue": Field("words"),
    "skip_when": Field("text"),
    "ends_for": Field("words"),
    "understaffed": Field("text"),
    "stand_in": Field("table"),
}
SEATS: Mapping[str, Field] = {
    "org": Field("text", required=True),
    "groups": Field("words", required=True),
}


def parsed(text: str, *, file: str) -> dict[str, Any]:
    """Parse TOML; the parser's own complaint becomes the first rule."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = AT_LINE.search(str(fault))
        line = int(found[1]) if found else text.count("\n") + 1
        raise RouteError("toml", line=line, data={"detail": str(fault)}, file=file) from fault


def check(document: Mapping[str, Any], place: Place) -> None:
    """Refuse unknown keys, missing keys and wrong types, everywhere."""
    check_table(document, ROUTE, place)
    for selector, words in document.get("applies", {}).items():
        if not of_type(words, "words"):
            place.fail("wrong_type", "applies", key=f"applies.{selector}", expected="words")
    for number, step in enumerate(document["step"]):
        check_table(step, STEP, place.at(number))
        for key in ("by", "stand_in"):
            if key in step:
                check_table(step[key], SEATS, place.at(number), within=key)


def check_table(
    table: Mapping[str, Any], fields: Mapping[str, Field], place: Place, *, within: str = ""
) -> None:
    """Hold one table against its fields; `within` is the key it stands under."""
    prefix = f"{within}." if within else ""
    for key in table:
        if key not in fields:
            place.fail("unknown_key", within or key, key=prefix + key)
    for key, wanted in fields.items():
        if key not in table:
            if wanted.required:
                place.fail("missing_key", within, key=prefix + key)
        elif not of_type(table[key], wanted.type):
            place.fail("wrong_type", within or key, key=prefix + key, expected=wanted.type)


def of_type(value: Any, wanted: str) -> bool:
    """Tell whether a value has the type a field asks for."""
    match wanted:
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool)
        case "table":
            return isinstance(value, dict)
        case "words":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case _:
            return isinstance(value, list) and all(isinstance(one, dict) for one in value)
