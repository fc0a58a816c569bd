"""Who lives in the demo city: everybody with a demo login, reviewers of each unit, residents."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from devserver.city import chance, places
from devserver.city.places import Place
from models.account import UserType
from models.standing import StaffSeat
from rules.person import Gender

LIST = Path(__file__).with_name("people.toml")
APPLICATIONS = Path(__file__).with_name("applications.toml")
RESIDENTS = 35
STAFF = "staff"
APPLIES = "applies"  # with the records his application needs, and no others
DEMO_UNIT, CROWD = "design", 4
COMPOUND_EVERY = 12  # one in twelve has a compound surname
REVIEWERS = {
    "handler": (
        ["handler", "initial_checker"],
        ["record_review", "record_maintenance", "cycle_check", "annual_view"],
    ),
    "leader": (["unit_leader"], ["record_review", "annual_view", "reports"]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place a person acts from, beside his own."""

    place: Place
    user_type: UserType
    groups: tuple[str, ...]
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dweller:
    """A person with one account."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    gender: Gender
    born_on: date
    employer: Place
    seats: tuple[Seat, ...] = ()
    story: str = ""

    @property
    def studies(self) -> bool:
        """Staff of the authorities keep no training records in the demo."""
        return self.story not in (STAFF, APPLIES, "unfilled")

    @property
    def has_records(self) -> bool:
        """Are there figures of his?"""
        return self.studies or self.story == APPLIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One of the three, who lives outside the city's business."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    office: UserType
    story: str = STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One line of the table that `make dev` prints."""

    login: str
    role: str
    who: str
    organisation: str
    hint: str


def build(ground: Mapping[str, Place], founded: datetime) -> list[Dweller]:
    """Everybody, the demo logins first."""
    listed = tomllib.loads(LIST.read_text("utf-8"))
    luck = chance.of("people")
    named = [
        dweller(luck, founded, each["login"], each["name"], **posts(ground, each))
        for each in listed["login"]
        if "office" not in each
    ]
    names = drawn(luck, listed)
    return [
        *named,
        *reviewers(luck, founded, ground, named, names),
        *residents(luck, founded, ground, names),
        *applicants(luck, founded, ground, names),
    ]


def officers(founded: datetime) -> list[Officer]:
    """The three of the list."""
    luck = chance.of("officers")
    return [
        Officer(
            id=chance.row_id(luck, founded),
            account_id=chance.row_id(luck, founded),
            login=each["login"],
            name=each["name"],
            office=UserType(each["office"]),
        )
        for each in tomllib.loads(LIST.read_text("utf-8"))["login"]
        if "office" in each
    ]


def posts(ground: Mapping[str, Place], listed: Mapping[str, Any]) -> dict[str, Any]:
    """Where somebody of the list works, and from which seats he acts."""
    home = ground[listed.get("unit") or listed["at"]]
    seats = [seat(home, listed)] if "groups" in listed or "at" in listed else []
    if also := listed.get("also"):
        seats.append(seat(ground[also["at"]], also))
    story = listed.get("story", "") if "unit" in listed else STAFF
    return {"employer": home, "seats": tuple(seats), "story": story}


def seat(place: Place, listed: Mapping[str, Any]) -> Seat:
    """One seat of the list; the staff of employers are unit users."""
    return Seat(
        place=place,
        user_type=UserType(listed.get("type", "unit")),
        groups=tuple(listed.get("groups", ())),
        duties=tuple(listed.get("duties", ())),
    )


def reviewers(
    luck: random.Random,
    founded: datetime,
    ground: Mapping[str, Place],
    named: list[Dweller],
    names: Iterator[str],
) -> Iterator[Dweller]:
    """A handler and a leader for each unit whose list names none."""
    taken = {
        (seat.place.key, group)
        for each in named
        for seat in each.seats
        if each.employer is seat.place
        for group in seat.groups
    }
    for place in ground.values():
        for word, (groups, duties) in REVIEWERS.items():
            if place.employs and (place.key, groups[0]) not in taken:
                post = seat(place, {"groups": groups, "duties": duties})
                login = f"{place.key}_{word}"
                yield dweller(luck, founded, login, next(names), employer=place, seats=(post,))


def residents(
    luck: random.Random, founded: datetime, ground: Mapping[str, Place], names: Iterator[str]
) -> Iterator[Dweller]:
    """People who only study."""
    employers = [place for place in ground.values() if place.employs]
    for number in range(RESIDENTS):
        crowded = number % CROWD == 0  # the unit of the demo logins has the longest lists
        employer = ground[DEMO_UNIT] if crowded else employers[number % len(employers)]
        yield dweller(luck, founded, f"p{number + 1:03d}", next(names), employer=employer)


def applicants(
    luck: random.Random, founded: datetime, ground: Mapping[str, Place], names: Iterator[str]
) -> Iterator[Dweller]:
    """People who apply for cycle verification, in the order of the list."""
    for number, unit in enumerate(applying(), start=1):
        login, name = f"c{number:03d}", next(names)
        yield dweller(luck, founded, login, name, employer=ground[unit], story=APPLIES)


def applying() -> list[str]:
    """The unit of each application of the list."""
    listed = tomllib.loads(APPLICATIONS.read_text("utf-8"))["application"]
    return [each["unit"] for each in listed if "unit" in each]


def dweller(luck: random.Random, founded: datetime, login: str, name: str, **posts: Any) -> Dweller:
    """A person of working age."""
    return Dweller(
        id=chance.row_id(luck, founded),
        account_id=chance.row_id(luck, founded),
        login=login,
        name=name,
        gender=luck.choice(list(Gender)),
        born_on=date(founded.year - luck.randint(26, 52), luck.randint(1, 12), luck.randint(1, 28)),
        **posts,
    )


def drawn(luck: random.Random, listed: Mapping[str, Any]) -> Iterator[str]:
    """Names without end: first the rare ones, which must survive every layer, then by lot."""
    yield from listed["rare"]
    while True:
        yield one_name(luck, listed)


def one_name(luck: random.Random, listed: Mapping[str, Any]) -> str:
    """A surname and one or two characters."""
    compound = luck.randrange(COMPOUND_EVERY) == 0
    surname: str = luck.choice(listed["compound_surnames" if compound else "surnames"])
    return surname + "".join(luck.choices(listed["given"], k=luck.choice((1, 2, 2))))


def staff(dwellers: list[Dweller], employer: Place) -> list[StaffSeat]:
    """Who could review a case of this employer, as `models.standing` reads it."""
    bodies = {place.id for place in (*employer.above, employer)}
    return [
        StaffSeat(
            organisation_id=str(seat.place.id),
            person_id=str(each.id),
            groups=frozenset(seat.groups),
        )
        for each in dwellers
        for seat in each.seats
        if seat.place.id in bodies and seat.groups
    ]


def logins() -> tuple[Login, ...]:
    """The table of demo logins."""
    names = {each["key"]: each["name"] for each in places.listed()}
    return tuple(
        Login(
            login=each["login"],
            role=each["role"],
            who=each["name"],
            organisation=names.get(each.get("unit") or each.get("at"), ""),
            hint=each["try"],
        )
        for each in tomllib.loads(LIST.read_text("utf-8"))["login"]
    )
