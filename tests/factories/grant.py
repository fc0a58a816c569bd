"""Applications for seats of the test city's organisations, as far along as a test wants them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from models import Organisation
from models.account import UserType
from models.organisation import UnitKind
from tests.factories import record as records
from tests.factories.city import City
from tests.factories.record import done
from workflow import grant
from workflow.case import Act
from workflow.command import Answer
from workflow.grant_form import Form, NewUnit

# Made up, with the check characters of GB 11714 and GB 32100.
CODES = {
    "hospital": "12440100900000014W",
    "museum": "12440100900000022P",
    "school": "12440100900000030J",
    "department": "11440100900000049J",
    "district": "11440100900000057D",
    "bureau": "114401009000000658",
    "base": "52440100900000073U",
}
FREE = "12440100900000081T"  # nobody's yet
STUDIO = NewUnit(name="测试设计院", unit_kind=UnitKind.MUNICIPAL)


async def approvers(city: City) -> None:
    """Codes for everybody, and people with 业务管理员审核 in every superior body."""
    for name, code in CODES.items():
        await Organisation.filter(id=city.organisations[name]).update(unit_code=code)
    at = {
        "department": UserType.CITY_DEPARTMENT,
        "district": UserType.DISTRICT_BUREAU,
        "bureau": UserType.CITY_BUREAU,
    }
    for body, user_type in at.items():
        await city.person(f"{body} approver", body, "approve_admins", user_type=user_type)


def form(city: City, **changes: Any) -> Form:
    """An application for the hospital; `superior` and `unit` name organisations of the city."""
    unit, superior = changes.pop("unit", "hospital"), changes.pop("superior", "department")
    usual = Form(
        user_type=UserType.UNIT,
        unit_code=CODES.get(unit, unit),
        superior_id=city.organisations[superior],
    )
    return replace(usual, **changes)


async def applied(city: City, who: str = "applicant", **changes: Any) -> Answer:
    """The answer to an application."""
    return await grant.apply(city.request(who), form=form(city, **changes))


async def decided(
    city: City, answer: Answer, act: Act = Act.PASS, who: str = "department approver"
) -> Answer:
    """What somebody is answered who decides on an application."""
    return await records.decided(city, who, UUID(done(answer).data["task"]), act)
