"""What a recalculation (重新统计学时) changed: two explanations held against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Told = Mapping[str, Any]

# What a reader compares, in the order of the screen (L257–287): years, hours, courses, verdict.
SAID = ("firstYear", "lastYear", "required", "verdict", "supplementUsed", "binding")
COUNTED = (
    "totalHours",
    "publicHours",
    "professionalHours",
    "electiveHours",
    "days",
    "publicCourses",
    "professionalCourses",
)


class Fate(StrEnum):
    """What became of a record between two counts."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure that is another now; nothing stands where there was no cycle."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record that counts otherwise now, or that is new or gone."""

    record_id: str
    fate: Fate
    before: Told | None
    after: Told | None


def figures(before: Told | None, after: Told) -> Iterator[FigureChange]:
    """Yield the figures that differ from the snapshot before; of the first one, none."""
    if before is None:
        return
    for names, was, now in (
        (SAID, before, after),
        (COUNTED, before.get("figures", {}), after.get("figures", {})),
    ):
        for name in names:
            if was.get(name) != now.get(name):
                yield FigureChange(name, was.get(name), now.get(name))


def records(before: Told | None, after: Told) -> Iterator[RecordChange]:
    """Yield the records that count otherwise than before, the new ones and those that are gone."""
    if before is None:
        return
    was, now = _lines(before), _lines(after)
    for key in [*now, *(key for key in was if key not in now)]:
        old, new = was.get(key), now.get(key)
        if old != new:
            yield RecordChange(key, _fate(old, new), old, new)


def _lines(told: Told) -> dict[str, Told]:
    return {each["recordId"]: each for each in told.get("records", ())}


def _fate(old: Told | None, new: Told | None) -> Fate:
    if old is None:
        return Fate.ADDED
    return Fate.REMOVED if new is None else Fate.CHANGED
