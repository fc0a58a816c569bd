"""The rival: the same answer by one hand-written statement that builds the JSON in PostgreSQL."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

INSTANT = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
  || CASE WHEN date_trunc('second', {0}) = {0} THEN ''
     ELSE to_char({0} AT TIME ZONE 'UTC', '.US') END || '+00:00'"""
NODE = "replace(encode(convert_to('{0}:' || {1}, 'UTF8'), 'base64'), E'\\n', '')"
INBOX = f"""
SELECT json_build_object('data', json_build_object('tasks', json_build_object('nodes',
  coalesce(json_agg(json_build_object(
    'id', {NODE.format("Task", "t.id")}, 'reason', upper(t.reason), 'round', t.round,
    'createdAt', {INSTANT.format("t.created_at")}, 'dueAt', {INSTANT.format("t.due_at")},
    'applicant', json_build_object('id', {NODE.format("Person", "p.id")}, 'name', p.name),
    'record', json_build_object('id', {NODE.format("TrainingRecord", "r.id")},
      'status', upper(r.status), 'courseName', r.course_name, 'category', upper(r.category),
      'startsOn', r.starts_on, 'endsOn', r.ends_on, 'attendedDays', r.attended_days,
      'declaredHours', r.declared_hours::text, 'declaredCredits', r.declared_credits::text,
      'organiserName', r.organiser_name, 'place', r.place, 'year', r.year,
      'employer', json_build_object('id', {NODE.format("Unit", "u.id")}, 'name', u.name),
      'attachments', (SELECT coalesce(json_agg(json_build_object(
          'id', {NODE.format("Attachment", "a.id")}, 'label', a.label, 'fileName', a.file_name,
          'size', a.size, 'scanState', upper(a.scan_state)) ORDER BY a.id), '[]')
        FROM attachment a WHERE a.record_id = r.id AND a.deleted_at IS NULL)))
    ORDER BY t.created_at, t.id), '[]'))))::text
FROM (SELECT * FROM wf_task WHERE organisation_id = $1 AND group_key = ANY ($2::text[])
      AND status = 'open' ORDER BY created_at, id LIMIT 50) t
JOIN wf_case c ON c.id = t.case_id
JOIN training_record r ON r.id = c.subject_id
JOIN person p ON p.id = c.applicant_id
JOIN organisation u ON u.id = r.employer_id
"""


class Inbox:
    """Login and rows as the real thing has them: a session, a seat, its tasks."""

    def __init__(self, database: str) -> None:
        self.database = database

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """One pool, as large as ours."""
        async with asyncpg.create_pool(self.database, min_size=2, max_size=10) as self.pool:
            yield

    async def answer(self, request: Request) -> Response:
        """Who asks, then what waits for him."""
        token = request.headers["authorization"].removeprefix("Bearer ")
        seat = await self.pool.fetchrow(SEAT, token)
        body = await self.pool.fetchval(INBOX, seat["organisation_id"], seat["groups"])
        return Response(body, media_type="application/json")


SEAT = """
SELECT t.organisation_id, t.groups
FROM session s JOIN account a ON a.id = s.account_id JOIN seat t ON t.id = s.seat_id
WHERE s.token_hash = sha256($1::text::bytea) AND s.revoked_at IS NULL AND s.expires_at > now()
  AND a.disabled_at IS NULL AND t.ended_at IS NULL
"""


if __name__ == "__main__":
    inbox = Inbox(os.environ["JIJIAO_DATABASE_URL"])
    uvicorn.run(
        Starlette(
            routes=[Route("/graphql", inbox.answer, methods=["POST"])], lifespan=inbox.lifespan
        ),
        port=int(os.environ["JIJIAO_PORT"]),
        log_level="error",
        access_log=False,
    )
