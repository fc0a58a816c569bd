"""Requests about one's own data: asked, answered in time, and an account closed for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from models import (
    Account,
    DataRequest,
    FormerProfile,
    History,
    Notice,
    Person,
    Profile,
    Seat,
    Session,
)
from models.account import UserType
from models.data_request import DataField, DataRequestKind
from models.read import Connection
from resolvers import ids
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import factor as apps
from tests.factories import identity as numbers
from tests.factories import newcomer, portal
from tests.factories import record as records
from tests.factories import session as sessions
from tests.factories.city import City
from tests.factories.grant import approvers
from tests.factories.question import answered
from tests.factories.record import done
from tests.statements import counted
from workflow import account, data_request, identity_change
from workflow.account import SignedIn
from workflow.command import Answer, Request
from workflow.identity_change import Asked

NOW = cities.NOW
WHO = "bureau approver"
LIST = "{ dataRequests { nodes { id kind outcome } } }"
VAULT = "SELECT count(*) AS n FROM vault.person_identity WHERE person_id = $1"


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await approvers(city)
    return city


async def corrected(city: City, who: str = "applicant", **changes: Any) -> Answer:
    given: dict[str, Any] = {"field": DataField.NAME, "wish": "李更正", "reason": "登记有误"}
    return await data_request.request_correction(city.request(who), **{**given, **changes})


async def closing(city: City, who: str = "applicant") -> Answer:
    return await data_request.request_closure(city.request(who), reason="不再从业")


def key_of(answer: Answer) -> UUID:
    return UUID(done(answer).data["request"])


async def decided(city: City, key: UUID, who: str = WHO, *, granted: bool = True) -> Answer:
    return await data_request.answer(
        city.request(who), request_id=key, granted=granted, words="已核对证件原件"
    )


@pytest.mark.parametrize(
    ("kind", "now", "due"),
    [
        # 15 working days from Monday 7 May 2012: three weeks, no holiday among them.
        (DataRequestKind.CLOSURE, datetime(2012, 5, 7, 1, 30, tzinfo=UTC), (2012, 5, 28)),
        # From Monday 21 September 2026: 25 to 27 September and 1 to 7 October are off, Saturday
        # 10 October is made up. 22-24: three, 28-30: six, 8-10: nine, 12-16: fourteen, 19.
        (DataRequestKind.CLOSURE, datetime(2026, 9, 21, 1, 30, tzinfo=UTC), (2026, 10, 19)),
        (DataRequestKind.CORRECTION, datetime(2012, 5, 7, 1, 30, tzinfo=UTC), (2012, 6, 6)),
        # 7 May in Shanghai has begun when it is still 6 May in Greenwich.
        (DataRequestKind.CORRECTION, datetime(2012, 5, 6, 16, 0, tzinfo=UTC), (2012, 6, 6)),
    ],
)
def test_an_answer_is_due_in_working_days_or_in_thirty_days_of_shanghai(
    kind: DataRequestKind, now: datetime, due: tuple[int, int, int]
) -> None:
    last = data_request.due_at(kind, now)

    assert (last.year, last.month, last.day) == due
    assert (last.hour, last.utcoffset()) == (23, timedelta(hours=8))


async def test_a_name_is_corrected_by_the_answer_and_the_person_is_told(city: City) -> None:
    me = city.viewers["applicant"].person_id

    done(await decided(city, key_of(await corrected(city))))

    assert (await Person.get(id=me)).name == "李更正"
    assert (await Notice.get()).person_id == me
    assert (await History.get(tag="person:correct")).subject_id == me
    former = await FormerProfile.get()  # as with any other change of a name
    assert (former.person_id, former.name, former.changed) == (me, "applicant", ["name"])


async def test_what_is_refused_changes_nothing_and_says_why(city: City) -> None:
    me = city.viewers["applicant"].person_id
    before = (await Person.get(id=me)).name

    done(await decided(city, key_of(await corrected(city)), granted=False))

    row = await DataRequest.get()
    assert (row.outcome, row.answer) == ("refused", "已核对证件原件")
    assert (await Person.get(id=me)).name == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "REQUIRED"),
        ({"wish": ""}, "REQUIRED"),
        ({"reason": "x" * 201}, "TEXT_TOO_LONG"),
        ({"wish": "名" * 61}, "TEXT_TOO_LONG"),
        ({"wish": "440106198506080012"}, "NUMBER_UNWANTED"),
        ({"reason": "a\x1b"}, "CHARACTER"),
    ],
)
async def test_what_cannot_stand_there_is_refused(
    city: City, changes: dict[str, str], code: str
) -> None:
    answer = await corrected(city, **changes)

    assert isinstance(answer, Refused)
    told = answer.data.get("problems") or [{"code": answer.code}]
    assert [one["code"] for one in told] == [code]
    assert await DataRequest.all().count() == 0


async def test_one_of_a_kind_waits_at_a_time(city: City) -> None:
    first = key_of(await corrected(city))

    assert await corrected(city) == Refused("DATA_REQUEST_WAITING")
    done(await corrected(city, field=DataField.OTHER))

    done(await data_request.withdraw(city.request("applicant"), request_id=first))
    done(await corrected(city))


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("pupil", "NOT_PERMITTED"),
        ("handler", "NOT_PERMITTED"),
        ("department approver", "NOT_PERMITTED"),
        ("checker", "NOT_PERMITTED"),
        (WHO, None),
    ],
)
async def test_only_the_citys_approvers_answer(city: City, who: str, code: str | None) -> None:
    key = key_of(await corrected(city))

    answer = await decided(city, key, who)

    assert (answer.code if isinstance(answer, Refused) else None) == code
    assert (await DataRequest.get()).outcome == (None if code else "granted")


async def test_nobody_answers_himself(city: City) -> None:
    key = key_of(await corrected(city, WHO))

    assert await decided(city, key) == Refused("OWN_CASE")
    assert (await DataRequest.get()).outcome is None

    await city.person("other approver", "bureau", "approve_admins", user_type=UserType.CITY_BUREAU)
    done(await decided(city, key, "other approver"))


async def test_what_is_answered_is_over(city: City) -> None:
    key = key_of(await corrected(city))
    done(await decided(city, key))

    again = await decided(city, key, granted=False)
    back = await data_request.withdraw(city.request("applicant"), request_id=key)

    for answer in (again, back):
        assert isinstance(answer, Refused) and answer.code == "DATA_REQUEST_OVER"


async def test_a_request_of_somebody_else_is_as_unknown_as_one_that_never_was(city: City) -> None:
    key = key_of(await corrected(city))

    answer = await data_request.withdraw(city.request("pupil"), request_id=key)

    assert answer == Refused("NOT_FOUND", {}, ("requestId",))
    assert (await DataRequest.get()).outcome is None
    assert (await answered(city.viewers["pupil"], LIST))["dataRequests"]["nodes"] == []
    for who in ("applicant", WHO):
        (node,) = (await answered(city.viewers[who], LIST))["dataRequests"]["nodes"]
        assert node["id"] == ids.encode("DataRequest", str(key))


async def test_an_account_with_open_cases_or_seats_is_not_closed(city: City) -> None:
    await records.submitted(city)

    assert await closing(city) == Refused("CASES_OPEN", {"count": 1})
    assert await closing(city, "handler") == Refused("SEATS_HELD", {"count": 1})
    assert await DataRequest.all().count() == 0


async def test_what_has_begun_since_it_was_asked_for_stands_in_the_way_too(city: City) -> None:
    key = key_of(await closing(city))
    await records.submitted(city)

    assert await decided(city, key) == Refused("CASES_OPEN", {"count": 1})

    assert (await DataRequest.get()).outcome is None
    me = city.viewers["applicant"].account_id
    assert (await Account.get(id=me)).disabled_at is None


async def newcomer_in(city: City) -> tuple[Request, UUID]:
    """Somebody who has registered with a number and signed in."""
    await newcomer.registered("wang.lan", newcomer.number(), name="王测试")
    opened = await account.sign_in(
        login="wang.lan", given=newcomer.PASSWORD, now=NOW, hours=8, rate=1000
    )
    assert isinstance(opened, SignedIn)
    me = opened.viewer.person_id
    await Profile.update_or_create({"phone": "13800138000"}, person_id=me)
    return Request(viewer=opened.viewer, key="close", now=NOW), me


async def test_a_closed_account_lets_nobody_in_and_keeps_nothing_to_reach_him_by(
    db: Connection, city: City
) -> None:
    request, me = await newcomer_in(city)
    assert (await db.execute_query_dict(VAULT, [me]))[0]["n"] == 1
    key = key_of(await data_request.request_closure(request, reason="不再从业"))

    done(await decided(city, key))

    kept = await Account.get(person_id=me)
    assert (kept.contact, kept.password_hash, kept.disabled_at) == ("", "", NOW)
    assert kept.login != "wang.lan" and (await Profile.get(person_id=me)).phone is None
    assert not await Session.filter(account_id=kept.id, revoked_at=None)
    assert not await Seat.filter(person_id=me, ended_at=None)
    assert (await db.execute_query_dict(VAULT, [me]))[0]["n"] == 0
    assert (await Person.get(id=me)).name == "王测试"  # whose the records are
    again = await account.sign_in(
        login="wang.lan", given=newcomer.PASSWORD, now=NOW, hours=8, rate=1000
    )
    assert again == Refused("WRONG_LOGIN")


async def test_a_refused_closure_leaves_the_account_as_it_was(db: Connection, city: City) -> None:
    request, me = await newcomer_in(city)
    key = key_of(await data_request.request_closure(request, reason="不再从业"))
    before = await Account.get(person_id=me).values()

    done(await decided(city, key, granted=False))

    assert await Account.get(person_id=me).values() == before
    assert (await db.execute_query_dict(VAULT, [me]))[0]["n"] == 1


async def test_the_vault_erases_no_number_of_an_account_that_is_not_closed(
    db: Connection, city: City
) -> None:
    _, me = await newcomer_in(city)

    with pytest.raises(OperationalError, match="closed account"):
        await db.execute_query("SELECT vault.erase($1)", [me])

    assert (await db.execute_query_dict(VAULT, [me]))[0]["n"] == 1


async def test_the_verbs_cost_few_statements(city: City) -> None:
    await sessions.opened(city.viewers["applicant"])
    with counted() as asked:
        key = key_of(await closing(city))
    with counted() as closed:
        done(await decided(city, key))

    assert (len(asked), len(closed)) == (6, 10)


async def test_with_the_account_goes_what_else_would_open_it(db: Connection, city: City) -> None:
    request, _ = await newcomer_in(city)
    await portal.arrived(viewer=request.viewer)
    assert await portal.linked(request.viewer, newcomer.PASSWORD) == "LINKED"
    await apps.enrolled(request.viewer, NOW)
    key = key_of(await data_request.request_closure(request, reason="不再从业"))

    done(await decided(city, key))

    for table in ("vault.second_factor", "vault.recovery_code", "portal_link"):
        assert await db.execute_query_dict(f"SELECT 1 FROM {table}") == []


async def test_a_number_that_was_erased_does_not_come_back_by_a_request_that_waits(
    db: Connection, city: City
) -> None:
    request, me = await newcomer_in(city)
    key = key_of(await data_request.request_closure(request, reason="不再从业"))
    wanted = Asked(number=numbers.citizen().number, reason="登记有误", evidence="居民身份证")
    asked = done(await identity_change.ask(replace(request, key="change"), asked=wanted))

    assert await decided(city, key) == Refused("IDENTITY_CHANGE_OPEN")
    assert (await DataRequest.get()).outcome is None

    change = UUID(asked.data["change"])
    done(await identity_change.withdraw(replace(request, key="back"), change_id=change))
    done(await decided(city, key))
    assert (await db.execute_query_dict(VAULT, [me]))[0]["n"] == 0
