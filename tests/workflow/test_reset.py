"""Forgotten passwords (取回密码): whose it is gets in, and nobody else learns anything."""

from datetime import timedelta
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import Account, History, Job, PasswordReset, Throttle
from models.read import Connection, rows
from rules.password import PasswordProfile
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import session as sessions
from tests.factories.city import City
from tests.factories.factor import QUICK
from workflow import account, password, reset
from workflow.account import SignedIn
from workflow.reset import Letter

NOW, HERE = cities.NOW, "203.0.113.7"
OLD, NEW = "Yuexiu-2031xd", "Liwan_7712qk"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters cost what they should: tests/workflow/test_password.py."""
    monkeypatch.setattr(password, "HASHER", QUICK)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    hashed = await password.hashed(OLD)
    await Account.all().update(password_hash=hashed, contact="x@example.cn")
    return city


class Box:
    """Where letters arrive."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter)


async def delivered(box: Box) -> None:
    """Every job of this kind is done."""
    for job in await Job.filter(kind=reset.KIND).order_by("id"):
        assert job.subject is not None
        effect = await reset.deliver(job.subject, box.send, NOW)
        async with in_transaction() as c:
            await effect(c)


async def token_for(login: str = "handler") -> str:
    """The token somebody was sent."""
    assert await reset.ask(login=login, address=HERE, now=NOW) is None
    box = Box()
    await delivered(box)
    return box.letters[-1].token


async def used(token: str, new: str = NEW, *, after: timedelta = timedelta(0)) -> list[str]:
    """What a token is answered."""
    refused = await reset.use(
        token, new=new, profile=PasswordProfile.MLPS3, address=HERE, now=NOW + after
    )
    if refused is None:
        return []
    return [each["code"] for each in refused.data.get("problems", [{"code": refused.code}])]


async def gets_in(given: str) -> bool:
    answer = await account.sign_in(login="handler", given=given, now=NOW, hours=8, rate=1000)
    return isinstance(answer, SignedIn)


async def test_the_token_sets_a_new_password_once_and_ends_every_session(city: City) -> None:
    session = await sessions.opened(city.viewers["handler"])
    token = await token_for()

    first, second = await used(token), await used(token, "Haizhu_8823wp")

    assert (first, second) == ([], ["TOKEN_UNKNOWN"])
    assert (await gets_in(OLD), await gets_in(NEW)) == (False, True)
    assert await account.viewer_of(session, now=NOW, idle=timedelta(days=900)) is None
    line = await History.get(tag="password:reset")
    assert line.subject_id == city.viewers["handler"].account_id


async def test_a_login_nobody_has_is_answered_and_written_alike(city: City) -> None:
    known = await reset.ask(login="handler", address=HERE, now=NOW)
    before = (await PasswordReset.all().count(), await Job.all().count())
    tries = await Throttle.all().count()
    unknown = await reset.ask(login="nobody", address="198.51.100.1", now=NOW)

    assert (known, unknown) == (None, None)
    assert before == (1, 1)
    assert (await PasswordReset.all().count(), await Job.all().count()) == (2, 2)
    assert await Throttle.all().count() == 2 * tries
    box = Box()
    await delivered(box)
    assert [letter.login for letter in box.letters] == ["handler"]


async def test_no_row_holds_the_token(city: City) -> None:
    token = await token_for()

    for table in ("password_reset", "job", "throttle", "history"):
        for row in await rows(f"SELECT to_jsonb(t)::text AS text FROM {table} t"):
            assert token not in row.text


@pytest.mark.parametrize("token", ["", "x", "\ud800", "0" * 64])
async def test_a_token_that_is_none_changes_nothing(city: City, token: str) -> None:
    await token_for()
    before = await Account.get(id=city.viewers["handler"].account_id).values()

    assert await used(token) == ["TOKEN_UNKNOWN"]

    assert await Account.get(id=before["id"]).values() == before


async def test_a_token_lives_half_an_hour(city: City) -> None:
    token = await token_for()

    assert await used(token, after=timedelta(minutes=31)) == ["TOKEN_UNKNOWN"]
    assert await used(token, after=timedelta(minutes=29)) == []


async def test_one_use_makes_every_other_letter_worthless(city: City) -> None:
    first = await token_for()
    later = await reset.ask(login="handler", address=HERE, now=NOW)

    assert (await used(first), later) == ([], None)
    box = Box()
    await delivered(box)
    assert box.letters == []


async def test_a_weak_password_leaves_the_token_good(city: City) -> None:
    token = await token_for()

    assert await used(token, "short") == ["PASSWORD_SHORT", "PASSWORD_KINDS"]
    assert await used(token, OLD) == ["PASSWORD_USED"]
    assert await used(token) == []


async def test_tokens_are_not_guessed_by_the_thousand(city: City) -> None:
    answers = [await used(f"guess{turn}") for turn in range(22)]

    assert answers[19:] == [["TOKEN_UNKNOWN"], ["TOO_MANY_TRIES"], ["TOO_MANY_TRIES"]]


async def test_nobody_is_buried_in_letters(city: City) -> None:
    answers = [await reset.ask(login="handler", address=HERE, now=NOW) for _ in range(7)]

    told = [isinstance(each, Refused) for each in answers]
    assert told == [False] * 5 + [True] * 2
    assert await Job.filter(kind=reset.KIND).count() == 5


@pytest.mark.parametrize("change", [{"disabled_at": NOW}, {"contact": ""}])
async def test_who_cannot_be_reached_or_let_in_is_sent_nothing(
    city: City, change: dict[str, object]
) -> None:
    await Account.filter(login="handler").update(**change)
    await reset.ask(login="handler", address=HERE, now=NOW)
    box = Box()

    await delivered(box)

    assert box.letters == []


async def test_whoever_was_disabled_meanwhile_is_not_let_in(city: City) -> None:
    token = await token_for()
    await Account.filter(login="handler").update(disabled_at=NOW)

    assert await used(token) == ["TOKEN_UNKNOWN"]


@pytest.mark.parametrize("login", ["", "\0", "\ud800", "x" * 5000])
async def test_whatever_is_asked_for_is_answered(city: City, login: str) -> None:
    assert await reset.ask(login=login, address=HERE, now=NOW) is None
    assert isinstance((await PasswordReset.get()).id, UUID)
