"""Links that are good once: what the page is told of one, and nobody without it."""

from datetime import timedelta
from typing import Any

import pytest

from models import Account, Invitation, PasswordReset, Throttle
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from schema.role import Role
from tests.factories import city as cities
from tests.factories import officer as officers
from tests.factories.city import NOW, City
from tests.factories.question import VIEWS
from tests.statements import counted
from workflow import digest, office, password_link

HERE = "203.0.113.7"


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await officers.seated(city)
    return city


async def forgotten(city: City, who: str) -> str:
    """The token of a letter, good for half an hour."""
    await PasswordReset.create(
        id=uuid7(),
        account_id=city.viewers[who].account_id,
        token_hash=digest.of_token(who).hex(),
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=30),
    )
    return who


async def invited(city: City) -> str:
    """The token of an account that was made for an officer."""
    _, token = await office.invite(city.request("system"), login="new.officer", name="某人")
    assert token
    return token


async def told(token: str, *, after: timedelta = timedelta(0)) -> Any:
    """What the page is told."""
    row = await password_link.look(token, address=HERE, now=NOW + after)
    assert not isinstance(row, Refused)
    return row and (row.kind, row.login, row.code_needed, row.waits, row.staff)


@pytest.mark.parametrize(("who", "staff"), [("applicant", False), ("handler", True)])
async def test_a_link_of_a_letter_says_whose_it_is_and_whether_an_app_is_needed(
    city: City, who: str, staff: bool
) -> None:
    token = await forgotten(city, who)

    with counted() as statements:
        assert await told(token) == ("reset", who, False, False, staff)

    assert len(statements) == 3  # the try, the look, the try forgotten
    assert await told(token, after=timedelta(minutes=30)) is None


async def test_a_link_of_an_officer_waits_for_its_code_and_one_of_setup_does_not(
    city: City,
) -> None:
    token = await invited(city)

    waiting = await told(token)
    await Invitation.all().update(code_hash="x")
    handed = await told(token)
    await Invitation.all().update(created_by_id=None)

    assert waiting == ("invitation", "new.officer", True, True, True)
    assert handed == ("invitation", "new.officer", True, False, True)
    assert await told(token) == ("invitation", "new.officer", False, False, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Account.all().update(disabled_at=NOW),
        lambda: Account.all().update(password_hash="there is one"),
        lambda: Invitation.all().update(used_at=NOW, code_hash="x"),
        lambda: Invitation.all().update(expires_at=NOW),
    ],
    ids=["shut", "opened", "used", "too old"],
)
async def test_a_link_that_opens_nothing_is_told_like_one_that_never_was(
    city: City, change: Any
) -> None:
    token = await invited(city)
    assert await told(token)

    await change()

    assert await told(token) is None


async def test_guesses_are_counted_and_good_links_are_not(city: City) -> None:
    good = await forgotten(city, "handler")
    for _ in range(25):
        assert await told(good)

    assert await Throttle.all().count() == 0
    for turn in range(20):
        assert await told(f"guess{turn}") is None
    refused = await password_link.look(good, address=HERE, now=NOW)
    assert isinstance(refused, Refused) and refused.code == "TOO_MANY_TRIES"


def test_the_token_stands_where_no_browser_sends_it() -> None:
    link = password_link.address("https://jijiao.example", "token")

    assert link == "https://jijiao.example/password#token"


def test_whoever_is_signed_in_or_not_may_open_a_link() -> None:
    asked = {"passwordLink", "passwordRules"}

    for role in Role:
        assert asked <= set(VIEWS.graphql[role].query_type.fields)  # type: ignore[union-attr]
