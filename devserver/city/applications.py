"""Cycle applications in the small city, by the real verbs: at every step somebody has one."""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from devserver.city import chance, people, records, stage, story, studies
from devserver.city.people import Dweller
from devserver.city.records import PAUSE, World
from devserver.city.studies import Study
from models import read
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from rules import title
from rules.course import CourseCategory, RecordOrigin
from rules.refusal import Refused
from workflow import cycle, task
from workflow.case import APPLICANT, Act
from workflow.command import Answer, Done, Request
from workflow.cycle import Application
from workflow.task import Decision

LIST = people.APPLICATIONS
YEARS = 6  # with records: the longest cycle, and the year of the application
# What somebody who suffices has studied in each of them: 96.0 hours in six days.
COURSES = (
    (CourseCategory.PUBLIC, "base_public", "30.0"),
    (CourseCategory.PROFESSIONAL, "base_technical", "48.0"),
    (CourseCategory.ELECTIVE, "base_technical", "18.0"),
)
OF_APPLICANT = {
    "submit": cycle.submit,
    "recall": cycle.recall,
}
OPEN_TASK = """
SELECT t.id, t.organisation_id, t.group_key, c.seq FROM wf_task t JOIN wf_case c ON c.id = t.case_id
WHERE c.subject_id = $1 AND t.status = 'open'
"""
VERSION = "SELECT version FROM cycle_application WHERE id = $1"


def listed() -> Sequence[Mapping[str, Any]]:
    """The applications of the city."""
    found: Sequence[Mapping[str, Any]] = tomllib.loads(LIST.read_text("utf-8"))["application"]
    return found


def casting(world: World) -> Iterator[tuple[Dweller, Mapping[str, Any]]]:
    """Each application with its applicant, in the order in which they moved in."""
    applicants = [each for each in world.theatre.dwellers if each.story == people.APPLIES]
    told = [each for each in listed() if "unit" in each]
    return zip(applicants, told, strict=True)


def study(world: World) -> None:
    """What the bases have registered of the applicants: enough, or one year's half."""
    luck = chance.of("applications")
    for each, told in casting(world):
        last = world.today.year
        for year in range(last - YEARS + 1, last + 1) if told["passes"] else (last - 1,):
            for category, base, hours in COURSES if told["passes"] else COURSES[1:2]:
                ends = date(year, 1, 8)
                if ends < world.today - timedelta(days=45):
                    row = registered(world, luck, each, category, base, hours, ends)
                    world.rows.add("training_record", **row)


def registered(
    world: World,
    luck: random.Random,
    each: Dweller,
    category: CourseCategory,
    base: str,
    hours: str,
    ends: date,
) -> Mapping[str, Any]:
    """A course of a training base, as the records of the city have it."""
    organiser = world.places[base]
    found = Study(
        person=each,
        origin=RecordOrigin.IN_SYSTEM,
        category=category,
        course_name=name_of(category, ends.year),
        starts_on=ends - timedelta(days=5),
        ends_on=ends,
        hours=Decimal(hours),
        organiser=organiser,
        organiser_name=organiser.name,
    )
    at = story.office_hour(luck, ends + timedelta(days=3))
    return records.record_row(found, chance.row_id(luck, at), at)


def name_of(category: CourseCategory, year: int) -> str:
    """Another course each year."""
    names = studies.listed()["elective" if category is CourseCategory.ELECTIVE else "public"]
    what = {CourseCategory.PROFESSIONAL: "专业进修：", CourseCategory.PUBLIC: ""}.get(category, "")
    return f"{what}{names[year % len(names)]}（{year}年）"


async def write(world: World) -> None:
    """Each application of the list, after the figures of everybody were counted."""
    luck = chance.of("lives of applications")
    for each, told in casting(world):
        await lived(world, luck, each, told["acts"].split())
    for told in listed():
        if "login" in told:
            await draft_some(world, told["login"], told["targets"])


