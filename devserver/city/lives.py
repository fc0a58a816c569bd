"""The people of one unit at scale: a few lives are lived, and all the people copy them."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from devserver.city import census, chance, life, people, plots, records, studies
from devserver.city.people import Dweller
from devserver.city.places import Place
from devserver.city.records import World
from devserver.city.rows import Row, Rows
from devserver.city.studies import PUBLIC, Study
from rules.course import RecordOrigin
from rules.figures import Entry
from rules.person import Discipline, PersonGroup
from workflow import annual
from workflow.annual import Inputs, Lasting
from workflow.case import Status

LIVES = 6  # of a unit; the rest are copies
YEARS = 3
ENDED = 0.03  # of what was declared long ago ended without approval
WINDING = 0.2  # of the approved cases went back and forth


def lived(world: World, luck: random.Random, employer: Place, turn: int) -> Rows:
    """All rows about one person of the unit, whose name is still to come."""
    person = people.dweller(luck, world.founded, life.LOGIN, life.NAME, employer=employer)
    here = replace(world, rows=Rows(), bare=True)
    census.write_one(
        here.rows, luck, person, turn, password_hash=world.password_hash, founded=world.founded
    )
    for study in studied(here, luck, person, turn):
        winding = luck.random() < WINDING
        records.write(here, luck, study, luck.randrange(len(plots.APPROVED)) if winding else 0)
    verified(here, luck, person)
    nameless(here.rows)
    return here.rows


def studied(world: World, luck: random.Random, person: Dweller, turn: int) -> Iterator[Study]:
    """The studies of the last years, as far as they have come."""
    for year in range(world.today.year - YEARS + 1, world.today.year + 1):
        outcome = studies.OUTCOMES[(turn + year) % len(studies.OUTCOMES)]
        for study in studies.one_year(luck, person, world.places, year, outcome):
            if study.ends_on < world.today:
                yield plotted(world, luck, study)


def plotted(world: World, luck: random.Random, study: Study) -> Study:
    """Most are approved; what is recent is open, and some ended otherwise."""
    if study.origin is not RecordOrigin.DECLARED:
        return study
    if world.today - study.ends_on <= plots.RECENT:
        open_ones = plots.OPEN_PUBLIC if study.category is PUBLIC else plots.OPEN
        return replace(study, plot=luck.choice(list(open_ones)))
    if luck.random() < ENDED:
        return replace(study, plot=luck.choice(list(plots.ENDED)))
    return study


def verified(world: World, luck: random.Random, person: Dweller) -> None:
    """The years of the person, judged by the rule in force."""
    rows, profile = world.rows, world.rows["profile"][0]
    given = Inputs(
        person_id=person.id,
        version=1,
        person_group=PersonGroup(profile["person_group"]),
        discipline=Discipline(profile["discipline"]),
        records=[lasting(row) for row in rows["training_record"] if counts(row)],
        current={},
    )
    for verdict in annual.judge(given, this_year=world.today.year):
        columns = annual.snapshot(given, verdict) or {}
        rows.add("annual_result", **result_row(world, luck, person, columns))
    settled = {"computed_version": 1, "stale_since": None, "computed_at": world.now}
    rows["person_total"] = [{**rows["person_total"][0], **settled}]


def counts(row: Row) -> bool:
    """Drafts and what was withdrawn say nothing to a year."""
    return row["status"] not in (Status.DRAFT, Status.WITHDRAWN)


def lasting(row: Row) -> Lasting:
    """A record as the rules count it."""
    entry = Entry(
        record_id=str(row["id"]),
        course_name=row["course_name"],
        category=row["category"],
        ends_on=row["ends_on"],
        approved=row["status"] == Status.APPROVED,
        approved_hours=row["approved_hours"],
    )
    return Lasting(entry=entry, starts_on=row["starts_on"])


def result_row(
    world: World, luck: random.Random, person: Dweller, columns: Mapping[str, Any]
) -> dict[str, Any]:
    """A first snapshot."""
    return {
        **columns,
        "id": chance.row_id(luck, world.now),
        "person_id": person.id,
        "current": True,
        "explanation": json.dumps(columns["explanation"]),
        "computed_at": world.now,
    }


def nameless(rows: Rows) -> None:
    """Leave room for what identifies a person."""
    rows["person"] = [{**rows["person"][0], "ce_number": life.NUMBER}]
    rows["profile"] = [{**rows["profile"][0], "phone": life.PHONE}]
