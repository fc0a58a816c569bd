"""Two accounts of one person (重复帐号): who says so, what goes over, what stays as it was."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import (
    Account,
    AnnualResult,
    Certificate,
    CycleApplication,
    Employment,
    History,
    IdentityChange,
    Job,
    Move,
    Notice,
    Person,
    Profile,
    Task,
    TrainingRecord,
)
from models.account import UserType
from models.data_request import DataRequest
from models.door import Claim, ClaimOutcome
from models.ids import uuid7
from models.read import Connection, rows
from resolvers import ids
from rules.document import Document
from rules.refusal import Refused
from tests.factories import certificate as certificates
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories import record as records
from tests.factories import session as sessions
from tests.factories.city import NOW, City
from tests.factories.identity import citizen, numbered
from tests.factories.question import FAILED, answered, codes, key
from tests.factories.record import done
from workflow import account, annual, claim, data_request, identity_change, move, personal
from workflow.case import Act
from workflow.command import Answer
from workflow.identity_change import Asked

APPROVERS = ("approver", "second approver", "third approver")


@pytest.fixture
async def city(db: Connection) -> City:
    """The applicant of the hospital has another account, from which he works at the museum."""
    city, top = await cities.build(db), UserType.CITY_BUREAU
    for name in APPROVERS:
        await city.person(name, "bureau", "approve_admins", user_type=top)
    await city.person("twin", "museum")
    return city


# A case like another, of somebody else about something else; and whoever waits for a lock.
ANOTHER = """
INSERT INTO wf_case SELECT (jsonb_populate_record(c, jsonb_build_object(
  'id', $1::uuid, 'applicant_id', $2::uuid, 'subject_id', $3::uuid))).* FROM wf_case c WHERE id = $4