async def draft_some(world: World, login: str, number: int) -> None:
    """Drafts of a demo login: for his author to try."""
    drafter = next(each for each in world.theatre.dwellers if each.login == login)
    for target in list(targets(profile(world, drafter)))[:number]:
        await drafted(drafter, target, world.now - PAUSE)


def profile(world: World, each: Dweller) -> Mapping[str, Any]:
    """What somebody states about himself."""
    return next(row for row in world.rows["profile"] if row["person_id"] == each.id)


def targets(stated: Mapping[str, Any]) -> Iterator[str]:
    """Titles above the present one, those of its own series first."""
    present = title.by_code(stated["title_code"])
    above = [
        each
        for each in title.catalogue().values()
        if present is None or title.above(each, present) or present.level is each.level
    ]
    own = [each.code for each in above if present and each.series == present.series]
    yield from (code for code in reversed(own) if code != stated["title_code"])
    yield from (each.code for each in above)


async def lived(world: World, luck: random.Random, each: Dweller, acts: Sequence[str]) -> None:
    """Drafted, handed in and decided, by the verbs everybody uses."""
    after = world.today - timedelta(days=21)
    times = story.times(luck, acts=len(acts), after=after, pace=2, until=world.now - PAUSE)
    target = next(targets(profile(world, each)))
    made = await drafted(each, target, times[0] - timedelta(minutes=5))
    for act, now in zip(acts, times, strict=True):
        answer = await acted(world, each, made, act, now)
        assert isinstance(answer, Done), (each.login, act, answer)


async def drafted(each: Dweller, target: str, now: datetime) -> UUID:
    """A draft; discipline and day of the title are those of the profile."""
    asked = request(himself(each), now)
    answer = await cycle.apply(asked, application=Application(target_title=target))
    assert isinstance(answer, Done), (each.login, answer)
    return UUID(answer.data["application"])


async def acted(
    world: World, each: Dweller, application_id: UUID, act: str, now: datetime
) -> Answer:
    """One act: the applicant's, or that of the first of the group whom the engine lets."""
    if verb := OF_APPLICANT.get(act):
        version = await read.value(VERSION, [application_id])
        asked = request(himself(each), now)
        return await verb(asked, application_id=application_id, expected_version=version)
    row = await read.row(OPEN_TASK, [application_id])
    assert row is not None
    word, _, to = act.partition(":")
    texts = stage.written()["comments"].get(word, ("",))
    decision = Decision(act=Act(word), comment=texts[0], to=to or APPLICANT)
    answer: Answer = Refused("NOT_YOUR_TASK")
    for viewer in cast(world, row.organisation_id, row.group_key):
        answer = await task.decide(
            request(viewer, now), task_id=row.id, expected_version=row.seq, decision=decision
        )
        if isinstance(answer, Done):
            break
    return answer


def cast(world: World, organisation_id: UUID, group: str) -> Iterator[Viewer]:
    """Who holds this group in this organisation."""
    for each in world.theatre.dwellers:
        for seat in each.seats:
            if seat.place.id == organisation_id and group in seat.groups:
                yield viewer(each, organisation_id, seat.user_type, seat.groups, seat.duties)


def himself(each: Dweller) -> Viewer:
    """Somebody who acts for himself."""
    return viewer(each, None, UserType.PERSON, (), ())


def viewer(
    each: Dweller,
    organisation_id: UUID | None,
    user_type: UserType,
    groups: Sequence[str],
    duties: Sequence[str],
) -> Viewer:
    """Somebody in a seat; his session exists in name only."""
    return Viewer(
        account_id=each.account_id,
        person_id=each.id,
        session_id=uuid7(),
        seat_id=uuid7(),
        organisation_id=organisation_id,
        user_type=user_type,
        groups=frozenset(groups),
        duties=frozenset(duties),
    )


def request(viewer: Viewer, now: datetime) -> Request:
    """A command of the past."""
    return Request(viewer=viewer, key=f"seed-{uuid7()}", now=now)
