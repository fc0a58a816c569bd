"""An operator sees dead work and lets it try again."""

from __future__ import annotations

import asyncpg
import pytest

from models import Job
from models.ids import uuid7
from models.read import Connection
from settings import Settings
from workers import incident


async def dead() -> Job:
    return await Job.create(
        kind="scan",
        queue="jijiao:scan",
        subject=uuid7(),
        state="dead",
        attempt=8,
        last_error="OSError",
    )


async def test_dead_work_is_listed_with_its_reason(
    db: Connection, configuration: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    job = await dead()

    assert await incident.main(configuration, []) == 0

    told = capsys.readouterr().out
    assert f"{job.id} scan of {job.subject} after 8 attempts: OSError" in told
    assert "jijiao:scan" in told


@pytest.mark.parametrize("everything", [True, False])
async def test_resumed_work_has_attempts_again_and_keeps_its_count(
    db: Connection, configuration: Settings, everything: bool
) -> None:
    job = await dead()

    await incident.main(configuration, ["resume", "all" if everything else str(job.id)])

    resumed = await Job.get(id=job.id)
    assert (resumed.state, resumed.attempt, resumed.max_attempt) == ("pending", 8, 16)


async def test_other_work_is_left_alone(db: Connection, configuration: Settings) -> None:
    one, other = await dead(), await dead()

    await incident.main(configuration, ["resume", str(one.id)])

    assert (await Job.get(id=other.id)).state == "dead"


async def test_the_relay_is_woken(db: Connection, configuration: Settings) -> None:
    await dead()
    woken: list[str] = []
    connection = await asyncpg.connect(configuration.database_url)
    await connection.add_listener("job", lambda *told: woken.append("job"))

    await incident.main(configuration, ["resume", "all"])
    await connection.execute("SELECT 1")
    await connection.close()

    assert woken


@pytest.mark.parametrize("arguments", [["resume", "nonsense"], ["resume"], ["stop"]])
async def test_what_is_not_understood_changes_nothing(
    db: Connection, configuration: Settings, arguments: list[str]
) -> None:
    job = await dead()

    assert await incident.main(configuration, arguments) == 2

    assert (await Job.get(id=job.id)).state == "dead"
