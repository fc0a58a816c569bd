"""Professional titles (职称): the catalogue of GB/T 8561-2001, and which business a level takes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType


class TitleLevel(StrEnum):
    """Level of a title (级别), low to high; the last digit of the code: 5, 4, 3, 2, 1."""

    TECHNICIAN = "technician"
    ASSISTANT = "assistant"
    INTERMEDIATE = "intermediate"
    ASSOCIATE_SENIOR = "associate_senior"
    SENIOR = "senior"


class CycleBusiness(StrEnum):
    """The two yearly businesses of cycle verification: L218–222, L514–515."""

    TO_INTERMEDIATE = "to_intermediate"
    TO_SENIOR = "to_senior"


@dataclass(frozen=True, slots=True)
class Title:
    """One title. Several series have a 讲师 or a 馆员: the code or (series, title) is the key."""

    code: str
    series: str
    title: str
    level: TitleLevel


CATALOGUE = Path(__file__).with_name("titles.csv")

LEVELS = MappingProxyType(
    {
        "员级": TitleLevel.TECHNICIAN,
        "助理级": TitleLevel.ASSISTANT,
        "中级": TitleLevel.INTERMEDIATE,
        "副高": TitleLevel.ASSOCIATE_SENIOR,
        "正高": TitleLevel.SENIOR,
    }
)

SENIOR_LEVELS = (TitleLevel.ASSOCIATE_SENIOR, TitleLevel.SENIOR)


@cache
def catalogue() -> Mapping[str, Title]:
    """Return every title by its code, in the order of titles.csv.

    Source: GB/T 8561-2001 专业技术职务代码, read from a public copy; codes that begin with X are
    ours (文学创作 and later reforms). Compare with the printed standard: a few may be missing.
    """
    with CATALOGUE.open(encoding="utf-8", newline="") as lines:
        rows = [
            Title(row["code"], row["series"], row["title"], LEVELS[row["level"]])
            for row in csv.DictReader(lines)
        ]
    return MappingProxyType({title.code: title for title in rows})


@cache
def _by_name() -> Mapping[tuple[str, str], Title]:
    return {(title.series, title.title): title for title in catalogue().values()}


def by_code(code: str | None) -> Title | None:
    """Return the title of this code (GB/T 8561-2001, or ours with X); None where there is none."""
    return catalogue().get(code) if code else None


def find(*, series: str, title: str) -> Title | None:
    """Return the title of this name within this series, which together are unique."""
    return _by_name().get((series, title))


def above(target: Title, present: Title) -> bool:
    """Tell whether the target stands on a higher level than the present title: a promotion."""
    order = list(TitleLevel)
    return order.index(target.level) > order.index(present.level)


def business_of_level(level: TitleLevel) -> CycleBusiness:
    """Return the yearly business that takes applications for a target of this level.

    初、中级职称复验 takes technician, assistant and intermediate; 中级晋升副高、副高晋升正高 takes
    both senior levels: L222, L515, L606–614.
    """
    return CycleBusiness.TO_SENIOR if level in SENIOR_LEVELS else CycleBusiness.TO_INTERMEDIATE
