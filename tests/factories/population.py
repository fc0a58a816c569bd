"""Many persons at random, and a plain reading of what their years must say."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import Organisation, PersonTotal, Profile, TrainingRecord, read
from models.training import RecordStatus
from rules import annual, figures, regulation
from rules.course import CourseCategory, RecordOrigin
from rules.figures import Entry
from rules.person import Discipline, Education, Gender, PersonGroup
from tests.factories import people
from workflow import later

NAMES = (
    "公共危机管理",
    "《公共危机管理》",
    "公共 危机管理",
    "Ｅｘｃｅｌ",
    "excel",
    "岭南文化传承",
    "straße",
)
SAYS_NOTHING = (RecordStatus.DRAFT, RecordStatus.WITHDRAWN)


async def build(luck: random.Random, persons: int) -> list[UUID]:
    """Persons of every group with records of every state, some of them with none."""
    employer = await people.unit()
    return [await person(luck, employer) for _ in range(persons)]


async def person(luck: random.Random, employer: Organisation) -> UUID:
    """One of them."""
    made = await people.person()
    if luck.random() < 0.8:
        await profile(luck, made.id)
    rows = [record(luck, made.id, employer) for _ in range(luck.randrange(8))]
    await TrainingRecord.bulk_create(rows)
    await PersonTotal.create(person_id=made.id, dirty_version=luck.randrange(1, 4))
    return made.id


async def profile(luck: random.Random, person_id: UUID) -> None:
    await Profile.create(
        person_id=person_id,
        gender=Gender.MALE,
        birth_date=date(1980, 1, 1),
        education=Education.MASTER,
        discipline=luck.choice(list(Discipline)),
        person_group=luck.choice(list(PersonGroup)),
        phone="13800138000",
    )


def record(luck: random.Random, person_id: UUID, employer: Organisation) -> TrainingRecord:
    """Across years, deleted, unapproved, the same course in another writing."""
    starts_on = date(luck.randrange(2009, 2013), luck.choice((1, 6, 12)), luck.randrange(1, 32 - 1))
    status = luck.choice([*RecordStatus, *[RecordStatus.APPROVED] * 8])
    return TrainingRecord(
        person_id=person_id,
        employer=employer,
        origin=RecordOrigin.FEED,
        status=status,
        course_name=luck.choice(NAMES),
        category=luck.choice(list(CourseCategory)),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=luck.randrange(40)),
        approved_hours=hours(luck) if status is RecordStatus.APPROVED else None,
        created_at=people.NOW,
        updated_at=people.NOW,
        deleted_at=people.NOW if luck.random() < 0.15 else None,
    )


def hours(luck: random.Random) -> Decimal:
    return Decimal(luck.randrange(1, 900)) / 10


async def edited(luck: random.Random, person_ids: list[UUID], *, told: bool) -> None:
    """Some approved hours are others now; `told` as our verbs do it, otherwise by raw SQL."""
    async with in_transaction() as c:
        for person_id in person_ids:
            await c.execute_query(
                "UPDATE training_record SET approved_hours = $2"
                " WHERE person_id = $1 AND status = 'approved'",
                [person_id, hours(luck)],
            )
        if told:
            await later.recalculate(c, person_ids, people.NOW)


async def expected(person_id: UUID, this_year: int) -> dict[int, Any]:
    """What his years must say: the rules over all of his rows, read one by one."""
    rows = await TrainingRecord.filter(person_id=person_id)
    own = await Profile.get_or_none(person_id=person_id)
    by_year: dict[int, list[Entry]] = defaultdict(list, {this_year: []})
    for row in rows:
        if row.status not in SAYS_NOTHING:
            for year in {row.starts_on.year, row.ends_on.year}:
                by_year[year].append(entry(row))
    return {
        year: annual.judge(
            figures.figures(entries, year=year),
            year=year,
            policy=regulation.current().annual(
                year,
                person_group=own.person_group if own else PersonGroup.GENERAL,
                discipline=own.discipline if own else None,
            ),
            entries=entries,
        ).as_data()
        for year, entries in by_year.items()
    }


def entry(row: TrainingRecord) -> Entry:
    return Entry(
        record_id=str(row.id),
        course_name=row.course_name,
        category=row.category,
        ends_on=row.ends_on,
        approved=row.status is RecordStatus.APPROVED,
        approved_hours=row.approved_hours,
        deleted=row.deleted_at is not None,
    )


async def snapshots() -> list[dict[str, Any]]:
    """Every snapshot byte by byte, without its id."""
    found = await read.rows(
        "SELECT person_id, year, number, current, verdict, binding, total_hours, public_hours,"
        " professional_hours, elective_hours, public_courses, professional_courses, computed_at,"
        " explanation::text FROM annual_result ORDER BY person_id, year, number"
    )
    return [vars(row) for row in found]


async def totals() -> list[dict[str, Any]]:
    """Every yearly total, with what it was judged from."""
    return [
        vars(row) for row in await read.rows("SELECT * FROM year_total ORDER BY person_id, year")
    ]


async def forget() -> None:
    """As if nobody had ever been judged."""
    await read.connection().execute_script(
        "DELETE FROM annual_result; DELETE FROM year_total;"
        "UPDATE person_total SET computed_version = 0, settled = 0, computed_at = NULL"
    )
