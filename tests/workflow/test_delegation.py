"""Delegation (代理): nobody does by it what he or his principal could not, and only for its time.

The rules are 5.11 and P15 of the design: resolved when the decision is made, half-open, no chains.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from models import Case, Command, Delegation, Event, Notice, Opinion, Seat, Task, TrainingRecord
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import delegation as delegations
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.delegation import UNTIL, asked, decided, given
from tests.factories.record import done
from tests.statements import counted
from tests.town import eventually
from workflow import delegation, task
from workflow.case import Act
from workflow.command import Answer, Done

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await delegations.deputies(city)
    return city


def code(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    found = [one["code"] for one in answer.data.get("problems", ())]
    return found[0] if found else answer.code


async def everything() -> list[Any]:
    """All that a refused decision must leave as it was."""
    tables = (TrainingRecord, Case, Task, Event, Opinion)
    return [await table.all().order_by("id").values() for table in tables]


async def for_the_leader(city: City) -> UUID:
    """A task of the leader, after the handler's opinion."""
    return await records.agreed(city, await records.submitted(city))


async def test_a_delegate_decides_and_both_names_are_kept(city: City) -> None:
    await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)

    done(await decided(city, "deputy", "leader", task_id, Act.PASS))

    deputy, leader = city.viewers["deputy"].person_id, city.viewers["leader"].person_id
    opinion = await Opinion.get(act="pass")
    event = await Event.filter(kind="opined").order_by("-seq").first()
    assert (opinion.person_id, opinion.principal_id) == (deputy, leader)
    assert event and (event.person_id, event.principal_id) == (deputy, leader)
    assert event.data["people"] == sorted([str(deputy), str(leader)])
    assert (await Case.get()).status == "approved"


async def test_no_task_moves_and_the_principal_still_decides_himself(city: City) -> None:
    task_id = await for_the_leader(city)
    before = await everything()

    await given(city, "leader", "deputy")

    assert await everything() == before
    done(await records.decided(city, "leader", task_id, Act.PASS))


async def test_in_his_own_name_a_delegate_stays_who_he_is(city: City) -> None:
    await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)
    before = await everything()

    answer = await records.decided(city, "deputy", task_id, Act.PASS)

    assert code(answer) == "NOT_YOUR_TASK"
    assert await everything() == before


@pytest.mark.parametrize(
    ("moment", "lawful"),
    [
        (NOW - INSTANT, False),
        (NOW, True),
        (UNTIL - INSTANT, True),
        (UNTIL, False),
        (UNTIL + timedelta(days=1), False),
    ],
)
async def test_it_holds_from_its_first_instant_until_before_its_last(
    city: City, moment: datetime, lawful: bool
) -> None:
    await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)

    answer = await decided(city, "deputy", "leader", task_id, Act.PASS, now=moment)

    assert isinstance(answer, Done) == lawful, answer
    assert await Opinion.filter(act="pass").count() == lawful
    mandates = (await delegations.seen(city, "deputy", moment)).mandates
    assert len(mandates) == lawful


@pytest.mark.parametrize("who", ["leader", "deputy", "administrator"])
async def test_a_revoked_one_ends_at_once(city: City, who: str) -> None:
    key = await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)
    done(await delegation.revoke(city.request(who), delegation_id=key))
    before = await everything()

    answer = await decided(city, "deputy", "leader", task_id, Act.PASS)

    assert code(answer) == "NOT_DELEGATED"
    assert await everything() == before
    assert (await delegations.seen(city, "deputy")).mandates == ()


async def test_what_the_principal_lost_his_delegate_has_lost(city: City) -> None:
    await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)
    leader = Seat.filter(person_id=city.viewers["leader"].person_id)

    await leader.update(groups=["handler"])
    lost = await decided(city, "deputy", "leader", task_id, Act.PASS)
    await leader.update(groups=["unit_leader"], ended_at=NOW)
    gone = await decided(city, "deputy", "leader", task_id, Act.PASS)
    await leader.update(ended_at=None)
    back = await decided(city, "deputy", "leader", task_id, Act.PASS)

    assert (code(lost), code(gone)) == ("NOT_DELEGATED", "NOT_DELEGATED")
    assert isinstance(back, Done)


