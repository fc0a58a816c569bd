"""The door under attack: tries that are counted, sessions that end, passwords that change."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Account, FormerPassword, History, Organisation, Session, Throttle
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection
from rules.password import PasswordProfile
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import session as sessions
from tests.factories.city import City
from tests.factories.factor import QUICK
from tests.factories.grant import CODES
from workflow import account, password, session, throttle
from workflow.account import Device, SignedIn, Wanted

RIGHT, WRONG, NEW = "Yuexiu-2031xd", "Yuexiu-2031xe", "Liwan_7712qk"
NOW = cities.NOW
HERE, NEAR, FAR = "203.0.113.7", "203.0.113.9", "198.51.100.7"
QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters cost what they should: tests/workflow/test_password.py."""
    monkeypatch.setattr(password, "HASHER", QUICK)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await Account.all().update(password_hash=await password.hashed(RIGHT))
    return city


async def tried(
    login: str = "applicant",
    given: str = RIGHT,
    *,
    address: str = HERE,
    now: datetime = NOW,
    wanted: Wanted = account.ANY_SEAT,
    rate: int = 1000,
) -> str:
    """What a try is answered: a code, or that the door opened."""
    answer = await account.sign_in(
        login=login,
        given=given,
        wanted=wanted,
        device=Device(address=address),
        now=now,
        hours=8,
        rate=rate,
    )
    return answer.code if isinstance(answer, Refused) else "OPEN"


@pytest.mark.parametrize("login", ["applicant", "nobody at all"])
async def test_after_five_failures_even_the_right_password_waits_a_quarter_of_an_hour(
    city: City, login: str
) -> None:
    failures = [await tried(login, WRONG) for _ in range(5)]
    shut = [await tried(login, RIGHT, now=NOW + QUARTER * part / 3) for part in range(3)]

    assert failures == ["WRONG_LOGIN"] * 5
    assert shut == ["TOO_MANY_TRIES"] * 3
    later = await tried(login, RIGHT, now=NOW + QUARTER + timedelta(seconds=1))
    assert later == ("OPEN" if login == "applicant" else "WRONG_LOGIN")


async def test_a_thousand_tries_at_once_are_counted_one_by_one(city: City) -> None:
    answers = await asyncio.gather(*(tried(given=WRONG) for _ in range(30)))

    assert answers.count("WRONG_LOGIN") == 5
    assert answers.count("TOO_MANY_TRIES") == 25


@pytest.mark.parametrize(("address", "answer"), [(NEAR, "TOO_MANY_TRIES"), (FAR, "OPEN")])
async def test_a_stranger_shuts_the_door_of_his_network_and_not_the_owners(
    city: City, address: str, answer: str
) -> None:
    for _ in range(6):
        await tried(given=WRONG)

    assert await tried(address=address) == answer


async def test_however_a_login_is_written_its_failures_are_one_sum(city: City) -> None:
    for login in ("applicant", "APPLICANT", " applicant ", "ａｐｐｌｉｃａｎｔ", "Applicant"):
        await tried(login, WRONG)

    assert await tried() == "TOO_MANY_TRIES"


async def test_who_gets_in_has_his_failures_forgotten(city: City) -> None:
    for _ in range(3):
        assert [await tried(given=WRONG) for _ in range(4)] == ["WRONG_LOGIN"] * 4
        assert await tried() == "OPEN"


async def test_an_address_tries_so_many_logins_a_minute_and_no_more(city: City) -> None:
    answers = [await tried(f"login{number}", WRONG, rate=10) for number in range(12)]

    assert answers == ["WRONG_LOGIN"] * 10 + ["TOO_MANY_TRIES"] * 2
    assert await tried(rate=10) == "TOO_MANY_TRIES"
    assert await tried(rate=10, address=FAR) == "OPEN"
    assert await tried(rate=10, now=NOW + timedelta(minutes=2)) == "OPEN"


async def test_what_is_counted_names_nobody_and_goes_after_a_day(city: City) -> None:
    await tried(given=WRONG)
    kept = await Throttle.all()
    await tried("somebody else", now=NOW + timedelta(days=2))

    assert len(kept) == 2
    assert all(len(each.key) == 64 and "applicant" not in each.key for each in kept)
    assert not await Throttle.filter(id__in=[each.id for each in kept if each.key != "x"]).exclude(
        since__gt=NOW
    )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_neighbours_count_as_one(address: str, network: str) -> None:
    assert throttle.network(address) == network


# --- the seat somebody wants (LOGIN-1, LOGIN-5)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (CODES["hospital"], "OPEN"),
        (CODES["hospital"][8:17].lower(), "OPEN"),
        ("", "OPEN"),
        (CODES["museum"], "NO_SEAT"),
        ("x", "NO_SEAT"),
    ],
)
async def test_users_of_organisations_give_the_code_of_theirs(
    city: City, code: str, answer: str
) -> None:
    for name in ("hospital", "museum"):
        await Organisation.filter(id=city.organisations[name]).update(unit_code=CODES[name])

    wanted = Wanted(user_type=UserType.UNIT, code=code)

    assert await tried("handler", wanted=wanted) == answer


