"""Jobs: seen by whoever started them or may see what they are about, unknown to everybody else."""

from uuid import UUID

import pytest

from models import job_sql, read
from models.read import Connection
from resolvers import ids
from tests.factories import city
from tests.factories.question import answered, codes
from tests.factories.record import attach, draft, submitted
from workflow import attachment, later

JOB = """query ($id: ID!) { node(id: $id) { ... on Job {
  kind { key name } state progress attempt doneAt } } }"""


async def scan(db: Connection, file: UUID, started_by: UUID | None = None) -> str:
    """A scan of a file that waits."""
    found = await later.later(
        db, kind=attachment.SCAN, queue=later.SCAN, subject=file, started_by=started_by
    )
    return ids.encode("Job", found)


@pytest.mark.parametrize(
    ("who", "handed_in", "seen"),
    [
        ("applicant", False, True),
        ("handler", False, False),
        ("handler", True, True),
        ("checker", True, True),
        ("museum handler", True, False),
        ("pupil", True, False),
        ("museum leader", True, True),  # who has started this one
    ],
)
async def test_a_scan_is_seen_by_those_who_may_see_the_file(
    db: Connection, who: str, handed_in: bool, seen: bool
) -> None:
    town = await city.build(db)
    if handed_in:
        await submitted(town)
        (file,) = [row["id"] for row in await db.execute_query_dict("SELECT id FROM attachment")]
    else:
        file = await attach(town, await draft(town))
    job = await scan(db, file, town.viewers["museum leader"].person_id)

    if not seen:
        assert await codes(town.viewers[who], JOB, id=job) == ["NOT_FOUND"]
        return
    node = (await answered(town.viewers[who], JOB, id=job))["node"]
    assert (node["kind"]["key"], node["state"], node["progress"]) == ("scan", "PENDING", 0)


async def test_only_whoever_holds_a_job_says_how_far_it_is_and_nothing_goes_back(
    db: Connection,
) -> None:
    town = await city.build(db)
    job = await later.later(
        db, kind="count", queue=later.SHORT, subject=town.viewers["pupil"].person_id
    )
    begun = await read.row(job_sql.BEGIN, [job, 60.0])
    assert begun

    said = []
    for attempt, percent in ((begun.attempt, 40), (begun.attempt, 20), (begun.attempt + 1, 90)):
        await db.execute_query(job_sql.PROGRESS, [job, attempt, percent])
        said.append(await read.value("SELECT progress FROM job WHERE id = $1", [job]))
    await db.execute_query(job_sql.DONE, [job])

    assert said == [40, 40, 40]
    assert await read.value("SELECT progress FROM job WHERE id = $1", [job]) == 100
