"""Members of one's own body (用户管理) and moves (调动): whose they are, and what nobody may."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models import Account, Employment, History, Move, Notice, Organisation, Seat, Session, Task
from models.account import OFFICERS, UserType
from models.ids import uuid7
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from rules import refusal
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import grant as grants
from tests.factories import record as records
from tests.factories import session
from tests.factories.city import City
from tests.factories.record import done
from tests.statements import counted
from workflow import account, claim, member, move, staff, training
from workflow.command import Answer, Done
from workflow.member import Duty, SeatGroup

STAFF = ("staff",)
TABLES = (Seat, Session, Employment, Move, History)
HANDLER = frozenset({SeatGroup.HANDLER})
SIDES = ("administrator", "museum chief")


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    above, top = UserType.CITY_DEPARTMENT, UserType.CITY_BUREAU
    await city.person("colleague", "hospital")
    await city.person("chief", "department", "unit_admin", duties=STAFF, user_type=above)
    await city.person("top", "bureau", "unit_admin", duties=STAFF, user_type=top)
    for unit in ("museum", "school"):
        await city.person(f"{unit} chief", unit, "unit_admin", duties=STAFF)
    return city


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


def codes(answer: Answer) -> list[str]:
    assert isinstance(answer, Refused), answer
    listed = answer.data.get("problems") or [{"code": answer.code}]
    return [one["code"] for one in listed]


async def appointed(
    city: City,
    who: str = "administrator",
    whom: str = "colleague",
    at: str = "hospital",
    groups: frozenset[SeatGroup] = HANDLER,
    duties: frozenset[Duty] = frozenset({Duty.RECORD_REVIEW}),
) -> Answer:
    """The answer to an appointment."""
    return await staff.appoint(
        city.request(who),
        organisation_id=city.organisations[at],
        person_id=city.viewers[whom].person_id,
        groups=groups,
        duties=duties,
    )


async def changed(city: City, who: str, seat_id: UUID, *groups: SeatGroup, version: int = 1) -> Any:
    """The answer to other groups."""
    return await staff.change(
        city.request(who), seat_id=seat_id, groups=groups, duties=(), expected_version=version
    )


async def ended(city: City, who: str, seat_id: UUID, version: int = 1) -> Answer:
    """The answer to the end of a seat."""
    return await staff.end(city.request(who), seat_id=seat_id, expected_version=version)


@pytest.mark.parametrize("who", ["administrator", "chief", "top"])
async def test_the_administrator_and_those_above_appoint_who_is_employed(
    city: City, who: str
) -> None:
    answer = done(await appointed(city, who))

    seat = await Seat.get(id=answer.data["seat"])
    assert (seat.person_id, seat.organisation_id, seat.user_type) == (
        city.viewers["colleague"].person_id,
        city.organisations["hospital"],
        "unit",
    )
    assert (seat.groups, seat.duties, seat.version) == (["handler"], ["record_review"], 1)
    line = await History.get(tag="seat:open")
    assert (line.subject_id, line.person_id) == (seat.id, city.viewers[who].person_id)


FORBIDDEN = {
    "a person": ("applicant", "colleague", "hospital", "DUTY_REQUIRED"),
    "a handler": ("handler", "colleague", "hospital", "DUTY_REQUIRED"),
    "the body beside": ("museum chief", "colleague", "hospital", "NOT_FOUND"),
    "somebody from beside": ("administrator", "museum handler", "hospital", "NOT_FOUND"),
    "an unknown body below": ("administrator", "colleague", "school", "NOT_FOUND"),
    "the body above": ("administrator", "colleague", "department", "NOT_FOUND"),
    "who works elsewhere below": ("chief", "museum handler", "hospital", "NOT_EMPLOYED"),
    "himself": ("administrator", "administrator", "hospital", "OWN_SEAT"),
    "who is a member already": ("administrator", "handler", "hospital", "MEMBER_ALREADY"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
async def test_others_appoint_nobody_and_nothing_changes(city: City, what: str) -> None:
    who, whom, at, code = FORBIDDEN[what]
    before = await everything()

    answer = await appointed(city, who, whom, at)

    assert codes(answer) == [code]
    assert await everything() == before


async def test_who_cannot_sign_in_or_whose_body_is_closed_is_not_appointed(city: City) -> None:
    person = city.viewers["colleague"].person_id
    await Account.filter(person_id=person).update(disabled_at=cities.NOW)
    disabled = await appointed(city)
    await Account.filter(person_id=person).update(disabled_at=None)
    await Organisation.filter(id=city.organisations["hospital"]).update(closed_on=cities.NOW)

    assert codes(disabled) == ["NO_ACCOUNT"]
    assert codes(await appointed(city)) == ["UNIT_CLOSED"]


async def test_groups_of_another_kind_of_body_do_not_exist(city: City) -> None:
    before = await everything()

    answer = await appointed(
        city,
        groups=frozenset({SeatGroup.HANDLER, SeatGroup.APPROVE_ADMINS, SeatGroup.RECHECKER}),
        duties=frozenset({Duty.DEPARTMENT_BUSINESS}),
    )

    assert codes(answer) == ["GROUP_ELSEWHERE", "GROUP_ELSEWHERE", "DUTY_ELSEWHERE"]
    assert await everything() == before


def test_every_kind_of_organisation_has_its_groups_and_an_administrator() -> None:
    assert set(member.ACTS_AS) == set(OrganisationKind)
    for user_type in set(UserType) - {UserType.PERSON} - OFFICERS:
        assert SeatGroup.UNIT_ADMIN in member.GROUPS[user_type]
        assert Duty.STAFF in member.DUTIES[user_type]
    reviewing = {group for groups in member.GROUPS.values() for group in groups}
    assert reviewing == set(SeatGroup)


async def test_a_change_acts_at_once_and_who_acts_from_the_seat_signs_in_anew(city: City) -> None:
    seat = city.viewers["handler"].seat_id
    token = await session.opened(city.viewers["handler"])
    now, idle = datetime.now(UTC), timedelta(minutes=30)
    before = await account.viewer_of(token, now=now, idle=idle)

    done(await changed(city, "administrator", seat, SeatGroup.UNIT_LEADER))

    assert before is not None
    assert await account.viewer_of(token, now=now, idle=idle) is None
    kept = await Seat.get(id=seat)
    assert (kept.groups, kept.duties, kept.version) == (["unit_leader"], [], 2)
    line = await History.get(tag="seat:change")
    assert line.data["before"] == {"groups": ["handler"], "duties": []}
    assert line.data["after"] == {"groups": ["unit_leader"], "duties": []}
    again = await account.viewer_of(
        await session.opened(city.viewers["handler"]), now=now, idle=idle
    )
    assert again is not None and again.groups == {"unit_leader"}


async def test_a_session_in_another_seat_of_his_goes_on(city: City) -> None:
    elsewhere = await Seat.create(
        person_id=city.viewers["handler"].person_id, user_type=UserType.PERSON
    )
    token = await session.opened(city.viewers["handler"])
    await Session.all().update(seat_id=elsewhere.id)

    done(await ended(city, "administrator", city.viewers["handler"].seat_id))

    now, idle = datetime.now(UTC), timedelta(minutes=30)
    assert await account.viewer_of(token, now=now, idle=idle) is not None


REFUSED = {
    "his own seat": ("administrator", "administrator", 1, "OWN_SEAT"),
    "a seat of the body beside": ("museum chief", "handler", 1, "NOT_FOUND"),
    "a seat above": ("administrator", "checker", 1, "NOT_FOUND"),
    "a personal seat": ("administrator", "applicant", 1, "NOT_FOUND"),
    "an old version": ("administrator", "handler", 7, "CONFLICT"),
    "without the duty": ("leader", "handler", 1, "DUTY_REQUIRED"),
    "the last administrator": ("chief", "administrator", 1, "LAST_ADMINISTRATOR"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_not_his_to_change_stays_as_it_was(city: City, what: str) -> None:
    who, whose, version, code = REFUSED[what]
    seat = city.viewers[whose].seat_id
    before = await everything()

    answers = [
        await changed(city, who, seat, SeatGroup.HANDLER, version=version),
        await ended(city, who, seat, version),
    ]

    assert [codes(each) for each in answers] == [[code], [code]]
    assert await everything() == before


async def test_a_seat_nobody_has_is_not_there(city: City) -> None:
    assert codes(await ended(city, "administrator", uuid7())) == ["NOT_FOUND"]


async def test_an_administrator_beside_whom_another_stands_may_go(city: City) -> None:
    done(await appointed(city, groups=frozenset({SeatGroup.UNIT_ADMIN})))

    done(await ended(city, "chief", city.viewers["administrator"].seat_id))

    assert (await Seat.get(id=city.viewers["administrator"].seat_id)).ended_at == cities.NOW


async def test_of_two_last_administrators_who_are_ended_at_once_one_stays(city: City) -> None:
    other = UUID(done(await appointed(city, groups=frozenset({SeatGroup.UNIT_ADMIN}))).data["seat"])

    answers = await asyncio.gather(
        ended(city, "chief", city.viewers["administrator"].seat_id), ended(city, "top", other)
    )

    assert sorted(isinstance(each, Done) for each in answers) == [False, True]
    living = await Seat.filter(organisation_id=city.organisations["hospital"], ended_at=None)
    assert sum("unit_admin" in seat.groups for seat in living) == 1


async def test_a_disabled_administrator_does_not_count(city: City) -> None:
    done(await appointed(city, groups=frozenset({SeatGroup.UNIT_ADMIN})))
    person = city.viewers["colleague"].person_id
    await Account.filter(person_id=person).update(disabled_at=cities.NOW)

    answer = await ended(city, "chief", city.viewers["administrator"].seat_id)

    assert codes(answer) == ["LAST_ADMINISTRATOR"]


async def test_the_verbs_cost_what_they_promise(city: City) -> None:
    seat = city.viewers["handler"].seat_id
    with counted() as appointing:
        done(await appointed(city))
    with counted() as changing:
        done(await changed(city, "administrator", seat, SeatGroup.UNIT_LEADER))

    assert len(appointing) <= 6, appointing  # key, body, person, seat, history, answer
    assert len(changing) <= 7, changing


# --- moves


async def asked(city: City, who: str, at: str) -> Answer:
    return await move.ask(city.request(who), organisation_id=city.organisations[at])


async def settled(
    city: City, who: str, answer: Answer, confirmed: bool = True, reason: str = ""
) -> Answer:
    move_id = UUID(done(answer).data["move"])
    return await move.decide(city.request(who), move_id=move_id, confirmed=confirmed, reason=reason)


async def employers(city: City, who: str) -> list[tuple[UUID, Any]]:
    found = await Employment.filter(person_id=city.viewers[who].person_id).order_by("id")
    return [(each.organisation_id, each.until_on) for each in found]


@pytest.mark.parametrize(
    "order", [("administrator", "museum chief"), ("museum chief", "administrator")]
)
async def test_a_move_counts_once_both_sides_have_said_yes(
    city: City, order: tuple[str, str]
) -> None:
    answer = await asked(city, "handler", "museum")
    hospital, museum = city.organisations["hospital"], city.organisations["museum"]
    done(await settled(city, order[0], answer))
    between = await employers(city, "handler")

    done(await settled(city, order[1], answer))

    assert between == [(hospital, None)]
    today = cities.NOW.date()
    assert await employers(city, "handler") == [(hospital, today), (museum, None)]
    assert (await Seat.get(id=city.viewers["handler"].seat_id)).ended_at == cities.NOW
    moved = await Move.get()
    assert (moved.outcome, moved.released_by_id, moved.accepted_by_id) == (
        "confirmed",
        city.viewers["administrator"].person_id,
        city.viewers["museum chief"].person_id,
    )


async def test_who_has_no_employer_is_let_go_by_nobody(city: City) -> None:
    await city.person("free", None)
    answer = await asked(city, "free", "museum")

    done(await settled(city, "museum chief", answer))

    assert await employers(city, "free") == [(city.organisations["museum"], None)]


async def test_a_superior_body_acts_for_every_side_below_it(city: City) -> None:
    answer = await asked(city, "handler", "museum")

    done(await settled(city, "chief", answer))

    assert (await Move.get()).outcome == "confirmed"


async def test_a_side_that_has_said_yes_waits_for_the_other(city: City) -> None:
    answer = await asked(city, "handler", "museum")
    done(await settled(city, "administrator", answer))
    before = await everything()

    again = await settled(city, "administrator", answer)

    assert again == Refused("MOVE_WAITS_FOR_OTHER", {"side": ["new"]})
    assert await everything() == before


async def test_who_has_let_somebody_go_does_not_hold_him_back_any_more(city: City) -> None:
    answer = await asked(city, "handler", "museum")
    done(await settled(city, "administrator", answer))

    back = await settled(city, "administrator", answer, confirmed=False, reason="反悔")

    assert codes(back) == ["MOVE_WAITS_FOR_OTHER"]
    done(await settled(city, "museum chief", answer))


async def test_whoever_acts_last_vouches_for_nobody_whose_number_is_claimed(
    city: City, db: Connection
) -> None:
    answer = await asked(city, "handler", "museum")
    done(await settled(city, "museum chief", answer))
    claimant, owner = (city.viewers[one].person_id for one in ("pupil", "handler"))
    await claim.arise(db, claimant, owner, cities.NOW)

    assert codes(await settled(city, "administrator", answer)) == ["CLAIM_OPEN"]


async def test_both_sides_hear_of_a_move_and_who_asked_hears_what_became_of_it(city: City) -> None:
    answer = await asked(city, "handler", "museum")
    waiting = await Notice.filter(kind="move_waits").values_list("organisation_id", flat=True)

    refused = await settled(city, "administrator", answer, confirmed=False)
    done(await settled(city, "administrator", answer, confirmed=False, reason="尚有未交接的工作"))

    bodies = {city.organisations["hospital"], city.organisations["museum"]}
    assert set(waiting) == bodies
    assert refused == refusal.all_of([Refused("REQUIRED", {}, ("reason",))])
    (told,) = await Notice.filter(kind="move_decided")
    assert (told.person_id, told.data) == (city.viewers["handler"].person_id, {"as": "refused"})


async def test_a_refused_move_changes_nothing_but_itself(city: City) -> None:
    answer = await asked(city, "handler", "museum")

    done(await settled(city, "museum chief", answer, confirmed=False))

    assert await employers(city, "handler") == [(city.organisations["hospital"], None)]
    assert (await Seat.get(id=city.viewers["handler"].seat_id)).ended_at is None
    done(await asked(city, "handler", "museum"))


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("school chief", "NOT_FOUND"),
        ("museum leader", "DUTY_REQUIRED"),
        ("handler", "DUTY_REQUIRED"),
    ],
)
async def test_nobody_else_confirms_a_move(city: City, who: str, code: str) -> None:
    answer = await asked(city, "handler", "museum")
    before = await everything()

    assert codes(await settled(city, who, answer)) == [code]
    assert await everything() == before


async def test_nobody_confirms_his_own_move(city: City) -> None:
    answer = await asked(city, "chief", "museum")
    before = await everything()

    assert codes(await settled(city, "chief", answer)) == ["OWN_CASE"]
    assert await everything() == before


async def test_the_last_administrator_does_not_leave_by_moving(city: City) -> None:
    answer = await asked(city, "administrator", "museum")
    before = await everything()

    for who in ("chief", "museum chief"):
        assert codes(await settled(city, who, answer)) == ["LAST_ADMINISTRATOR"]

    assert await everything() == before
    assert await employers(city, "administrator") == [(city.organisations["hospital"], None)]


@pytest.mark.parametrize("accepted_first", [True, False])
async def test_whom_nobody_can_let_go_any_more_goes(city: City, accepted_first: bool) -> None:
    answer = await asked(city, "handler", "museum")
    if accepted_first:
        done(await settled(city, "museum chief", answer))
    hospital = city.organisations["hospital"]
    await Organisation.filter(id=hospital).update(closed_on=cities.NOW)
    await Employment.filter(organisation_id=hospital).update(until_on=cities.NOW.date())

    done(await settled(city, "museum chief", answer))

    assert (await employers(city, "handler"))[-1] == (city.organisations["museum"], None)


async def test_whoever_was_employed_meanwhile_is_let_go_by_that_employer(city: City) -> None:
    await city.person("free", None)
    answer = await asked(city, "free", "school")
    await grants.approvers(city)
    grant = await grants.applied(city, "free", unit="museum")
    done(await grants.decided(city, grant, who="department approver"))

    done(await settled(city, "school chief", answer))

    assert (await Move.get()).former_id == city.organisations["museum"]
    done(await settled(city, "museum chief", answer))
    assert (await employers(city, "free"))[-1] == (city.organisations["school"], None)


async def test_what_becomes_of_it_all_is_told_before(city: City) -> None:
    await records.submitted(city, "handler")
    await records.draft(city, "handler")
    held = await records.submitted(city, "applicant")
    await Task.filter(id=held).update(claimed_by_id=city.viewers["handler"].person_id)

    told = await move.preview(city.viewers["handler"].person_id)

    assert told.employer_id == city.organisations["hospital"]
    assert (told.cases, told.drafts, told.seats, told.tasks) == (1, 1, 1, 1)


async def test_open_cases_stay_and_drafts_go_along(city: City) -> None:
    task_id = await records.submitted(city, "handler")
    draft = await records.draft(city, "handler")
    done(await settled(city, "chief", await asked(city, "handler", "museum")))

    sent = await training.submit(city.request("handler"), record_id=draft, expected_version=1)

    stays = await Task.get(id=task_id).select_related("case")
    goes = await Task.get(id=UUID(done(sent).data["task"])).select_related("case")
    assert stays.case.employer_id == city.organisations["hospital"]
    assert goes.case.employer_id == goes.organisation_id == city.organisations["museum"]


async def test_a_wish_is_taken_back_by_its_author_while_it_waits(city: City) -> None:
    move_id = UUID(done(await asked(city, "handler", "museum")).data["move"])

    other = await move.withdraw(city.request("museum chief"), move_id=move_id)
    done(await move.withdraw(city.request("handler"), move_id=move_id))

    assert codes(other) == ["NOT_APPLICANT"]
    late = await move.decide(city.request("museum chief"), move_id=move_id, confirmed=True)
    assert codes(late) == ["CLOSED"]


async def test_twenty_wishes_at_once_are_one(city: City) -> None:
    answers = await asyncio.gather(*(asked(city, "handler", "museum") for _ in range(20)))

    assert sum(isinstance(each, Done) for each in answers) == 1
    assert await Move.all().count() == 1


@pytest.mark.parametrize(("employer", "code"), [(None, None), ("hospital", "HAS_EMPLOYER")])
async def test_only_who_has_no_employer_chooses_the_direct_point(
    city: City, employer: str | None, code: str | None
) -> None:
    point = await city.organisation(
        "point", OrganisationKind.DIRECT_POINT, "bureau", UnitKind.DIRECT_POINT
    )
    await city.person("free", employer)

    answer = await asked(city, "free", "point")

    told = codes(answer)[0] if isinstance(answer, Refused) else None
    assert told == code
    assert (point in dict(await employers(city, "free"))) is (code is None)


async def test_where_one_works_already_or_nobody_can_work_is_refused(city: City) -> None:
    await Organisation.filter(id=city.organisations["museum"]).update(closed_on=cities.NOW)

    unknown = await move.ask(city.request("handler"), organisation_id=uuid7())

    assert codes(await asked(city, "handler", "hospital")) == ["EMPLOYED_THERE"]
    assert codes(await asked(city, "handler", "museum")) == ["UNIT_CLOSED"]
    assert codes(unknown) == ["NOT_FOUND"]
    assert await Move.all().count() == 0