"""
WAITING = "SELECT pid FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"


def who(city: City, name: str = "applicant") -> UUID:
    return city.viewers[name].person_id


async def change_of(city: City, document: Document, name: str = "twin") -> UUID:
    """A request for a number that waits."""
    asked = Asked(number=document.number, reason="登记时误填", evidence="居民身份证")
    answer = done(await identity_change.ask(city.request(name), asked=asked))
    return UUID(answer.data["change"])


async def opened(city: City, change_id: UUID, paper: Document, by: str = "approver") -> Answer:
    return await claim.open_one(city.request(by), change_id=change_id, number=paper.number)


async def disputed(city: City) -> UUID:
    """A claim by the twin of the number the applicant has."""
    theirs = await numbered(who(city))
    await numbered(who(city, "twin"))
    answer = done(await opened(city, await change_of(city, theirs), theirs))
    return UUID(answer.data["claim"])


async def decided(
    city: City,
    claim_id: UUID,
    outcome: ClaimOutcome = ClaimOutcome.SAME_PERSON,
    by: str = "second approver",
) -> Answer:
    return await claim.decide(
        city.request(by), claim_id=claim_id, outcome=outcome, reason="核对居民身份证原件"
    )


def code(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def everything() -> list[Any]:
    tables = (Person, Account, Claim, IdentityChange, TrainingRecord, Employment, History, Notice)
    return [await table.all().order_by("id").values() for table in tables]


async def test_what_lives_goes_over_and_the_account_opens_nothing_any_more(
    city: City, db: Connection
) -> None:
    course = await cities.registered(city, "twin", course_name="《急救》")
    claim_id = await disputed(city)

    done(await decided(city, claim_id))

    assert (await TrainingRecord.get(id=course)).person_id == who(city)
    twin = await Account.get(person_id=who(city, "twin"))
    assert twin.disabled_at == NOW and await account.find("twin") is None
    assert (await Person.get(id=who(city, "twin"))).absorbed_by_id == who(city)
    assert await account.find("applicant") is not None
    numbers = await rows("SELECT person_id FROM vault.person_identity")
    assert [one.person_id for one in numbers] == [who(city)]
    change = await IdentityChange.get(person_id=who(city, "twin"))
    assert (change.outcome, change.answer) == ("granted", "核对居民身份证原件")
    (told,) = await Notice.filter(kind="account_merged")
    assert (told.person_id, told.data) == (who(city), {"records": 1, "repeated": 0})
    assert await History.filter(tag="account:absorb").count() == 2


async def test_applications_and_the_profile_go_over_and_requests_about_ones_data_end(
    city: City,
) -> None:
    for name, title in (("twin", cycles.SENIOR), ("twin", cycles.OTHER), ("applicant", "082")):
        await cycles.applied(city, name, target_title=title, qualified_on=cycles.QUALIFIED)
    done(await data_request.request_closure(city.request("twin"), reason="不再从业"))
    await Profile.filter(person_id=who(city)).delete()
    claim_id = await disputed(city)

    done(await decided(city, claim_id))

    kept = await CycleApplication.filter(person_id=who(city)).values_list("target_title", flat=True)
    assert sorted(map(str, kept)) == [cycles.OTHER, cycles.SENIOR]  # the second of one is nobody's
    assert await Profile.filter(person_id=who(city)).exists()
    assert (await DataRequest.get()).outcome == "withdrawn"
    assert await Job.filter(subject=who(city), kind="recalculate").exists()


async def test_nobody_is_led_through_two_who_are_absorbed(city: City) -> None:
    done(await decided(city, await disputed(city)))
    await city.person("third", "school")
    theirs = await numbered(who(city, "third"))
    change_id = await change_of(city, theirs, "applicant")
    claim_id = UUID(done(await opened(city, change_id, theirs)).data["claim"])

    done(await decided(city, claim_id))

    token = await sessions.opened(city.viewers["third"])
    viewer = await account.viewer_of(token, now=datetime.now(UTC), idle=timedelta(minutes=30))
    assert viewer is not None
    assert set(viewer.former) == {who(city), who(city, "twin")}


async def test_a_course_both_were_credited_with_counts_once(city: City) -> None:
    for name in ("applicant", "twin"):
        await cities.registered(city, name, approved_hours="20.0")
    await cities.registered(city, "twin", approved_hours="8.0", ends_on=date(2026, 5, 16))
    claim_id = await disputed(city)

    done(await decided(city, claim_id))

    assert await annual.settle(who(city), now=NOW)
    year = await AnnualResult.get(person_id=who(city), year=2026, current=True)
    assert str(year.total_hours) == "28.0"
    repeated = await TrainingRecord.get(person_id=who(city), deleted_at__isnull=False)
    assert (await History.get(subject_id=repeated.id, tag="record:delete")).data == {
        "why": "repeated",
        "kept_by": str(who(city)),
    }


async def test_what_was_certified_stays_and_who_is_gone_is_counted_no_more(city: City) -> None:
    done(await certificates.issued(city, await certificates.passing(city, "twin"), "twin"))
    claim_id = await disputed(city)

    done(await decided(city, claim_id))

    assert (await Certificate.get()).revoked_at is None
    results = await AnnualResult.filter(person_id=who(city, "twin"))
    assert results and not any(one.current for one in results)
    assert await annual.settle(who(city, "twin"), now=NOW)  # there is nothing to count any more
    assert await AnnualResult.filter(person_id=who(city, "twin")).count() == len(results)
    assert await annual.load(who(city, "twin")) is None


@pytest.mark.parametrize(("stays_employed", "until"), [(True, NOW.date()), (False, None)])
async def test_who_stays_and_works_somewhere_works_there(
    city: City, stays_employed: bool, until: date | None
) -> None:
    if not stays_employed:
        await Employment.filter(person_id=who(city)).update(until_on=date(2020, 1, 1))
    claim_id = await disputed(city)

    done(await decided(city, claim_id))

    museum = city.organisations["museum"]
    there = await Employment.get(person_id=who(city), organisation_id=museum)
    assert there.until_on == until
    assert await Employment.filter(person_id=who(city), until_on=None).count() == 1


async def test_there_may_be_two_people_and_then_both_stay_who_they_are(city: City) -> None:
    claim_id = await disputed(city)

    done(await decided(city, claim_id, ClaimOutcome.OWNER))

    assert await account.find("twin") is not None
    assert (await IdentityChange.get()).outcome == "refused"
    assert len(await rows("SELECT 1 FROM vault.person_identity")) == 2
    assert (await rows("SELECT 1 FROM vault.identity_change")) == []


HINDERED = {
    "a seat": Refused("DUPLICATE_HAS_SEATS", {"count": 1}),
    "an open case": Refused("DUPLICATE_HAS_CASES", {"count": 1}),
    "a shut account": Refused("DUPLICATE_STAYS_SHUT"),
    "another claim": Refused("CLAIM_OPEN"),
}


@pytest.mark.parametrize("what", HINDERED)
async def test_what_is_open_is_finished_first(city: City, db: Connection, what: str) -> None:
    claim_id = await disputed(city)
    if what == "a seat":
        await city.person("other", "museum", "handler")
        seat = city.viewers["other"].seat_id
        await rows("UPDATE seat SET person_id = $1 WHERE id = $2", [who(city, "twin"), seat])
    elif what == "an open case":
        await records.submitted(city, "twin")
    elif what == "a shut account":
        await Account.filter(person_id=who(city)).update(disabled_at=NOW)
    else:
        await claim.arise(db, who(city, "pupil"), who(city, "twin"), NOW)
    before = await everything()

    answer = await decided(city, claim_id)

    assert answer == HINDERED[what]
    assert await everything() == before


async def test_who_opened_a_claim_does_not_decide_it_and_neither_do_the_two(city: City) -> None:
    claim_id = await disputed(city)
    before = await everything()

    told = [code(await decided(city, claim_id, by=by)) for by in ("approver", "city checker")]
    unfit = code(await decided(city, claim_id, ClaimOutcome.CLAIMANT))

    assert (told, unfit) == (["OPENED_BY_YOU", "NOT_FOUND"], "OUTCOME_UNFIT")
    assert await everything() == before
    with pytest.raises(Exception, match="identity_claim_four_eyes"):
        opener = who(city, "approver")
        closed = {"closed_at": NOW, "outcome": ClaimOutcome.OWNER}
        await Claim.filter(id=claim_id).update(decided_by_id=opener, **closed)
    done(await decided(city, claim_id))


async def test_nobody_claims_what_has_ended_in_another(city: City, db: Connection) -> None:
    done(await decided(city, await disputed(city)))

    await claim.arise(db, who(city, "pupil"), who(city, "twin"), NOW)

    assert await Claim.filter(closed_at=None).count() == 0


@pytest.mark.parametrize("has", [True, False])
async def test_an_approver_opens_no_claim_for_himself_whoever_has_the_number(
    city: City, has: bool
) -> None:
    wanted = await numbered(who(city)) if has else citizen()
    change_id = await change_of(city, wanted, "approver")

    assert code(await opened(city, change_id, wanted)) == "OWN_CASE"


async def test_nothing_is_kept_by_which_who_is_gone_could_be_reached(city: City) -> None:
    gone = Account.filter(person_id=who(city, "twin"))
    await gone.update(contact="13800138000")
    school = city.organisations["school"]
    done(await move.ask(city.request("applicant"), organisation_id=school))
    await Move.filter().update(former_id=None)  # as of somebody who had no employer

    done(await decided(city, await disputed(city)))

    assert await gone.values_list("contact", "password_hash") == [("", "")]
    assert (await Profile.get(person_id=who(city, "twin"))).phone is None
    assert (await Move.get()).former_id == city.organisations["hospital"]


async def test_of_two_who_decide_at_once_one_does(city: City) -> None:
    claim_id = await disputed(city)

    answers = await asyncio.gather(*(decided(city, claim_id, by=by) for by in APPROVERS[1:]))

    (refused,) = [one for one in answers if isinstance(one, Refused)]
    assert refused.code == "CLAIM_CLOSED"
    assert await History.filter(tag="account:absorb").count() == 2


async def test_an_account_does_not_end_while_something_is_being_handed_in(city: City) -> None:
    other = await Task.get(id=await records.submitted(city))
    claim_id, begun = await disputed(city), asyncio.Event()

    async def merged() -> Answer:
        await begun.wait()
        return await decided(city, claim_id)

    merging = asyncio.create_task(merged())  # outside, or it would share the transaction
    async with in_transaction() as c:
        await c.execute_query(ANOTHER, [uuid7(), who(city, "twin"), uuid7(), other.case_id])
        begun.set()
        while not (merging.done() or await rows(WAITING)):
            await asyncio.sleep(0)

    assert await merging == Refused("DUPLICATE_HAS_CASES", {"count": 1})


async def test_a_claim_is_opened_by_who_has_the_paper_of_a_number_that_is_taken(
    city: City,
) -> None:
    theirs, free = await numbered(who(city)), citizen()
    change_id = await change_of(city, theirs)
    before = await everything()

    told = [
        code(await opened(city, change_id, free)),
        code(await opened(city, change_id, theirs, by="city checker")),
        code(await opened(city, change_id, theirs, by="twin")),
    ]

    assert told == ["NUMBER_DIFFERS", "NOT_PERMITTED", "NOT_PERMITTED"]
    assert await everything() == before
    done(await opened(city, change_id, theirs))
    assert (await Notice.get(kind="number_claimed")).person_id == who(city)
    again = await opened(city, change_id, theirs)
    assert code(again) == "CLAIM_OPEN"


async def test_a_number_nobody_has_is_no_claim_and_nobody_ends_in_who_has_no_account(
    city: City,
) -> None:
    free, bare = citizen(), await Person.create(name="无帐号", masked_number="440***************")
    theirs = await numbered(bare.id)
    changes = [await change_of(city, free), await change_of(city, theirs, "applicant")]

    assert code(await opened(city, changes[0], free)) == "NUMBER_FREE"
    assert code(await opened(city, changes[1], theirs)) == "NUMBER_TAKEN"


async def test_while_a_claim_waits_its_request_is_neither_answered_nor_taken_back(
    city: City,
) -> None:
    await disputed(city)
    change = await IdentityChange.get()
    back = await identity_change.withdraw(city.request("twin"), change_id=change.id)
    refused = await identity_change.decide(
        city.request("second approver"), change_id=change.id, granted=False, answer="不符"
    )

    assert [code(back), code(refused)] == ["BEING_DECIDED", "CLAIM_OPEN"]


async def test_who_is_absorbed_stays_so(city: City) -> None:
    claim_id = await disputed(city)
    done(await decided(city, claim_id))

    with pytest.raises(Exception, match="stays so"):
        await Person.filter(id=who(city, "twin")).update(absorbed_by_id=None)
        await rows("SET CONSTRAINTS ALL IMMEDIATE")


OWN = """query($case: ID!) { node(id: $case) { __typename }
  viewer { person { formerAccounts { name certificates { number } } } } }"""
LIST = """{ claims { nodes { openedBy change { id } preview {
  records repeated applications employments certificates judgedOwn obstacle } } } }"""
OPEN = f"""mutation($input: OpenClaimInput!) {{ openClaim(input: $input) {{
  ... on ClaimPayload {{ claim {{ openedBy owner {{ name }} }} }} {FAILED} }} }}"""


async def test_who_stays_reads_the_history_of_who_is_gone_and_nobody_else_does(
    city: City, db: Connection
) -> None:
    task_id = await records.submitted(city, "twin")
    case_id = (await Task.get(id=task_id)).case_id
    task_id = await records.agreed(city, task_id, "museum handler")
    done(await records.decided(city, "museum leader", task_id, Act.PASS))
    done(await certificates.issued(city, await certificates.passing(city, "twin"), "twin"))
    done(await decided(city, await disputed(city)))
    me = replace(city.viewers["applicant"], former=(who(city, "twin"),))
    asked = {"case": ids.encode("Case", case_id)}

    seen = await answered(me, OWN, **asked)
    stranger = await codes(city.viewers["pupil"], OWN, **asked)

    assert seen["node"] == {"__typename": "Case"}
    (former,) = seen["viewer"]["person"]["formerAccounts"]
    assert former["name"] == "twin" and len(former["certificates"]) == 1
    assert stranger == ["NOT_FOUND"]
    assert len((await personal.table(db, me, "certificate"))["rows"]) == 1


async def test_claims_are_shown_with_what_merging_would_do(city: City) -> None:
    for name in ("applicant", "twin"):
        await cities.registered(city, name)
    theirs = await numbered(who(city))
    change_id = await change_of(city, theirs)
    given = {"changeId": ids.encode("IdentityChange", change_id), "number": theirs.number}

    made = await answered(city.viewers["approver"], OPEN, input={**given, "idempotencyKey": key()})
    seen = (await answered(city.viewers["second approver"], LIST))["claims"]["nodes"]

    assert made["openClaim"]["claim"] == {"openedBy": "approver", "owner": {"name": "applicant"}}
    (one,) = seen
    assert one["change"]["id"] == given["changeId"]
    counted = {"records": 1, "repeated": 1, "applications": 0, "employments": 1}
    assert one["preview"] == {**counted, "certificates": 0, "judgedOwn": 0, "obstacle": None}
    assert (await answered(city.viewers["leader"], LIST))["claims"]["nodes"] == []
