"""Changes of name and number (身份信息变更): who asks, who decides, and what nobody learns."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from models import Certificate, FormerProfile, History, IdentityChange, Person
from models.account import UserType
from models.identity_change import ChangeOutcome
from models.read import Connection
from resolvers import ids
from rules.document import Document
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.identity import citizen, numbered
from tests.factories.question import FAILED, answered, key
from tests.factories.record import done
from workflow import identity, identity_change, keyring
from workflow.command import Answer
from workflow.identity_change import Asked

RENAMED = Asked(name="新名", reason="户口登记更名", evidence="户口簿")
IN_VAULT = "SELECT count(*) AS left FROM vault.identity_change"


@pytest.fixture
async def city(db: Connection) -> City:
    city, top = await cities.build(db), UserType.CITY_BUREAU
    for name in ("approver", "second approver"):
        await city.person(name, "bureau", "approve_admins", user_type=top)
    return city


def numbering(document: Document, **changes: Any) -> Asked:
    """A request for a number."""
    return replace(RENAMED, **{"name": None, "number": document.number, **changes})


async def asked(city: City, wanted: Asked = RENAMED, who: str = "applicant") -> UUID:
    """A request that waits."""
    answer = done(await identity_change.ask(city.request(who), asked=wanted))
    return UUID(answer.data["change"])


async def decided(
    city: City,
    change_id: UUID,
    who: str = "approver",
    *,
    granted: bool = True,
    paper: Document | None = None,
) -> Answer:
    """The answer to a decision, with the number on the paper."""
    return await identity_change.decide(
        city.request(who),
        change_id=change_id,
        granted=granted,
        answer="核对户口簿原件",
        number=paper.number if paper else None,
    )


def codes(answer: Any) -> list[str]:
    assert isinstance(answer, Refused), answer
    listed = answer.data.get("problems") or [{"code": answer.code}]
    return [one["code"] for one in listed]


async def everything(city: City) -> list[Any]:
    person = await Person.get(id=city.viewers["applicant"].person_id).values()
    return [person, await IdentityChange.all().order_by("id").values(), await History.all().count()]


async def test_a_granted_name_is_his_and_the_former_is_kept(city: City) -> None:
    change_id = await asked(city)

    done(await decided(city, change_id))

    person = city.viewers["applicant"].person_id
    assert (await Person.get(id=person)).name == "新名"
    former = await FormerProfile.get(person_id=person)
    assert (former.name, former.changed) == ("applicant", ["name"])
    assert former.changed_by_id == city.viewers["approver"].person_id
    change = await IdentityChange.get(id=change_id)
    assert (change.outcome, change.name_before) == (ChangeOutcome.GRANTED, "applicant")
    assert await History.filter(subject_id=change_id, tag="identity:change").count() == 2


async def test_a_granted_number_takes_the_place_of_the_old_one(city: City, db: Connection) -> None:
    person = city.viewers["applicant"].person_id
    old, new = await numbered(person), citizen()
    change_id = await asked(city, numbering(new))

    done(await decided(city, change_id, paper=new))

    assert await identity.find(db, new) == person
    assert await identity.find(db, old) is None
    assert await identity.own_mask(person) == new.standard
    assert (await Person.get(id=person)).masked_number == new.strict
    (row,) = await db.execute_query_dict(
        "SELECT ciphertext FROM vault.person_identity WHERE person_id = $1", [person]
    )
    opened = keyring.current().open(row["ciphertext"], identity.bound(person, "citizen"))
    assert opened.decode() == new.number
    assert (await db.execute_query_dict(IN_VAULT))[0]["left"] == 0


async def test_somebody_elses_number_is_refused_where_it_is_decided_and_not_before(
    city: City, db: Connection
) -> None:
    theirs = await numbered(city.viewers["pupil"].person_id)
    mine = await numbered(city.viewers["applicant"].person_id)
    change_id = await asked(city, numbering(theirs, name="新名"))
    before = await everything(city)

    answer = await decided(city, change_id, paper=theirs)

    assert codes(answer) == ["NUMBER_TAKEN"] and dict(answer.data) == {}
    assert await everything(city) == before
    assert await identity.find(db, mine) == city.viewers["applicant"].person_id
    done(await decided(city, change_id, granted=False))
    assert (await db.execute_query_dict(IN_VAULT))[0]["left"] == 0


async def test_two_who_ask_for_one_number_do_not_both_get_it(city: City, db: Connection) -> None:
    wanted = citizen()
    changes = [await asked(city, numbering(wanted), who) for who in ("applicant", "pupil")]

    answers = await asyncio.gather(
        decided(city, changes[0], "approver", paper=wanted),
        decided(city, changes[1], "second approver", paper=wanted),
    )

    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["NUMBER_TAKEN"]
    assert await identity.find(db, wanted) is not None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, "REQUIRED"),
        ("440100199909090001", "CHECK_DIGIT"),
        ("x", "LENGTH"),
        (citizen().number, "NUMBER_DIFFERS"),
    ],
)
async def test_a_number_is_granted_only_to_who_has_the_paper_before_him(
    city: City, typed: str | None, expected: str
) -> None:
    wanted = citizen()
    change_id = await asked(city, numbering(wanted))
    before = await everything(city)

    answer = await identity_change.decide(
        city.request("approver"), change_id=change_id, granted=True, answer="原件", number=typed
    )

    assert codes(answer) == [expected]
    assert await everything(city) == before
    done(await decided(city, change_id, paper=wanted))


UNFIT = {
    "nothing": (replace(RENAMED, name=None), "IDENTITY_UNCHANGED"),
    "the name he has": (replace(RENAMED, name="applicant"), "IDENTITY_UNCHANGED"),
    "an empty name": (replace(RENAMED, name=" "), "REQUIRED"),
    "no reason": (replace(RENAMED, reason=""), "REQUIRED"),
    "no evidence": (replace(RENAMED, evidence=""), "REQUIRED"),
    "a number that is none": (replace(RENAMED, number="440100199909090001"), "CHECK_DIGIT"),
    "a number in the reason": (replace(RENAMED, reason="440100 19990909"), "NUMBER_IN_TEXT"),
}


@pytest.mark.parametrize("what", UNFIT)
async def test_what_cannot_be_asked_for_leaves_nothing_behind(city: City, what: str) -> None:
    wanted, expected = UNFIT[what]
    before = await everything(city)

    answer = await identity_change.ask(city.request("applicant"), asked=wanted)

    assert codes(answer) == [expected]
    assert await everything(city) == before
    await asked(city)


async def test_his_own_number_is_no_change_and_one_request_waits_at_a_time(city: City) -> None:
    mine = await numbered(city.viewers["applicant"].person_id)
    same = await identity_change.ask(city.request("applicant"), asked=numbering(mine))

    await asked(city)

    again = await identity_change.ask(city.request("applicant"), asked=RENAMED)
    assert (codes(same), codes(again)) == (["IDENTITY_UNCHANGED"], ["IDENTITY_CHANGE_WAITING"])


FORBIDDEN = {
    "a reviewer of his unit": ("leader", "NOT_FOUND"),
    "the city without the group": ("city checker", "NOT_FOUND"),
    "a department": ("checker", "NOT_FOUND"),
    "himself": ("applicant", "OWN_CASE"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
async def test_nobody_but_the_citys_approvers_decides(city: City, what: str) -> None:
    who, expected = FORBIDDEN[what]
    change_id = await asked(city)
    before = await everything(city)

    answers = [await decided(city, change_id, who, granted=one) for one in (True, False)]

    assert [codes(one) for one in answers] == [[expected]] * 2
    assert await everything(city) == before
    done(await decided(city, change_id))


async def test_an_approver_does_not_decide_on_his_own(city: City) -> None:
    change_id = await asked(city, who="approver")

    assert codes(await decided(city, change_id)) == ["OWN_CASE"]
    done(await decided(city, change_id, "second approver"))


async def test_a_request_is_taken_back_by_its_author_and_then_it_is_over(city: City) -> None:
    change_id = await asked(city, numbering(citizen()))
    other = await identity_change.withdraw(city.request("approver"), change_id=change_id)

    done(await identity_change.withdraw(city.request("applicant"), change_id=change_id))

    assert codes(other) == ["NOT_APPLICANT"]
    assert codes(await decided(city, change_id)) == ["CLOSED"]
    with pytest.raises(Exception, match="stays as it is"):
        await IdentityChange.filter(id=change_id).update(answer="x")
    assert await Certificate.all().count() == 0


LIST = """{ identityChanges { nodes { nameBefore nameAfter maskedAfter evidence decidedBy
  person { name } } } }"""
DECIDE = f"""mutation($input: DecideIdentityChangeInput!) {{ decideIdentityChange(input: $input) {{
  ... on IdentityChangePayload {{ change {{ outcome answer decidedBy person {{ name }} }} }}
  {FAILED} }} }}"""
ASK = f"""mutation($input: AskIdentityChangeInput!) {{ askIdentityChange(input: $input) {{
  ... on IdentityChangePayload {{ change {{ id nameAfter }} }} {FAILED} }} }}"""
WITHDRAW = f"""mutation($input: WithdrawIdentityChangeInput!) {{
  withdrawIdentityChange(input: $input) {{
  ... on IdentityChangePayload {{ change {{ outcome }} }} {FAILED} }} }}"""


async def test_who_decides_sees_the_request_but_not_the_number_and_others_see_nothing(
    city: City,
) -> None:
    wanted = citizen()
    change_id = await asked(city, numbering(wanted, name="新名"))

    seen = {
        who: (await answered(city.viewers[who], LIST))["identityChanges"]["nodes"]
        for who in ("applicant", "approver", "leader", "city checker", "pupil")
    }

    assert [len(one) for one in seen.values()] == [1, 1, 0, 0, 0]
    assert seen["approver"][0]["maskedAfter"] == wanted.strict
    given = {"changeId": ids.encode("IdentityChange", change_id), "granted": True}
    given["number"] = wanted.number.lower()
    told = await answered(
        city.viewers["approver"], DECIDE, input={**given, "reason": "原件", "idempotencyKey": key()}
    )
    assert told["decideIdentityChange"]["change"] == {
        "outcome": "GRANTED",
        "answer": "原件",
        "decidedBy": "approver",
        "person": {"name": "新名"},
    }


async def test_a_person_asks_and_takes_back_by_graphql(city: City) -> None:
    me = city.viewers["applicant"]
    form = {"name": "新名", "reason": "更名", "evidence": "户口簿", "idempotencyKey": key()}

    made = (await answered(me, ASK, input=form))["askIdentityChange"]["change"]
    given = {"changeId": made["id"], "idempotencyKey": key()}
    back = (await answered(me, WITHDRAW, input=given))["withdrawIdentityChange"]
    wrong = {"changeId": "x", "idempotencyKey": key()}
    nothing = await answered(me, WITHDRAW, input=wrong)

    assert (made["nameAfter"], back["change"]["outcome"]) == ("新名", "WITHDRAWN")
    assert nothing["withdrawIdentityChange"]["code"] == "NOT_FOUND"
    decision = {**wrong, "granted": True, "reason": "原件", "idempotencyKey": key()}
    other = await answered(city.viewers["approver"], DECIDE, input=decision)
    assert other["decideIdentityChange"]["code"] == "NOT_FOUND"
