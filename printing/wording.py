"""Years, days and rules as a certificate words them."""

from collections.abc import Mapping, Sequence
from typing import Any

VERDICTS = {"pass": "通过", "fail": "不通过"}
UNSOURCED = "该标准由本系统设定，无出处。"
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def years(given: Sequence[int]) -> str:
    """2026 年度, or 2021—2025 年度."""
    if len(given) == 1:
        return f"{given[0]} 年度"
    together = list(given) == list(range(given[0], given[-1] + 1))
    return f"{given[0]}—{given[-1]} 年度" if together else f"{'、'.join(map(str, given))} 年度"


def day(iso: str) -> str:
    """二〇二六年十一月二十五日."""
    year, month, number = iso.split("-")
    return f"{year.translate(DIGITS)}年{_count(int(month))}月{_count(int(number))}日"


def short_day(iso: str) -> str:
    """2012年3月6日."""
    year, month, number = iso.split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def rule(given: Mapping[str, Any]) -> str:
    """A row of the regulation, and where it is written."""
    unsourced = UNSOURCED if given["unsourced"] else ""
    document = f"{given['document']}，" if given.get("document") else ""
    return f"{document}政策条目 {given['id']}，出处：{given['source']}。{unsourced}"


def by_year(figures: Sequence[Mapping[str, Any]]) -> Sequence[tuple[Sequence[int], str]]:
    """Each rule of a table once, with the years it decided."""
    told: dict[str, list[int]] = {}
    for each in figures:
        if "rule" in each:
            told.setdefault(rule(each["rule"]), []).append(each["year"])
    return [(found, text) for text, found in told.items()]


def _count(number: int) -> str:
    """A number up to 31 as it is said."""
    tens, ones = divmod(number, 10)
    said = "" if not tens else ("十" if tens == 1 else f"{'〇一二三'[tens]}十")
    return said + (str(ones).translate(DIGITS) if ones else "")
