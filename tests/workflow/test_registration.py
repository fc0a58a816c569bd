"""Registering (用户注册): what a stranger may do, and what he never finds out."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models import (
    Account,
    Claim,
    DataRequest,
    FormerProfile,
    Grant,
    History,
    Job,
    Notice,
    Person,
    Registration,
    Seat,
    Session,
    Throttle,
)
from models.account import UserType
from models.door import ClaimOutcome
from models.read import Connection, rows
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories import newcomer
from tests.factories import officer as officers
from tests.factories import session as sessions
from tests.factories.city import City
from tests.factories.factor import QUICK
from tests.factories.grant import applied, approvers, decided
from tests.factories.newcomer import EASY, HERE, PASSWORD, drafted, finished, number, registered
from tests.factories.question import answered
from tests.factories.record import done
from tests.statements import counted
from workflow import (
    account,
    claim,
    data_request,
    identity_change,
    move,
    office,
    password,
    registration,
)
from workflow.account import Device, SignedIn
from workflow.command import Answer
from workflow.identity_change import Asked
from workflow.registration import Data, Strength
from workflow.reset import Letter

NOW = cities.NOW


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters cost what they should: tests/workflow/test_password.py."""
    monkeypatch.setattr(password, "HASHER", QUICK)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await approvers(city)
    return city


def codes(answer: object) -> list[str]:
    assert isinstance(answer, Refused), answer
    listed = answer.data.get("problems") or [{"code": answer.code}]
    return [one["code"] for one in listed]


async def gets_in(login: str, password: str = PASSWORD) -> bool:
    answer = await account.sign_in(login=login, given=password, now=NOW, hours=8, rate=1000)
    return isinstance(answer, SignedIn)


async def rows_of(*tables: Any) -> list[int]:
    return [await table.all().count() for table in tables]


async def test_four_steps_open_an_account_with_a_seat_of_ones_own(db: Connection) -> None:
    assert await registered("wang.lan", number(), name="王测试") == "wang.lan"

    person = await Person.get()
    kept = await Account.get()
    assert (person.name, person.masked_number) == ("王测试", "440" + "*" * 15)
    assert (kept.login, kept.agreement_version, kept.agreed_at) == (
        "wang.lan",
        registration.AGREEMENT,
        NOW,
    )
    assert kept.verified_at is None and not kept.demo
    assert (await Seat.get()).user_type == UserType.PERSON
    assert await gets_in("WANG.LAN")
    assert (await History.get(tag="account:open")).data == {}


async def test_number_and_password_are_in_no_row_and_the_draft_is_emptied(db: Connection) -> None:
    token = await drafted("somebody")
    await finished(token, number())

    for table in ("registration", "account", "person", "history", "throttle", "identity_claim"):
        for row in await rows(f"SELECT to_jsonb(t)::text AS text FROM {table} t"):
            assert number() not in row.text and PASSWORD not in row.text and token not in row.text
    draft = await Registration.get()
    assert (draft.login, draft.name, draft.contact) == ("", "", "")


async def test_a_draft_is_taken_up_again_by_its_token_and_by_nothing_else(db: Connection) -> None:
    token = await drafted("somebody")

    again = await registration.draft(token, NOW + timedelta(days=6))

    assert again is not None and (again.login, again.name) == ("somebody", "测试甲")
    assert await registration.draft(token + "x", NOW) is None
    assert await registration.draft(token, NOW + timedelta(days=8)) is None
    late = await registration.save(token, data=Data(), now=NOW + timedelta(days=8))
    assert codes(late) == ["DRAFT_UNKNOWN"]


async def test_a_draft_is_finished_once(db: Connection) -> None:
    token = await drafted("somebody")

    answers = await asyncio.gather(*(finished(token, number(turn)) for turn in range(5)))

    assert sorted(isinstance(each, str) for each in answers) == [False] * 4 + [True]
    assert await rows_of(Person, Account, Seat) == [1, 1, 1]


