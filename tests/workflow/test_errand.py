"""Errands: handing a task over, urging, showing a case, moving it; and what each leaves alone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models import (
    Account,
    Case,
    Copy,
    Event,
    Notice,
    Opinion,
    Organisation,
    Task,
    TrainingRecord,
    access,
)
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection, Parameters, rows
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.statements import counted
from workflow import clock, errand, task
from workflow.case import Act
from workflow.command import Answer, Done
from workflow.receiver import Receiver

HALF = NOW + timedelta(days=8)
TODAY = datetime.now(UTC)  # the right to read ends by PostgreSQL's clock
UNTIL = TODAY + timedelta(days=30)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    bureau = {"user_type": UserType.CITY_BUREAU}
    await city.person("city administrator", "bureau", "unit_admin", **bureau)  # type: ignore[arg-type]
    return city


def code(answer: Answer) -> str | None:
    return answer.code if isinstance(answer, Refused) else None


async def everything() -> list[Any]:
    tables = (TrainingRecord, Case, Task, Event, Opinion, Copy)
    return [await table.all().order_by("id").values() for table in tables]


async def transferred(city: City, who: str, whom: str, reason: str = "") -> Answer:
    open_task, case = await Task.get(status="open"), await Case.get()
    return await errand.transfer(
        city.request(who),
        task_id=open_task.id,
        expected_version=case.seq,
        person_id=city.viewers[whom].person_id,
        reason=reason,
    )


async def urged(city: City, who: str, now: datetime = HALF) -> Answer:
    case = await Case.get()
    return await errand.urge(
        city.request(who, now=now), case_id=case.id, expected_version=case.seq, reason="请尽快办理"
    )


async def shown(
    city: City, who: str, receiver: Receiver, until: datetime = UNTIL, reason: str = "请阅知"
) -> Answer:
    case = await Case.get()
    return await errand.show(
        city.request(who, now=TODAY),
        case_id=case.id,
        expected_version=case.seq,
        receiver=receiver,
        until=until,
        reason=reason,
    )


async def redirected(city: City, who: str, to: str, reason: str = "改由市局办理") -> Answer:
    case = await Case.get()
    return await errand.redirect(
        city.request(who),
        case_id=case.id,
        expected_version=case.seq,
        organisation_id=city.organisations[to],
        reason=reason,
    )


def person(city: City, who: str) -> Receiver:
    return Receiver(person_id=city.viewers[who].person_id)


async def test_a_task_is_handed_to_a_colleague_who_alone_may_act(city: City) -> None:
    await records.submitted(city)
    with counted() as statements:
        done = records.done(await transferred(city, "handler", "second handler", "我出差"))
    task_id = UUID(done.data["task"])

    first = await records.decided(city, "handler", task_id, Act.AGREE_UP)
    second = await records.decided(city, "second handler", task_id, Act.AGREE_UP)

    assert len(statements) <= 10, statements
    assert (code(first), code(second)) == ("NOT_YOUR_TASK", None)
    handed = await Event.get(kind="transferred")
    assert (handed.data["comment"], handed.data["step"]) == ("我出差", "unit_review")


async def test_whoever_gets_a_task_and_whoever_is_urged_hears_of_it(city: City) -> None:
    await records.submitted(city)
    records.done(await urged(city, "applicant"))
    records.done(await transferred(city, "handler", "second handler"))
    records.done(await urged(city, "applicant", HALF + timedelta(days=1)))

    told = await Notice.all().order_by("id")

    second = city.viewers["second handler"].person_id
    assert [(one.kind.value, one.person_id, one.group_key) for one in told] == [
        ("urged", None, "handler"),
        ("transferred", second, None),
        ("urged", second, None),
    ]


@pytest.mark.parametrize(
    ("who", "whom", "refusal"),
    [
        ("handler", "leader", "NOT_IN_THE_SAME_GROUP"),
        ("handler", "museum handler", "NOT_IN_THE_SAME_GROUP"),
        ("handler", "applicant", "NOT_IN_THE_SAME_GROUP"),
        ("handler", "handler", "NOT_IN_THE_SAME_GROUP"),
        ("leader", "second handler", "NOT_YOUR_TASK"),
        ("museum handler", "second handler", "NOT_FOUND"),
        ("administrator", "second handler", None),
        ("handler", "second handler", None),
    ],
)
async def test_a_task_stays_in_its_organisation_and_group(
    city: City, who: str, whom: str, refusal: str | None
) -> None:
    await records.submitted(city)
    before = await everything()

    answer = await transferred(city, who, whom)

    assert code(answer) == refusal
    assert (await everything() == before) == (refusal is not None)


async def test_an_administrator_takes_back_what_was_handed_to_somebody_absent(city: City) -> None:
    await records.submitted(city)
    records.done(await transferred(city, "handler", "second handler"))

    not_his = await transferred(city, "handler", "second handler")
    again = await transferred(city, "administrator", "handler")

    assert (code(not_his), code(again)) == ("NOT_YOUR_TASK", None)


async def test_handing_over_keeps_the_term(city: City) -> None:
    task_id = await records.submitted(city)
    due = (await Task.get(id=task_id)).due_at

    records.done(await transferred(city, "handler", "second handler"))

    assert (await Task.get(status="open")).due_at == due


async def test_an_applicant_urges_after_half_of_the_term_and_once_a_day(city: City) -> None:
    await records.submitted(city)
    before = await everything()
    early = await urged(city, "applicant", NOW + timedelta(days=7))
    unchanged = await everything() == before

    with counted() as statements:
        first = await urged(city, "applicant")
    again = await urged(city, "applicant", HALF + timedelta(hours=23))
    next_day = await urged(city, "applicant", HALF + timedelta(hours=24))

    assert [code(one) for one in (early, first, again, next_day)] == [
        "TOO_EARLY_TO_URGE",
        None,
        "TOO_EARLY_TO_URGE",
        None,
    ]
    assert unchanged
    assert len(statements) <= 10, statements
    assert await Event.filter(kind="urged").count() == 2


async def test_urging_leaves_task_and_claim_as_they_are(city: City) -> None:
    task_id = await records.submitted(city)
    records.done(await task.claim(city.request("handler"), task_id=task_id, expected_version=1))
    before = (await Task.all().values(), await TrainingRecord.all().values())

    records.done(await urged(city, "applicant"))

    assert (await Task.all().values(), await TrainingRecord.all().values()) == before


async def test_only_who_waits_urges(city: City) -> None:
    task_id = await records.submitted(city, category=CourseCategory.PUBLIC)
    handler = await urged(city, "handler")
    task_id = await records.agreed(city, task_id)
    records.done(await records.decided(city, "leader", task_id, Act.PASS))

    unit, authority = await urged(city, "leader"), await urged(city, "city checker")

    assert [code(one) for one in (handler, unit, authority)] == [
        "NOT_YOURS_TO_URGE",
        None,
        "NOT_YOURS_TO_URGE",
    ]


async def cases_read(viewer: Viewer) -> int:
    p = Parameters()
    return len(await rows(f"SELECT 1 FROM wf_case c WHERE {access.cases(viewer, p, 'c')}", p))


async def test_a_person_reads_what_was_shown_to_him_and_does_nothing_with_it(city: City) -> None:
    task_id = await records.submitted(city)
    before = await cases_read(city.viewers["pupil"])

    with counted() as statements:
        records.done(await shown(city, "handler", person(city, "pupil")))
    act = await records.decided(city, "pupil", task_id, Act.AGREE_UP)
    urge = await urged(city, "pupil")

    assert (before, await cases_read(city.viewers["pupil"])) == (0, 1)
    assert (code(act), code(urge)) == ("NOT_YOUR_TASK", "NOT_YOURS_TO_URGE")
    assert len(statements) <= 10, statements
    p = Parameters()
    readable = access.records(city.viewers["pupil"], p, "r")
    assert await rows(f"SELECT 1 FROM training_record r WHERE {readable}", p) == []


async def test_what_was_shown_to_an_organisation_is_read_from_its_seats(city: City) -> None:
    await records.submitted(city)
    museum = Receiver(organisation_id=city.organisations["museum"])

    records.done(await shown(city, "applicant", museum))

    readers = ["museum handler", "museum leader", "pupil", "district checker"]
    assert [await cases_read(city.viewers[who]) for who in readers] == [1, 1, 0, 0]


async def test_to_whom_a_case_was_shown_hears_until_when_he_may_read_it(city: City) -> None:
    await records.submitted(city)

    records.done(await shown(city, "handler", person(city, "pupil")))

    told = await Notice.get(kind="cc")
    assert (told.person_id, told.group_key) == (city.viewers["pupil"].person_id, None)
    assert told.data == {"route": "declaration", "until": UNTIL.isoformat()}


@pytest.mark.parametrize(
    ("body", "left", "group"),
    [
        ("museum", (), "unit_leader"),  # the first of those who listen for their organisation
        ("museum", ("museum leader",), "handler"),
        ("base", (), "unit_admin"),  # nobody has a seat there yet
    ],
)
async def test_of_an_organisation_it_is_shown_to_one_group_hears(
    city: City, body: str, left: tuple[str, ...], group: str
) -> None:
    await records.submitted(city)
    gone = [city.viewers[who].person_id for who in left]
    await Account.filter(person_id__in=gone).update(disabled_at=TODAY)

    records.done(await shown(city, "handler", Receiver(organisation_id=city.organisations[body])))

    told = await Notice.get(kind="cc")
    assert (told.organisation_id, told.group_key) == (city.organisations[body], group)


async def test_who_may_not_show_a_case_tells_nobody(city: City) -> None:
    await records.submitted(city)

    refused = await shown(city, "museum leader", person(city, "pupil"))

    assert code(refused) == "NOT_FOUND"
    assert not await Notice.filter(kind="cc").exists()


async def test_the_right_to_read_ends_by_itself(city: City, db: Connection) -> None:
    await records.submitted(city)
    records.done(await shown(city, "handler", person(city, "pupil")))
    await db.execute_script(
        "ALTER TABLE wf_copy DISABLE TRIGGER wf_copy_append_only;"
        "UPDATE wf_copy SET until = now() - interval '1 second';"
        "ALTER TABLE wf_copy ENABLE TRIGGER wf_copy_append_only"
    )

    assert await cases_read(city.viewers["pupil"]) == 0


async def test_raw_sql_prolongs_no_right_to_read(city: City, db: Connection) -> None:
    await records.submitted(city)
    records.done(await shown(city, "handler", person(city, "pupil")))

    with pytest.raises(Exception, match="append"):
        await db.execute_script("UPDATE wf_copy SET until = now() + interval '9 years'")


async def test_a_closed_case_is_shown_and_stays_as_it_was_closed(city: City) -> None:
    task_id = await records.agreed(city, await records.submitted(city))
    records.done(await records.decided(city, "leader", task_id, Act.PASS))
    await Case.all().update(closed_at=NOW - timedelta(days=3))
    before = (await TrainingRecord.all().values(), (await Case.get()).closed_at)

    records.done(await shown(city, "handler", person(city, "pupil")))

    case = await Case.get()
    assert (await TrainingRecord.all().values(), case.closed_at) == before
    assert (case.status, await cases_read(city.viewers["pupil"])) == ("approved", 1)


@pytest.mark.parametrize(
    ("who", "changes", "refusal"),
    [
        ("museum handler", {}, "NOT_FOUND"),
        ("administrator", {}, "NOT_YOURS_TO_COPY"),
        ("checker", {}, "NOT_YOURS_TO_COPY"),
        ("handler", {"reason": "  "}, "REASON_REQUIRED"),
        ("handler", {"until": TODAY}, "COPY_TERM"),
        ("handler", {"until": TODAY + timedelta(days=181)}, "COPY_TERM"),
        ("handler", {"receiver": Receiver(person_id=uuid7())}, "RECEIVER_UNKNOWN"),
        ("handler", {"receiver": Receiver(organisation_id=uuid7())}, "RECEIVER_UNKNOWN"),
        ("handler", {}, None),
    ],
)
async def test_what_is_shown_needs_a_reader_a_reason_and_an_end(
    city: City, who: str, changes: dict[str, Any], refusal: str | None
) -> None:
    await records.submitted(city)
    before = await everything()

    answer = await shown(city, who, **{"receiver": person(city, "pupil"), **changes})

    assert code(answer) == refusal
    assert (await everything() == before) == (refusal is not None)


async def at_the_authority(city: City) -> None:
    """The school's public course waits at the district bureau."""
    for name in ("second reviewer",):
        await city.person(name, "school", "handler", "unit_leader")
    task_id = await records.submitted(city, "pupil", category=CourseCategory.PUBLIC)
    task_id = await records.agreed(city, task_id, "only reviewer")
    records.done(await records.decided(city, "second reviewer", task_id, Act.PASS))


