"""Dates of the rules: the Shanghai date of an instant, weekdays, dates as people write them."""

import re
import unicodedata
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")

_WRITTEN = re.compile(
    r"""(?P<year>\d{4}) (?: [-/.](?P<month>\d{1,2}) [-/.](?P<day>\d{1,2})
                          | 年\s?(?P<month_of>\d{1,2})月\s?(?P<day_of>\d{1,2})日
                          | (?P<month_run>\d{2})(?P<day_run>\d{2}) )
        (?: [T\s]\s? (?P<hour>\d{1,2}) : (?P<minute>\d{2}) (?: :(?P<second>\d{2}) )? )?""",
    re.VERBOSE | re.ASCII,
)


def shanghai_date(instant: datetime) -> date:
    """Return the date the rules use for an instant; 1986–1991 had summer time (domain §6).

    Every deadline of the guide (31 January, 30 June) is a Shanghai date: domain §0.7.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(SHANGHAI).date()


def weekday(day: date) -> str:
    """Return the Chinese name of the weekday, as the page head shows it: L101, L473."""
    return WEEKDAYS[day.weekday()]


def written(text: str) -> date | datetime | None:
    """Read a date as people and old files write it; None when it is none.

    `2010-4-29`, `2010/4/29`, `2010.4.29`, `2010年4月29日`, `20100429`, each with a time of day
    behind it or without; full-width digits too. A time is local time of Shanghai: L259, L388.
    """
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    try:
        return _value(found)
    except ValueError:
        return None


def _value(found: re.Match[str]) -> date | datetime:
    month = found["month"] or found["month_of"] or found["month_run"]
    day_of_month = found["day"] or found["day_of"] or found["day_run"]
    day = date(int(found["year"]), int(month), int(day_of_month))
    if found["hour"] is None:
        return day
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    return datetime.combine(day, clock, tzinfo=SHANGHAI)
