"""The confirmation of a profile: the person asks, his unit confirms, a change makes it void."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from models import Case, Event, Opinion, PersonTotal, Profile, Task
from models.read import Connection
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.record import done
from tests.statements import counted
from workflow import profile, profile_subject, task
from workflow.case import Act
from workflow.command import Answer
from workflow.task import Decision

TABLES = (Case, Task, Event, Opinion, Profile, PersonTotal)


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def everything() -> list[Any]:
    """All that a refused command must leave as it was."""
    return [await table.all().order_by("id").values() for table in TABLES]


async def of(city: City, who: str = "applicant") -> Profile:
    return await Profile.get(person_id=city.viewers[who].person_id)


async def asked(city: City, who: str = "applicant") -> Answer:
    version = (await of(city, who)).version
    return await profile.submit(city.request(who), expected_version=version)


async def task_of(city: City, who: str = "applicant") -> UUID:
    return UUID(done(await asked(city, who)).data["task"])


async def confirmed(city: City, who: str = "applicant", by: str = "handler") -> Profile:
    done(await records.decided(city, by, await task_of(city, who), Act.PASS))
    return await of(city, who)


async def saved(city: City, who: str = "applicant", **changes: Any) -> Profile:
    """The profile after the person has changed something."""
    row = await of(city, who)
    given = replace(profile.stored(row), **changes)  # type: ignore[arg-type]
    done(await profile.save(city.request(who), profile=given, expected_version=row.version))
    return await of(city, who)


async def test_what_the_handler_confirms_says_when_and_by_whom(city: City) -> None:
    row = await confirmed(city)

    assert (row.confirmed_at, row.confirmed_by_id) == (NOW, city.viewers["handler"].person_id)
    assert (row.version, row.confirmation_voided_at) == (1, None)
    assert (await Case.get()).status == "approved"


async def test_a_returned_profile_is_mended_and_confirmed(city: City) -> None:
    done(await records.decided(city, "handler", await task_of(city), Act.RETURN, comment="请核对"))

    assert (await of(city)).confirmed_at is None
    await saved(city, qualified_on=date(2019, 5, 1))
    assert (await confirmed(city)).confirmed_at == NOW
    assert await Case.all().count() == 1


@pytest.mark.parametrize(
    ("changes", "void"),
    [
        ({"gender": Gender.MALE}, True),
        ({"birth_date": date(1984, 6, 8)}, True),
        ({"education": Education.DOCTOR}, True),
        ({"title_code": "082"}, True),
        ({"has_title": False, "started_work_on": date(2010, 7, 1)}, True),
        ({"qualified_on": date(2021, 5, 1)}, True),
        ({"discipline": Discipline.SOCIAL}, True),
        ({"person_group": PersonGroup.TEACHER}, True),
        ({"phone": "13900139000"}, False),  # nothing relies on it
        ({}, False),
    ],
)
async def test_a_change_of_what_was_confirmed_makes_it_void(
    city: City, changes: dict[str, Any], void: bool
) -> None:
    await confirmed(city)

    row = await saved(city, **changes)

    assert (row.confirmed_at is None, row.confirmed_by_id is None) == (void, void)
    assert row.confirmation_voided_at == (NOW if void else None)


async def test_the_date_of_the_title_has_the_years_judged_anew_and_is_confirmed_anew(
    city: City,
) -> None:
    await confirmed(city)

    await saved(city, qualified_on=date(2021, 5, 1))
    again = await confirmed(city)

    assert (await PersonTotal.get(person_id=again.person_id)).dirty_version == 1
    assert (again.confirmed_at, again.confirmation_voided_at) == (NOW, None)
    assert [case.status for case in await Case.all()] == ["approved"] * 2


async def test_what_is_confirmed_and_unchanged_is_not_asked_again(city: City) -> None:
    await confirmed(city)
    before = await everything()

    refused = await asked(city)

    assert refused == Refused("PROFILE_CONFIRMED", {"at": NOW.isoformat()})
    assert await everything() == before


async def test_a_profile_with_gaps_is_not_sent(city: City) -> None:
    await Profile.filter(person_id=city.viewers["applicant"].person_id).update(education=None)
    before = await everything()

    refused = await asked(city)

    assert refused == Refused("PROFILE_INCOMPLETE", {"fields": ["education"]})
    assert await everything() == before


async def test_a_person_without_profile_or_employer_is_told_what_is_missing(city: City) -> None:
    await city.person("newcomer", "hospital", complete=False)
    await city.person("homeless", None)

    lacking = await profile.submit(city.request("newcomer"), expected_version=0)
    nowhere = await profile.submit(city.request("homeless"), expected_version=1)

    assert isinstance(lacking, Refused) and lacking.code == "PROFILE_INCOMPLETE"
    assert nowhere == Refused("NO_EMPLOYER")


@pytest.mark.parametrize(
    "who", ["applicant", "leader", "museum handler", "checker", "administrator"]
)
async def test_who_is_not_the_handler_of_the_unit_confirms_nothing(city: City, who: str) -> None:
    task_id = await task_of(city)
    before = await everything()

    assert isinstance(await records.decided(city, who, task_id, Act.PASS), Refused)

    assert await everything() == before
    done(await records.decided(city, "handler", task_id, Act.PASS))


async def test_nobody_confirms_his_own_profile_and_the_other_handler_does(city: City) -> None:
    task_id = await task_of(city, "handler")
    before = await everything()

    refused = await records.decided(city, "handler", task_id, Act.PASS)

    assert refused == Refused("OWN_CASE")
    assert await everything() == before
    done(await records.decided(city, "second handler", task_id, Act.PASS))


async def test_the_only_handler_is_confirmed_by_the_superior_body(city: City) -> None:
    task_id = await task_of(city, "only reviewer")

    done(await records.decided(city, "district checker", task_id, Act.PASS))

    row = await of(city, "only reviewer")
    assert row.confirmed_by_id == city.viewers["district checker"].person_id


async def test_what_was_changed_meanwhile_is_not_confirmed_unseen(city: City) -> None:
    task_id = await task_of(city)
    await saved(city, qualified_on=date(2019, 5, 1))

    refused = await records.decided(city, "handler", task_id, Act.PASS)

    assert isinstance(refused, Refused) and refused.code == "CONTENT_CHANGED"
    assert (await of(city)).confirmed_at is None


async def test_saving_while_it_is_confirmed_leaves_nothing_confirmed_unseen(city: City) -> None:
    task_id = await task_of(city)

    decided, row = await asyncio.gather(
        records.decided(city, "handler", task_id, Act.PASS),
        saved(city, qualified_on=date(2019, 5, 1)),
    )

    row = await of(city)
    assert row.confirmed_at is None
    voided = row.confirmation_voided_at is not None
    assert voided is not isinstance(decided, Refused)  # either order, never both


async def test_a_save_that_slipped_in_between_has_the_decision_look_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await task_of(city)
    write, tries = profile_subject.ProfileSubject.write, []

    async def late(self: Any, c: Connection, subject: Any, change: Any) -> None:
        tries.append(subject.row.version)
        if len(tries) == 1:
            subject.row.version -= 1  # as if somebody had saved since it was read
        await write(self, c, subject, change)

    monkeypatch.setattr(profile_subject.ProfileSubject, "write", late)
    done(await records.decided(city, "handler", task_id, Act.PASS))

    assert tries == [1, 1]
    assert (await of(city)).confirmed_at == NOW


async def test_of_two_requests_at_once_one_is_taken(city: City) -> None:
    answers = await asyncio.gather(asked(city), asked(city))

    assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
    assert await Task.filter(status="open").count() == 1


async def test_while_nobody_acted_it_is_taken_back(city: City) -> None:
    task_id = await task_of(city)

    done(await profile.recall(city.request("applicant"), expected_version=1))

    assert (await Case.get()).status == "draft"
    assert await Task.filter(status="open").count() == 0
    late = await records.decided(city, "handler", task_id, Act.PASS)
    assert isinstance(late, Refused)
    done(await asked(city))


async def test_what_was_never_sent_is_not_taken_back(city: City) -> None:
    refused = await profile.recall(city.request("applicant"), expected_version=1)

    assert refused == Refused("NOT_IN_REVIEW", {"status": "draft"})
    assert await Case.all().count() == 0


async def test_who_has_not_seen_the_last_version_asks_for_nothing(city: City) -> None:
    await saved(city, phone="13900139000")

    refused = await profile.submit(city.request("applicant"), expected_version=1)

    assert isinstance(refused, Refused) and refused.code == "CONFLICT"
    assert await Case.all().count() == 0


async def test_asking_and_confirming_cost_at_most_ten_statements(city: City) -> None:
    with counted() as asking:
        task_id = await task_of(city)
    case = await Case.get()
    with counted() as confirming:
        done(
            await task.decide(
                city.request("handler"),
                task_id=task_id,
                expected_version=case.seq,
                decision=Decision(act=Act.PASS),
            )
        )

    assert (len(asking) - 1, len(confirming)) <= (10, 10)  # one reads the version for the test


async def test_raw_sql_cannot_have_somebody_confirm_his_own(city: City, db: Connection) -> None:
    person = city.viewers["applicant"].person_id
    own = "UPDATE profile SET confirmed_at = now(), confirmed_by_id = $2 WHERE person_id = $1"

    with pytest.raises(Exception, match="profile_not_own"):
        await db.execute_query(own, [person, person])
    with pytest.raises(Exception, match="profile_confirmed"):
        await db.execute_query(
            "UPDATE profile SET confirmed_at = now() WHERE person_id = $1", [person]
        )
    assert (await of(city)).confirmed_at is None