async def test_a_step_moves_to_another_organisation_that_fits(city: City) -> None:
    await at_the_authority(city)

    with counted() as statements:
        records.done(await redirected(city, "city administrator", "bureau"))
    opened = await Task.get(status="open")
    decided = await records.decided(city, "city checker", opened.id, Act.PASS)

    assert len(statements) <= 10, statements
    assert (opened.step_key, opened.reason) == ("recognition", "redirected")
    assert opened.organisation_id == city.organisations["bureau"]
    assert isinstance(decided, Done), decided
    assert (await TrainingRecord.get()).status == "approved"


@pytest.mark.parametrize(
    ("who", "to", "reason", "refusal"),
    [
        ("district checker", "bureau", "改派", "NOT_YOURS_TO_REDIRECT"),
        ("city checker", "bureau", "改派", "NOT_YOURS_TO_REDIRECT"),
        ("administrator", "bureau", "改派", "NOT_FOUND"),
        ("city administrator", "bureau", " ", "REASON_REQUIRED"),
        ("city administrator", "district", "改派", "ORGANISATION_DOES_NOT_FIT"),
        ("city administrator", "school", "改派", "ORGANISATION_DOES_NOT_FIT"),
        ("city administrator", "department", "改派", "ORGANISATION_DOES_NOT_FIT"),
        ("city administrator", "bureau", "改派", None),
    ],
)
async def test_a_step_is_moved_by_administrators_with_a_reason_to_what_fits(
    city: City, who: str, to: str, reason: str, refusal: str | None
) -> None:
    await at_the_authority(city)
    before = await everything()

    answer = await redirected(city, who, to, reason)

    assert code(answer) == refusal
    assert (await everything() == before) == (refusal is not None)


