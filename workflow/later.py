"""Later: work written as a job row in the transaction of its cause, and done by a worker."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models import job_sql
from models.ids import uuid7
from models.read import Connection
from rules.refusal import NOTHING

SHORT, SCAN, BULK = "jijiao:short", "jijiao:scan", "jijiao:bulk"
RECALCULATE, CHUNK, BATCH = "recalculate", "recalculate_chunk", "decide_batch"


async def later(
    c: Connection,
    *,
    kind: str,
    queue: str,
    subject: UUID,
    args: Mapping[str, Any] = NOTHING,
    started_by: UUID | None = None,
) -> UUID:
    """Write one job; it starts after the commit, and only if there is one."""
    job_id = uuid7()
    written = json.dumps(dict(args), default=str)
    await c.execute_query(job_sql.ENQUEUE, [job_id, kind, queue, subject, written, started_by])
    return job_id


async def recalculate(
    c: Connection, person_ids: Collection[UUID], now: datetime, started_by: UUID | None = None
) -> None:
    """The figures of these persons are stale: many edits collapse into one job per person.

    Two statements, in this order: the row that is locked first is what a running recalculation
    compares before it commits.
    """
    persons = list(set(person_ids))
    await c.execute_query(job_sql.BUMP, [_ids(persons), persons, now])
    await want(c, persons, started_by)


async def want(c: Connection, person_ids: Sequence[UUID], started_by: UUID | None = None) -> None:
    """A recalculation for each person who has no live one."""
    wanted = [_ids(person_ids), person_ids, RECALCULATE, SHORT, started_by]
    await c.execute_query(job_sql.WANT, wanted)


def _ids(like: Sequence[UUID]) -> list[UUID]:
    return [uuid7() for _ in like]