async def test_a_code_tells_nothing_to_who_has_not_the_password(city: City) -> None:
    answers = {
        await tried("handler", WRONG, wanted=Wanted(code=code), address=f"203.0.{number}.1")
        for number, code in enumerate(("", "x", *CODES.values()))
    }

    assert answers == {"WRONG_LOGIN"}


# --- sessions


async def let_in(token: str) -> bool:
    now = datetime.now(UTC)
    return await account.viewer_of(token, now=now, idle=timedelta(minutes=30)) is not None


async def opened(city: City, who: str = "handler") -> tuple[str, Viewer]:
    """A session of somebody, and he himself in it."""
    token = await sessions.opened(city.viewers[who])
    viewer = await account.viewer_of(token, now=datetime.now(UTC), idle=timedelta(minutes=30))
    assert viewer is not None
    return token, viewer


async def test_one_sees_ones_own_sessions_and_ends_the_one_on_the_other_device(city: City) -> None:
    (lost, there), (kept, me) = await opened(city), await opened(city)
    _, other = await opened(city, "leader")
    now = datetime.now(UTC)

    listed = await session.own(me, now=now, idle=timedelta(minutes=30))
    foreign = await session.revoke(me, other.session_id, now)
    ended = await session.revoke(me, there.session_id, now)

    assert [each.id for each in listed] == [me.session_id, there.session_id]
    assert (foreign and foreign.code, ended) == ("NOT_FOUND", None)
    assert (await let_in(lost), await let_in(kept)) == (False, True)
    assert (await History.get(tag="session:revoke")).subject_id == there.session_id
    again = await session.revoke(me, there.session_id, now)
    assert again and again.code == "NOT_FOUND"


async def test_all_the_others_end_at_once(city: City) -> None:
    tokens = [(await opened(city))[0] for _ in range(2)]
    kept, me = await opened(city)
    leader, _ = await opened(city, "leader")

    assert await session.revoke_others(me, datetime.now(UTC)) == 2
    assert [await let_in(each) for each in (*tokens, kept, leader)] == [False] * 2 + [True] * 2


# --- passwords


async def changed(
    viewer: Viewer, current: str = RIGHT, new: str = NEW, now: datetime = NOW
) -> list[str]:
    refused = await session.change_password(
        viewer, current=current, new=new, profile=PasswordProfile.MLPS3, address=HERE, now=now
    )
    if refused is None:
        return []
    return [each["code"] for each in refused.data.get("problems", [{"code": refused.code}])]


async def test_a_new_password_ends_every_session_and_the_old_one_opens_nothing(city: City) -> None:
    (first, _), (second, me) = await opened(city), await opened(city)

    assert await changed(me) == []

    assert [await let_in(each) for each in (first, second)] == [False, False]
    assert await tried("handler", RIGHT) == "WRONG_LOGIN"
    assert await tried("handler", NEW) == "OPEN"
    line = await History.get(tag="password:change")
    assert (line.subject_type, line.subject_id, line.data) == ("account", me.account_id, {})


@pytest.mark.parametrize(
    ("current", "new", "codes"),
    [
        (WRONG, NEW, ["PASSWORD_WRONG"]),
        (RIGHT, RIGHT, ["PASSWORD_USED"]),
        (RIGHT, "short", ["PASSWORD_SHORT", "PASSWORD_KINDS"]),
        (RIGHT, "Handler-7712qk", ["PASSWORD_ABOUT_YOU"]),
        (RIGHT, "Xd-13800138000", ["PASSWORD_ABOUT_YOU"]),
    ],
)
async def test_a_password_that_may_not_be_leaves_everything_as_it_was(
    city: City, current: str, new: str, codes: list[str]
) -> None:
    token, me = await opened(city)
    before = await Account.get(id=me.account_id).values()

    assert await changed(me, current, new) == codes

    assert await Account.get(id=me.account_id).values() == before
    assert await let_in(token)
    assert await FormerPassword.all().count() == 0


async def test_none_of_the_last_five_comes_back(city: City) -> None:
    me = city.viewers["handler"]
    row = [f"Liwan_77{number}qk" for number in range(10, 16)]
    current = RIGHT
    for number, new in enumerate(row):
        assert await changed(me, current, new, NOW + timedelta(hours=number)) == []
        current = new

    later = NOW + timedelta(days=1)
    assert await changed(me, current, row[0], later) == ["PASSWORD_USED"]
    assert await changed(me, current, RIGHT, later) == []  # seven ago


