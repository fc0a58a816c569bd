"""The tree of organisations (机构树): who changes it, what goes with it, what never happens."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import (
    Employment,
    Move,
    Organisation,
    OrganisationEvent,
    Seat,
)
from models.ids import uuid7
from models.move import MoveOutcome
from models.organisation import OrganisationKind, TreeChange, UnitKind
from models.read import Connection
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record, tree
from tests.factories.city import City
from tests.factories.record import done
from tests.factories.tree import GROUNDS, closed, codes, faults, reaffiliated, whole
from tests.statements import counted
from workflow import move, tree_preview
from workflow import tree as verbs
from workflow.command import Answer

CODE = "12440100123456788G"


@pytest.fixture
async def city(db: Connection) -> City:
    return await tree.build(db)


async def created(city: City, who: str, kind: str, below: str, code: str | None = None) -> Answer:
    """The answer to a new body."""
    return await verbs.establish(
        city.request(who),
        kind=OrganisationKind(kind),
        name=" 新机构 ",
        superior_id=city.organisations[below],
        unit_code=code,
        grounds=GROUNDS,
    )


LAWFUL = {
    "city_department": ("bureau", None),
    "district_bureau": ("bureau", None),
    "district_department": ("district", None),
    "unit": ("district department", UnitKind.DISTRICT),
    "direct_point": ("district", UnitKind.DIRECT_POINT),
    "training_base": ("bureau", None),
}


@pytest.mark.parametrize("kind", LAWFUL)
async def test_a_body_is_put_where_its_kind_stands(city: City, kind: str) -> None:
    below, affiliation = LAWFUL[kind]

    answer = done(await created(city, "keeper", kind, below, CODE))

    made = await Organisation.get(id=answer.data["organisation"])
    assert (made.name, made.unit_kind, made.unit_code) == ("新机构", affiliation, CODE)
    assert made.parent_id == city.organisations[below] and await faults() == []
    line = await OrganisationEvent.get(organisation_id=made.id)
    assert (line.kind, line.effective_on, line.reason) == (
        TreeChange.CREATED,
        date(2026, 11, 1),
        "机构改革方案",
    )


REFUSED_CREATION = {
    "without the duty": ("checker", "unit", "department", CODE, "DUTY_REQUIRED"),
    "below another district": (
        "district keeper",
        "unit",
        "far department",
        CODE,
        "BEYOND_YOUR_TREE",
    ),
    "below the body above": (
        "district keeper",
        "city_department",
        "bureau",
        None,
        "BEYOND_YOUR_TREE",
    ),
    "where it does not stand": ("keeper", "district_department", "department", None, "PLACE_WRONG"),
    "a second root": ("keeper", "city_bureau", "bureau", None, "PLACE_WRONG"),
    "a unit without a code": ("keeper", "unit", "department", None, "REQUIRED"),
    "a code that is none": ("keeper", "unit", "department", "12440100123456788H", "CHECK_DIGIT"),
}


@pytest.mark.parametrize("what", REFUSED_CREATION)
async def test_no_body_comes_into_being_elsewhere_or_by_others(city: City, what: str) -> None:
    who, kind, below, code, expected = REFUSED_CREATION[what]
    before = await whole()

    answer = await created(city, who, kind, below, code)

    assert codes(answer) == [expected]
    assert await whole() == before


async def test_a_code_names_one_body(city: City) -> None:
    done(await created(city, "district keeper", "unit", "district", CODE))

    assert codes(await created(city, "keeper", "unit", "bureau", CODE)) == ["UNIT_EXISTS"]


async def test_a_body_gets_another_name_and_keeps_the_old_one_in_its_history(city: City) -> None:
    clinic = city.organisations["clinic"]
    named: dict[str, Any] = {"organisation_id": clinic, "grounds": GROUNDS}

    done(await verbs.rename(city.request("district keeper"), name="社区医院", **named))

    line = await OrganisationEvent.get(organisation_id=clinic)
    assert (line.name_before, line.name_after) == ("clinic", "社区医院")
    again = await verbs.rename(city.request("keeper"), name="社区医院", **named)
    assert codes(again) == ["NAME_UNCHANGED"]
    elsewhere = {**named, "organisation_id": city.organisations["surgery"]}
    beyond = await verbs.rename(city.request("district keeper"), name="社区医院", **elsewhere)
    assert codes(beyond) == ["BEYOND_YOUR_TREE"]


MOVES = {
    "to another department": ("clinic", "far department", "keeper", UnitKind.DISTRICT),
    "under the district": ("clinic", "district", "district keeper", UnitKind.DISTRICT_DIRECT),
    "to the city": ("clinic", "department", "keeper", UnitKind.MUNICIPAL),
    "a department with its units": ("district department", "far district", "keeper", None),
}


@pytest.mark.parametrize("what", MOVES)
async def test_a_body_moves_with_all_below_it(city: City, what: str) -> None:
    name, to, who, affiliation = MOVES[what]

    answer = done(await reaffiliated(city, name, to, who))

    moved = await Organisation.get(id=city.organisations[name])
    assert (moved.parent_id, moved.unit_kind) == (city.organisations[to], affiliation)
    assert await faults() == []
    below = 2 if name == "district department" else 1
    assert (answer.data["bodies"], answer.data["cases"]) == (below, 0)
    line = await OrganisationEvent.get(organisation_id=moved.id)
    assert line.superior_after_id == city.organisations[to]


REFUSED_MOVES = {
    "without the duty": ("clinic", "district", "district checker", "DUTY_REQUIRED"),
    "out of one's district": ("clinic", "far department", "district keeper", "BEYOND_YOUR_TREE"),
    "of another district": ("surgery", "district", "district keeper", "BEYOND_YOUR_TREE"),
    "of one's own body": ("district", "bureau", "district keeper", "BEYOND_YOUR_TREE"),
    "of the root": ("bureau", "district", "keeper", "BEYOND_YOUR_TREE"),
    "below itself": ("district department", "clinic", "keeper", "PLACE_WRONG"),
    "to where it is": ("clinic", "district department", "keeper", "ALREADY_THERE"),
    "to where it cannot be": ("district department", "department", "keeper", "PLACE_WRONG"),
}


@pytest.mark.parametrize("what", REFUSED_MOVES)
async def test_nothing_moves_that_must_not(city: City, what: str) -> None:
    name, to, who, expected = REFUSED_MOVES[what]
    before = await whole()

    answer = await reaffiliated(city, name, to, who)

    assert codes(answer) == [expected]
    ids = {"organisation_id": city.organisations[name], "superior_id": city.organisations[to]}
    assert codes(await tree_preview.reaffiliation(city.viewers[who], **ids)) == [expected]
    assert await whole() == before


GROUNDLESS = {
    "no reason": (replace(GROUNDS, reason=" "), "REQUIRED"),
    "tomorrow": (replace(GROUNDS, effective_on=date(2026, 11, 25)), "DATE_IN_FUTURE"),
    "before the last change": (
        replace(GROUNDS, effective_on=date(2026, 9, 30)),
        "BEFORE_LAST_CHANGE",
    ),
}


@pytest.mark.parametrize("what", GROUNDLESS)
async def test_a_change_has_a_reason_and_a_day_that_has_come(city: City, what: str) -> None:
    wrong, expected = GROUNDLESS[what]
    first = replace(GROUNDS, effective_on=date(2026, 10, 1))
    done(await reaffiliated(city, "clinic", "district", grounds=first))
    before = await whole()

    assert codes(await reaffiliated(city, "clinic", "far district", grounds=wrong)) == [expected]
    assert await whole() == before
    today = replace(GROUNDS, effective_on=date(2026, 11, 24))
    done(await reaffiliated(city, "clinic", "far district", grounds=today))


async def test_an_empty_body_closes_and_its_last_administrator_leaves_with_it(city: City) -> None:
    await city.person("last", "surgery", "unit_admin", duties=("staff",))
    await Move.create(
        person_id=city.viewers["pupil"].person_id,
        organisation_id=city.organisations["surgery"],
        created_at=cities.NOW,
    )

    done(await closed(city, "surgery"))

    body = await Organisation.get(id=city.organisations["surgery"])
    assert body.closed_on == date(2026, 11, 1)
    assert await Seat.filter(organisation_id=body.id, ended_at=None).count() == 0
    assert (await Employment.get(organisation_id=body.id)).until_on == date(2026, 11, 1)
    assert (await Move.get(organisation_id=body.id)).outcome is MoveOutcome.REFUSED
    assert codes(await closed(city, "surgery")) == ["UNIT_CLOSED"]


async def test_a_body_with_anything_left_stays_open_and_says_what_is_left(city: City) -> None:
    await record.submitted(city, "patient")
    before = await whole()

    unit = await closed(city, "clinic")
    department = await closed(city, "district department", "district keeper")

    assert isinstance(unit, Refused) and isinstance(department, Refused)
    assert dict(unit.data) == {"name": "clinic", "bodies": 0, "people": 3, "cases": 1}
    assert department.data["bodies"] == 1
    assert await whole() == before


async def test_nobody_moves_to_a_body_that_closed_meanwhile(city: City) -> None:
    await city.person("surgery keeper", "surgery", "unit_admin", duties=("staff",))
    asked = done(
        await move.ask(city.request("pupil"), organisation_id=city.organisations["surgery"])
    )
    move_id = (await Move.get(id=asked.data["move"])).id
    await Organisation.filter(id=city.organisations["surgery"]).update(closed_on=cities.NOW)

    answer = await move.decide(city.request("surgery keeper"), move_id=move_id, confirmed=True)

    assert codes(answer) == ["UNIT_CLOSED"]
    assert (await Move.get(id=move_id)).closed_at is None


async def test_a_move_takes_as_many_statements_for_a_subtree_as_for_a_unit(city: City) -> None:
    with counted() as unit:
        done(await reaffiliated(city, "clinic", "district"))
    with counted() as subtree:
        done(await reaffiliated(city, "district department", "far district"))

    assert len(subtree) == len(unit) <= 8


async def test_two_who_move_at_once_leave_the_tree_a_tree(city: City) -> None:
    ways = [("far district", "district department"), ("district", "far department")]

    for to, below in ways * 4:
        answers = await asyncio.gather(
            reaffiliated(city, "district department", to),
            reaffiliated(city, "school", below),
            created(city, "keeper", "district_department", to),
        )
        assert [done(one).replayed for one in answers] == [False] * 3

    assert await faults() == []


async def test_the_database_itself_keeps_the_ancestors_right(city: City) -> None:
    with pytest.raises(Exception, match="ancestors"):
        await Organisation.filter(id=city.organisations["clinic"]).update(ancestors=[])
    with pytest.raises(Exception, match="ancestors"):
        await Organisation.create(
            id=uuid7(), kind="city_department", name="x", parent_id=city.organisations["bureau"]
        )