@pytest.mark.parametrize(
    ("data", "written", "password", "told"),
    [
        ({"login": "abc"}, number(), PASSWORD, ["LOGIN_SHAPE"]),
        ({"login": "has space"}, number(), PASSWORD, ["LOGIN_SHAPE"]),
        ({"login": number(7).lower()}, number(), PASSWORD, ["LOGIN_SHAPE"]),
        ({"login": newcomer.old(7)}, number(), PASSWORD, ["LOGIN_SHAPE"]),
        ({"login": "good", "name": " \u200b"}, number(), PASSWORD, ["REQUIRED"]),
        ({"login": "good", "contact": "here"}, number(), PASSWORD, ["CONTACT_SHAPE"]),
        ({"login": "good"}, number()[:-1] + "0", PASSWORD, ["CHECK_DIGIT"]),
        ({"login": "good"}, "1", PASSWORD, ["LENGTH"]),
        ({"login": "good"}, number(), "short", ["PASSWORD_SHORT", "PASSWORD_KINDS"]),
        ({"login": "yuexiu"}, number(), PASSWORD, ["PASSWORD_ABOUT_YOU"]),
        ({"login": "good"}, number(), f"Xd-{number()[-6:]}-Ab", ["PASSWORD_ABOUT_YOU"]),
    ],
)
async def test_what_is_wrong_is_told_with_its_field_and_opens_nothing(
    db: Connection, data: dict[str, str], written: str, password: str, told: list[str]
) -> None:
    token = await drafted(**data)

    answer = await finished(token, written, password=password)

    assert codes(answer) == told
    assert await rows_of(Person, Account, Seat) == [0, 0, 0]


async def test_who_has_not_agreed_or_chosen_begins_nothing(db: Connection) -> None:
    answer = await registration.begin(agreement="old", systems=["taxes"], address=HERE, now=NOW)

    assert codes(answer) == ["SYSTEMS_UNKNOWN", "AGREEMENT_OTHER"]
    assert await Registration.all().count() == 0


@pytest.mark.parametrize("solution", ["", "x" * 65, "not it", "\ud800"])
async def test_without_the_work_nothing_is_looked_at(db: Connection, solution: str) -> None:
    token = await drafted("somebody")
    hard = Strength(work=30, rate=1000)

    answer = await registration.finish(
        token, last=newcomer.last(solution, "1", "x"), address=HERE, now=NOW, strength=hard
    )

    assert codes(answer) == ["WORK_MISSING"]
    assert await rows_of(Person, Account) == [0, 0]


@pytest.mark.parametrize(("bits", "holds"), [(0, True), (8, True), (9, False)])
def test_work_is_leading_zeros(bits: int, holds: bool) -> None:
    # sha256("jijiao:145") begins with 00 and a bit that is set
    turn = next(
        turn
        for turn in range(10_000)
        if registration.worked("jijiao", str(turn), 8)
        and not registration.worked("jijiao", str(turn), 9)
    )

    assert registration.worked("jijiao", str(turn), bits) is holds


async def test_an_address_registers_so_many_an_hour_and_no_more(db: Connection) -> None:
    few = Strength(work=0, rate=3)

    async def begun() -> object:
        return await registration.begin(
            agreement=registration.AGREEMENT,
            systems=registration.SYSTEMS,
            address=HERE,
            now=NOW,
            strength=few,
        )

    answers = [await begun() for _ in range(5)]

    assert [isinstance(each, Refused) for each in answers] == [False] * 3 + [True] * 2
    assert codes(answers[-1]) == ["TOO_MANY_TRIES"]
    assert await Registration.all().count() == 3


# --- what a stranger never finds out (T26, REG-5)

SEEN = (Person, Account, Seat, Session, History, Throttle, Registration)


WRITTEN = [number(), newcomer.old(), f" {number()} ", f"{number()[:6]} {number()[6:]}"]


