"""Signing in and out, and choosing the seat one acts from."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from models import Account, Organisation, Person, Seat, read
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from rules.refusal import Refused
from tests.factories import people
from tests.factories.people import NOW
from workflow import account, history, password, session
from workflow.account import Device, SignedIn, Wanted

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OLD = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
PASSWORD = "Correct-123"
IDLE = timedelta(minutes=30)
WRONG = Refused("WRONG_LOGIN")


@dataclass(frozen=True)
class Somebody:
    """A person with a login, his own seat and one in a unit."""

    person: Person
    account: Account
    own: Seat
    employer: Organisation
    staff: Seat


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters cost what they should: tests/workflow/test_password.py."""
    monkeypatch.setattr(password, "HASHER", QUICK)


@pytest.fixture
async def somebody(db: Any) -> Somebody:
    employer, person = await people.unit(), await people.person()
    return Somebody(
        person=person,
        account=await people.account(person, password_hash=QUICK.hash(PASSWORD)),
        own=await people.seat(person),
        employer=employer,
        staff=await people.seat(person, employer, groups=["handler"], duties=["remarks"]),
    )


async def sign_in(login: str, **changed: Any) -> SignedIn | Refused:
    asked = {"given": PASSWORD, "wanted": Wanted(user_type=UserType.PERSON), **changed}
    return await account.sign_in(login=login, now=NOW, hours=8, **asked)


async def signed_in(somebody: Somebody, **changed: Any) -> SignedIn:
    answer = await sign_in(somebody.account.login, **changed)
    assert isinstance(answer, SignedIn), answer
    return answer


async def viewer_of(token: str, minutes: float = 0) -> Viewer | None:
    return await account.viewer_of(token, now=NOW + timedelta(minutes=minutes), idle=IDLE)


async def sessions() -> int:
    counted: int = await read.value("SELECT count(*) FROM session")
    return counted


async def tags() -> list[str]:
    return [row.tag for row in await read.rows("SELECT tag FROM history ORDER BY id")]


async def test_the_right_password_opens_a_session(somebody: Somebody) -> None:
    opened = await signed_in(somebody)

    assert opened.viewer.person_id == somebody.person.id
    assert opened.expires_at == NOW + timedelta(hours=8)
    assert await viewer_of(opened.token) == opened.viewer
    assert await tags() == [history.Tag.SESSION_SIGN_IN]


@pytest.mark.parametrize("spelling", ["{}", "  {} ", "UPPER", "ＦＵＬＬ"])
async def test_a_login_is_known_however_it_is_typed(somebody: Somebody, spelling: str) -> None:
    login = somebody.account.login
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in login)
    typed = {"UPPER": login.upper(), "ＦＵＬＬ": full_width}.get(spelling, spelling.format(login))

    assert isinstance(await sign_in(typed), SignedIn)


@pytest.mark.parametrize(
    "login", ["", "nobody", "\x00", "\ud800", "x" * 1000, "' OR 1=1 --", "\u202eadmin"]
)
async def test_an_unknown_login_is_answered_like_a_wrong_password(
    somebody: Somebody, login: str
) -> None:
    assert await sign_in(login) == WRONG == await sign_in(somebody.account.login, given="wrong")
    assert await sessions() == 0


async def test_a_disabled_account_is_answered_like_a_wrong_password(somebody: Somebody) -> None:
    await read.rows("UPDATE account SET disabled_at = now() RETURNING 1")

    assert await sign_in(somebody.account.login) == WRONG


async def test_several_seats_are_told_only_after_the_right_password(somebody: Somebody) -> None:
    login = somebody.account.login

    stranger = await sign_in(login, given="wrong", wanted=Wanted())
    owner = await sign_in(login, wanted=Wanted())

    assert stranger == WRONG
    assert isinstance(owner, Refused)
    assert (owner.code, owner.path) == ("SEAT_REQUIRED", ("seatId",))
    assert owner.data["seats"] == [
        {"id": str(somebody.own.id), "userType": "person", "organisation": "", "groups": []},
        {
            "id": str(somebody.staff.id),
            "userType": "unit",
            "organisation": somebody.employer.name,
            "groups": ["handler"],
        },
    ]
    assert await sessions() == 0


