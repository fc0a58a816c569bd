"""Cycle applications of the test city, as far along as a test wants them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from models import Case, CycleApplication, Profile, Task, TrainingRecord
from models.account import UserType
from models.organisation import OrganisationKind, UnitKind
from rules.course import CourseCategory
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.record import done
from workers import recalculate
from workers.job import Changed, Effect, Job
from workflow import cycle, later, task
from workflow.case import Act
from workflow.command import Answer, Request
from workflow.cycle import Application
from workflow.task import Decision

# The screen of the guide (L257–273): a title of 2008-11-01, applied for on 2012-03-06.
APPLIED = datetime(2012, 3, 6, 2, 0, tzinfo=UTC)
QUALIFIED = date(2008, 11, 1)
SENIOR, OTHER = "082", "012"  # 高级工程师, 副教授
# 404.0 hours: 68.0 public in 4 courses, 320.0 professional in 9, 16.0 elective.
STUDIES = (
    *((CourseCategory.PUBLIC, "17.0", 2008 + n) for n in range(4)),
    *((CourseCategory.PROFESSIONAL, "35.5", 2008 + n % 4) for n in range(8)),
    (CourseCategory.PROFESSIONAL, "36.0", 2011),
    (CourseCategory.ELECTIVE, "16.0", 2009),
)


async def peopled(city: City) -> City:
    """Who checks, verifies and rechecks, and the applicant of the guide's screen."""
    department, district, bureau = (
        UserType.CITY_DEPARTMENT,
        UserType.DISTRICT_BUREAU,
        UserType.CITY_BUREAU,
    )
    kind = OrganisationKind
    await city.organisation("district department", kind.DISTRICT_DEPARTMENT, "district")
    await city.organisation("clinic", kind.UNIT, "district department", UnitKind.DISTRICT)
    await city.organisation("point", kind.DIRECT_POINT, "bureau", UnitKind.DIRECT_POINT)
    for unit in ("hospital", "museum", "school", "clinic", "point"):
        await city.person(f"{unit} checker", unit, "initial_checker")
        await city.person(f"{unit} chief", unit, "unit_leader")
    await city.person("district verifier", "district", "checker", user_type=district)
    above = UserType.DISTRICT_DEPARTMENT
    await city.person("clinic verifier", "district department", "checker", user_type=above)
    await city.person("second checker", "department", "checker", user_type=department)
    await city.person("rechecker", "bureau", "rechecker", user_type=bureau)
    await city.person("division", "bureau", "division_leader", user_type=bureau)
    for person in city.viewers.values():
        await Profile.filter(person_id=person.person_id).update(qualified_on=QUALIFIED)
    return city


async def studied(city: City, who: str = "applicant", **changes: Any) -> list[UUID]:
    """Approved records that come to the figures of the guide's screen."""
    return [
        await cities.registered(
            city,
            who,
            course_name=f"课程{number}",
            category=category,
            approved_hours=Decimal(hours),
            starts_on=date(year, 11, 3),
            ends_on=date(year, 11, 5),
            **changes,
        )
        for number, (category, hours, year) in enumerate(STUDIES)
    ]


def request(city: City, who: str, now: datetime = APPLIED) -> Request:
    """A request in the days of the guide."""
    return city.request(who, now=now)


async def applied(city: City, who: str = "applicant", **changes: Any) -> UUID:
    """A draft."""
    now = changes.pop("now", APPLIED)
    stated = replace(Application(target_title=SENIOR), **changes)
    answer = await cycle.apply(request(city, who, now), application=stated)
    return UUID(done(answer).data["application"])


async def acted(
    city: City, verb: Any, application_id: UUID, who: str = "applicant", now: datetime = APPLIED
) -> Answer:
    """The answer to one of the applicant's verbs on what is there now."""
    row = await CycleApplication.get(id=application_id)
    answer: Answer = await verb(
        request(city, who, now), application_id=application_id, expected_version=row.version
    )
    return answer


async def submitted(city: City, who: str = "applicant", **changes: Any) -> UUID:
    """An application under review."""
    now = changes.get("now", APPLIED)
    application_id = await applied(city, who, **changes)
    done(await acted(city, cycle.submit, application_id, who, now))
    return application_id


async def decided(city: City, who: str, application_id: UUID, act: Act, **words: Any) -> Answer:
    """The answer to a decision on the open task of an application."""
    case = await Case.filter(subject_id=application_id).order_by("-opened_at").first()
    assert case is not None
    row = await Task.get(case_id=case.id, status="open")
    return await task.decide(
        request(city, who),
        task_id=row.id,
        expected_version=case.seq,
        decision=Decision(act=act, **words),
    )


MUNICIPAL = (
    ("hospital checker", Act.AGREE_UP),
    ("hospital chief", Act.PASS),
    ("checker", Act.PASS),
    ("rechecker", Act.AGREE_UP),
    ("division", Act.PASS),
)


async def climbed(city: City, application_id: UUID, steps: int = len(MUNICIPAL)) -> None:
    """So many decisions of the municipal route."""
    for who, act in MUNICIPAL[:steps]:
        done(await decided(city, who, application_id, act))


async def corrected(record_id: UUID, hours: str, now: datetime = APPLIED) -> None:
    """An approved record has other hours, and the person's figures are stale."""
    record = await TrainingRecord.get(id=record_id)
    async with in_transaction() as c:
        await TrainingRecord.filter(id=record_id).using_db(c).update(approved_hours=Decimal(hours))
        await later.recalculate(c, [record.person_id], now)


async def counted(city: City, who: str = "applicant") -> Effect:
    """What the worker has found out and will write."""
    person = city.viewers[who].person_id
    job = Job(id=uuid4(), kind="recalculate", subject=person, args={}, attempt=1)
    return await recalculate.handle(job)


async def recalculated(city: City, who: str = "applicant") -> bool:
    """What the worker does; False when the inputs have changed meanwhile."""
    effect = await counted(city, who)
    try:
        async with in_transaction() as c:
            await effect(c)
    except Changed:
        return False
    return True
