"""The second factor: enrolled by who knows the password, each code good once, never read back."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import Session, read
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection
from models.viewer import Lack
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories.city import NOW, City
from tests.factories.factor import HALF, PASSWORD, App
from workflow import account, code, factor, keyring, password
from workflow.account import Asks, Device, SignedIn, Wanted

STAFF = Asks(second_factor=True)
HANDLER = Wanted(user_type=UserType.UNIT)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "HASHER", apps.QUICK)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    for name in ("handler", "applicant"):
        await apps.with_password(city.viewers[name])
    return city


@pytest.fixture
async def app(city: City) -> App:
    """The app of the handler."""
    return await apps.enrolled(city.viewers["handler"], NOW)


async def tried(shown: str = "", *, now: Any = NOW, login: str = "handler", **more: Any) -> Any:
    """The session of a try to sign in, or the code of its refusal."""
    asked = {"given": PASSWORD, "device": Device(address="203.0.113.7"), "rate": 1000, **more}
    answer = await account.sign_in(login=login, code=shown, now=now, hours=8, **asked)
    return answer.code if isinstance(answer, Refused) else answer


async def test_a_password_alone_opens_nothing_once_there_is_an_app(app: App) -> None:
    without, wrong = await tried(), await tried("000000")
    right = await tried(app.shows(NOW))

    assert (without, wrong) == ("CODE_REQUIRED", "CODE_WRONG")
    assert isinstance(right, SignedIn) and right.viewer.mfa_at == NOW


async def test_a_code_tells_nothing_to_who_has_not_the_password(app: App) -> None:
    assert await tried(app.shows(NOW), given="wrong") == "WRONG_LOGIN"
    assert await tried("", given="wrong") == "WRONG_LOGIN"


async def test_each_code_works_once(app: App) -> None:
    assert isinstance(await tried(app.shows(NOW)), SignedIn)

    assert await tried(app.shows(NOW)) == "CODE_WRONG"
    assert await tried(app.shows(NOW - HALF)) == "CODE_WRONG"  # older than the one that was used
    later = NOW + HALF
    assert isinstance(await tried(app.shows(later), now=later), SignedIn)


async def test_of_ten_who_show_one_code_at_once_one_gets_in(app: App) -> None:
    proofs = [factor.Proof(step=code.step_of(NOW)) for _ in range(10)]
    found = await read.row("SELECT id FROM account WHERE login = 'handler'")
    assert found is not None

    used = await asyncio.gather(
        *(factor.use(read.connection(), found.id, each, NOW) for each in proofs)
    )

    assert used.count(True) == 1


async def test_wrong_codes_shut_the_door_from_every_network(app: App) -> None:
    answers = [
        await tried("000000", device=Device(address=f"203.0.{number}.1")) for number in range(12)
    ]

    assert answers == ["CODE_WRONG"] * 10 + ["TOO_MANY_TRIES"] * 2
    late = NOW + timedelta(minutes=16)
    assert await tried(app.shows(NOW)) == "TOO_MANY_TRIES"
    assert isinstance(await tried(app.shows(late), now=late), SignedIn)


async def test_a_recovery_code_opens_once_and_others_are_left(app: App, city: City) -> None:
    assert isinstance(await tried(app.codes[3].lower()), SignedIn)
    assert await tried(app.codes[3]) == "CODE_WRONG"
    assert isinstance(await tried(app.codes[4]), SignedIn)

    held = await read.row("SELECT * FROM vault.factor($1)", [city.viewers["handler"].account_id])
    assert held is not None and held.codes_left == 8


async def test_new_recovery_codes_make_the_old_ones_worthless(app: App, city: City) -> None:
    viewer = city.viewers["handler"]

    made = await factor.renew_codes(viewer, given=app.shows(NOW), now=NOW)

    assert isinstance(made, list) and not set(made) & set(app.codes)
    assert await tried(app.codes[0]) == "CODE_WRONG"
    assert isinstance(await tried(made[0]), SignedIn)


async def test_a_recovery_code_makes_no_others(app: App, city: City) -> None:
    viewer = city.viewers["handler"]

    refused = await factor.renew_codes(viewer, given=app.codes[0], now=NOW)

    assert refused == factor.WRONG
    assert isinstance(await tried(app.codes[0]), SignedIn)  # and it is not used up


async def test_who_is_slower_than_the_enrolment_shows_a_code(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = account.seat_of

    async def overtaken(*given: Any, **more: Any) -> Any:
        await apps.enrolled(city.viewers["handler"], NOW)
        return await choose(*given, **more)

    monkeypatch.setattr(account, "seat_of", overtaken)
    late = await tried()
    monkeypatch.undo()

    assert late == "CODE_REQUIRED"
    found = await Session.filter(account_id=city.viewers["handler"].account_id, revoked_at=None)
    assert all(one.mfa_at for one in found)


# --- enrolling


async def test_without_an_app_there_is_nothing_to_confirm_or_to_show(city: City) -> None:
    viewer = city.viewers["handler"]

    asked = [
        await factor.confirm(viewer, given="000000", now=NOW),
        await factor.step_up(viewer, given="000000", now=NOW),
        await factor.renew_codes(viewer, given="000000", now=NOW),
    ]

    codes = ["FACTOR_NOT_BEGUN", "FACTOR_MISSING", "FACTOR_MISSING"]
    assert asked == [Refused(code) for code in codes]


@pytest.mark.parametrize(("current", "answer"), [(PASSWORD, None), ("wrong", "PASSWORD_WRONG")])
async def test_only_who_knows_the_password_enrols(
    city: City, current: str, answer: str | None
) -> None:
    begun = await factor.begin(city.viewers["handler"], current=current, address="", now=NOW)

    assert getattr(begun, "code", None) == answer


@pytest.mark.parametrize(("minutes", "answer"), [(14, None), (16, "FACTOR_NOT_BEGUN")])
async def test_what_was_begun_is_confirmed_soon_or_not_at_all(
    city: City, minutes: int, answer: str | None
) -> None:
    viewer, late = city.viewers["handler"], NOW + timedelta(minutes=minutes)
    begun = await factor.begin(viewer, current=PASSWORD, address="", now=NOW)
    assert isinstance(begun, factor.Begun)
    shown = App(base64.b32decode(begun.secret), []).shows(late)

    confirmed = await factor.confirm(viewer, given=shown, now=late)

    assert getattr(confirmed, "code", None) == answer
    assert isinstance(await tried(), SignedIn) is (answer is not None)


async def test_an_app_is_not_replaced_by_who_holds_the_session(app: App, city: City) -> None:
    viewer = city.viewers["handler"]

    begun = await factor.begin(viewer, current=PASSWORD, address="", now=NOW)

    assert begun == Refused("FACTOR_HELD")
    assert await factor.confirm(viewer, given=app.shows(NOW), now=NOW) == Refused(
        "FACTOR_NOT_BEGUN"
    )
    assert isinstance(await tried(app.shows(NOW)), SignedIn)


async def test_who_enrols_ends_every_session_that_showed_no_code(city: City) -> None:
    first, second = await tried(wanted=HANDLER), await tried(wanted=HANDLER)

    await apps.enrolled(first.viewer, NOW)

    living = [each.id for each in await Session.filter(revoked_at=None)]
    assert living == [first.viewer.session_id] and second.viewer.session_id not in living
    assert (await Session.get(id=living[0])).mfa_at == NOW - HALF


# --- who must


@pytest.mark.parametrize(
    ("login", "asks", "lacks"),
    [
        ("handler", STAFF, Lack.SECOND_FACTOR),
        ("handler", account.NOTHING, None),
        ("applicant", STAFF, None),
    ],
)
async def test_a_seat_of_staff_asks_for_it_where_the_operator_says_so(
    city: City, login: str, asks: Asks, lacks: Lack | None
) -> None:
    opened = await tried(login=login, asks=asks)
    idle = timedelta(minutes=30)

    again = await account.viewer_of(opened.token, now=NOW, idle=idle, asks=asks)

    assert (opened.viewer.lacks, again and again.lacks) == (lacks, lacks)


async def test_with_a_code_nothing_is_lacking(app: App) -> None:
    opened = await tried(app.shows(NOW), asks=STAFF)

    assert opened.viewer.lacks is None


@pytest.mark.parametrize(
    ("asks", "mfa", "answer"),
    [(STAFF, False, "FACTOR_REQUIRED"), (STAFF, True, None), (account.NOTHING, False, None)],
)
async def test_nobody_changes_to_a_seat_of_staff_without_it(
    city: City, asks: Asks, mfa: bool, answer: str | None
) -> None:
    viewer = replace(city.viewers["handler"], mfa_at=NOW if mfa else None)

    chosen = await account.choose_seat(viewer, viewer.seat_id, NOW, asks=asks)

    assert (chosen.code if isinstance(chosen, Refused) else None) == answer


# --- shown again


@pytest.mark.parametrize(
    ("shown", "minutes", "answer"),
    [(True, 10, None), (True, 11, "STEP_UP_REQUIRED"), (False, 11, None)],
)
def test_a_code_is_fresh_for_ten_minutes(shown: bool, minutes: int, answer: str | None) -> None:
    viewer = replace(SOMEBODY, mfa_at=NOW if shown else None)

    refused = factor.stale(viewer, NOW + timedelta(minutes=minutes))

    assert (refused and refused.code) == answer


async def test_who_shows_it_again_has_another_token_and_a_fresh_code(app: App) -> None:
    opened, idle = await tried(app.shows(NOW)), timedelta(hours=8)
    later = NOW + timedelta(hours=1)

    renewed = await factor.step_up(opened.viewer, given=app.shows(later), now=later)

    assert isinstance(renewed, factor.Renewed)
    assert await account.viewer_of(opened.token, now=later, idle=idle) is None
    fresh = await account.viewer_of(renewed.token, now=later, idle=idle)
    assert fresh and fresh.mfa_at == later and fresh.session_id == opened.viewer.session_id


# --- what is kept


async def test_a_secret_moved_to_another_account_does_not_open(
    db: Connection, app: App, city: City
) -> None:
    other = city.viewers["applicant"].account_id
    await db.execute_query("UPDATE vault.second_factor SET account_id = $1", [other])

    with pytest.raises(Exception, match="another row"):
        await tried(app.shows(NOW), login="applicant")


async def test_neither_secret_nor_code_stands_anywhere(
    db: Connection, app: App, city: City
) -> None:
    (row,) = await db.execute_query_dict("SELECT ciphertext FROM vault.second_factor")
    kept = await db.execute_query_dict("SELECT hash FROM vault.recovery_code")
    told = await db.execute_query_dict("SELECT detail::text, action FROM audit.audit_event")

    assert app.secret not in row["ciphertext"]
    bound = factor.bound(city.viewers["handler"].account_id)
    assert keyring.current().open(row["ciphertext"], bound) == app.secret
    assert all(len(each["hash"]) == 32 for each in kept) and len(kept) == 10
    assert [each["action"] for each in told] == ["factor:begin", "factor:enrol"]
    assert all(each["detail"] == "{}" for each in told)


SOMEBODY = Viewer(
    account_id=uuid7(),
    person_id=uuid7(),
    session_id=uuid7(),
    seat_id=uuid7(),
    organisation_id=None,
    user_type=UserType.PERSON,
    groups=frozenset(),
    duties=frozenset(),
)