async def test_after_a_re_affiliation_those_who_have_the_case_still_count_as_its_staff(
    city: City,
) -> None:
    await at_the_authority(city)
    department = city.organisations["department"]
    above = [city.organisations["bureau"], department]
    school = Organisation.filter(id=city.organisations["school"])
    await school.update(parent_id=department, ancestors=above)
    case = await Case.get()

    said = await clock.strike(case_id=case.id, now=NOW)

    assert said == ()


async def test_of_fifty_reviewers_racing_for_a_case_exactly_one_wins(city: City) -> None:
    await records.submitted(city)
    open_task, case = await Task.get(status="open"), await Case.get()
    for number in range(50):
        await city.person(f"clerk {number}", "hospital", "handler")

    answers = await asyncio.gather(
        *(
            task.decide(
                city.request(f"clerk {number}"),
                task_id=open_task.id,
                expected_version=case.seq,
                decision=task.Decision(act=Act.AGREE_UP),
            )
            for number in range(50)
        )
    )

    assert sum(isinstance(one, Done) for one in answers) == 1
    assert {code(one) for one in answers} - {None} == {"CONFLICT"}
    assert await Opinion.all().count() == 1


@pytest.mark.parametrize("rival", ["transfer", "urge", "show"])
async def test_an_errand_against_a_decision_has_one_winner(city: City, rival: str) -> None:
    await records.agreed(city, await records.submitted(city))
    leaders, case = await Task.get(status="open"), await Case.get()
    await city.person("second leader", "hospital", "unit_leader")
    rivals = {
        "transfer": lambda: transferred(city, "leader", "second leader"),
        "urge": lambda: urged(city, "applicant"),
        "show": lambda: shown(city, "handler", person(city, "pupil")),
    }

    answers = await asyncio.gather(
        task.decide(
            city.request("leader"),
            task_id=leaders.id,
            expected_version=case.seq,
            decision=task.Decision(act=Act.PASS),
        ),
        rivals[rival](),
    )

    losers = {code(one) for one in answers if isinstance(one, Refused)}
    assert sum(isinstance(one, Done) for one in answers) == 1 or rival == "show"
    assert losers <= {"CONFLICT", "TASK_OVER", "CLOSED"}
