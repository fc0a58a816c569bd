"""The usual way: Strawberry over Tortoise objects, with `prefetch_related` and its caches."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from tortoise import Tortoise

import settings
from models import Attachment as AttachmentRow
from models import Seat, Session, Task, TrainingRecord
from workflow import digest


def coded(kind: str, key: object) -> strawberry.ID:
    """A global id."""
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


@strawberry.type
class Named:
    id: strawberry.ID
    name: str


@strawberry.type
class Attachment:
    id: strawberry.ID
    label: str
    file_name: str
    size: int
    scan_state: str


@strawberry.type
class Record:
    row: strawberry.Private[Any]
    id: strawberry.ID
    course_name: str
    starts_on: date
    ends_on: date
    attended_days: int | None
    organiser_name: str
    place: str

    @strawberry.field
    def status(self) -> str:
        return str(self.row.status.value.upper())

    @strawberry.field
    def category(self) -> str:
        return str(self.row.category.value.upper())

    @strawberry.field
    def declared_hours(self) -> str | None:
        return None if self.row.declared_hours is None else str(self.row.declared_hours)

    @strawberry.field
    def declared_credits(self) -> str | None:
        return None if self.row.declared_credits is None else str(self.row.declared_credits)

    @strawberry.field
    def year(self) -> int:
        return int(self.row.ends_on.year)

    @strawberry.field
    def employer(self) -> Named:
        return Named(id=coded("Unit", self.row.employer.id), name=self.row.employer.name)

    @strawberry.field
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                id=coded("Attachment", one.id),
                label=one.label,
                file_name=one.file_name,
                size=one.size,
                scan_state=one.scan_state.value.upper(),
            )
            for one in self.row.files
        ]


@strawberry.type
class TaskNode:
    row: strawberry.Private[Any]
    id: strawberry.ID
    round: int
    created_at: datetime
    due_at: datetime | None

    @strawberry.field
    def reason(self) -> str:
        return str(self.row.reason.upper())

    @strawberry.field
    def applicant(self) -> Named:
        person = self.row.case.applicant
        return Named(id=coded("Person", person.id), name=person.name)

    @strawberry.field
    def record(self) -> Record:
        row = self.row.record
        return Record(
            row=row,
            id=coded("TrainingRecord", row.id),
            course_name=row.course_name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            attended_days=row.attended_days,
            organiser_name=row.organiser_name,
            place=row.place,
        )


@strawberry.type
class Tasks:
    nodes: list[TaskNode]


async def tasks(info: strawberry.Info[Any, None], first: int) -> Tasks:
    """The first open tasks of the seat, with everything below them fetched ahead."""
    token = info.context["request"].headers["authorization"].removeprefix("Bearer ")
    session = await Session.get(token_hash=digest.of_token(token), revoked_at=None)
    seat = await Seat.get(id=session.seat_id)
    rows: list[Any] = (
        await Task.filter(
            organisation_id=seat.organisation_id, group_key__in=seat.groups, status="open"
        )
        .order_by("created_at", "id")
        .limit(first)
        .prefetch_related("case__applicant")
    )
    await with_records(rows)
    return Tasks(
        nodes=[
            TaskNode(
                row=row, id=coded("Task", row.id), round=row.round, created_at=row.created_at,
                due_at=row.due_at,
            )
            for row in rows
        ]
    )  # fmt: skip


async def with_records(rows: list[Any]) -> None:
    """A case names its record without a foreign key, so this prefetch is by hand."""
    keys = [row.case.subject_id for row in rows]
    records: list[Any] = await TrainingRecord.filter(id__in=keys).prefetch_related("employer")
    files: list[Any] = await AttachmentRow.filter(record_id__in=keys, deleted_at=None).order_by(
        "id"
    )
    by_id = {record.id: record for record in records}
    for record in records:
        record.files = [one for one in files if one.record_id == record.id]
    for row in rows:
        row.record = by_id[row.case.subject_id]


@strawberry.type
class Query:
    tasks: Tasks = strawberry.field(resolver=tasks)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """The ORM as long as the process lives."""
    orm = await Tortoise.init(config=settings.read().orm, _enable_global_fallback=True)
    yield
    await orm.close_connections()


if __name__ == "__main__":
    caches = [lambda: ParserCache(), lambda: ValidationCache()]
    view: Any = GraphQL(strawberry.Schema(Query, extensions=caches))
    uvicorn.run(
        Starlette(routes=[Route("/graphql", view)], lifespan=lifespan),
        port=int(os.environ["JIJIAO_PORT"]),
        log_level="error",
        access_log=False,
    )
