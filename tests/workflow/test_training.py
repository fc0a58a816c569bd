"""A declared record from draft to approved hours, through the verbs and the real database."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import pytest

from devserver.postgres import Postgres
from models import (
    Attachment,
    Case,
    Employment,
    History,
    PersonTotal,
    Profile,
    Task,
    TrainingRecord,
)
from models.ids import uuid7
from models.read import Connection
from rules.course import Achievement, Authorship, CourseCategory
from rules.person import PersonGroup
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.record import DECLARATION
from workflow import definition, training
from workflow.case import Act
from workflow.command import Answer, Done, Request
from workflow.route import Route

TAKE = """
INSERT INTO wf_command (id, account_id, command_id, digest, created_at)
VALUES ($1, $2, $3, '', $4)
"""
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


class Verb(Protocol):
    """A verb on a record of one's own."""

    async def __call__(
        self, request: Request, *, record_id: UUID, expected_version: int
    ) -> Answer: ...


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


def problems(answer: Answer) -> set[tuple[str, str]]:
    """Code and field of each problem of an input."""
    assert isinstance(answer, Refused), answer
    assert answer.code == "INVALID_INPUT"
    return {(one["code"], ".".join(one["path"])) for one in answer.data["problems"]}


async def declared(city: City, who: str = "applicant", **changes: Any) -> Answer:
    return await training.declare(city.request(who), declaration=replace(DECLARATION, **changes))


async def version(record_id: UUID) -> int:
    return (await TrainingRecord.get(id=record_id)).version


