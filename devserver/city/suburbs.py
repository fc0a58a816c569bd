"""The organisations and reviewers that the city needs when thousands of people move in."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from devserver.city import chance, people, places
from devserver.city.people import Dweller
from devserver.city.places import Place
from models.account import UserType
from models.organisation import OrganisationKind, UnitKind

PER_UNIT = 400  # persons
PER_DEPARTMENT = 10  # units
FIRST_CODE = 20000000
# Most people teach, heal or build; a field is drawn for each unit in turn.
FIELDS = ("health", "engineering", "education", "health", "software", "engineering", "farming")
SUFFIX = {
    "health": "医院",
    "education": "学校",
    "engineering": "工程设计院有限公司",
    "farming": "农业服务中心",
    "software": "科技有限公司",
}
ABOVE = ("bureau", "rongwan", "bureau", "mumian")  # of the departments, in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Suburbs:
    """What is built around the small city."""

    departments: list[Place]
    units: list[Place]
    staff: list[Dweller]


def build(ground: Mapping[str, Place], *, persons: int, founded: datetime) -> Suburbs:
    """Departments, units, and the people who review in them."""
    luck = chance.of("suburbs")
    count = -(-persons // PER_UNIT)
    departments = [
        department(luck, ground[ABOVE[n % len(ABOVE)]], n, founded)
        for n in range(-(-count // PER_DEPARTMENT))
    ]
    units = [unit(luck, departments[n // PER_DEPARTMENT], n, founded) for n in range(count)]
    return Suburbs(
        departments=departments,
        units=units,
        staff=list(staff(luck, [*departments, *units], founded)),
    )


def department(luck: random.Random, parent: Place, number: int, founded: datetime) -> Place:
    """A department of the municipal bureau or of a district bureau."""
    municipal = parent.kind is OrganisationKind.CITY_BUREAU
    kind = OrganisationKind.CITY_DEPARTMENT if municipal else OrganisationKind.DISTRICT_DEPARTMENT
    return Place(
        id=chance.row_id(luck, founded),
        key=f"department{number}",
        kind=kind,
        name=f"{parent.name[:3]}第{number + 1}事业管理局",
        above=(*parent.above, parent),
        unit_kind=None,
        unit_code=places.unit_code("11", FIRST_CODE + number),
        field="",
    )


def unit(luck: random.Random, parent: Place, number: int, founded: datetime) -> Place:
    """A unit below a department."""
    field = FIELDS[number % len(FIELDS)]
    municipal = parent.kind is OrganisationKind.CITY_DEPARTMENT
    return Place(
        id=chance.row_id(luck, founded),
        key=f"unit{number}",
        kind=OrganisationKind.UNIT,
        name=f"{parent.name[:3]}第{number + 1}{SUFFIX[field]}",
        above=(*parent.above, parent),
        unit_kind=UnitKind.MUNICIPAL if municipal else UnitKind.DISTRICT,
        unit_code=places.unit_code("12", FIRST_CODE + 1000 + number),
        field=field,
    )


def staff(luck: random.Random, bodies: list[Place], founded: datetime) -> Iterator[Dweller]:
    """A checker for each department, a handler and a leader for each unit."""
    listed = tomllib.loads(people.LIST.read_text("utf-8"))
    for place in bodies:
        for word, post in posts(place).items():
            yield people.dweller(
                luck,
                founded,
                f"{place.key}_{word}",
                people.one_name(luck, listed),
                employer=place,
                seats=(post,),
                story=people.STAFF,
            )


def posts(place: Place) -> dict[str, people.Seat]:
    """The seats of a body, by the end of the login."""
    if place.employs:
        return {
            word: people.seat(place, {"groups": groups, "duties": duties})
            for word, (groups, duties) in people.REVIEWERS.items()
        }
    checker = people.Seat(
        place=place,
        user_type=UserType(place.kind.value),
        groups=("checker",),
        duties=("department_business", "annual_view"),
    )
    return {"checker": checker}