@pytest.mark.parametrize("written", WRITTEN)
async def test_a_number_that_is_known_is_answered_like_one_that_is_not(
    db: Connection, written: str
) -> None:
    await registered("the.owner", number())
    before = await rows_of(*SEEN)
    fresh = await registered("new.person", number(2))
    between = await rows_of(*SEEN)

    known = await registered("second.one", written)

    assert (fresh, known) == ("new.person", "second.one")
    assert [late - early for early, late in zip(before, between, strict=True)] == [
        late - early for early, late in zip(between, await rows_of(*SEEN), strict=True)
    ]
    assert await gets_in("new.person") and await gets_in("second.one")


async def test_a_known_number_costs_the_same_statements(db: Connection) -> None:
    await registered("the.owner", number())
    fresh, known = await drafted("new.person"), await drafted("second.one")
    with counted() as for_new:
        await finished(fresh, number(2))
    with counted() as for_known:
        await finished(known, number())

    assert len(for_new) == len(for_known) <= 12, for_new


async def test_a_known_number_looks_the_same_from_inside_its_account(city: City) -> None:
    await registered("the.owner", number())
    await registered("second.one", number())
    await registered("new.person", number(2))

    viewers = [await viewer_of(city, login) for login in ("second.one", "new.person")]

    for viewer, login in zip(viewers, ("second.one", "new.person"), strict=True):
        city.viewers[login] = viewer
    answers = [await applied(city, login) for login in ("second.one", "new.person")]
    assert all(done(each) for each in answers)
    own = "{ viewer { person { maskedNumber } } }"
    told = [(await answered(viewer, own))["viewer"]["person"] for viewer in viewers]
    assert told == [{"maskedNumber": "440***************"}] * 2


async def viewer_of(city: City, login: str) -> Any:
    """Somebody who has just signed in."""
    answer = await account.sign_in(
        login=login, given=PASSWORD, device=Device(), now=NOW, hours=8, rate=1000
    )
    assert isinstance(answer, SignedIn)
    return answer.viewer


async def test_one_number_of_many_who_come_at_once_is_one_persons_and_others_claim_it(
    db: Connection,
) -> None:
    tokens = [await drafted(f"person{turn}") for turn in range(6)]

    answers = await asyncio.gather(*(finished(each, number()) for each in tokens))

    assert all(isinstance(each, str) for each in answers)
    claims = await Claim.all()
    assert len(claims) == 5 and len({each.owner_id for each in claims}) == 1
    kept = await rows("SELECT count(*) AS n FROM person p WHERE p.id IN (SELECT owner_id"
                      " FROM identity_claim)")  # fmt: skip
    assert kept[0].n == 1


async def test_a_login_is_one_persons_however_it_is_written(db: Connection) -> None:
    await registered("the.owner", number())

    assert codes(await registered("The.Owner", number(2))) == ["LOGIN_TAKEN"]
    tokens = [await drafted("same.one") for _ in range(4)]
    answers = await asyncio.gather(
        *(finished(token, number(turn)) for turn, token in enumerate(tokens, start=3))
    )
    assert sorted(isinstance(each, str) for each in answers) == [False] * 3 + [True]


# --- squatting and taking over (T27)


@pytest.fixture
async def squatted(city: City) -> City:
    """Somebody registered a number that is another's, who then registers it too."""
    await registered("the.squatter", number(), name="冒名者", contact="13800000001")
    await registered("real.person", number(), name="本人", contact="13800000002")
    for login in ("the.squatter", "real.person"):
        city.viewers[login] = await viewer_of(city, login)
    await city.person("staff", "hospital", "unit_admin", duties=("staff",))
    return city


async def settled(
    city: City, who: str = "bureau approver", outcome: ClaimOutcome = ClaimOutcome.CLAIMANT
) -> Answer:
    found = await Claim.get()
    return await claim.decide(
        city.request(who), claim_id=found.id, outcome=outcome, reason="核对居民身份证原件"
    )