async def test_two_persons_make_a_record_count(city: City) -> None:
    task_id = await records.submitted(city)
    task_id = await records.agreed(city, task_id, values={"approved_hours": "28.5"})

    answer = await records.decided(city, "leader", task_id, Act.PASS)

    assert isinstance(answer, Done), answer
    record = await TrainingRecord.get()
    assert (record.status, str(record.approved_hours)) == ("approved", "28.5")
    assert str(record.approved_credits) == "2.0"
    total = await PersonTotal.get()
    assert total.dirty_version > total.computed_version


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"course_name": " 《》"}, {("REQUIRED", "declaration.courseName")}),
        ({"ends_on": date(2026, 5, 10)}, {("ENDS_BEFORE_START", "declaration.endsOn")}),
        (
            {"starts_on": date(2026, 11, 25), "ends_on": date(2026, 11, 29)},
            {
                ("DATE_IN_FUTURE", "declaration.startsOn"),
                ("DATE_IN_FUTURE", "declaration.endsOn"),
            },
        ),
        (
            {"starts_on": date(1985, 6, 7), "ends_on": date(1985, 6, 12)},
            {("BEFORE_BIRTH", "declaration.startsOn")},
        ),
        ({"declared_hours": Decimal(0)}, {("HOURS_NOT_POSITIVE", "declaration.declaredHours")}),
        (
            {"declared_hours": Decimal("30.25")},
            {("HOURS_TOO_PRECISE", "declaration.declaredHours")},
        ),
        ({"declared_hours": Decimal(121)}, {("HOURS_BEYOND_DAY", "declaration.declaredHours")}),
        ({"attended_days": 6}, {("DAYS_OUT_OF_RANGE", "declaration.attendedDays")}),
        ({"attended_days": 0}, {("DAYS_OUT_OF_RANGE", "declaration.attendedDays")}),
        ({"organiser_id": UUID(int=1)}, {("ORGANISER_UNKNOWN", "declaration.organiserId")}),
        (
            {
                "achievement": Achievement.PAPER,
                "authorship": Authorship.LEAD,
                "category": CourseCategory.ELECTIVE,
                "ends_on": date(2026, 5, 11),
                "attended_days": None,
                "declared_hours": Decimal(30),
            },
            {
                ("WRONG_CATEGORY", "declaration.category"),
                ("ACHIEVEMENT_HOURS", "declaration.declaredHours"),
            },
        ),
    ],
)
async def test_a_false_declaration_is_refused_by_field_and_leaves_nothing(
    city: City, changes: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    answer = await declared(city, **changes)

    assert problems(answer) == expected
    assert not await TrainingRecord.exists()
    assert not await History.exists()


async def test_after_a_refusal_the_same_key_takes_the_corrected_declaration(city: City) -> None:
    request = city.request("applicant", "the form on the screen")
    await training.declare(request, declaration=replace(DECLARATION, declared_hours=Decimal(0)))

    answer = await training.declare(request, declaration=DECLARATION)

    assert isinstance(answer, Done)


async def test_many_hours_a_day_are_lawful(city: City) -> None:
    assert isinstance(await declared(city, declared_hours=Decimal("60.0")), Done)


async def test_an_unfilled_profile_blocks_with_what_is_missing(city: City) -> None:
    await city.person("newcomer", "hospital", complete=False)

    answer = await declared(city, "newcomer")

    assert isinstance(answer, Refused)
    assert answer.code == "PROFILE_INCOMPLETE"
    assert "education" in answer.data["fields"]
    assert "employer" not in answer.data["fields"]


async def test_an_institution_of_the_list_brings_its_name(city: City) -> None:
    record_id = await records.draft(city, organiser_id=city.organisations["base"])

    assert (await TrainingRecord.get(id=record_id)).organiser_name == "base"


async def test_health_workers_do_not_declare_what_their_authority_delivers(
    city: City, db: Connection
) -> None:
    await db.execute_query("UPDATE profile SET person_group = $1", [PersonGroup.HEALTH.value])

    answer = await declared(city)

    assert problems(answer) == {("DELIVERED_IN_BULK", "declaration.category")}


async def test_an_edit_changes_the_record_and_names_the_fields_in_its_history(city: City) -> None:
    record_id = await records.draft(city)

    answer = await training.edit(
        city.request("applicant"),
        record_id=record_id,
        expected_version=1,
        declaration=replace(DECLARATION, declared_hours=Decimal("24.5"), place="广州"),
    )

    assert records.done(answer).data["version"] == 2
    assert str((await TrainingRecord.get()).declared_hours) == "24.5"
    line = await History.get(tag="record:edit")
    assert line.data == {"fields": ["declared_hours", "place"]}


async def test_a_stale_edit_is_told_who_changed_what(city: City) -> None:
    record_id = await records.draft(city)
    words: dict[str, Any] = {
        "record_id": record_id,
        "expected_version": 1,
        "declaration": DECLARATION,
    }
    await training.edit(city.request("applicant"), **words)

    answer = await training.edit(city.request("applicant"), **words)

    assert isinstance(answer, Refused)
    assert answer.code == "CONFLICT"
    assert {**answer.data, "at": ""} == {
        "expected": 1,
        "actual": 2,
        "by": "applicant",
        "what": "record:edit",
        "at": "",
    }


async def test_a_record_in_review_is_not_edited(city: City) -> None:
    await records.submitted(city)
    record = await TrainingRecord.get()

    answer = await training.edit(
        city.request("applicant"),
        record_id=record.id,
        expected_version=record.version,
        declaration=DECLARATION,
    )

    assert answer == Refused("NOT_EDITABLE", {"status": "in_review"})


@pytest.mark.parametrize("verb", [training.delete, training.submit])
@pytest.mark.parametrize("who", ["pupil", "handler", "museum handler"])
async def test_somebody_elses_record_is_answered_like_one_that_is_not_there(
    city: City, verb: Verb, who: str
) -> None:
    record_id = await records.draft(city)

    foreign = await verb(city.request(who), record_id=record_id, expected_version=1)
    unknown = await verb(city.request(who), record_id=uuid7(), expected_version=1)
    own = await verb(city.request("applicant"), record_id=record_id, expected_version=1)

    assert foreign == unknown == Refused("NOT_FOUND")
    assert isinstance(own, Done)


async def test_a_deleted_record_stays_visible_and_is_not_submitted(city: City) -> None:
    record_id = await records.draft(city)
    records.done(
        await training.delete(city.request("applicant"), record_id=record_id, expected_version=1)
    )

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=2
    )

    assert (await TrainingRecord.get(id=record_id)).deleted_at is not None
    assert answer == Refused("DELETED")


async def test_deleting_a_returned_record_ends_its_case(city: City) -> None:
    task_id = await records.submitted(city)
    records.done(await records.decided(city, "handler", task_id, Act.RETURN, comment="补材料"))
    record = await TrainingRecord.get()

    answer = await training.delete(
        city.request("applicant"), record_id=record.id, expected_version=record.version
    )

    assert records.done(answer).data["version"] == await version(record.id)
    assert (await Case.get()).status == "withdrawn"


