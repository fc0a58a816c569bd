"""A test city with two districts that have departments and units, and those who keep the tree."""

from datetime import date
from typing import Any
from uuid import UUID

from models import Organisation, OrganisationEvent
from models.account import UserType
from models.organisation import OrganisationKind, UnitKind
from models.read import Connection
from rules.course import CourseCategory
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record
from tests.factories.city import City
from tests.factories.record import done
from workflow import merger, tree
from workflow.case import Act
from workflow.command import Answer
from workflow.tree_form import Grounds

KEEPS = ("organisations",)
GROUNDS = Grounds(reason="机构改革方案", effective_on=date(2026, 11, 1))


async def build(c: Connection) -> City:
    """The bureau and both districts have a keeper; the clinic has people enough to review."""
    city, kind = await cities.build(c), OrganisationKind
    district = UserType.DISTRICT_BUREAU
    await city.organisation("district department", kind.DISTRICT_DEPARTMENT, "district")
    await city.organisation("clinic", kind.UNIT, "district department", UnitKind.DISTRICT)
    await city.organisation("far district", kind.DISTRICT_BUREAU, "bureau")
    await city.organisation("far department", kind.DISTRICT_DEPARTMENT, "far district")
    await city.organisation("surgery", kind.UNIT, "far department", UnitKind.DISTRICT)
    await city.person("keeper", "bureau", duties=KEEPS, user_type=UserType.CITY_BUREAU)
    await city.person("district keeper", "district", duties=KEEPS, user_type=district)
    await city.person("far checker", "far district", "checker", user_type=district)
    await city.person("patient", "clinic")
    await city.person("clinic handler", "clinic", "handler")
    await city.person("clinic leader", "clinic", "unit_leader")
    return city


async def recognising(city: City, who: str = "patient") -> UUID:
    """A public course that its unit has passed; its task lies with the district."""
    first = await record.submitted(city, who, category=CourseCategory.PUBLIC)
    second = await record.agreed(city, first, "clinic handler")
    answer = done(await record.decided(city, "clinic leader", second, Act.PASS))
    return UUID(answer.data["task"])


async def reaffiliated(
    city: City, what: str, to: str, who: str = "keeper", grounds: Grounds = GROUNDS
) -> Answer:
    """The answer to another place in the tree."""
    return await tree.reaffiliate(
        city.request(who),
        organisation_id=city.organisations[what],
        superior_id=city.organisations[to],
        grounds=grounds,
    )


async def closed(city: City, what: str, who: str = "keeper", grounds: Grounds = GROUNDS) -> Answer:
    """The answer to closing a body."""
    return await tree.close(
        city.request(who), organisation_id=city.organisations[what], grounds=grounds
    )


async def whole() -> list[Any]:
    """The tree and its history as they are."""
    tables = (Organisation, OrganisationEvent)
    return [await table.all().order_by("id").values() for table in tables]


async def faults() -> list[str]:
    """Bodies whose ancestors are not those a walk up to the root finds."""
    above = {one.id: one.parent_id for one in await Organisation.all()}
    wrong = []
    for one in await Organisation.all():
        path: list[UUID] = []
        at = one.parent_id
        while at is not None and len(path) < len(above):
            path.append(at)
            at = above[at]
        if at is not None or one.ancestors != path[::-1]:
            wrong.append(one.name)
    return wrong


async def merged(city: City, what: str, into: str, who: str = "keeper") -> Answer:
    """The answer to a merger."""
    return await merger.merge(
        city.request(who),
        organisation_id=city.organisations[what],
        into_id=city.organisations[into],
        grounds=GROUNDS,
    )


def codes(answer: Any) -> list[str]:
    """The codes of a refusal."""
    assert isinstance(answer, Refused), answer
    listed = answer.data.get("problems") or [{"code": answer.code}]
    return [one["code"] for one in listed]