async def test_the_real_person_takes_the_number_over_and_the_squatter_is_shut_out(
    squatted: City,
) -> None:
    squatter, real = squatted.viewers["the.squatter"], squatted.viewers["real.person"]
    await Account.filter(id=squatter.account_id).update(verified_at=None)
    token = await sessions.opened(squatter)

    done(await settled(squatted))

    assert (await gets_in("the.squatter"), await gets_in("real.person")) == (False, True)
    assert (await viewer_of(squatted, "real.person")).person_id == squatter.person_id
    kept = await Account.get(id=squatter.account_id)
    assert (kept.login, kept.contact, kept.verified_at) == ("real.person", "13800000002", NOW)
    assert (await Person.get(id=squatter.person_id)).name == "本人"
    former = await FormerProfile.get(person_id=squatter.person_id)
    assert (former.changed, former.until_at) == (["name"], NOW)
    assert former.changed_by_id == squatted.viewers["bureau approver"].person_id
    assert (await Account.get(id=real.account_id)).disabled_at == NOW
    assert await account.viewer_of(token, now=NOW, idle=timedelta(days=365)) is None
    line = await History.get(tag="claim:close")
    assert line.person_id == squatted.viewers["bureau approver"].person_id
    assert line.data["outcome"] == "claimant"


async def test_a_false_claim_is_shut_out_and_the_owner_notices_nothing(squatted: City) -> None:
    before = await Account.get(id=squatted.viewers["the.squatter"].account_id).values()

    done(await settled(squatted, outcome=ClaimOutcome.OWNER))

    assert (await gets_in("the.squatter"), await gets_in("real.person")) == (True, False)
    assert await Account.get(id=before["id"]).values() == before


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("department approver", "NOT_FOUND"),
        ("city checker", "NOT_FOUND"),
        ("staff", "NOT_FOUND"),  # nobody asks to work for them
        ("real.person", "NOT_FOUND"),
        ("the.squatter", "NOT_FOUND"),
    ],
)
async def test_a_claim_is_decided_by_the_city_and_by_nobody_else(
    squatted: City, who: str, code: str
) -> None:
    assert codes(await settled(squatted, who)) == [code]

    assert (await Claim.get()).outcome is None
    assert await gets_in("the.squatter") and await gets_in("real.person")


@pytest.mark.parametrize(("vouched", "told"), [(False, None), (True, "CLAIM_OF_CITY")])
async def test_the_unit_he_asks_to_work_for_decides_while_nobody_has_vouched_for_the_other(
    squatted: City, vouched: bool, told: str | None
) -> None:
    if vouched:
        squatter = squatted.viewers["the.squatter"].account_id
        await Account.filter(id=squatter).update(verified_at=NOW)
    hospital = squatted.organisations["hospital"]
    done(await move.ask(squatted.request("real.person"), organisation_id=hospital))

    answer = await settled(squatted, "staff")

    assert (codes(answer)[0] if isinstance(answer, Refused) else None) == told
    assert await gets_in("the.squatter") is vouched


async def test_nobody_decides_on_his_own_claim(squatted: City) -> None:
    theirs, mine = (squatted.viewers[who].person_id for who in ("applicant", "bureau approver"))
    own = await Claim.create(claimant_id=theirs, owner_id=mine, created_at=NOW, due_at=NOW)

    answer = await claim.decide(
        squatted.request("bureau approver"),
        claim_id=own.id,
        outcome=ClaimOutcome.OWNER,
        reason="核对居民身份证原件",
    )

    assert codes(answer) == ["OWN_CASE"]


async def test_a_claim_is_decided_once(squatted: City) -> None:
    done(await settled(squatted, outcome=ClaimOutcome.OWNER))

    assert codes(await settled(squatted)) == ["CLAIM_CLOSED"]
    assert await gets_in("the.squatter")