async def test_a_named_seat_is_acted_from(somebody: Somebody) -> None:
    opened = await signed_in(somebody, wanted=Wanted(seat_id=somebody.staff.id))

    viewer = opened.viewer
    assert (viewer.seat_id, viewer.organisation_id) == (somebody.staff.id, somebody.employer.id)
    assert (viewer.groups, viewer.duties) == (frozenset({"handler"}), frozenset({"remarks"}))


async def test_the_only_seat_needs_no_choice(db: Any) -> None:
    person = await people.person()
    login = await people.account(person, password_hash=QUICK.hash(PASSWORD))
    own = await people.seat(person)

    opened = await sign_in(login.login, wanted=Wanted())

    assert isinstance(opened, SignedIn)
    assert opened.viewer.seat_id == own.id


async def test_a_seat_of_somebody_else_is_no_seat(somebody: Somebody) -> None:
    foreign = await people.seat(await people.person())

    refused = await sign_in(somebody.account.login, wanted=Wanted(seat_id=foreign.id))

    assert refused == Refused("NO_SEAT", {}, ("seatId",))


async def test_of_token_and_password_only_hashes_are_stored(somebody: Somebody) -> None:
    opened = await signed_in(somebody)

    row = await read.row("SELECT to_jsonb(s)::text AS shown, token_hash FROM session s")
    assert row is not None
    assert row.token_hash == hashlib.sha256(opened.token.encode()).digest()
    assert opened.token not in row.shown


async def test_every_sign_in_has_a_token_of_its_own(somebody: Somebody) -> None:
    tokens = {(await signed_in(somebody)).token for _ in range(3)}

    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 43  # 256 bits in base64


async def test_an_outdated_hash_is_renewed_at_the_next_sign_in(somebody: Somebody) -> None:
    await read.rows("UPDATE account SET password_hash = $1 RETURNING 1", [OLD.hash(PASSWORD)])

    await signed_in(somebody)
    renewed = await read.value("SELECT password_hash FROM account")
    await signed_in(somebody)

    assert "m=8," in renewed
    assert await read.value("SELECT password_hash FROM account") == renewed


async def test_a_device_is_kept_as_far_as_its_column_holds_it(somebody: Somebody) -> None:
    await signed_in(somebody, device=Device(address="::1" * 40, user_agent="a\x00\n" * 400))

    row = await read.row("SELECT length(address) AS a, user_agent FROM session")
    assert row is not None
    assert (row.a, row.user_agent) == (45, "a" * 200)


@pytest.mark.parametrize(
    ("seen_after", "asked_after", "lives"),
    [
        ((), 29, True),
        ((), 30, False),
        ((29, 58), 87, True),
        (tuple(range(25, 480, 25)), 479, True),
        (tuple(range(25, 480, 25)), 480, False),
    ],
)
async def test_a_session_ends_when_unused_for_long_and_in_any_case(
    somebody: Somebody, seen_after: tuple[int, ...], asked_after: int, lives: bool
) -> None:
    token = (await signed_in(somebody)).token
    for minutes in seen_after:
        assert await viewer_of(token, minutes)

    assert (await viewer_of(token, asked_after) is not None) is lives


@pytest.mark.parametrize(
    ("seat", "minutes", "lives"),
    [
        (UserType.UNIT, 14, True),
        (UserType.UNIT, 16, False),
        (UserType.PERSON, 16, True),
        (UserType.PERSON, 29, True),
        (UserType.PERSON, 31, False),
    ],
)
async def test_a_session_of_staff_ends_unused_in_half_the_time(
    somebody: Somebody, seat: UserType, minutes: int, lives: bool
) -> None:
    opened = await signed_in(somebody, wanted=Wanted(user_type=seat))
    now, asks = NOW + timedelta(minutes=minutes), account.Asks(idle=timedelta(minutes=15))

    listed = await session.own(opened.viewer, now=now, idle=IDLE, asks=asks)
    viewer = await account.viewer_of(opened.token, now=now, idle=IDLE, asks=asks)

    assert (len(listed), viewer) == ((1, opened.viewer) if lives else (0, None))