@pytest.mark.parametrize(
    ("applicant", "principal", "delegate", "refusal"),
    [
        ("applicant", "chief", "deputy", None),  # neither has to do with it
        ("chief", "chief", "deputy", "OWN_CASE"),  # the applicant's delegate
        ("deputy", "chief", "deputy", "OWN_CASE"),  # the delegate's own case
        ("applicant", "chief", "handler", "ALREADY_GAVE_OPINION"),  # has spoken himself
        ("applicant", "handler", "deputy", "ALREADY_GAVE_OPINION"),  # for who has spoken
    ],
)
async def test_a_delegate_and_his_principal_are_one(
    city: City, applicant: str, principal: str, delegate: str, refusal: str | None
) -> None:
    await city.person("leading handler", "hospital", "handler", "unit_leader")
    task_id = await records.agreed(city, await records.submitted(city, applicant))
    await Seat.filter(person_id=city.viewers[principal].person_id).update(
        groups=["handler", "unit_leader"]
    )
    await given(city, principal, delegate, groups=["unit_leader"])
    before = await everything()

    answer = await decided(city, delegate, principal, task_id, Act.AGREE_UP)

    assert (code(answer) if refusal else isinstance(answer, Done)) == (refusal or True)
    assert refusal is None or await everything() == before


@pytest.mark.parametrize("delegate", ["handler", "second handler"])
async def test_one_person_under_two_names_is_not_four_eyes(city: City, delegate: str) -> None:
    await given(city, "leader", delegate)
    task_id = await for_the_leader(city)

    answer = await decided(city, delegate, "leader", task_id, Act.PASS)

    if delegate == "handler":  # he gave the first opinion himself
        assert code(answer) == "MORE_REVIEWERS_NEEDED"
    else:
        assert isinstance(answer, Done)


async def test_what_was_received_is_not_passed_on(city: City) -> None:
    await given(city, "leader", "second handler")
    task_id = await for_the_leader(city)

    chained = await asked(
        city, "second handler", "second handler", "deputy", groups=["unit_leader"]
    )
    await given(city, "second handler", "deputy")
    for_second = await decided(city, "deputy", "second handler", task_id, Act.PASS)
    for_leader = await decided(city, "deputy", "leader", task_id, Act.PASS)

    assert code(chained) == "GROUP_NOT_HELD"
    assert (code(for_second), code(for_leader)) == ("NOT_YOUR_TASK", "NOT_DELEGATED")


@pytest.mark.parametrize(
    ("changes", "lawful"),
    [
        ({"groups": ["unit_leader"]}, True),
        ({"groups": ["handler"]}, False),
        ({"routes": ["declaration"]}, True),
        ({"routes": ["declaration.public_course", "declaration"]}, True),
        ({"routes": ["record.amendment"]}, False),
    ],
)
async def test_only_what_was_handed_over(city: City, changes: dict[str, Any], lawful: bool) -> None:
    await given(city, "chief", "deputy", **changes)
    task_id = await for_the_leader(city)

    answer = await decided(city, "deputy", "chief", task_id, Act.PASS)

    assert isinstance(answer, Done) == lawful, answer


async def test_in_the_principals_name_only_what_is_the_principals(city: City) -> None:
    await given(city, "leader", "handler")
    await given(city, "leader", "administrator")
    task_id = await records.submitted(city)
    done(await task.claim(city.request("second handler"), task_id=task_id, expected_version=1))
    leader = city.viewers["leader"].person_id

    handlers = await decided(city, "handler", "leader", task_id, Act.AGREE_UP)
    administrators = await task.release(
        city.request("administrator"), task_id=task_id, expected_version=2, on_behalf_of=leader
    )
    own = await task.release(city.request("administrator"), task_id=task_id, expected_version=2)

    assert (code(handlers), code(administrators)) == ("NOT_YOUR_TASK", "NOT_YOUR_TASK")
    assert isinstance(own, Done)