async def test_a_submission_without_proof_is_refused(city: City) -> None:
    record_id = await records.draft(city)
    await Attachment.all().delete()

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert ("PROOF_REQUIRED", "attachments") in problems_of(answer)
    assert not await Case.exists()


async def test_a_submission_lacking_hours_and_days_is_refused(city: City) -> None:
    record_id = await records.draft(city, declared_hours=None, attended_days=None)

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert problems_of(answer) >= {("REQUIRED", "declaredHours"), ("REQUIRED", "attendedDays")}


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({}, "base"),
        ({"organiser_name": ""}, "base"),
        ({"organiser_id": None, "organiser_name": "", "origin": "feed"}, "—"),
    ],
)
async def test_what_is_registered_is_not_declared_again_and_it_is_said_by_whom(
    city: City, changes: dict[str, Any], by: str
) -> None:
    await cities.registered(city, "applicant", **changes)
    record_id = await records.draft(
        city,
        course_name="公共危机管理",
        category=CourseCategory.PUBLIC,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 4),
        attended_days=3,
        declared_hours=Decimal(18),
    )

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert problems_of(answer) == {("ALREADY_REGISTERED", "courseName")}
    assert isinstance(answer, Refused)
    assert answer.data["organiser"] == by


async def test_a_recalled_record_is_a_draft_again_and_may_be_resubmitted(city: City) -> None:
    await records.submitted(city)
    record = await TrainingRecord.get()

    recalled = await training.recall(
        city.request("applicant"), record_id=record.id, expected_version=record.version
    )
    resubmitted = await training.submit(
        city.request("applicant"),
        record_id=record.id,
        expected_version=records.done(recalled).data["version"],
    )

    assert isinstance(resubmitted, Done)
    assert (await Case.get()).round == 2
    assert await Task.filter(status="open").count() == 1


async def test_a_record_is_not_recalled_once_somebody_has_given_an_opinion(city: City) -> None:
    await records.agreed(city, await records.submitted(city))
    record = await TrainingRecord.get()

    answer = await training.recall(
        city.request("applicant"), record_id=record.id, expected_version=record.version
    )

    assert isinstance(answer, Refused)
    assert answer.code == "ALREADY_REVIEWED"


async def test_the_reviewers_hours_are_forgotten_when_the_record_is_returned(city: City) -> None:
    task_id = await records.agreed(
        city, await records.submitted(city), values={"approved_hours": "10.0"}
    )

    records.done(await records.decided(city, "leader", task_id, Act.RETURN, comment="不清晰"))

    record = await TrainingRecord.get()
    assert (record.status, record.approved_hours) == ("returned", None)


async def test_who_loses_his_employer_while_he_declares_is_refused(
    city: City, pg: Postgres
) -> None:
    """His command waits for its key; when it goes on, the employment is over."""
    me, key = city.viewers["applicant"], "one key"
    other = await asyncpg.connect(pg.url("work"))
    first = other.transaction()
    await first.start()
    await other.execute(TAKE, uuid7(), me.account_id, key, cities.NOW)
    declaring = asyncio.ensure_future(
        training.declare(city.request("applicant", key), declaration=DECLARATION)
    )
    while not await other.fetchval(WAITING):
        await asyncio.sleep(0.01)

    await Employment.all().update(until_on=date(2026, 11, 1))
    await first.rollback()
    await other.close()

    assert await declaring == Refused("NO_EMPLOYER")
    assert await TrainingRecord.all().count() == 0


