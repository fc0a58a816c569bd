"""What an event of a case says to any reader of its timeline (办理情况), before the words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.read import Row
from workflow.case import Kind
from workflow.vocabulary import APPLICANT

Titles = Mapping[str, Sequence[str]]
Data = Mapping[str, Any]


def former_titles(events: Sequence[Row]) -> Titles:
    """The titles of steps under the versions of the route that the case has left."""
    left = [json.loads(one.data) for one in events if one.kind == Kind.MIGRATED_DEFINITION]
    return {key: pair for data in left for key, pair in data["titles"].items()}


def place(kind: str, data: Data) -> str | None:
    """The key of the step it happened at; what another gives up is given up at none."""
    if kind == Kind.WITHDRAWN and "left" in data:
        return None
    if kind in (Kind.SUBMITTED, Kind.WITHDRAWN):
        return APPLICANT
    if kind == Kind.RECALLED and data.get("to") == APPLICANT:
        return APPLICANT
    return data.get("from") or data.get("step")


def destination(data: Data) -> str | None:
    """The key of the step it leads to; what was handed back goes to people, and names none."""
    to = data.get("to")
    return to if isinstance(to, str) else None


def deed(kind: str, data: Data) -> tuple[str, str]:
    """The act of an opinion, the kind of anything else: which list of words, and the word."""
    return ("act", data["act"]) if kind == Kind.OPINED else ("event", kind)
