"""Declared records of the test city, as far along as a test wants them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import Attachment, Task
from models.attachment import ScanState
from rules.course import CourseCategory
from tests.factories.city import NOW, City
from workflow import task, training
from workflow.case import Act
from workflow.command import Answer, Done
from workflow.task import Decision
from workflow.training import Declaration

DECLARATION = Declaration(
    course_name="《转变经济发展方式基础知识》",
    category=CourseCategory.PROFESSIONAL,
    starts_on=date(2026, 5, 11),
    ends_on=date(2026, 5, 15),
    declared_hours=Decimal("30.0"),
    attended_days=5,
    declared_credits=Decimal("2.0"),
    organiser_name="某培训中心",
)


def done(answer: Answer) -> Done:
    """The answer, which was not a refusal."""
    assert isinstance(answer, Done), answer
    return answer


async def draft(city: City, who: str = "applicant", **changes: Any) -> UUID:
    """A draft with one clean file."""
    declaration = replace(DECLARATION, **changes)
    answer = await training.declare(city.request(who), declaration=declaration)
    record_id = UUID(done(answer).data["record"])
    await attach(city, record_id, who)
    return record_id


async def attach(
    city: City, record_id: UUID, who: str = "applicant", state: ScanState = ScanState.CLEAN
) -> UUID:
    """A file of the record as the scanner has left it."""
    scanned = state is not ScanState.UNSCANNED
    attachment = await Attachment.create(
        record_id=record_id,
        label="证书",
        file_name="证书.pdf",
        media_type="application/pdf",
        size=1000,
        sha256="ab" * 32,
        scan_state=state,
        scan_engine="test" if scanned else "",
        scanned_at=NOW if scanned else None,
        uploaded_by_id=city.viewers[who].person_id,
        created_at=NOW,
    )
    return attachment.id


async def submitted(city: City, who: str = "applicant", **changes: Any) -> UUID:
    """A record in review: its open task."""
    record_id = await draft(city, who, **changes)
    answer = await training.submit(city.request(who), record_id=record_id, expected_version=1)
    return UUID(done(answer).data["task"])


async def decided(city: City, who: str, task_id: UUID, act: Act, **words: Any) -> Answer:
    """The answer to a decision made on what is there now."""
    row = await Task.get(id=task_id).select_related("case")
    return await task.decide(
        city.request(who),
        task_id=task_id,
        expected_version=row.case.seq,
        decision=Decision(act=act, **words),
    )


async def agreed(city: City, task_id: UUID, who: str = "handler", **words: Any) -> UUID:
    """The first opinion given: the task of the leader."""
    answer = done(await decided(city, who, task_id, Act.AGREE_UP, **words))
    return UUID(answer.data["task"])
