"""Who knows the password and stays outside all the same: an account asleep, an officer afar."""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from models import Account, Seat, Session, read
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories import officer as officers
from tests.factories.city import NOW, City
from tests.factories.factor import PASSWORD
from workflow import account, office, password
from workflow.account import Asks, Device
from workflow.admission import Network
from workflow.command import Done

ASKS = Asks(sleeps=timedelta(days=90))
LONG_AGO = NOW - timedelta(days=1000)
AUDIT = "SELECT * FROM audit.audit_event ORDER BY at DESC LIMIT 1"
NEW_DEVICE = "SELECT account_id FROM audit.audit_event WHERE action = 'notice:new_device'"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0 Safari/604.1"
DAY = timedelta(days=1)


@pytest.fixture
async def city(db: Connection, monkeypatch: pytest.MonkeyPatch) -> City:
    """Accounts and seats that are as old as can be."""
    monkeypatch.setattr(password, "HASHER", apps.QUICK)
    city = await cities.build(db)
    await officers.seated(city)
    await Account.all().update(
        created_at=LONG_AGO, password_hash=apps.QUICK.hash(PASSWORD), password_set_at=NOW
    )
    await Seat.all().update(created_at=LONG_AGO)
    return city


async def signed_in(login: str, *, now: datetime = NOW, **more: Any) -> str | None:
    """Why somebody cannot sign in."""
    asked: dict[str, Any] = {"asks": ASKS, "hours": 8, "rate": 1000, **more}
    answer = await account.sign_in(login=login, given=PASSWORD, now=now, **asked)
    return answer.code if isinstance(answer, Refused) else None


async def used(city: City, who: str, days: int) -> None:
    """Somebody was here, so many days ago."""
    await signed_in(who, now=NOW - days * DAY, asks=account.NOTHING)
    await Session.all().update(seen_at=NOW - days * DAY)


@pytest.mark.parametrize(
    ("who", "days", "answer"),
    [
        ("handler", 89, None),
        ("handler", 91, "ACCOUNT_ASLEEP"),
        ("applicant", 91, None),
        ("system", 91, None),
    ],
)
async def test_an_account_of_staff_that_nobody_used_for_ninety_days_lets_nobody_in(
    city: City, who: str, days: int, answer: str | None
) -> None:
    await used(city, who, days)

    assert await signed_in(who) == answer

    assert await Session.all().count() == (1 if answer else 2)


async def test_who_tries_an_account_asleep_is_in_the_log(city: City) -> None:
    await used(city, "handler", 91)

    await signed_in("handler")

    row = await read.row(AUDIT)
    assert row is not None
    assert (row.action, row.outcome, row.code) == ("session:sign_in", "denied", "ACCOUNT_ASLEEP")
    assert row.object_id == city.viewers["handler"].account_id


@pytest.mark.parametrize(("who", "answer"), [("handler", None), ("leader", "ACCOUNT_ASLEEP")])
async def test_the_system_administrator_opens_it_again(
    city: City, who: str, answer: str | None
) -> None:
    for each in ("handler", "leader"):
        await used(city, each, 91)

    done = await office.enable(
        city.request("system"), account_id=city.viewers["handler"].account_id
    )

    assert isinstance(done, Done)
    assert await signed_in(who) == answer
    assert await signed_in("handler", now=NOW + 91 * DAY) == "ACCOUNT_ASLEEP"


async def test_whoever_is_appointed_now_is_awake(city: City) -> None:
    await used(city, "handler", 91)
    handler = city.viewers["handler"]
    assert await signed_in("handler") == "ACCOUNT_ASLEEP"

    await Seat.filter(id=handler.seat_id).update(created_at=NOW - DAY)

    assert await signed_in("handler") is None


async def test_a_demo_account_never_sleeps(city: City) -> None:
    await used(city, "handler", 91)

    await Account.filter(login="handler").update(demo=True)

    assert await signed_in("handler") is None


async def test_a_wrong_password_is_not_told_that_the_account_sleeps(city: City) -> None:
    await used(city, "handler", 91)

    answer = await account.sign_in(login="handler", given="x", asks=ASKS, now=NOW, hours=8)

    assert answer == account.WRONG


# --- the networks officers come from

OFFICE: tuple[Network, ...] = (ip_network("10.1.2.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("who", "address", "named", "answer"),
    [
        ("system", "10.1.2.255", OFFICE, None),
        ("system", "10.1.3.0", OFFICE, "NOT_FROM_HERE"),
        ("security", "fd12::1", OFFICE, None),
        ("security", "fe80::1", OFFICE, "NOT_FROM_HERE"),
        ("audit", "::ffff:10.1.2.3", OFFICE, None),
        ("audit", "", OFFICE, "NOT_FROM_HERE"),
        ("audit", "10.1.3.0", (), None),
        ("handler", "10.1.3.0", OFFICE, None),
    ],
)
async def test_officers_sign_in_from_the_networks_that_are_named(
    city: City, who: str, address: str, named: tuple[Network, ...], answer: str | None
) -> None:
    asks = Asks(officers_from=named)

    assert await signed_in(who, device=Device(address=address), asks=asks) == answer

    assert await Session.all().count() == (0 if answer else 1)


async def test_an_officer_from_elsewhere_is_in_the_log(city: City) -> None:
    await signed_in("system", device=Device(address="10.1.3.0"), asks=Asks(officers_from=OFFICE))

    row = await read.row(AUDIT)
    assert row is not None
    assert (row.outcome, row.code) == ("denied", "NOT_FROM_HERE")
    assert row.object_id == city.viewers["system"].account_id


@pytest.mark.parametrize(("agent", "news"), [(CHROME, 0), (PHONE, 1)])
async def test_a_new_device_of_an_officer_is_in_the_log_since_he_has_no_notices(
    city: City, agent: str, news: int
) -> None:
    await signed_in("system", device=Device(address="10.1.2.3", user_agent=CHROME))
    await signed_in("system", device=Device(address="10.1.2.3", user_agent=agent))

    logged = await read.rows(NEW_DEVICE)
    assert [each.account_id for each in logged] == [city.viewers["system"].account_id] * news