async def test_the_present_password_is_not_guessed_from_a_stolen_session(city: City) -> None:
    me = city.viewers["handler"]

    answers = [await changed(me, WRONG) for _ in range(6)]

    assert answers == [["PASSWORD_WRONG"]] * 5 + [["TOO_MANY_TRIES"]]
    assert await changed(me) == ["TOO_MANY_TRIES"]


async def test_a_disabled_account_is_a_stranger_at_once(city: City) -> None:
    token, me = await opened(city)

    await Account.filter(id=me.account_id).update(disabled_at=NOW)

    assert not await let_in(token)
    assert await tried("handler") == "WRONG_LOGIN"
    assert await changed(me) == ["PASSWORD_WRONG"]


async def test_a_dump_of_the_database_opens_nothing(city: City) -> None:
    token, me = await opened(city)

    kept: dict[str, Any] = await Session.get(id=me.session_id).values()
    assert token.encode() not in bytes(kept["token_hash"])
    assert all(token not in str(value) for value in kept.values())


async def test_a_new_token_at_each_sign_in(city: City) -> None:
    tokens = set()
    for _ in range(3):
        answer = await account.sign_in(login="handler", given=RIGHT, now=NOW, hours=8)
        assert isinstance(answer, SignedIn)
        tokens.add(answer.token)

    assert len(tokens) == 3
    assert await session.revoke(city.viewers["handler"], uuid7(), NOW) is not None


# --- how many, and from where

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
NEWER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0 Safari/604.1"
TOLD = "SELECT kind, data->>'device' AS device FROM notice ORDER BY created_at, id"


async def from_device(agent: str, address: str = HERE, minutes: int = 0) -> SignedIn:
    """A session of the handler that begins then."""
    answer = await account.sign_in(
        login="handler",
        given=RIGHT,
        device=Device(address=address, user_agent=agent),
        now=NOW + timedelta(minutes=minutes),
        hours=8,
    )
    assert isinstance(answer, SignedIn)
    return answer


async def told(db: Connection) -> list[tuple[str, str]]:
    return [(row["kind"], row["device"]) for row in await db.execute_query_dict(TOLD)]


async def test_the_fourth_session_ends_the_one_longest_unused_and_says_so(
    db: Connection, city: City
) -> None:
    opened = [await from_device(CHROME, minutes=minute) for minute in range(3)]
    await account.viewer_of(
        opened[0].token, now=NOW + timedelta(minutes=5), idle=timedelta(hours=1)
    )

    last = await from_device(CHROME, minutes=6)

    living = {each.id for each in await Session.filter(revoked_at=None)}
    assert living == {each.viewer.session_id for each in (opened[0], opened[2], last)}
    assert await told(db) == [("session_ended", "Chrome · Windows")]


async def test_of_ten_who_sign_in_at_once_three_stay(city: City) -> None:
    await asyncio.gather(*(from_device(CHROME) for _ in range(5)))

    assert await Session.filter(revoked_at=None).count() == 3


async def test_a_demo_account_is_shared_and_has_as_many_as_come(city: City) -> None:
    await Account.filter(login="handler").update(demo=True)
    for agent in (CHROME, PHONE, CHROME, PHONE):
        await from_device(agent)

    assert await Session.filter(revoked_at=None).count() == 4


@pytest.mark.parametrize(
    ("agent", "address", "news"),
    [
        (CHROME, HERE, []),
        (NEWER, NEAR, []),
        (CHROME, FAR, [("new_device", "Chrome · Windows")]),
        (PHONE, HERE, [("new_device", "微信 · iOS")]),
        ("", FAR, []),
    ],
)
async def test_the_owner_hears_of_a_device_he_has_not_used_before(
    db: Connection, city: City, agent: str, address: str, news: list[tuple[str, str]]
) -> None:
    await from_device(CHROME)
    assert await told(db) == []  # the first one of all is no news

    await from_device(agent, address)

    assert await told(db) == news


# --- passwords that are too old

AGED = account.Asks(lasts=timedelta(days=90))


@pytest.mark.parametrize(
    ("days", "demo", "asks", "lacks"),
    [
        (90, False, AGED, None),
        (91, False, AGED, "password"),
        (91, False, account.NOTHING, None),
        (91, True, AGED, None),
    ],
)
async def test_a_password_of_more_than_ninety_days_only_allows_changing_it(
    city: City, days: int, demo: bool, asks: account.Asks, lacks: str | None
) -> None:
    set_at = datetime.now(UTC) - timedelta(days=days) + timedelta(minutes=1)
    await Account.filter(login="handler").update(password_set_at=set_at, demo=demo)
    token, _ = await opened(city)

    now, idle = datetime.now(UTC), timedelta(minutes=30)
    viewer = await account.viewer_of(token, now=now, idle=idle, asks=asks)

    assert viewer and viewer.lacks == lacks
    assert await changed(viewer, now=now) == []
    assert await tried("handler", NEW) == "OPEN"
