"""Three officers, of whom no one alone brings anybody into the system."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models import Account, Invitation, Seat, Session, read
from models.account import OFFICERS, UserType
from models.read import Connection
from rules.password import PasswordProfile
from rules.refusal import Refused
from schema.role import Role
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories import officer as officers
from tests.factories import session as sessions
from tests.factories.city import NOW, City
from tests.factories.factor import PASSWORD
from tests.factories.question import VIEWS, answered
from tests.statements import counted
from workflow import account, invitation, office, password, reset, setup, staff
from workflow.account import Device
from workflow.command import Done
from workflow.setup import Cannot

MLPS3 = PasswordProfile.MLPS3
ACCOUNTS = "{ accounts { nodes { login state office secondFactor lastSignInAt } } }"
LOCKED = "{ accounts(where: { state: { eq: LOCKED } }) { nodes { login } } }"
LATER = NOW + timedelta(hours=23)
HERE = "203.0.113.7"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", apps.QUICK)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await officers.seated(city)
    return city


async def invited(city: City, login: str = "new.officer") -> tuple[UUID, str]:
    """An account the system administrator has made, and its token."""
    answer, token = await office.invite(city.request("system"), login=login, name="某人")
    assert isinstance(answer, Done) and token
    return UUID(answer.data["account"]), token


async def granted(city: City, account_id: UUID) -> str:
    """The code of somebody who is to be an auditor."""
    answer, given = await office.grant(
        city.request("security"), account_id=account_id, office=UserType.AUDIT_ADMIN
    )
    assert isinstance(answer, Done) and given
    return given


async def redeemed(
    token: str, given: str = "", *, new: str = PASSWORD, now: Any = NOW
) -> str | None:
    """Why a link gives no password; nothing if it does."""
    answer = await invitation.redeem(
        token, given=given, new=new, profile=MLPS3, address="", now=now
    )
    return answer.code if isinstance(answer, Refused) else None


async def signed_in(login: str) -> str | None:
    """Why somebody cannot sign in."""
    answer = await account.sign_in(login=login, given=PASSWORD, now=NOW, hours=8, rate=1000)
    return answer.code if isinstance(answer, Refused) else None


def code(answer: Any) -> str | None:
    told = answer[0] if isinstance(answer, tuple) else answer
    return told.code if isinstance(told, Refused) else None


# --- invitations


async def test_link_and_code_of_two_officers_give_a_password_once(city: City) -> None:
    made, token = await invited(city)
    before = await redeemed(token)
    given = await granted(city, made)

    alone, other = await redeemed(token), await redeemed(token, "A" * 24)
    assert (before, alone, other) == ("INVITATION_WAITS", "INVITATION_CODE", "INVITATION_CODE")
    assert await signed_in("new.officer") == "WRONG_LOGIN"
    assert await redeemed(token, given.lower().replace("-", " "), now=LATER) is None
    assert await redeemed(token, given, now=LATER) == "TOKEN_UNKNOWN"
    assert await signed_in("new.officer") is None


@pytest.mark.parametrize(
    ("hours", "new", "answer"),
    [(23, PASSWORD, None), (24, PASSWORD, "TOKEN_UNKNOWN"), (23, "short", "INVALID_INPUT")],
)
async def test_a_link_is_good_for_a_day_and_a_password_that_may_be(
    city: City, hours: int, new: str, answer: str | None
) -> None:
    made, token = await invited(city)
    await Invitation.all().update(expires_at=NOW)  # its day begins anew with the office
    given = await granted(city, made)

    assert await redeemed(token, given, new=new, now=NOW + timedelta(hours=hours)) == answer


async def test_who_has_a_password_is_given_an_office_without_a_code(city: City) -> None:
    made, token = await invited(city)
    await redeemed(token, await granted(city, made))
    await office.end(city.request("security"), account_id=made)

    answer = await office.grant(
        city.request("security"), account_id=made, office=UserType.SYS_ADMIN
    )

    assert isinstance(answer[0], Done) and answer[1] is None


async def test_the_database_lets_no_link_of_an_officer_be_used_without_a_code(city: City) -> None:
    made, _ = await invited(city)

    with pytest.raises(Exception, match="invitation_let_in"):
        await Invitation.filter(account_id=made).update(used_at=NOW)


async def test_the_token_stands_nowhere_and_is_told_once(db: Connection, city: City) -> None:
    request = city.request("system")
    _, token = await office.invite(request, login="new.officer", name="某人")
    again, none = await office.invite(request, login="new.officer", name="某人")

    assert isinstance(again, Done)
    given = await granted(city, UUID(again.data["account"]))

    kept = await db.execute_query_dict("SELECT answer::text FROM wf_command")
    assert given not in str(kept) and given not in (await Invitation.get()).code_hash
    assert token and len(token) == 43 and none is None
    assert isinstance(again, Done) and again.replayed
    assert token not in str(kept) and token not in (await Invitation.get()).token_hash


# --- nobody alone

UPON_ACCOUNTS: dict[str, tuple[str, Callable[..., Awaitable[Any]], dict[str, Any]]] = {
    "disable": ("system", office.disable, {}),
    "enable": ("system", office.enable, {}),
    "end sessions": ("system", office.end_sessions, {}),
    "unlock": ("security", office.unlock, {}),
    "reset factor": ("security", office.reset_factor, {}),
    "grant": ("security", office.grant, {"office": UserType.AUDIT_ADMIN}),
    "end": ("security", office.end, {}),
}


async def state() -> list[Any]:
    """All accounts and seats."""
    return [await table.all().order_by("id").values() for table in (Seat, Account)]


@pytest.mark.parametrize("who", ["system", "security", "audit", "administrator"])
async def test_each_officer_does_what_is_of_his_office_and_nothing_else(
    city: City, who: str
) -> None:
    made, _ = await invited(city)

    for name, (whose, verb, more) in UPON_ACCOUNTS.items():
        before = await state()
        answer = await verb(city.request(who), account_id=made, **more)
        assert (code(answer) == "OFFICE_REQUIRED") is (who != whose), name
        assert who == whose or await state() == before, name


async def test_nobody_does_it_to_himself(city: City) -> None:
    before = await state()

    for name, (whose, verb, more) in UPON_ACCOUNTS.items():
        own = city.viewers[whose].account_id
        answer = await verb(city.request(whose), account_id=own, **more)
        assert code(answer) == "OWN_ACCOUNT", name

    assert await state() == before


async def test_no_officer_alone_makes_an_account_that_can_do_anything(city: City) -> None:
    """The system administrator makes an account; only the other gives it an office, and a code."""
    made, token = await invited(city)
    opened = await redeemed(token)
    helped = await office.grant(city.request("system"), account_id=made, office=UserType.SEC_ADMIN)
    alone, none = await office.invite(city.request("security"), login="another.one", name="某人")

    assert (code(helped), code(alone), none) == ("OFFICE_REQUIRED", "OFFICE_REQUIRED", None)
    assert opened == "INVITATION_WAITS" and await signed_in("new.officer") == "WRONG_LOGIN"


@pytest.mark.parametrize("login", ["applicant", "handler", "administrator"])
async def test_an_office_goes_to_no_account_but_one_made_for_it(city: City, login: str) -> None:
    who = city.viewers[login].account_id

    answer = await office.grant(
        city.request("security"), account_id=who, office=UserType.AUDIT_ADMIN
    )

    assert code(answer) == "NOT_AN_OFFICERS"
    assert await Seat.filter(user_type=UserType.AUDIT_ADMIN).count() == 1


async def test_two_officers_together_make_a_third_and_never_a_reviewer(city: City) -> None:
    made, token = await invited(city)
    given = await granted(city, made)
    twice = await office.grant(city.request("security"), account_id=made, office=UserType.SYS_ADMIN)

    assert (await redeemed(token, given), code(twice)) == (None, "OFFICE_HELD")
    assert await signed_in("new.officer") is None
    person = (await Account.get(id=made)).person_id
    assert {each.user_type for each in await Seat.filter(person_id=person)} <= OFFICERS


def test_whatever_officers_can_send_none_of_it_gives_a_seat_of_business() -> None:
    """Their schemas have no other verbs; each of these is tried above or is about oneself."""
    stranger, officer, auditor = (
        set(VIEWS.graphql[role].mutation_type.fields)  # type: ignore[union-attr]
        for role in (Role.STRANGER, Role.OFFICER, Role.AUDITOR)
    )
    own = {"changePassword", "chooseSeat", "revokeSession", "revokeOtherSessions", "stepUp"}
    own |= {"beginSecondFactor", "confirmSecondFactor", "renewRecoveryCodes"}
    own |= {"linkPortal", "unlinkPortal", "exportMyData"}

    kept = {"disableAccount", "enableAccount", "endSessions", "unlockAccount", "inviteOfficer"}
    kept |= {"resetSecondFactor", "grantOffice", "endOffice"}
    assert auditor - stranger == own
    assert officer - stranger == own | kept


# --- the last one stays


async def test_the_last_of_an_office_stays_until_there_is_another(city: City) -> None:
    audit = city.viewers["audit"].account_id
    last = await office.end(city.request("security"), account_id=audit)
    shut = await office.disable(city.request("system"), account_id=audit)
    made, token = await invited(city)
    given = await granted(city, made)
    waiting = await office.end(city.request("security"), account_id=audit)
    await redeemed(token, given)

    done = await office.end(city.request("security"), account_id=audit)

    refused = [code(each) for each in (last, shut, waiting)]
    assert refused == ["LAST_OFFICER"] * 3
    assert isinstance(done, Done)
    seats = await Seat.filter(person_id=city.viewers["audit"].person_id, ended_at=None)
    assert seats == []


# --- accounts


async def test_a_shut_account_opens_nothing_until_it_is_opened(city: City) -> None:
    handler = city.viewers["handler"]
    await apps.with_password(handler)
    await sessions.opened(handler)

    shut = await office.disable(city.request("system"), account_id=handler.account_id)

    assert isinstance(shut, Done) and await signed_in("handler") == "WRONG_LOGIN"
    assert not await Session.filter(account_id=handler.account_id, revoked_at=None)
    await office.enable(city.request("system"), account_id=handler.account_id)
    assert await signed_in("handler") is None


async def test_somebody_is_signed_out_everywhere_and_nobody_else(city: City) -> None:
    for name in ("handler", "leader"):
        await sessions.opened(city.viewers[name])

    await office.end_sessions(city.request("system"), account_id=city.viewers["handler"].account_id)

    living = await Session.filter(revoked_at=None)
    assert [each.account_id for each in living] == [city.viewers["leader"].account_id]


async def test_a_locked_account_is_seen_and_unlocked(city: City) -> None:
    handler = city.viewers["handler"]
    await apps.with_password(handler)
    now = datetime.now(UTC)

    async def tried(given: str) -> str | None:
        device = Device(address="203.0.113.7")
        answer = await account.sign_in(
            login="Handler", given=given, device=device, now=now, hours=8, rate=1000
        )
        return code(answer)

    for _ in range(6):
        await tried("wrong")
    assert await tried(PASSWORD) == "TOO_MANY_TRIES"
    seen = await answered(city.viewers["security"], LOCKED)

    done = await office.unlock(city.request("security"), account_id=handler.account_id)

    assert seen == {"accounts": {"nodes": [{"login": "handler"}]}}
    assert isinstance(done, Done) and await tried(PASSWORD) is None


@pytest.mark.parametrize(
    ("login", "after"),
    [("handler", None), ("leader", "TOO_MANY_TRIES"), (HERE, "TOO_MANY_TRIES")],
)
async def test_who_is_unlocked_may_ask_for_a_new_password_again_and_nobody_else(
    city: City, login: str, after: str | None
) -> None:
    await Account.filter(login="administrator").update(login=HERE)  # as one may call himself
    asked: dict[str, Any] = {"login": login, "address": HERE, "now": NOW}
    for _ in range(6):
        await reset.ask(**asked)
    opened = "administrator" if login == HERE else "handler"
    for turn in range(20 if login == HERE else 0):
        await reset.ask(**asked | {"login": f"login{turn}"})  # his address is shut as well
    before = await reset.ask(**asked)

    await office.unlock(city.request("security"), account_id=city.viewers[opened].account_id)

    assert code(before) == "TOO_MANY_TRIES"
    assert code(await reset.ask(**asked)) == after


async def test_a_lost_app_is_taken_off_by_a_colleague_with_the_duty(city: City) -> None:
    handler = city.viewers["handler"]
    await apps.with_password(handler)
    await apps.enrolled(handler, NOW)
    assert await signed_in("handler") == "CODE_REQUIRED"

    done = await office.reset_factor(city.request("security"), account_id=handler.account_id)

    assert isinstance(done, Done) and await signed_in("handler") is None
    assert await read.value("SELECT count(*) FROM vault.recovery_code") == 0


@pytest.mark.parametrize(
    ("who", "whose", "answer"),
    [
        ("administrator", "handler", None),
        ("handler", "handler", "DUTY_REQUIRED"),
        ("administrator", "museum handler", "NOT_FOUND"),
        ("administrator", "administrator", "OWN_SEAT"),
    ],
)
async def test_a_unit_takes_off_the_app_of_its_own_member(
    city: City, who: str, whose: str, answer: str | None
) -> None:
    member = city.viewers[whose]
    await apps.with_password(member)
    await apps.enrolled(member, NOW)

    done = await staff.reset_factor(city.request(who), seat_id=member.seat_id)

    assert code(done) == answer
    held = await read.row("SELECT * FROM vault.factor($1)", [member.account_id])
    assert (held is not None and held.confirmed_at is not None) is (answer is not None)


async def test_who_also_acts_for_a_body_above_is_not_the_units_to_open(city: City) -> None:
    handler = city.viewers["handler"]
    await apps.with_password(handler)
    await apps.enrolled(handler, NOW)
    await Seat.create(
        person_id=handler.person_id,
        organisation_id=city.organisations["department"],
        user_type=UserType.CITY_DEPARTMENT,
        groups=["checker"],
    )

    answer = await staff.reset_factor(city.request("administrator"), seat_id=handler.seat_id)

    assert code(answer) == "FACTOR_ELSEWHERE"
    assert await signed_in("handler") == "CODE_REQUIRED"


@pytest.mark.parametrize("who", ["system", "security"])
async def test_officers_see_logins_and_states_and_no_more(city: City, who: str) -> None:
    await invited(city)

    with counted() as statements:
        found = (await answered(city.viewers[who], ACCOUNTS))["accounts"]["nodes"]

    known = {each["login"]: each for each in found}
    assert len(statements) == 1
    assert known["new.officer"]["state"] == "INVITED" and known["handler"]["state"] == "ACTIVE"
    assert known["audit"]["office"] == "AUDIT_ADMIN" and known["handler"]["office"] is None


async def test_each_deed_leaves_a_row_of_the_audit_log(db: Connection, city: City) -> None:
    made, _ = await invited(city)
    await office.grant(city.request("system"), account_id=made, office=UserType.SYS_ADMIN)
    await office.grant(city.request("security"), account_id=made, office=UserType.SYS_ADMIN)

    rows = await db.execute_query_dict(
        "SELECT action, outcome FROM audit.audit_event WHERE action LIKE 'account:%' ORDER BY at"
    )
    assert [(row["action"], row["outcome"]) for row in rows] == [
        ("account:invite_officer", "done"),
        ("account:grant_office", "done"),
    ]


# --- the first ones


async def test_setup_makes_three_who_have_no_password(db: Connection) -> None:
    links = await setup.founded(db, setup.USUAL, again=False, now=NOW)

    assert set(links) == OFFICERS
    assert {each.password_hash for each in await Account.all()} == {""}
    assert await signed_in("sysadmin") == "WRONG_LOGIN"
    assert await redeemed(links[UserType.SYS_ADMIN]) is None
    assert await signed_in("sysadmin") is None


async def test_setup_makes_nobody_where_somebody_is_active(db: Connection) -> None:
    only = {UserType.SYS_ADMIN: "sysadmin2:某人"}
    links = await setup.founded(db, setup.USUAL, again=False, now=NOW)
    with pytest.raises(Cannot, match="There are officers already"):
        await setup.founded(db, setup.USUAL, again=False, now=NOW)

    again = await setup.founded(db, only, again=True, now=NOW)  # nobody has come yet

    assert await Seat.filter(user_type=UserType.SYS_ADMIN, ended_at=None).count() == 1
    await redeemed(again[UserType.SYS_ADMIN])
    with pytest.raises(Cannot, match="Somebody active is sys_admin"):
        await setup.founded(db, {UserType.SYS_ADMIN: "third:某人"}, again=True, now=NOW)
    assert links.keys() == OFFICERS


@pytest.mark.parametrize("office_held", sorted(OFFICERS))
async def test_an_officer_never_gets_a_seat_of_business(
    db: Connection, city: City, office_held: UserType
) -> None:
    who = await officers.one("fourth", office_held)

    with pytest.raises(Exception, match="officer holds no seat of business"):
        await Seat.create(
            person_id=who.person_id,
            organisation_id=city.organisations["hospital"],
            user_type=UserType.UNIT,
            groups=["handler"],
        )