async def test_a_delegate_claims_and_puts_back_in_his_principals_name(city: City) -> None:
    await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)
    words: dict[str, Any] = {
        "task_id": task_id,
        "on_behalf_of": city.viewers["leader"].person_id,
    }

    done(await task.claim(city.request("deputy"), expected_version=2, **words))
    held = (await Task.get(id=task_id)).claimed_by_id
    freed = await task.release(city.request("deputy"), expected_version=3, **words)
    done(await task.unclaim(city.request("deputy"), expected_version=3, **words))

    assert held == city.viewers["deputy"].person_id
    assert code(freed) == "NOT_YOUR_TASK"  # what an administrator does is nobody's to hand over


@pytest.mark.parametrize(
    ("by", "principal", "delegate", "refusal"),
    [
        ("leader", "leader", "deputy", None),
        ("administrator", "leader", "deputy", None),
        ("handler", "leader", "deputy", "NOT_YOURS_TO_DELEGATE"),
        ("deputy", "leader", "deputy", "NOT_YOURS_TO_DELEGATE"),
        ("applicant", "leader", "deputy", "NOT_YOURS_TO_DELEGATE"),
        ("administrator", "leader", "administrator", "DELEGATE_TO_YOURSELF"),
        ("administrator", "leader", "leader", "DELEGATE_IS_PRINCIPAL"),
        ("administrator", "leader", "applicant", "NOT_SEATED_HERE"),
        ("administrator", "leader", "museum leader", "NOT_SEATED_HERE"),
        ("administrator", "museum leader", "deputy", "NOT_SEATED_HERE"),
        ("administrator", "deputy", "leader", "GROUP_NOT_HELD"),
    ],
)
async def test_who_may_delegate_whose_to_whom(
    city: City, by: str, principal: str, delegate: str, refusal: str | None
) -> None:
    answer = await asked(city, by, principal, delegate)

    assert (code(answer) if refusal else isinstance(answer, Done)) == (refusal or True)
    assert await Delegation.all().count() == (refusal is None)
    assert bool(await Notice.all().count()) == (refusal is None)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ends_at": NOW}, "DELEGATION_ENDS_EARLY"),
        ({"starts_at": UNTIL}, "DELEGATION_ENDS_EARLY"),
        (
            {"starts_at": NOW - timedelta(days=9), "ends_at": NOW - timedelta(days=1)},
            "DELEGATION_ENDS_EARLY",
        ),
        ({"ends_at": NOW + timedelta(days=366)}, None),
        ({"ends_at": NOW + timedelta(days=366) + INSTANT}, "DELEGATION_TOO_LONG"),
        ({"groups": []}, "REQUIRED"),
        ({"groups": ["unit_admin"]}, "GROUP_NOT_HELD"),
        ({"routes": ["nothing"]}, "UNKNOWN_ROUTE"),
        ({"reason": " "}, "REQUIRED"),
        ({"reason": "长" * 501}, "TEXT_TOO_LONG"),
    ],
)
async def test_what_a_delegation_must_say(
    city: City, changes: dict[str, Any], refusal: str | None
) -> None:
    answer = await asked(city, "leader", "leader", "deputy", **changes)

    assert (code(answer) if refusal else isinstance(answer, Done)) == (refusal or True)
    assert await Delegation.all().count() == (refusal is None)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("handler", "NOT_FOUND"), ("museum leader", "NOT_FOUND"), ("administrator", None)],
)
async def test_who_may_revoke_and_only_once(city: City, who: str, refusal: str | None) -> None:
    key = await given(city, "leader", "deputy")

    first = await delegation.revoke(city.request(who), delegation_id=key)
    again = await delegation.revoke(city.request(who), delegation_id=key)

    assert (code(first) if refusal else isinstance(first, Done)) == (refusal or True)
    assert code(again) == (refusal or "DELEGATION_OVER")
    assert ((await Delegation.get()).revoked_at is None) == (refusal is not None)


async def test_what_has_run_out_is_not_revoked(city: City) -> None:
    key = await given(city, "leader", "deputy")

    answer = await delegation.revoke(city.request("leader", now=UNTIL), delegation_id=key)

    assert code(answer) == "DELEGATION_OVER"


async def test_both_are_told_but_whoever_did_it(city: City) -> None:
    key = await given(city, "leader", "deputy")
    by_himself = {one.person_id: one.kind for one in await Notice.all()}
    done(await delegation.revoke(city.request("administrator"), delegation_id=key))

    deputy, leader = city.viewers["deputy"].person_id, city.viewers["leader"].person_id
    revoked = await Notice.filter(kind="delegation_revoked")
    assert by_himself == {deputy: "delegation_given"}
    assert {one.person_id: one.about_id for one in revoked} == {deputy: leader, leader: deputy}


