"""The explanation (验证说明) of a cycle verdict as JSON values: the same every time."""

from decimal import Decimal
from functools import partial
from typing import Any

from rules import amount
from rules.cycle import COUNTING, CycleVerdict, Line, Requirement
from rules.period import Cycle, Year


def of_cycle(cycle: Cycle) -> dict[str, Any]:
    """Return the years of an application, why, and the hours each asks for; hours as text."""
    application, applied = cycle.application, cycle.application.applied
    return {
        "applied": applied.isoformat(),
        "qualified": application.qualified.isoformat(),
        "personGroup": application.person_group.value,
        "discipline": application.discipline.value,
        "firstYear": cycle.first_year,
        "lastYear": cycle.last_year,
        "begin": cycle.begin.value,
        "end": cycle.end.value,
        "closes": cycle.window.closes(applied.year).isoformat(),
        "longest": cycle.policy.longest_years,
        "years": [_year(each) for each in cycle.years],
        "required": amount.written(cycle.required),
        "hoursPerDay": amount.written(cycle.policy.hours_per_day),
        "binding": cycle.policy.binding,
        "unsourced": cycle.unsourced,
        "policy": cycle.policy.scope.as_data(),
        "window": cycle.window.scope.as_data(),
        "supplementOpen": cycle.supplement_open,
    }


def of_verdict(verdict: CycleVerdict) -> dict[str, Any]:
    """Return the years, and the verdict with its figures, rules, remedy and records."""
    cycle, tally = verdict.cycle, verdict.tally
    per_day = cycle.policy.hours_per_day
    return {
        **of_cycle(cycle),
        "verdict": verdict.verdict.value,
        "supplementUsed": verdict.supplement_used,
        "figures": verdict.figures.as_data(hours_per_day=per_day),
        "alone": tally.alone.as_data(hours_per_day=per_day),
        "table": [
            {"year": year, **found.as_data(hours_per_day=per_day)}
            for year, found in sorted(tally.years.items())
        ],
        "rules": [each.as_data(partial(_text, each.code)) for each in verdict.findings],
        "remedy": {code.value: _text(code, value) for code, value in verdict.remedy.items()},
        "records": [_line(each) for each in verdict.lines],
    }


def _year(each: Year) -> dict[str, Any]:
    needed = amount.written(each.policy.hours)
    return {"year": each.year, "needed": needed, "policy": each.policy.scope.as_data()}


def _text(code: Requirement, value: Decimal) -> str:
    """Return hours with their one place, courses as a whole number."""
    return amount.written(value) if code is Requirement.TOTAL_HOURS else f"{value:.0f}"


def _line(line: Line) -> dict[str, Any]:
    return {
        "recordId": line.record_id,
        "category": line.category.value,
        "counted": line.reason in COUNTING,
        "hours": amount.written(line.hours),
        "reason": line.reason.value,
        "newCourse": line.new_course,
    }
