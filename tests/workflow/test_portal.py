"""The portal: whom an identity opens, and how it comes to open anybody."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Account, History, PortalLink, PortalVisit, Seat, Session, registration_sql
from models.access import Viewer
from models.read import Connection, rows
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories import session as sessions
from tests.factories.city import NOW, City
from tests.factories.identity import number, numbered
from tests.factories.newcomer import number as registrable
from tests.factories.newcomer import registered
from tests.factories.portal import HASHED, HERE, ISSUER, RIGHT, arrived, linked, told
from tests.statements import counted
from workflow import account, portal
from workflow.account import Asks, SignedIn
from workflow.portal import LASTS, Visit

NUMBER = number(sequence=7)
AUDIT = "SELECT * FROM audit.audit_event WHERE action LIKE 'portal:%' ORDER BY at"


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await Account.all().update(password_hash=HASHED)
    return city


async def live(city: City, who: str) -> Viewer:
    """Somebody in a session that is there."""
    await sessions.opened(city.viewers[who])
    row = await Session.filter(account_id=city.viewers[who].account_id).order_by("-id").first()
    assert row is not None
    return replace(city.viewers[who], session_id=row.id)


async def kept() -> list[int]:
    """How many rows there are of what signing in writes."""
    return [await each.all().count() for each in (Session, PortalLink, History)]


async def test_a_number_that_is_known_opens_its_account_and_stays_nowhere(city: City) -> None:
    owner = city.viewers["applicant"].person_id
    await numbered(owner, NUMBER)

    answer = await arrived(number=NUMBER)
    again = await arrived()  # from now on by issuer and subject

    assert isinstance(answer, SignedIn) and isinstance(again, SignedIn)
    assert answer.viewer.person_id == again.viewer.person_id == owner
    assert answer.token != again.token
    left = [await one.all().values() for one in (PortalVisit, PortalLink, History, Session)]
    assert NUMBER not in repr([left, await rows(AUDIT)])


@pytest.mark.parametrize(("days", "answer"), [(89, "SignedIn"), (91, "ACCOUNT_ASLEEP")])
async def test_an_account_asleep_is_not_opened_through_the_portal_either(
    city: City, days: int, answer: str
) -> None:
    handler, ago = city.viewers["handler"], NOW - timedelta(days=days)
    await numbered(handler.person_id, NUMBER)
    await Account.filter(id=handler.account_id).update(created_at=ago)
    await Seat.filter(person_id=handler.person_id).update(created_at=ago)
    before = await kept()

    entered = await arrived(number=NUMBER, asks=Asks(sleeps=timedelta(days=90)))

    assert told(entered) == answer
    assert (await kept() == before) is (answer != "SignedIn")


@pytest.mark.parametrize("given", ["", number(sequence=8), "12345", "ＸＸＸ"])
async def test_somebody_nobody_knows_is_sent_to_his_password(city: City, given: str) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    before = await kept()

    assert told(await arrived(number=given)) == "PORTAL_UNKNOWN"

    assert await kept() == before


async def test_the_same_subject_of_another_issuer_is_somebody_else(city: City) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    await arrived(number=NUMBER)

    assert told(await arrived(issuer="https://other.example")) == "PORTAL_UNKNOWN"
    assert told(await arrived("ABC")) == "PORTAL_UNKNOWN"
    assert told(await arrived()) == "SignedIn"


async def test_who_is_signed_in_links_what_he_has_shown_with_his_password(city: City) -> None:
    me = await live(city, "applicant")

    offered = told(await arrived(viewer=me))
    alone = await linked(city.viewers["handler"]), await linked(me, "wrong")
    assert await PortalLink.all().count() == 0
    answer = await linked(me)

    assert (offered, alone) == ("Offered", ("PORTAL_NOTHING", "PASSWORD_WRONG"))
    assert (answer, await linked(me)) == ("LINKED", "PORTAL_NOTHING")
    entered = await arrived()
    assert isinstance(entered, SignedIn) and entered.viewer.person_id == me.person_id


async def test_an_offer_is_of_one_session_of_one_issuer_and_for_ten_minutes(city: City) -> None:
    me, elsewhere = await live(city, "applicant"), await live(city, "applicant")
    await arrived(viewer=me)
    late = portal.link(me, given=RIGHT, issuer=ISSUER, address=HERE, now=NOW + LASTS)

    assert await linked(elsewhere) == "PORTAL_NOTHING"
    assert await linked(me, issuer="https://other.example") == "PORTAL_NOTHING"
    assert told(await late) == "PORTAL_NOTHING"
    assert await linked(me) == "LINKED"


async def test_one_subject_opens_one_account_and_one_account_has_one_subject(city: City) -> None:
    me, other = await live(city, "applicant"), await live(city, "handler")
    for who in (me, other):
        await arrived(viewer=who)
    assert await linked(me) == "LINKED"

    assert await linked(other) == "PORTAL_TAKEN"
    assert told(await arrived("second", viewer=me)) == "Offered"
    assert await linked(me) == "PORTAL_TAKEN"
    assert await PortalLink.all().values_list("account_id", "subject") == [(me.account_id, "abc")]


async def test_what_was_unlinked_opens_nothing_and_can_be_linked_anew(city: City) -> None:
    me = await live(city, "applicant")
    await arrived(viewer=me)
    await linked(me)

    gone = [await portal.unlink(who, NOW) for who in (city.viewers["handler"], me, me)]

    assert gone == [False, True, False]
    assert told(await arrived()) == "PORTAL_UNKNOWN"
    assert told(await arrived(viewer=me)) == "Offered"


async def test_a_number_of_somebody_else_is_not_linked(city: City) -> None:
    me = await live(city, "applicant")
    await numbered(me.person_id, NUMBER)

    other = told(await arrived(number=number(sequence=8), viewer=me))

    assert other == "PORTAL_OTHER_PERSON"
    assert await linked(me) == "PORTAL_NOTHING"
    assert told(await arrived(number=NUMBER, viewer=me)) == "SignedIn"


async def newcomer(login: str) -> Viewer:
    """Somebody who has registered himself, in a session."""
    opened = await account.sign_in(login=login, given=RIGHT, now=NOW, hours=8)
    assert isinstance(opened, SignedIn)
    return opened.viewer


async def test_a_squatters_account_opens_to_nobody_who_does_not_know_its_password(
    city: City,
) -> None:
    """Two would share it: whoever registered the number, and whose number it is."""
    await registered("first.one", registrable())
    stranger = await live(city, "applicant")
    before = await kept()

    answers = [told(await arrived(number=registrable(), viewer=who)) for who in (None, stranger)]

    assert answers == ["PORTAL_UNVOUCHED"] * 2
    assert await kept() == before


async def test_the_portal_vouches_for_who_registered_his_own_number(city: City) -> None:
    await registered("first.one", registrable())
    me = await newcomer("first.one")

    assert told(await arrived(number=registrable(), viewer=me)) == "Offered"
    assert (await Account.get(login="first.one")).verified_at is None
    assert await linked(me) == "LINKED"

    assert (await Account.get(login="first.one")).verified_at == NOW


async def test_without_a_number_the_portal_vouches_for_nobody(city: City) -> None:
    await registered("first.one", registrable())
    me = await newcomer("first.one")
    await arrived(viewer=me)

    assert await linked(me) == "LINKED"

    assert (await Account.get(login="first.one")).verified_at is None


async def test_a_number_does_not_bring_an_account_a_second_subject(city: City) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    assert told(await arrived(number=NUMBER)) == "SignedIn"

    assert told(await arrived("second", number=NUMBER)) == "PORTAL_TAKEN"

    assert [one.subject for one in await PortalLink.all()] == ["abc"]


async def test_who_has_no_seat_left_does_not_enter(city: City) -> None:
    owner = city.viewers["applicant"].person_id
    await numbered(owner, NUMBER)
    await Seat.filter(person_id=owner).update(ended_at=NOW)
    before = await kept()

    assert told(await arrived(number=NUMBER)) == "NO_SEAT"
    assert await kept() == before

    await Seat.filter(person_id=owner).update(ended_at=None)
    assert told(await arrived(number=NUMBER)) == "SignedIn"
    await Seat.filter(person_id=owner).update(ended_at=NOW)
    assert told(await arrived(number=NUMBER)) == "NO_SEAT"


async def test_a_stolen_session_does_not_guess_the_password_by_linking(city: City) -> None:
    me = await live(city, "applicant")
    await arrived(viewer=me)

    answers = [await linked(me, "wrong") for _ in range(5)]

    assert answers == ["PASSWORD_WRONG"] * 5
    assert await linked(me) == "TOO_MANY_TRIES"
    assert await PortalLink.all().count() == 0


async def test_a_disabled_account_stays_shut(city: City) -> None:
    owner = city.viewers["applicant"]
    await numbered(owner.person_id, NUMBER)
    await arrived(number=NUMBER)

    await Account.filter(id=owner.account_id).update(disabled_at=NOW)

    assert told(await arrived(number=NUMBER)) == "PORTAL_UNKNOWN"
    await Account.filter(id=owner.account_id).update(disabled_at=None)
    assert told(await arrived(number=NUMBER)) == "SignedIn"


async def test_who_has_a_personal_seat_enters_from_it(city: City) -> None:
    for who in ("applicant", "handler"):
        owner = city.viewers[who]
        found = [one.user_type for one in await account.seats(owner.person_id)]
        await numbered(owner.person_id)
        me = await live(city, who)
        await arrived(who, viewer=me)
        await linked(me)
        entered = await arrived(who)
        assert isinstance(entered, SignedIn)
        assert entered.viewer.user_type == ("person" if "person" in found else "unit")


async def test_a_state_is_good_once_soon_and_for_the_browser_that_went(city: City) -> None:
    begun = [await portal.begin(address=HERE, rate=1000, now=NOW) for _ in range(3)]
    one, two, three = [each for each in begun if isinstance(each, Visit)]

    async def back(visit: Visit, state: str, after: timedelta = timedelta()) -> str:
        return told(await portal.arrive(visit, state, address=HERE, rate=1000, now=NOW + after))

    assert await back(one, one.state, LASTS - timedelta(seconds=1)) == "UUID"
    assert await back(one, one.state) == "PORTAL_EXPIRED"
    assert await back(two, two.state, LASTS) == "PORTAL_EXPIRED"
    assert await back(Visit(""), three.state) == "PORTAL_EXPIRED"
    assert await back(two, three.state) == "PORTAL_EXPIRED"
    assert await back(Visit("mine"), Visit("mine").state) == "PORTAL_EXPIRED"
    assert await back(three, "\ud800") == "PORTAL_EXPIRED"
    assert await back(three, three.state) == "UUID"


def test_what_is_made_from_a_secret_tells_nothing_of_the_rest() -> None:
    visit = Visit("secret")
    made = {visit.secret, visit.state, visit.nonce, visit.verifier, visit.challenge}

    assert len(made) == 5
    assert portal.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (  # its appendix B
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


async def test_tries_are_counted_by_address(city: City) -> None:
    tries = [told(await portal.begin(address=HERE, rate=3, now=NOW)) for _ in range(4)]

    assert tries == ["Visit"] * 3 + ["TOO_MANY_TRIES"]
    back = await portal.arrive(Visit("x"), Visit("x").state, address=HERE, rate=3, now=NOW)
    assert told(back) == "TOO_MANY_TRIES"
    await portal.turned_away(Refused("TOO_MANY_TRIES"), None)
    assert await rows(AUDIT) == []  # who floods the door fills no log
    assert told(await portal.begin(address="198.51.100.1", rate=3, now=NOW)) == "Visit"


async def test_visits_that_are_over_go_with_new_ones(city: City) -> None:
    for _ in range(3):
        await portal.begin(address=HERE, rate=1000, now=NOW)

    await portal.begin(address=HERE, rate=1000, now=NOW + LASTS + timedelta(seconds=1))

    assert await PortalVisit.all().count() == 1


async def test_who_enters_and_who_does_not_is_in_the_log(city: City) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    shown = datetime(2012, 5, 7, 1, 25, tzinfo=UTC)

    await arrived(number=NUMBER, second_factor=shown)
    await portal.turned_away(Refused("PORTAL_REFUSED", {"why": "nonce"}), None)

    found = [(one.action, one.outcome, json.loads(one.detail)) for one in await rows(AUDIT)]
    assert found == [
        ("portal:link", "done", {}),
        ("portal:sign_in", "done", {"second_factor": shown.isoformat()}),
        ("portal:sign_in", "denied", {"why": "nonce"}),
    ]


async def test_there_and_back_costs_twelve_statements(city: City) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    await arrived(number=NUMBER)

    with counted() as sent:
        await arrived()

    assert len(sent) == 12, sent


async def test_a_decided_claim_takes_the_link_away_with_the_login(city: City) -> None:
    """Whoever had linked himself would come in behind the new owner."""
    me = await live(city, "applicant")
    await arrived(viewer=me)
    await linked(me)
    values: list[Any] = [me.account_id, me.person_id, "new.login", "hash", "name", NOW, "", None]

    await rows(registration_sql.HAND_OVER, values)

    assert told(await arrived()) == "PORTAL_UNKNOWN"


@pytest.mark.parametrize("known", [False, True])
async def test_the_portal_is_no_way_round_an_app(city: City, known: bool) -> None:
    await numbered(city.viewers["applicant"].person_id, NUMBER)
    if known:
        await arrived(number=NUMBER)
    await apps.enrolled(city.viewers["applicant"], NOW)
    before = await kept()

    assert told(await arrived(number=NUMBER)) == "PORTAL_ONE_FACTOR"
    assert await kept() == before

    assert told(await arrived(number=NUMBER, second_factor=NOW)) == "SignedIn"


async def test_who_registers_a_number_does_not_learn_from_the_portal_whether_it_was_known(
    city: City,
) -> None:
    for login in ("first.one", "second.one"):  # of one number; the second has a claim beside it
        await registered(login, registrable())

    answers = [
        told(await arrived(login, number=number(sequence=8), viewer=await newcomer(login)))
        for login in ("first.one", "second.one")
    ]

    assert answers == ["PORTAL_OTHER_PERSON"] * 2
