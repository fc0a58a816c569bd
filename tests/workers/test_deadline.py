"""The worker's clock: it strikes by itself, and what goes wrong is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from models import Case, Event, Notice
from models.read import Connection
from tests.factories import city as cities
from tests.factories import record as records
from tests.town import eventually
from workers import deadline
from workers.beside import beside
from workflow import clock

LONG_AGO = datetime.now(UTC) - timedelta(days=60)
YEARS_AGO = LONG_AGO - timedelta(days=700)


async def told() -> bool:
    return await Event.filter(kind="overdue").count() == 2


async def overdue(db: Connection) -> None:
    """A case whose term is over by the clock of this machine."""
    city = await cities.build(db)
    await records.submitted(city)
    await db.execute_query("UPDATE wf_case SET due_at = $1", [LONG_AGO])
    await db.execute_query("UPDATE wf_task SET due_at = $1", [LONG_AGO])


async def test_what_is_late_is_told_by_itself(db: Connection) -> None:
    await overdue(db)

    async with beside(deadline.upkeep(pause=0.01)):
        await eventually(told)

    assert await Notice.all().count() == 2


async def test_a_round_that_fails_is_followed_by_another(
    db: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await overdue(db)
    late, tries = clock.late, []

    def failing(now: datetime) -> object:
        tries.append(now)
        if len(tries) == 1:
            raise OSError("the database is away")
        return late(now)

    monkeypatch.setattr(clock, "late", failing)
    async with beside(deadline.upkeep(pause=0.01)):
        await eventually(told)

    assert "clock: not this time: OSError" in caplog.text


async def test_what_nobody_needs_any_more_is_forgotten(db: Connection) -> None:
    await overdue(db)
    person = (await Case.get()).applicant_id
    await Notice.create(kind="cc", person_id=person, data={}, created_at=YEARS_AGO)

    async def forgotten() -> bool:
        return await Notice.filter(kind="cc").count() == 0

    async with beside(deadline.upkeep(pause=0.01)):
        await eventually(forgotten)
