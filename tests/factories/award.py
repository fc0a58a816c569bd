"""An approved application, and its certificate."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.factories import cycle as cycles
from tests.factories.certificate import OFFICE
from tests.factories.city import City
from tests.factories.cycle import APPLIED, climbed, recalculated, submitted
from workflow import award
from workflow.command import Answer


async def approved(city: City) -> UUID:
    """The application of the guide's screen, decided by everybody and counted."""
    key = await submitted(city)
    await climbed(city, key)
    assert await recalculated(city)
    return key


async def awarded(
    city: City, key: UUID, who: str = "applicant", now: datetime = APPLIED, **given: Any
) -> Answer:
    """The answer to a request for the certificate of an application."""
    return await award.issue_cycle(
        cycles.request(city, who, now), application_id=key, office=given.get("office", OFFICE)
    )
