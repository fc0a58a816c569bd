"""Rows of worked examples computed anew: a row as it is written in, the cells the rules decide out.

The tables of tests/golden/ show every kind, and their README says what the columns mean. What
cannot be read raises ValueError, with the cell in its text.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile

from rules import (
    amount,
    annual,
    cell,
    course,
    cycle,
    dates,
    figures,
    identity,
    page,
    period,
    regulation,
)
from rules import title as titles
from rules.cell import Cells, Row
from rules.course import Achievement, Authorship, CourseCategory, Record
from rules.cycle import Tally
from rules.figures import Entry, Figures
from rules.identity import Citizen
from rules.period import Application, Cycle, Place
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from rules.title import TitleLevel

YES = {True: "yes", False: "no"}
PAGE_SIZE = 5  # of the lists in the guide: L103–107
GUIDE_YEAR = 2012  # whose hours a day turn hours into days where a row names no year
NUMBERS: Mapping[str, Callable[[str], Citizen | str | Refused]] = {
    "citizen_number": identity.citizen,
    "unit_code": identity.unit_code,
    "organisation_code": identity.organisation_code,
}
LISTS: Mapping[str, Callable[[str], str]] = {
    "pages": lambda given: str(page.pages(cell.whole(given), size=PAGE_SIZE)),
    "weekday": lambda given: dates.weekday(cell.day(given)),
    "date_text": lambda given: cell.moment(given).isoformat(),
    "shanghai_date": lambda given: str(dates.shanghai_date(datetime.fromisoformat(given))),
    "business_of_level": lambda given: titles.business_of_level(TitleLevel(given)).value,
}
LEVEL_NAMES = {level: name for name, level in titles.LEVELS.items()}


def of_annual(row: Row, _: Sequence[Row]) -> Cells:
    year = cell.whole(row["year"])
    found = annual.judge(_figures(row), year=year, policy=regulation.current().annual(year))
    return {
        "elective_hours": amount.written(found.figures.elective_hours),
        "verdict": found.verdict.value,
        "short_total": amount.written(found.missing(annual.Requirement.TOTAL_HOURS)),
        "short_public": amount.written(found.missing(annual.Requirement.PUBLIC_HOURS)),
        "short_professional": amount.written(found.missing(annual.Requirement.PROFESSIONAL_HOURS)),
        "binding": YES[found.binding],
    }


def of_courses(row: Row, rows: Sequence[Row]) -> Cells:
    """A course adds one to the cycle where none of the rows above it has the subject: L664."""
    before = [_course(each) for each in takewhile(lambda each: each is not row, rows)]
    known, now = figures.added_up(before), figures.added_up([*before, _course(row)])
    courses = now.public_courses + now.professional_courses
    return {"new_in_cycle": YES[courses > known.public_courses + known.professional_courses]}


def _course(row: Row) -> Entry:
    return Entry(
        record_id="",
        course_name=row["subject"],
        category=CourseCategory(row["category"]),
        ends_on=date(cell.whole(row["year"]), 12, 31),
        approved=True,
        approved_hours=None,
    )


def of_cycle(row: Row, _: Sequence[Row]) -> Cells:
    found = period.cycle(
        Application(
            applied=cell.day(row["applied"]),
            qualified=cell.day(row["qualified"]),
            person_group=PersonGroup(row["person_group"]),
            discipline=Discipline(row["discipline"]),
        )
    )
    if isinstance(found, Refused):
        nothing = dict.fromkeys(("first_year", "last_year", "required_hours"), "")
        return {**nothing, "refusal": found.code, "earliest": found.data.get("earliest", "")}
    return {**_years(found), "refusal": "", "earliest": ""}


def of_hours(row: Row, rows: Sequence[Row]) -> Cells:
    """The scope says what is decided; a cycle is also the sum of its years, where they are told."""
    if row["scope"] == "days":
        per_day = regulation.current().annual(GUIDE_YEAR).hours_per_day
        return {
            "days": amount.written(
                amount.days(cell.number(row["total_hours"]), hours_per_day=per_day)
            )
        }
    found = _figures(row)
    if row["scope"] == "cycle":
        judged = _judged(row, found)
        sums = _sums([each for each in rows if each["id"].startswith(f"{row['id']}-")])
        per_day = judged.cycle.policy.hours_per_day
        required = amount.written(judged.cycle.required)
        cells = {"required_hours": required, "verdict": judged.verdict.value, **sums}
    else:
        per_day, cells = regulation.current().annual(cell.whole(row["last_year"])).hours_per_day, {}
    cells["elective_hours"] = amount.written(found.elective_hours)
    cells["days"] = amount.written(found.days(hours_per_day=per_day))
    return {column: told for column, told in cells.items() if row[column]}


def _judged(row: Row, found: Figures) -> cycle.CycleVerdict:
    """The years are given: as of an application on the last day of the last one."""
    years = _found(
        period.cycle(
            Application(
                applied=date(cell.whole(row["last_year"]), 12, 31),
                qualified=date(cell.whole(row["first_year"]), 1, 1),
                discipline=Discipline(row["discipline"]),
            )
        )
    )
    return cycle.judge(Tally(alone=found, supplemented=found), years)


def _sums(years: Sequence[Row]) -> dict[str, str]:
    columns = ("total_hours", "public_hours", "professional_hours") if years else ()
    return {
        column: amount.written(sum((cell.number(each[column]) for each in years), amount.NO_HOURS))
        for column in columns
    }


def of_identity(row: Row, _: Sequence[Row]) -> Cells:
    found = cell.choice(NUMBERS, row["kind"])(row["value"])
    cells = {"valid": "yes", "normalised": "", "reason": "", "birth_date": "", "gender": ""}
    if isinstance(found, Refused):
        return cells | {"valid": "no", "reason": found.code}
    if isinstance(found, str):
        return cells | {"normalised": found}
    born = {"birth_date": found.born.isoformat(), "gender": found.gender.value}
    return cells | born | {"normalised": found.number}


def of_lists(row: Row, _: Sequence[Row]) -> Cells:
    return {"expected": cell.choice(LISTS, row["kind"])(row["input"])}


def of_records(row: Row, _: Sequence[Row]) -> Cells:
    starts_on, ends_on = cell.day(row["starts_on"]), cell.day(row["ends_on"])
    record = Record(
        category=CourseCategory(row["category"]),
        achievement=Achievement(row["achievement"]) if row["achievement"] else None,
        authorship=Authorship(row["role"]) if row["role"] else None,
        starts_on=starts_on,
        ends_on=ends_on,
        attended_days=cell.whole(row["attended_days"]) if row["attended_days"] else None,
        declared_hours=cell.number(row["declared_hours"]) if row["declared_hours"] else None,
    )
    entry = Entry(
        record_id=row["id"],
        course_name="",
        category=CourseCategory(row["category"]),
        ends_on=ends_on,
        approved=row["status"] == "approved",
        approved_hours=cell.number(row["approved_hours"]) if row["approved_hours"] else None,
    )
    refused = course.check(record, today=max(starts_on, ends_on), complete=False)
    return {
        "counted_year": str(figures.counted_year(entry) or ""),
        "counted_hours": amount.written(figures.counted_hours(entry)),
        "refusal": refused[0].code if refused else "",
    }


def of_supplement(row: Row, _: Sequence[Row]) -> Cells:
    """The guide prints no discipline: its rows are taken as natural sciences."""
    years = _found(
        period.cycle(
            Application(
                applied=cell.day(row["applied"]),
                qualified=date(cell.whole(row["first_year"]), 1, 1),
                person_group=PersonGroup(row["person_group"]),
                discipline=Discipline(row.get("discipline") or "natural"),
            )
        )
    )
    verdict = cycle.judge(_tally(row, years), years)
    short = {each.code: each.missing for each in verdict.findings}
    return {
        **_years(years),
        "supplement_used": YES[verdict.supplement_used],
        "counted_hours": amount.written(verdict.figures.total_hours),
        "counted_public_courses": str(verdict.figures.public_courses),
        "counted_professional_courses": str(verdict.figures.professional_courses),
        "verdict": verdict.verdict.value,
        "short_hours": amount.written(short[cycle.Requirement.TOTAL_HOURS]),
        "short_public_courses": str(short[cycle.Requirement.PUBLIC_COURSES]),
        "short_professional_courses": str(short[cycle.Requirement.PROFESSIONAL_COURSES]),
    }


def _tally(row: Row, years: Cycle) -> Tally:
    """The figures of the cycle, and with them the one record where it is of the current year."""
    hours = cell.number(row["cycle_hours"])
    public, professional = (
        cell.whole(row[f"cycle_{each}_courses"]) for each in ("public", "professional")
    )
    alone = Figures(total_hours=hours, public_courses=public, professional_courses=professional)
    if years.place(cell.day(row["record_ends_on"])) is not Place.CURRENT_YEAR:
        return Tally(alone=alone, supplemented=alone)
    new = row["record_category"] if row["record_is_new_course"] == "yes" else ""
    more = Figures(
        total_hours=hours + cell.number(row["record_hours"]),
        public_courses=public + (new == CourseCategory.PUBLIC),
        professional_courses=professional + (new == CourseCategory.PROFESSIONAL),
    )
    return Tally(alone=alone, supplemented=more)


def of_titles(row: Row, _: Sequence[Row]) -> Cells:
    found = titles.by_code(row["code"])
    if found is None:
        return dict.fromkeys(("series", "title", "level"), "")
    return {"series": found.series, "title": found.title, "level": LEVEL_NAMES[found.level]}


def _years(found: Cycle) -> Cells:
    return {
        "first_year": str(found.first_year),
        "last_year": str(found.last_year),
        "required_hours": amount.written(found.required),
    }


def _figures(row: Row) -> Figures:
    return Figures(
        total_hours=cell.number(row["total_hours"]),
        public_hours=cell.number(row["public_hours"]),
        professional_hours=cell.number(row["professional_hours"]),
        public_courses=cell.whole(row.get("public_courses") or "0"),
        professional_courses=cell.whole(row.get("professional_courses") or "0"),
    )


def _found(found: Cycle | Refused) -> Cycle:
    if isinstance(found, Refused):
        raise ValueError(f"no cycle has these years: {found.code}")
    return found