async def test_a_session_is_written_at_most_once_a_minute(somebody: Somebody) -> None:
    token = (await signed_in(somebody)).token

    for seconds in range(0, 119, 10):
        await viewer_of(token, seconds / 60)

    assert await read.value("SELECT seen_at FROM session") == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE account SET disabled_at = now() RETURNING 1",
        "UPDATE seat SET ended_at = now() RETURNING 1",
        "UPDATE session SET revoked_at = now() RETURNING 1",
    ],
)
async def test_what_is_ended_is_ended_at_the_next_request(somebody: Somebody, end: str) -> None:
    token = (await signed_in(somebody)).token

    await read.rows(end)

    assert await viewer_of(token) is None


async def test_what_a_seat_loses_is_lost_at_the_next_request(somebody: Somebody) -> None:
    token = (await signed_in(somebody, wanted=Wanted(seat_id=somebody.staff.id))).token

    await read.rows("UPDATE seat SET groups = '{}', duties = '{}' RETURNING 1")

    viewer = await viewer_of(token)
    assert viewer is not None
    assert not viewer.has_business


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "0" * 43])
async def test_a_token_that_was_never_issued_belongs_to_nobody(
    somebody: Somebody, token: str
) -> None:
    await signed_in(somebody)

    assert await viewer_of(token) is None


async def test_another_seat_is_acted_from_at_once(somebody: Somebody) -> None:
    opened = await signed_in(somebody)

    chosen = await account.choose_seat(opened.viewer, somebody.staff.id, NOW)

    assert isinstance(chosen, Viewer)
    assert chosen.organisation_id == somebody.employer.id
    assert await viewer_of(opened.token) == chosen
    assert await tags() == [history.Tag.SESSION_SIGN_IN, history.Tag.SESSION_CHOOSE_SEAT]


@pytest.mark.parametrize("whose", ["nobody's", "somebody else's", "ended"])
async def test_a_seat_that_is_not_ones_own_is_not_chosen(somebody: Somebody, whose: str) -> None:
    opened = await signed_in(somebody)
    foreign = await people.seat(await people.person())
    await read.rows(
        "UPDATE seat SET ended_at = now() WHERE id = $1 RETURNING 1", [somebody.staff.id]
    )
    seat_id = {"nobody's": uuid7(), "somebody else's": foreign.id, "ended": somebody.staff.id}

    refused = await account.choose_seat(opened.viewer, seat_id[whose], NOW)

    assert refused == Refused("NO_SEAT", {}, ("seatId",))
    assert await viewer_of(opened.token) == opened.viewer


async def test_after_signing_out_the_token_is_worth_nothing(somebody: Somebody) -> None:
    opened, other = await signed_in(somebody), await signed_in(somebody)

    await account.sign_out(opened.viewer, NOW)

    assert await viewer_of(opened.token) is None
    assert await viewer_of(other.token) == other.viewer


@pytest.mark.parametrize(
    ("meanwhile", "answer"),
    [
        ("UPDATE account SET password_hash = 'another' RETURNING 1", WRONG),
        ("UPDATE account SET disabled_at = now() RETURNING 1", WRONG),
        ("SELECT 1", None),
    ],
)
async def test_who_is_slower_than_a_change_of_the_password_does_not_come_in(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, meanwhile: str, answer: Refused | None
) -> None:
    seats = account.seats

    async def slowly(person_id: Any) -> Any:
        await read.rows(meanwhile)
        return await seats(person_id)

    monkeypatch.setattr(account, "seats", slowly)  # is asked for after the password was right

    found = await sign_in(somebody.account.login)

    assert (found if isinstance(found, Refused) else None) == answer
    assert await sessions() == (0 if answer else 1)