async def test_a_kind_without_a_route_is_not_submitted(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = await records.draft(city)
    without: dict[str, Route] = {}
    monkeypatch.setattr(definition, "shipped", lambda: without)

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert isinstance(answer, Refused)
    assert answer.code == "NO_ROUTE"


async def test_who_has_lost_his_employer_submits_nothing(city: City) -> None:
    record_id = await records.draft(city)
    await Employment.all().update(until_on=date(2026, 11, 1))

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert answer == Refused("NO_EMPLOYER")
    assert await version(record_id) == 1


@pytest.mark.parametrize("wanted", [training.submit, training.recall, training.withdraw])
async def test_what_a_base_has_registered_takes_no_route(city: City, wanted: Any) -> None:
    record_id = await cities.registered(city, "applicant")

    answer = await wanted(city.request("applicant"), record_id=record_id, expected_version=1)

    assert answer == Refused("NOT_DECLARED", {"origin": "in_system"})


async def test_a_false_edit_is_refused_by_field_and_leaves_nothing(city: City) -> None:
    record_id = await records.draft(city)

    answer = await training.edit(
        city.request("applicant"),
        record_id=record_id,
        expected_version=1,
        declaration=replace(DECLARATION, ends_on=date(2026, 5, 10)),
    )

    assert ("ENDS_BEFORE_START", "declaration.endsOn") in problems(answer)
    assert await version(record_id) == 1


async def test_a_profile_that_has_lost_a_field_submits_nothing(city: City) -> None:
    record_id = await records.draft(city)
    await Profile.all().update(education=None)

    answer = await training.submit(
        city.request("applicant"), record_id=record_id, expected_version=1
    )

    assert answer == Refused("PROFILE_INCOMPLETE", {"fields": ["education"]})


async def test_no_credits_are_none_and_not_what_was_declared(city: City) -> None:
    given = {"approved_hours": "12.0", "approved_credits": "0"}
    task_id = await records.agreed(city, await records.submitted(city), values=given)

    records.done(await records.decided(city, "leader", task_id, Act.PASS))

    record = await TrainingRecord.get()
    assert (str(record.approved_hours), str(record.approved_credits)) == ("12.0", "0.0")


async def test_of_a_rejected_record_no_hours_are_approved(city: City) -> None:
    given = {"approved_hours": "12.0"}
    task_id = await records.agreed(city, await records.submitted(city), values=given)

    records.done(await records.decided(city, "leader", task_id, Act.REJECT, comment="不符"))

    record = await TrainingRecord.get()
    assert (record.status, record.approved_hours) == ("rejected", None)


async def test_a_category_changed_after_a_return_takes_the_other_route(city: City) -> None:
    task_id = await records.submitted(city)
    records.done(await records.decided(city, "handler", task_id, Act.RETURN, comment="应为公需课"))
    record = await TrainingRecord.get()
    edited = await training.edit(
        city.request("applicant"),
        record_id=record.id,
        expected_version=record.version,
        declaration=replace(DECLARATION, category=CourseCategory.PUBLIC),
    )

    records.done(
        await training.submit(
            city.request("applicant"),
            record_id=record.id,
            expected_version=records.done(edited).data["version"],
        )
    )

    assert (await Task.get(status="open")).route_code == "declaration.public_course"


@pytest.mark.parametrize("hours", ["-1", "0", "1.25", "121.0", "1e1", "NaN", "abc", "１"])
async def test_impossible_approved_hours_are_refused(city: City, hours: str) -> None:
    task_id = await records.submitted(city)

    answer = await records.decided(
        city, "handler", task_id, Act.AGREE_UP, values={"approved_hours": hours}
    )

    assert isinstance(answer, Refused), hours
    assert answer.path == ("values", "approvedHours")
    assert (await TrainingRecord.get()).approved_hours is None


async def test_nobody_reviews_his_own_record(city: City) -> None:
    own = await city.person("handler who studies", "hospital", "handler", "unit_leader")
    task_id = await records.submitted(city, "handler who studies")

    answer = await records.decided(city, "handler who studies", task_id, Act.AGREE_UP)

    assert own.person_id == (await Case.get()).applicant_id
    assert isinstance(answer, Refused)
    assert answer.code == "OWN_CASE"


async def test_one_person_is_not_both_reviewers(city: City) -> None:
    await city.person("both", "hospital", "handler", "unit_leader")
    task_id = await records.agreed(city, await records.submitted(city), "both")

    answer = await records.decided(city, "both", task_id, Act.PASS)

    assert isinstance(answer, Refused)
    assert answer.code in {"ALREADY_GAVE_OPINION", "MORE_REVIEWERS_NEEDED"}


async def test_the_term_of_a_task_ends_after_ten_working_days(city: City) -> None:
    task_id = await records.submitted(city)

    due_at = (await Task.get(id=task_id)).due_at

    # 2026-11-24 is a Tuesday; ten working days later is Tuesday 8 December, until midnight.
    assert due_at is not None
    assert due_at + timedelta(microseconds=1) == datetime(2026, 12, 8, 16, tzinfo=UTC)


def problems_of(answer: Answer) -> set[tuple[str, str]]:
    """One problem, or several."""
    assert isinstance(answer, Refused), answer
    if answer.code == "INVALID_INPUT":
        return problems(answer)
    return {(answer.code, ".".join(answer.path))}