async def test_of_revoking_and_deciding_one_comes_first(city: City) -> None:
    for _ in range(8):
        key = await given(city, "leader", "deputy")
        task_id = await for_the_leader(city)

        decision, revocation = await asyncio.gather(
            decided(city, "deputy", "leader", task_id, Act.PASS),
            delegation.revoke(city.request("administrator"), delegation_id=key),
        )

        done(revocation)
        approved = (await Task.get(id=task_id).select_related("case")).case.status == "approved"
        assert approved == isinstance(decision, Done)
        assert approved or code(decision) == "NOT_DELEGATED"


async def test_who_revokes_waits_for_a_decision_under_way(city: City, db: Connection) -> None:
    key = await given(city, "leader", "deputy")
    task_id = await for_the_leader(city)
    leader, begun = city.viewers["leader"].person_id, asyncio.Event()

    async def revoked() -> Answer:
        await begun.wait()
        return await delegation.revoke(city.request("leader"), delegation_id=key)

    waiting = asyncio.create_task(revoked())  # outside: a task inside would join the transaction
    async with in_transaction() as c:
        assert await delegation.mandate(c, city.request("deputy"), leader, task_id)
        begun.set()
        await eventually(lambda: somebody_waits(db))
        assert not waiting.done()

    done(await waiting)


async def somebody_waits(db: Connection) -> bool:
    return bool(await db.execute_query_dict(WAITING))


async def test_a_decision_by_delegation_costs_one_statement_more(city: City) -> None:
    await given(city, "leader", "deputy")
    with counted() as own:
        done(await records.decided(city, "leader", await for_the_leader(city), Act.PASS))
    with counted() as other:
        done(await decided(city, "deputy", "leader", await for_the_leader(city), Act.PASS))

    assert len(other) == len(own) + 1


async def test_the_same_key_in_another_name_is_something_else(city: City) -> None:
    await given(city, "leader", "deputy")
    await given(city, "chief", "deputy")
    task_id = await for_the_leader(city)
    request = city.request("deputy", "one key")
    names = [city.viewers[who].person_id for who in ("leader", "chief")]

    answers = [
        await task.claim(request, task_id=task_id, expected_version=2, on_behalf_of=name)
        for name in names
    ]

    assert isinstance(answers[0], Done)
    assert code(answers[1]) == "IDEMPOTENCY_KEY_REUSED"
    assert await Command.filter(command_id="one key").count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wf_delegation SET ends_at = ends_at + interval '1 day'",
        "UPDATE wf_delegation SET groups = '{handler}'",
        "DELETE FROM wf_delegation",
    ],
)
async def test_raw_sql_cannot_change_a_delegation(city: City, db: Connection, sql: str) -> None:
    await given(city, "leader", "deputy")
    before = await Delegation.all().values()

    with pytest.raises((IntegrityError, OperationalError)):
        await db.execute_query(sql)

    assert await Delegation.all().values() == before


async def test_raw_sql_cannot_hand_another_persons_reviews_to_oneself(city: City) -> None:
    row: dict[str, Any] = {
        "principal_id": city.viewers["leader"].person_id,
        "delegate_id": city.viewers["deputy"].person_id,
        "organisation_id": city.organisations["hospital"],
        "groups": ["unit_leader"],
        "starts_at": NOW,
        "ends_at": UNTIL,
        "reason": "出差",
        "created_at": NOW,
    }

    with pytest.raises(IntegrityError, match="delegation_given"):
        await Delegation.create(**row, created_by_id=city.viewers["deputy"].person_id)

    await Delegation.create(**row, created_by_id=city.viewers["leader"].person_id)


async def test_nobody_is_a_delegate_for_who_never_was_there(city: City) -> None:
    task_id = await for_the_leader(city)

    answer = await task.claim(
        city.request("deputy"), task_id=task_id, expected_version=2, on_behalf_of=uuid7()
    )

    assert code(answer) == "NOT_DELEGATED"
