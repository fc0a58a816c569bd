"""Explanations in the reader's language: data of the rules in, sentences out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from resolvers import ids
from resolvers.context import Context
from rules import regulation
from rules.cycle import TAUGHT, Requirement

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of the cycle, and what it asks for."""

    year: int
    needed: Decimal
    policy: str
    document: str | None
    source: str
    unsourced: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Hours and courses of a span; hours by category only where they come from records."""

    year: int | None
    total_hours: Decimal
    public_hours: Decimal | None
    professional_hours: Decimal | None
    elective_hours: Decimal | None
    public_courses: int
    professional_courses: int
    days: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule applied."""

    code: str
    needed: Decimal
    had: Decimal
    missing: Decimal
    met: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record and whether it counts; which one it is, if the reader may know."""

    record_id: ids.NodeId | None
    course_name: str | None
    ends_on: date | None
    category: str
    counted: bool
    new_course: bool
    hours: Decimal
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on figures."""

    verdict: str
    supplement_used: bool
    figures: Figures
    alone: Figures
    table: Sequence[Figures]
    findings: Sequence[Finding]
    lines: Sequence[Line]
    remedy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The years and why, and the verdict, where there was something to judge."""

    first_year: int
    last_year: int
    begin: str
    end: str
    years: Sequence[Year]
    required_hours: Decimal
    supplement_open: bool
    binding: bool
    unsourced: bool
    document: str | None
    source: str
    reasons: Sequence[str]
    judgement: Judgement | None


def told(context: Context, data: Data, records: Mapping[str, Data]) -> Explanation:
    """Everything in words; `records` are those the reader may know, by their ids."""
    return Explanation(
        first_year=data["firstYear"],
        last_year=data["lastYear"],
        begin=data["begin"],
        end=data["end"],
        years=[year(context, each) for each in data["years"]],
        required_hours=Decimal(data["required"]),
        supplement_open=data["supplementOpen"],
        binding=data["binding"],
        unsourced=data["unsourced"],
        document=regulation.current().document(data["policy"]["id"]) or None,
        source=data["policy"]["source"],
        reasons=list(reasons(context, data)),
        judgement=judgement(context, data, records) if "verdict" in data else None,
    )


def reasons(context: Context, data: Data) -> Iterator[str]:
    """Why these years, what they ask for together, and what else a reader must know."""
    yield context.say(f"cycle.begin.{data['begin']}", **data)
    yield context.say(f"cycle.end.{data['end']}", **data)
    yield context.say("cycle.required", **data)
    if not data["supplementOpen"]:
        yield context.say("cycle.supplement.closed")
    elif "verdict" in data:
        used = "used" if data["supplementUsed"] else "not_used"
        yield context.say(f"cycle.supplement.{used}", **data)
    if not data["binding"]:
        yield context.say("cycle.what_if")
    if data["unsourced"]:
        yield context.say("cycle.unsourced")


def year(context: Context, data: Data) -> Year:
    """A year in words: the hours it asks for."""
    policy = data["policy"]
    return Year(
        year=data["year"],
        needed=Decimal(data["needed"]),
        policy=policy["id"],
        document=regulation.current().document(policy["id"]) or None,
        source=policy["source"],
        unsourced=policy["unsourced"],
        sentence=context.say(
            "cycle.year_unsourced" if policy["unsourced"] else "cycle.year", **data
        ),
    )


def judgement(context: Context, data: Data, records: Mapping[str, Data]) -> Judgement:
    """The verdict in words."""
    by_category = bool(data["table"])
    return Judgement(
        verdict=data["verdict"],
        supplement_used=data["supplementUsed"],
        figures=figures(data["figures"], by_category=by_category),
        alone=figures(data["alone"], by_category=by_category),
        table=[figures(each, by_category=True) for each in data["table"]],
        findings=[cycle_finding(context, each) for each in data["rules"]],
        lines=[line(context, each, records.get(each["recordId"], {})) for each in data["records"]],
        remedy=remedy(context, data),
    )


def figures(data: Data, *, by_category: bool) -> Figures:
    """Figures as numbers."""

    def hours(name: str) -> Decimal | None:
        return Decimal(data[name]) if by_category else None

    return Figures(
        year=data.get("year"),
        total_hours=Decimal(data["totalHours"]),
        public_hours=hours("publicHours"),
        professional_hours=hours("professionalHours"),
        elective_hours=hours("electiveHours"),
        public_courses=data["publicCourses"],
        professional_courses=data["professionalCourses"],
        days=Decimal(data["days"]),
    )


def cycle_finding(context: Context, data: Data) -> Finding:
    """A rule of the cycle in words: of hours, or of courses."""
    unit = "hours" if data["code"] == Requirement.TOTAL_HOURS else "courses"
    return finding(context, data, f"cycle.{'met' if data['met'] else 'short'}_{unit}")


def finding(context: Context, data: Data, key: str) -> Finding:
    """A rule in the words of a message: what it needs, what was there, what is missing."""
    return Finding(
        code=data["code"],
        needed=Decimal(data["needed"]),
        had=Decimal(data["had"]),
        missing=Decimal(data["missing"]),
        met=data["met"],
        sentence=context.say(key, rule=data["code"], **data),
    )


def line(context: Context, data: Data, record: Data) -> Line:
    """A record in words: why it counts, or why not; a course counts once, its hours each time."""
    again = data["counted"] and data["category"] in TAUGHT and not data["newCourse"]
    reason = f"{data['reason']}_AGAIN" if again else data["reason"]
    return Line(
        record_id=ids.encode("TrainingRecord", data["recordId"]) if record else None,
        course_name=record.get("course_name"),
        ends_on=date.fromisoformat(record["ends_on"]) if record else None,
        category=data["category"],
        counted=data["counted"],
        new_course=data["newCourse"],
        hours=Decimal(data["hours"]),
        reason=data["reason"],
        sentence=context.say(f"cycle.counts.{reason}", hours=data["hours"]),
    )


def remedy(context: Context, data: Data) -> str | None:
    """The least that would make it pass, naming only what is missing."""
    parts = [
        context.say(f"cycle.needs.{code}", missing=missing)
        for code, missing in data["remedy"].items()
        if Decimal(missing)
    ]
    return context.say("cycle.remedy", applied=data["applied"], parts=parts) if parts else None
