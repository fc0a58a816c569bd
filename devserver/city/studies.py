"""What the people of the demo city studied, year by year: who passes, who falls just short."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from devserver.city import chance
from devserver.city.people import Dweller
from devserver.city.places import Place
from rules import regulation
from rules.course import Achievement, Authorship, CourseCategory, RecordOrigin
from rules.person import PersonGroup

LIST = Path(__file__).with_name("courses.toml")
YEARS = 4
HALF, TENTH = Decimal("0.5"), Decimal("0.1")
HOURS_A_DAY = 8
# How a year ends for a person, in turn; every year sees all of them.
OUTCOMES = ("pass", "public", "pass", "clear", "pass", "professional", "pass", "total", "clear")
PLATFORM = "岭南学习在线（备案平台）"
PROFESSIONAL, PUBLIC, ELECTIVE = (
    CourseCategory.PROFESSIONAL,
    CourseCategory.PUBLIC,
    CourseCategory.ELECTIVE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One training, whatever became of its record; `plot` names the story of its case."""

    person: Dweller
    origin: RecordOrigin
    category: CourseCategory
    course_name: str
    starts_on: date
    ends_on: date
    hours: Decimal
    organiser: Place | None = None
    organiser_name: str = ""
    achievement: Achievement | None = None
    authorship: Authorship | None = None
    plot: str = "approved"

    @property
    def attended_days(self) -> int | None:
        return None if self.achievement else (self.ends_on - self.starts_on).days + 1


@cache
def listed() -> Mapping[str, Any]:
    """The courses by field."""
    return tomllib.loads(LIST.read_text("utf-8"))


def years(today: date) -> range:
    """The years with records: this one and those before."""
    return range(today.year - YEARS + 1, today.year + 1)


def lives(dwellers: Sequence[Dweller], places: Mapping[str, Place], today: date) -> Iterator[Study]:
    """Every year of everybody who studies, as far as it has come."""
    luck = chance.of("studies")
    for number, person in enumerate(each for each in dwellers if each.studies):
        for year in years(today):
            outcome = OUTCOMES[(number + year) % len(OUTCOMES)]
            for study in one_year(luck, person, places, year, outcome):
                if study.ends_on < today:
                    yield study


def one_year(
    luck: random.Random, person: Dweller, places: Mapping[str, Place], year: int, outcome: str
) -> Iterator[Study]:
    """The trainings of a year, spread from February to November."""
    parts = quota(luck, year, outcome)
    for turn, (category, hours) in enumerate(parts):
        first = date(year, 2, 5) + timedelta(days=turn * 290 // len(parts) + luck.randrange(20))
        yield one_study(luck, person, places, category, hours, first)


def quota(luck: random.Random, year: int, outcome: str) -> list[tuple[CourseCategory, Decimal]]:
    """Hours by category: what the rule of the year demands, half an hour less, or far less."""
    rule = regulation.current().annual(year)
    if outcome == "clear":
        return [(PROFESSIONAL, Decimal(luck.randint(6, 20))), (ELECTIVE, Decimal("7.5"))]
    public = rule.public_hours - (HALF if outcome == "public" else 0)
    professional = rule.professional_hours - (HALF if outcome == "professional" else 0)
    total = rule.total_hours - (HALF if outcome == "total" else 0)
    extra = luck.choice((0, 0, 4, 12)) if outcome == "pass" else 0
    parts = {PUBLIC: public, PROFESSIONAL: professional + extra}
    parts[ELECTIVE] = total - public - professional
    split = [
        (category, piece) for category, hours in parts.items() for piece in pieces(luck, hours)
    ]
    luck.shuffle(split)
    return split


def pieces(luck: random.Random, hours: Decimal) -> list[Decimal]:
    """One long course, or two of which the first has whole hours."""
    if hours < 20 or luck.random() < 0.5:
        return [hours]
    first = Decimal(int(hours) // 2 + luck.randint(-2, 2))
    return [first, hours - first]


def one_study(
    luck: random.Random,
    person: Dweller,
    places: Mapping[str, Place],
    category: CourseCategory,
    hours: Decimal,
    first: date,
) -> Study:
    """A course of the person's field, from wherever people of his group get theirs."""
    field = listed()["field"][person.employer.field]
    plain = Study(
        person=person,
        origin=RecordOrigin.DECLARED,
        category=category,
        course_name=course_name(luck, field, category),
        starts_on=first,
        ends_on=first + timedelta(days=ceil(hours / HOURS_A_DAY) - 1),
        hours=hours.quantize(TENTH),
    )
    source = {PUBLIC: public_study, PROFESSIONAL: professional_study, ELECTIVE: elective_study}
    return source[category](luck, plain, field, places)


def course_name(luck: random.Random, field: Mapping[str, Any], category: CourseCategory) -> str:
    """A name from the list of the category."""
    names: list[str] = field["courses"] if category is PROFESSIONAL else listed()[category.value]
    return luck.choice(names)


def public_study(
    luck: random.Random, plain: Study, field: Mapping[str, Any], places: Mapping[str, Place]
) -> Study:
    """Mostly a class of the base; else taken on a platform and declared."""
    if luck.random() < 0.7:
        return replace(plain, origin=RecordOrigin.IN_SYSTEM, organiser=places["base_public"])
    return replace(plain, organiser_name=PLATFORM)


def professional_study(
    luck: random.Random, plain: Study, field: Mapping[str, Any], places: Mapping[str, Place]
) -> Study:
    """Teachers' and health workers' come by feed; others' from the base or an institution."""
    if field["group"] != PersonGroup.GENERAL:
        return replace(plain, origin=RecordOrigin.FEED, organiser_name=field["feed"])
    if luck.random() < 0.55:
        return replace(plain, origin=RecordOrigin.IN_SYSTEM, organiser=places["base_technical"])
    return replace(plain, organiser=places[field["organiser"]])


def elective_study(
    luck: random.Random, plain: Study, field: Mapping[str, Any], places: Mapping[str, Place]
) -> Study:
    """All of a teacher's come by feed; others declare what their unit or an institution gave."""
    if field["group"] == PersonGroup.TEACHER:
        return replace(plain, origin=RecordOrigin.FEED, organiser_name=field["feed"])
    if luck.random() < 0.5:
        return replace(plain, organiser_name=plain.person.employer.name)
    return replace(plain, organiser=places[field["organiser"]])
