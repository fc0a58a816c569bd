"""What became of the records: the stories of their cases, and the odd ones worth seeing."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from devserver.city import chance, studies
from devserver.city.people import Dweller
from devserver.city.places import Place
from devserver.city.studies import ELECTIVE, PROFESSIONAL, PUBLIC, Study
from rules import regulation
from rules.course import Achievement, Authorship, CourseCategory, RecordOrigin
from rules.person import PersonGroup

# Acts in their order; who acts follows from the open task. `return:x` goes back to step x.
APPROVED = (
    "submit agree_up pass",
    "submit agree_up pass",
    "submit claim agree_up pass",
    "submit disagree_up pass",
    "submit return submit agree_up pass",
    "submit recall submit agree_up pass",
    "submit agree_up return_inside agree_up pass",
    "submit agree_up return submit agree_up pass",
)
RECOGNISED = " pass"  # public courses: the same-level CE authority has the last word
ENDED = {
    "rejected": "submit agree_up reject",
    "rejected_against": "submit disagree_up reject",
    "withdrawn": "submit withdraw",
    "withdrawn_late": "submit agree_up withdraw",
}
OPEN = {
    "waiting": "submit",
    "second": "submit agree_up",
    "draft": "",
    "returned": "submit return",
    "claimed": "submit claim",
    "recalled": "submit recall",
    "handed_back": "submit agree_up return_inside",
    "overdue": "submit",
    "disagreed": "submit disagree_up",
    "deleted": "",
    "resubmitted": "submit return submit",
    "returned_by_leader": "submit agree_up return",
    "second_overdue": "submit agree_up",
    "draft_unscanned": "",
    "waiting_unscanned": "submit",
    "waiting_infected": "submit",
    "second_failed": "submit agree_up",
    "draft_infected": "",
    "shared": "submit",
}
OPEN_PUBLIC = {
    "recognition": "submit agree_up pass",
    "recognition_claimed": "submit agree_up pass claim",
    "recognition_returned": "submit agree_up pass return:unit_review",
    "recognition_overdue": "submit agree_up pass",
    "unit_recalled": "submit agree_up pass recall",
    "recognition_refused": "submit agree_up pass return",
}
STORIES = {**ENDED, **OPEN, **OPEN_PUBLIC}
LONE_UNIT = "farming"  # has one reviewer: what he has seen waits for the stand-in
RECENT = timedelta(days=60)  # longer than any story of APPROVED takes


def acts(study: Study, turn: int) -> tuple[str, ...]:
    """The story of a record's case; nothing for a draft and for what came without a case."""
    if study.origin is not RecordOrigin.DECLARED:
        return ()
    if study.plot in STORIES:
        return tuple(STORIES[study.plot].split())
    recognised = RECOGNISED if study.category is PUBLIC else ""
    return tuple((APPROVED[turn % len(APPROVED)] + recognised).split())


def settled(lives: Sequence[Study], today: date) -> list[Study]:
    """What was declared of late cannot be decided yet: its case is still open."""
    found, names = [], {True: list(OPEN_PUBLIC), False: list(OPEN)}
    for turn, study in enumerate(lives):
        recent = study.origin is RecordOrigin.DECLARED and today - study.ends_on <= RECENT
        choice = names[study.category is PUBLIC]
        found.append(replace(study, plot=choice[turn % len(choice)]) if recent else study)
    return found


def more(
    dwellers: Sequence[Dweller], places: Mapping[str, Place], lives: Sequence[Study], today: date
) -> Iterator[Study]:
    """Records beside the years' quotas: every open story, every other end, and the odd ones."""
    luck = chance.of("plots")
    people = [each for each in dwellers if each.studies]
    yield from open_ones(luck, people, places, today)
    yield from ended_ones(luck, people, places, today)
    applicant = next(each for each in dwellers if each.story == "applicant")
    yield from odd_ones(luck, applicant, places, lives, today)
    yield from shared_proof(luck, people, places, today)


