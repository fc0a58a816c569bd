"""Applying for a seat (权限申请): approved by the superior body, and by nobody else."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Case, Employment, Event, Grant, History, Organisation, Seat, Task
from models.account import UserType
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.grant import CODES, FREE, STUDIO, applied, approvers, decided, form
from tests.factories.record import done
from tests.statements import counted
from workflow import grant, task
from workflow.case import Act
from workflow.command import Answer, Done
from workflow.grant_form import NewUnit

TABLES = (Grant, Seat, Organisation, Employment, Case, Task, Event, History)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await approvers(city)
    return city


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


def refusals(answer: Answer) -> list[tuple[str, tuple[str, ...]]]:
    """Codes with their fields, also of several problems at once."""
    assert isinstance(answer, Refused), answer
    listed = answer.data.get("problems") or [{"code": answer.code, "path": answer.path}]
    return [(one["code"], tuple(one["path"])) for one in listed]


async def test_an_approved_application_is_a_seat_in_the_same_transaction(city: City) -> None:
    answer = await applied(city)
    waiting = await Seat.filter(person_id=city.viewers["applicant"].person_id).count()

    done(await decided(city, answer))

    kept = await Grant.get()
    seat = await Seat.get(id=kept.seat_id)
    assert waiting == 1
    assert (seat.person_id, seat.organisation_id) == (
        city.viewers["applicant"].person_id,
        city.organisations["hospital"],
    )
    assert (seat.user_type, seat.groups, seat.duties) == ("unit", ["unit_admin"], ["staff"])
    assert kept.closed_at == cities.NOW
    line = await History.get(tag="seat:open")
    assert (line.subject_id, line.person_id) == (
        seat.id,
        city.viewers["department approver"].person_id,
    )


async def test_a_unit_exists_only_once_its_registration_is_approved(city: City) -> None:
    answer = await applied(city, "pupil", unit=FREE, new_unit=STUDIO)
    before = await Organisation.filter(unit_code=FREE).count()

    done(await decided(city, answer))

    unit = await Organisation.get(unit_code=FREE)
    above = await Organisation.get(id=city.organisations["department"])
    assert before == 0
    assert (unit.name, unit.kind, unit.unit_kind) == (STUDIO.name, "unit", UnitKind.MUNICIPAL)
    assert (unit.parent_id, unit.ancestors) == (above.id, [*above.ancestors, above.id])
    assert (await Grant.get()).organisation_id == unit.id
    assert (await Seat.get(organisation_id=unit.id)).groups == ["unit_admin"]


@pytest.mark.parametrize(("employer", "begins"), [(None, True), ("school", False)])
async def test_who_said_nowhere_where_he_works_works_for_the_unit_from_then_on(
    city: City, employer: str | None, begins: bool
) -> None:
    await city.person("clerk", employer)

    done(await decided(city, await applied(city, "clerk")))

    current = await Employment.get(person_id=city.viewers["clerk"].person_id, until_on=None)
    assert (current.organisation_id == city.organisations["hospital"]) is begins
    assert (current.from_on == date(2026, 11, 24)) is begins


@pytest.mark.parametrize(
    ("user_type", "unit", "approver", "groups"),
    [
        (UserType.CITY_DEPARTMENT, "department", "bureau", ["unit_admin", "approve_admins"]),
        (UserType.DISTRICT_BUREAU, "district", "bureau", ["unit_admin", "approve_admins"]),
        (UserType.CITY_BUREAU, "bureau", "bureau", ["unit_admin", "approve_admins"]),
        (UserType.TRAINING_BASE, "base", "bureau", ["unit_admin"]),
        (UserType.UNIT, "school", "district", ["unit_admin"]),
    ],
)
async def test_each_user_type_is_approved_by_the_body_the_routes_name(
    city: City, user_type: UserType, unit: str, approver: str, groups: list[str]
) -> None:
    answer = await applied(city, user_type=user_type, unit=unit, superior=approver)
    opened = await Task.get(id=done(answer).data["task"])

    done(await decided(city, answer, who=f"{approver} approver"))

    assert opened.organisation_id == city.organisations[approver]
    seat = await Seat.get(organisation_id=city.organisations[unit], user_type=user_type,
                          person_id=city.viewers["applicant"].person_id)  # fmt: skip
    assert seat.groups == groups


async def test_a_unit_below_nobody_is_approved_by_the_city(city: City) -> None:
    await Organisation.filter(id=city.organisations["department"]).update(closed_on=cities.NOW)

    answer = await applied(city, superior="bureau")

    assert refusals(await applied(city, "pupil")) == [("SUPERIOR_WRONG", ("superiorId",))]
    done(await decided(city, answer, who="bureau approver"))


@pytest.mark.parametrize(
    "written", [CODES["hospital"][8:17], CODES["hospital"].lower(), f" {CODES['hospital']} "]
)
async def test_either_code_names_the_unit_however_it_is_written(city: City, written: str) -> None:
    done(await applied(city, unit_code=written))

    assert await grant.by_code(written) == city.organisations["hospital"]
    assert (await Grant.get()).organisation_id == city.organisations["hospital"]


WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, tuple[str, ...]]]]] = {
    "a wrong check digit": (
        {"unit": "124401009000000140"},
        [("CHECK_DIGIT", ("unitCode",))],
    ),
    "a code of no length": ({"unit": "123"}, [("LENGTH", ("unitCode",))]),
    "an unknown unit": ({"unit": FREE}, [("UNIT_UNKNOWN", ("unitCode",))]),
    "another unit with the same middle": (
        {"unit": "52440100900000014Q"},
        [("UNIT_UNKNOWN", ("unitCode",))],
    ),
    "the superior of another body": (
        {"superior": "district"},
        [("SUPERIOR_WRONG", ("superiorId",))],
    ),
    "the body above the superior": ({"superior": "bureau"}, [("SUPERIOR_WRONG", ("superiorId",))]),
    "a user type that does not fit": (
        {"user_type": UserType.CITY_DEPARTMENT, "superior": "bureau"},
        [("USER_TYPE_WRONG", ("userType",))],
    ),
    "a bureau by its lowest name": (
        {"user_type": UserType.CITY_BUREAU, "unit": "department", "superior": "bureau"},
        [("USER_TYPE_WRONG", ("userType",))],
    ),
    "what a person has anyway": (
        {"user_type": UserType.PERSON},
        [("NOT_GRANTED", ("userType",))],
    ),
    "a note with a hidden turn": ({"note": "a\u202eb"}, [("CHARACTER", ("note",))]),
    "too long a note": ({"note": "长" * 501}, [("TEXT_TOO_LONG", ("note",))]),
    "a registered unit registered again": (
        {"new_unit": STUDIO},
        [("UNIT_EXISTS", ("unitCode",))],
    ),
    "a new unit without a name": (
        {"unit": FREE, "new_unit": NewUnit(name=" \u200b", unit_kind=UnitKind.MUNICIPAL)},
        [("REQUIRED", ("newUnit", "name"))],
    ),
    "a new direct point": (
        {"unit": FREE, "new_unit": NewUnit(name="点", unit_kind=UnitKind.DIRECT_POINT)},
        [("UNIT_KIND_CLOSED", ("newUnit", "unitKind"))],
    ),
    "a new unit below the wrong kind": (
        {"unit": FREE, "new_unit": STUDIO, "superior": "district"},
        [("SUPERIOR_KIND", ("superiorId",))],
    ),
    "a new unit below a unit": (
        {"unit": FREE, "new_unit": STUDIO, "superior": "museum"},
        [("SUPERIOR_KIND", ("superiorId",))],
    ),
    "a new department": (
        {"unit": FREE, "new_unit": STUDIO, "user_type": UserType.CITY_DEPARTMENT},
        [("UNITS_ONLY_REGISTERED", ("newUnit",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
async def test_a_form_that_is_wrong_is_refused_with_its_field_and_nothing_is_kept(
    city: City, what: str
) -> None:
    changes, told = WRONG[what]
    before = await everything()

    answer = await applied(city, **changes)

    assert refusals(answer) == told
    assert await everything() == before


async def test_a_closed_unit_is_joined_by_nobody(city: City) -> None:
    await Organisation.filter(id=city.organisations["hospital"]).update(closed_on=cities.NOW)

    assert refusals(await applied(city)) == [("UNIT_CLOSED", ("unitCode",))]
    done(await applied(city, unit="museum"))


async def test_a_permission_is_asked_for_once_and_held_once(city: City) -> None:
    first = await applied(city)

    assert refusals(await applied(city)) == [("GRANT_WAITING", ("unitCode",))]
    assert refusals(await applied(city, unit_code=CODES["hospital"][8:17])) == [
        ("GRANT_WAITING", ("unitCode",))
    ]
    done(await applied(city, unit="museum"))
    done(await decided(city, first))
    assert refusals(await applied(city)) == [("SEAT_HELD", ("unitCode",))]


async def test_twenty_applications_at_once_are_one(city: City) -> None:
    answers = await asyncio.gather(*(applied(city) for _ in range(20)))

    assert sum(isinstance(each, Done) for each in answers) == 1
    assert await Grant.all().count() == 1


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("applicant", "NOT_YOUR_TASK"),
        ("handler", "NOT_YOUR_TASK"),
        ("administrator", "NOT_YOUR_TASK"),
        ("checker", "NOT_YOUR_TASK"),
        ("museum leader", "NOT_FOUND"),
        ("district approver", "NOT_FOUND"),
        ("bureau approver", "NOT_YOUR_TASK"),
        ("himself above", "OWN_CASE"),
    ],
)
async def test_nobody_but_the_approver_of_the_superior_body_opens_a_seat(
    city: City, who: str, code: str
) -> None:
    approver = city.viewers["department approver"]
    own = city.viewers["applicant"].person_id
    city.viewers["himself above"] = replace(approver, person_id=own)
    answer = await applied(city)
    before = await everything()

    refused = await decided(city, answer, who=who)

    assert isinstance(refused, Refused) and refused.code == code
    assert await everything() == before
    done(await decided(city, answer))


async def test_raw_sql_cannot_open_ones_own_seat(city: City) -> None:
    done(await applied(city))

    with pytest.raises(Exception, match="lacks lawful reviewers"):
        async with in_transaction() as c:
            await c.execute_query("UPDATE wf_case SET status = 'approved', step_key = NULL")


async def test_a_refused_application_opens_nothing_and_may_be_made_again(city: City) -> None:
    done(await decided(city, await applied(city), Act.REJECT))

    assert await Seat.filter(person_id=city.viewers["applicant"].person_id).count() == 1
    done(await applied(city))


async def test_a_waiting_application_is_cancelled_by_its_author_alone(city: City) -> None:
    answer = done(await applied(city))
    kept = await Grant.get()

    others = [
        await grant.cancel(city.request(who), grant_id=kept.id, expected_version=1)
        for who in ("pupil", "department approver")
    ]
    assert [refusals(each)[0][0] for each in others] == ["NOT_FOUND", "NOT_APPLICANT"]
    done(await grant.cancel(city.request("applicant"), grant_id=kept.id, expected_version=1))
    assert (await Grant.get()).closed_at == cities.NOW
    assert (await Task.get(id=answer.data["task"])).status == "void"
    late = await grant.cancel(city.request("applicant"), grant_id=kept.id, expected_version=2)
    assert refusals(late)[0][0] == "CLOSED"


async def test_of_two_who_register_one_unit_the_first_approved_founds_it(city: City) -> None:
    first = await applied(city, "applicant", unit=FREE, new_unit=STUDIO)
    second = await applied(city, "pupil", unit=FREE[8:17], new_unit=STUDIO)

    answers = await asyncio.gather(decided(city, first), decided(city, second))

    assert sum(isinstance(each, Done) for each in answers) == 1
    (lost,) = [each for each in answers if isinstance(each, Refused)]
    assert refusals(lost) == [("UNIT_EXISTS", ("unitCode",))]
    assert await Organisation.filter(name=STUDIO.name).count() == 1


@pytest.mark.parametrize("change", ["moved", "closed"])
async def test_what_the_tree_no_longer_bears_cannot_pass_but_can_be_refused(
    city: City, change: str
) -> None:
    answer = await applied(city)
    unit = Organisation.filter(id=city.organisations["hospital"])
    district = city.organisations["district"]
    if change == "moved":
        await unit.update(parent_id=district, ancestors=[city.organisations["bureau"], district])
    else:
        await unit.update(closed_on=cities.NOW)
    before = await everything()

    refused = await decided(city, answer)

    codes = {"moved": "SUPERIOR_WRONG", "closed": "UNIT_CLOSED"}
    assert refusals(refused)[0][0] == codes[change]
    assert await everything() == before


async def test_an_organisation_is_closed_to_a_second_code_of_its_own(city: City) -> None:
    with pytest.raises(Exception, match="organisation_code"):
        await Organisation.create(
            kind=OrganisationKind.TRAINING_BASE, name="x", unit_code=CODES["hospital"][8:17]
        )


async def test_a_decided_grant_never_changes(city: City, db: Connection) -> None:
    done(await decided(city, await applied(city)))

    with pytest.raises(Exception, match="a decided grant never changes"):
        await db.execute_query("UPDATE seat_grant SET note = 'x'")


async def test_applying_and_approving_cost_what_they_promise(city: City) -> None:
    with counted() as applying:
        answer = await applied(city)
    found = await Task.get(id=done(answer).data["task"]).select_related("case")
    decision = task.Decision(act=Act.PASS)
    with counted() as approving:
        done(
            await task.decide(
                city.request("department approver"),
                task_id=found.id,
                expected_version=found.case.seq,
                decision=decision,
            )
        )

    # key, person, form beside the tree, standing, told, begun, grant, answer
    assert len(applying) <= 10, applying
    assert len(approving) <= 10, approving


async def test_the_same_key_asks_once(city: City) -> None:
    request = city.request("applicant")

    first = done(await grant.apply(request, form=form(city)))
    again = done(await grant.apply(request, form=form(city)))

    assert (first.replayed, again.replayed) == (False, True)
    assert first.data == again.data
