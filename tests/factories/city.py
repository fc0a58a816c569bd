"""A minimal city: a bureau, a department, a district, three units and the people who work there."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

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
        made = await Organisation.create(
            name=name,
            kind=kind,
            unit_kind=unit_kind,
            parent_id=above.id if above else None,
            ancestors=[*above.ancestors, above.id] if above else [],
        )
        self.organisations[name] = made.id
        return made.id

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
        person = await Person.create(name=name, masked_number="440***************")
        if complete:
            await profile(person.id)
        if employer:
            await Employment.create(
                person_id=person.id,
                organisation_id=self.organisations[employer],
                from_on=date(2015, 1, 1),
            )
        account = await Account.create(person_id=person.id, login=name, password_hash="-")
        body = seat_at or employer
        at = self.organisations[body] if body and (groups or duties) else None
        seat = await Seat.create(
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
        return self.viewers[name]


async def profile(person_id: UUID) -> None:
    """Every required field filled in."""
    await Profile.create(
        person_id=person_id,
        gender=Gender.FEMALE,
        birth_date=date(1985, 6, 8),
        education=Education.MASTER,
        title_code="083",
        qualified_on=date(2020, 5, 1),
        discipline=Discipline.NATURAL,
        phone="13800138000",
    )


async def build(c: Connection) -> City:
    """The city; routes are published."""
    await definition.publish(c, NOW)
    city = City()
    kind = OrganisationKind
    await city.organisation("bureau", kind.CITY_BUREAU)
    await city.organisation("department", kind.CITY_DEPARTMENT, "bureau")
    await city.organisation("district", kind.DISTRICT_BUREAU, "bureau")
    await city.organisation("hospital", kind.UNIT, "department", UnitKind.MUNICIPAL)
    await city.organisation("museum", kind.UNIT, "department", UnitKind.MUNICIPAL)
    await city.organisation("school", kind.UNIT, "district", UnitKind.DISTRICT_DIRECT)
    await city.organisation("base", kind.TRAINING_BASE, "bureau")
    await city.person("applicant", "hospital")
    await city.person("handler", "hospital", "handler")
    await city.person("second handler", "hospital", "handler")
    await city.person("leader", "hospital", "unit_leader", duties=("remarks",))
    await city.person("administrator", "hospital", "unit_admin", duties=("staff",))
    await city.person("museum handler", "museum", "handler")
    await city.person("museum leader", "museum", "unit_leader")
    await city.person("checker", "department", "checker", user_type=UserType.CITY_DEPARTMENT)
    await city.person("city checker", "bureau", "checker", user_type=UserType.CITY_BUREAU)
    await city.person("district checker", "district", "checker", user_type=UserType.DISTRICT_BUREAU)
    await city.person("pupil", "school")
    await city.person("only reviewer", "school", "handler", "unit_leader")
    return city


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