def open_ones(
    luck: random.Random, people: Sequence[Dweller], places: Mapping[str, Place], today: date
) -> Iterator[Study]:
    """Something under way for everybody; the people of one unit are at different points."""
    names = {True: cycle(OPEN_PUBLIC), False: cycle(OPEN)}
    for turn, person in enumerate(people):
        alone = person.employer.key == LONE_UNIT
        public = not alone and (turn % 3 == 2 or group(person) == PersonGroup.TEACHER)
        category = PUBLIC if public else (ELECTIVE, PROFESSIONAL)[turn % 2]
        hours = Decimal(luck.choice(("4.0", "6.0", "7.5", "8.0", "12.0")))
        first = today - timedelta(days=luck.randint(20, 50))
        plot = "second" if alone else next(names[public])
        yield declared(luck, person, places, category, hours, first, plot)


def ended_ones(
    luck: random.Random, people: Sequence[Dweller], places: Mapping[str, Place], today: date
) -> Iterator[Study]:
    """Cases that ended without approval, in earlier years: they count nothing."""
    general = [each for each in people if group(each) == PersonGroup.GENERAL]
    for turn, plot in enumerate([*ENDED, *ENDED, *ENDED, *ENDED]):
        first = date(today.year - 1 - turn % 3, 3 + turn % 9, 4 + turn)
        person = general[turn * 5 % len(general)]
        yield declared(luck, person, places, ELECTIVE, Decimal("5.5"), first, plot)


def odd_ones(
    luck: random.Random,
    applicant: Dweller,
    places: Mapping[str, Place],
    lives: Sequence[Study],
    today: date,
) -> Iterator[Study]:
    """New Year inside a course, achievements, half an hour, the same twice, days that overlap."""
    last = today.year - 1
    own = [each for each in lives if each.person is applicant and each.ends_on.year == last]
    across = declared(
        luck, applicant, places, PROFESSIONAL, Decimal("24.0"), date(last - 1, 12, 29), "approved"
    )
    yield replace(across, ends_on=date(last, 1, 4))
    yield from achievements(applicant, last)
    lecture = today - timedelta(days=24)
    yield declared(luck, applicant, places, ELECTIVE, Decimal("0.5"), lecture, "draft")
    yield replace(own[0], origin=RecordOrigin.DECLARED, plot="draft")
    crossing = own[1].starts_on
    yield declared(luck, applicant, places, ELECTIVE, Decimal("6.0"), crossing, "waiting")
    yield declared(luck, applicant, places, ELECTIVE, Decimal("8.0"), date(last, 9, 9), "cut")
    crammed = declared(luck, applicant, places, ELECTIVE, Decimal("11.0"), lecture, "second")
    yield replace(crammed, ends_on=crammed.starts_on)


def achievements(applicant: Dweller, year: int) -> Iterator[Study]:
    """A paper written alone and a patent held with others."""
    rule = regulation.current().achievement(year)
    for each in studies.listed()["achievement"]:
        lead = each["authorship"] == Authorship.LEAD
        day = date(year, each["month"], 16)
        yield Study(
            person=applicant,
            origin=RecordOrigin.DECLARED,
            category=PROFESSIONAL,
            course_name=each["title"],
            starts_on=day,
            ends_on=day,
            hours=rule.lead_hours if lead else rule.contributor_hours,
            achievement=Achievement(each["kind"]),
            authorship=Authorship(each["authorship"]),
        )


def shared_proof(
    luck: random.Random, people: Sequence[Dweller], places: Mapping[str, Place], today: date
) -> Iterator[Study]:
    """Two colleagues who hand in the very same file."""
    first, second = [each for each in people if each.employer.key == "rail"][:2]
    study = declared(
        luck, first, places, ELECTIVE, Decimal("6.0"), today - timedelta(days=26), "shared"
    )
    yield study
    yield replace(study, person=second)


def declared(
    luck: random.Random,
    person: Dweller,
    places: Mapping[str, Place],
    category: CourseCategory,
    hours: Decimal,
    first: date,
    plot: str,
) -> Study:
    """A record of the person's own, wherever such a course usually comes from."""
    study = studies.one_study(luck, person, places, category, hours, first)
    institute = places[studies.listed()["field"][person.employer.field]["organiser"]]
    own = replace(study, origin=RecordOrigin.DECLARED, plot=plot)
    return own if own.organiser_name else replace(own, organiser=institute)


def group(person: Dweller) -> str:
    """The person group of somebody's field."""
    found: str = studies.listed()["field"][person.employer.field]["group"]
    return found
