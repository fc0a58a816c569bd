"""The cycle an application was decided upon, read from its explanation: later rules spare it.

What was approved by a row of the regulation stays approved by it. Only the records may be others
since, and they are held against the numbers of the day.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rules import regulation
from rules.cycle import Requirement
from rules.period import Application, Begin, Cycle, End, Year
from rules.person import Discipline, PersonGroup
from rules.policy import CyclePolicy, CycleYearPolicy, Scope, WindowPolicy

Told = Mapping[str, Any]


def cycle(told: Told) -> Cycle:
    """The years of an explanation with the numbers it names."""
    applied = date.fromisoformat(told["applied"])
    return Cycle(
        application=Application(
            applied=applied,
            qualified=date.fromisoformat(told["qualified"]),
            discipline=Discipline(told["discipline"]),
            person_group=PersonGroup(told["personGroup"]),
        ),
        begin=Begin(told["begin"]),
        end=End(told["end"]),
        years=tuple(map(year, told["years"])),
        policy=policy(told, applied.year),
        window=window(told),
    )


def year(told: Told) -> Year:
    """One year and what it asked for."""
    asked = CycleYearPolicy(scope=scope(told["policy"]), hours=Decimal(told["needed"]))
    return Year(year=told["year"], policy=asked)


def policy(told: Told, applied: int) -> CyclePolicy:
    """What the cycle asked for beside its hours."""
    needed = {each["code"]: int(each["needed"]) for each in told["rules"] if is_courses(each)}
    return CyclePolicy(
        scope=scope(told["policy"]),
        longest_years=told["longest"],
        public_courses=needed[Requirement.PUBLIC_COURSES],
        professional_courses=needed[Requirement.PROFESSIONAL_COURSES],
        hours_per_day=hours_per_day(told, applied),
        binding=told["binding"],
    )


def is_courses(rule: Told) -> bool:
    """Does a rule count courses, and not hours?"""
    return bool(rule["code"] != Requirement.TOTAL_HOURS)


def hours_per_day(told: Told, applied: int) -> Decimal:
    """Hours of a day; explanations from before they said so take those of the row in force."""
    if "hoursPerDay" in told:
        return Decimal(told["hoursPerDay"])
    found = regulation.current().cycle(applied)
    return found.hours_per_day if found else Decimal(1)


def window(told: Told) -> WindowPolicy:
    """The window it was applied in; a year that was not counted then is not counted now."""
    closes = date.fromisoformat(told["closes"])
    return WindowPolicy(
        scope=scope(told["window"]),
        last_month=closes.month,
        last_day=closes.day,
        current_year_after=told["end"] == End.SECOND_WINDOW,
    )


def scope(told: Told) -> Scope:
    """A row by what an explanation keeps of it."""
    return Scope(
        id=told["id"],
        jurisdiction=told["jurisdiction"],
        first_year=None,
        last_year=None,
        person_group=None,
        discipline=None,
        document="",
        source=told["source"],
        unsourced=told["unsourced"],
        note="",
    )
