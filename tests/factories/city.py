"""A minimal city: a bureau, a department, a district, three units and the people who work there."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models import (
    Account,
    Employment,
    Organisation,
    Person,
    PersonTotal,
    Profile,
    Seat,
    TrainingRecord,
)
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from models.training import RecordStatus
from rules.course import CourseCategory, RecordOrigin
from rules.person import Discipline, Education, Gender
from workflow import definition
from workflow.command import Request

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # ten in the morning in Guangzhou


@dataclass
class City:
    """Organisations and viewers by name."""

    organisations: dict[str, UUID] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)

    def request(self, who: str, key: str | None = None, now: datetime = NOW) -> Request:
        """A request of this person under a key of its own."""
        return Request(viewer=self.viewers[who], key=key or str(uuid7()), now=now)

    async def organisation(
        self,
        name: str,
        kind: OrganisationKind,
        parent: str | None = None,
        unit_kind: UnitKind | None = None,
    ) -> UUID:
        above = await Organisation.get(id=self.organisations[parent]) if parent else None
        made = self.founded(name, kind, above, unit_kind)
        await made.save()
        return made.id

    def founded(
        self,
        name: str,
        kind: OrganisationKind,
        above: Organisation | None = None,
        unit_kind: UnitKind | None = None,
    ) -> Organisation:
        """A body that is not stored yet."""
        made = Organisation(
            name=name,
            kind=kind,
            unit_kind=unit_kind,
            parent_id=above.id if above else None,
            ancestors=[*above.ancestors, above.id] if above else [],
        )
        self.organisations[name] = made.id
        return made

    async def person(
        self,
        name: str,
        employer: str | None,
        *groups: str,
        seat_at: str | None = None,
        duties: tuple[str, ...] = (),
        user_type: UserType = UserType.UNIT,
        complete: bool = True,
    ) -> Viewer:
        """A person with an account; with groups or duties, in a seat of an organisation."""
        rows = self.hired(
            name,
            employer,
            *groups,
            seat_at=seat_at,
            duties=duties,
            user_type=user_type,
            complete=complete,
        )
        for row in rows:
            await row.save()
        return self.viewers[name]

    def hired(
        self,
        name: str,
        employer: str | None,
        *groups: str,
        seat_at: str | None = None,
        duties: tuple[str, ...] = (),
        user_type: UserType = UserType.UNIT,
        complete: bool = True,
    ) -> list[Model]:
        """The same with nothing stored yet: the rows, in the order they refer to each other."""
        person = Person(name=name, masked_number="440***************")
        rows: list[Model] = [person]
        if complete:
            rows.append(whole(person.id))
        if employer:
            body = self.organisations[employer]
            since = date(2015, 1, 1)
            rows.append(Employment(person_id=person.id, organisation_id=body, from_on=since))
        account = Account(person_id=person.id, login=name, password_hash="-")
        desk = seat_at or employer
        at = self.organisations[desk] if desk and (groups or duties) else None
        seat = Seat(
            person_id=person.id,
            organisation_id=at,
            user_type=user_type if at else UserType.PERSON,
            groups=list(groups),
            duties=list(duties),
        )
        self.viewers[name] = Viewer(
            account_id=account.id,
            person_id=person.id,
            session_id=uuid7(),
            seat_id=seat.id,
            organisation_id=at,
            user_type=seat.user_type,
            groups=frozenset(groups),
            duties=frozenset(duties),
        )
        return [*rows, account, seat]


def whole(person_id: UUID) -> Profile:
    """Every required field filled in."""
    return Profile(
        person_id=person_id,
        gender=Gender.FEMALE,
        birth_date=date(1985, 6, 8),
        education=Education.MASTER,
        title_code="083",
        qualified_on=date(2020, 5, 1),
        discipline=Discipline.NATURAL,
        phone="13800138000",
    )


async def profile(person_id: UUID) -> None:
    """The same, stored."""
    await whole(person_id).save()


async def build(c: Connection) -> City:
    """The city; routes are published. A thousand tests begin here: one statement a table."""
    await definition.publish(c, NOW)
    city = City()
    rows = [*bodies(city), *people(city)]
    tables: tuple[type[Model], ...] = (Organisation, Person, Profile, Employment, Account, Seat)
    for table in tables:
        await table.bulk_create([row for row in rows if isinstance(row, table)])
    return city


def bodies(city: City) -> list[Model]:
    """Who stands below whom."""
    kind = OrganisationKind
    bureau = city.founded("bureau", kind.CITY_BUREAU)
    department = city.founded("department", kind.CITY_DEPARTMENT, bureau)
    district = city.founded("district", kind.DISTRICT_BUREAU, bureau)
    return [
        *(bureau, department, district),
        city.founded("hospital", kind.UNIT, department, UnitKind.MUNICIPAL),
        city.founded("museum", kind.UNIT, department, UnitKind.MUNICIPAL),
        city.founded("school", kind.UNIT, district, UnitKind.DISTRICT_DIRECT),
        city.founded("base", kind.TRAINING_BASE, bureau),
    ]


def people(city: City) -> list[Model]:
    """Who works there."""
    of = UserType
    return [
        *city.hired("applicant", "hospital"),
        *city.hired("handler", "hospital", "handler"),
        *city.hired("second handler", "hospital", "handler"),
        *city.hired("leader", "hospital", "unit_leader", duties=("remarks",)),
        *city.hired("administrator", "hospital", "unit_admin", duties=("staff",)),
        *city.hired("museum handler", "museum", "handler"),
        *city.hired("museum leader", "museum", "unit_leader"),
        *city.hired("checker", "department", "checker", user_type=of.CITY_DEPARTMENT),
        *city.hired("city checker", "bureau", "checker", user_type=of.CITY_BUREAU),
        *city.hired("district checker", "district", "checker", user_type=of.DISTRICT_BUREAU),
        *city.hired("pupil", "school"),
        *city.hired("only reviewer", "school", "handler", "unit_leader"),
    ]


async def registered(city: City, who: str, **changes: Any) -> UUID:
    """An approved record that a base registered."""
    values = {
        "person_id": city.viewers[who].person_id,
        "employer_id": city.organisations["hospital"],
        "origin": RecordOrigin.IN_SYSTEM,
        "status": RecordStatus.APPROVED,
        "course_name": "公共危机管理",
        "category": CourseCategory.PUBLIC,
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 4),
        "attended_days": 3,
        "approved_hours": "18.0",
        "organiser_id": city.organisations["base"],
        "organiser_name": "base",
        "created_at": NOW,
        "updated_at": NOW,
        **changes,
    }
    record = await TrainingRecord.create(**values)
    await PersonTotal.get_or_create(person_id=values["person_id"])
    return record.id