@pytest.mark.parametrize("who", ["the.squatter", "real.person"])
async def test_while_two_claim_a_number_neither_gets_a_seat_or_an_employer(
    squatted: City, who: str
) -> None:
    hospital = squatted.organisations["hospital"]
    grant = await applied(squatted, who)
    wish = done(await move.ask(squatted.request(who), organisation_id=hospital))

    refused = await decided(squatted, grant)
    confirmed = await move.decide(
        squatted.request("staff"), move_id=UUID(wish.data["move"]), confirmed=True
    )

    assert (codes(refused), codes(confirmed)) == (["CLAIM_OPEN"], ["CLAIM_OPEN"])
    assert (await Grant.get()).seat_id is None


async def test_whoever_is_approved_is_vouched_for(city: City) -> None:
    await registered("new.person", number())
    city.viewers["new.person"] = await viewer_of(city, "new.person")

    done(await decided(city, await applied(city, "new.person")))

    kept = await Account.get(login="new.person")
    assert kept.verified_at == NOW
    assert EASY.work == 4


async def test_the_owner_of_a_number_hears_once_a_day_that_somebody_claims_it(
    squatted: City,
) -> None:
    await registered("third.person", number(), name="又一人", contact="13800000003")
    owner = squatted.viewers["the.squatter"].person_id
    sent: list[Letter] = []

    async def send(letter: Letter) -> None:
        sent.append(letter)

    (notice,), (job,) = await Notice.all(), await Job.filter(kind="number_claimed")
    assert job.subject is not None
    await claim.tell_owner(job.subject, send)

    assert (notice.kind, notice.person_id, job.subject) == ("number_claimed", owner, owner)
    (letter,) = sent
    assert (letter.to, letter.login, letter.token) == ("13800000001", "the.squatter", "")


@pytest.mark.parametrize("shut", ["nobody", "the.squatter", "real.person"])
async def test_what_an_officer_has_shut_stays_shut_when_a_claim_is_decided(
    squatted: City, shut: str
) -> None:
    await officers.seated(squatted)
    for login in {shut} - {"nobody"}:
        own = squatted.viewers[login].account_id
        done(await office.disable(squatted.request("system"), account_id=own))

    done(await settled(squatted))

    assert await gets_in("real.person") is (shut == "nobody")
    owner = squatted.viewers["the.squatter"].account_id
    done(await office.enable(squatted.request("system"), account_id=owner))
    assert await gets_in("real.person")


@pytest.mark.parametrize("outcome", [ClaimOutcome.CLAIMANT, ClaimOutcome.OWNER])
async def test_whose_number_it_is_is_not_asked_for_a_code_of_the_other(
    squatted: City, outcome: ClaimOutcome
) -> None:
    await apps.enrolled(squatted.viewers["the.squatter"], NOW)

    done(await settled(squatted, outcome=outcome))

    assert await gets_in("real.person") is (outcome is ClaimOutcome.CLAIMANT)
    held = await rows(
        "SELECT 1 FROM vault.second_factor UNION ALL SELECT 1 FROM vault.recovery_code"
    )
    assert len(held) == (0 if outcome is ClaimOutcome.CLAIMANT else 11)  # the owner keeps his


async def test_neither_closing_nor_changing_tells_whether_a_number_was_known(city: City) -> None:
    same = Asked(number=number(), reason="登记有误", evidence="居民身份证")
    answers = []
    for login in ("first.one", "second.one"):
        await registered(login, number())
        city.viewers[login] = await viewer_of(city, login)
        closing = await data_request.request_closure(city.request(login), reason="不再从业")
        changing = await identity_change.ask(city.request(login), asked=same)
        answers.append([type(done(one)).__name__ for one in (closing, changing)])

    assert await Claim.all().count() == 1  # so there was something to tell
    assert answers[0] == answers[1]
    (waiting,) = await DataRequest.filter(person_id=city.viewers["second.one"].person_id)
    answer = await data_request.answer(
        city.request("bureau approver"), request_id=waiting.id, granted=True, words="已核对"
    )
    assert codes(answer) == ["CLAIM_OPEN"]  # which who decides may hear
