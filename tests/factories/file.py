"""Files as people send them, and drafts to which they can be added."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

import models
from models.access import Viewer
from models.training import RecordStatus
from rules.course import CourseCategory, RecordOrigin
from tests.factories import people
from tests.factories.people import NOW
from workflow import attachment
from workflow.attachment import Limits
from workflow.command import Done

LIMITS = Limits(max_bytes=20 << 20, files_per_record=3)


def pdf(size: int = 300) -> bytes:
    """A file that begins and ends like a PDF, unlike any other."""
    frame = b"%PDF-1.7\n" + secrets.token_bytes(16) + b"%%EOF\n"
    return frame[:-6] + b"\0" * (size - len(frame)) + frame[-6:]


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0" + secrets.token_bytes(200) + b"\xff\xd9"


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(200) + b"\0\0\0\0IEND\xaeB`\x82"


async def record(
    of: Viewer, status: RecordStatus = RecordStatus.DRAFT, **changes: Any
) -> models.TrainingRecord:
    """A declared record of this person; approved ones have hours."""
    employer = await people.unit()
    values = {
        "person_id": of.person_id,
        "employer_id": employer.id,
        "origin": RecordOrigin.DECLARED,
        "status": status,
        "course_name": "测试课程",
        "category": CourseCategory.PROFESSIONAL,
        "starts_on": date(2012, 3, 5),
        "ends_on": date(2012, 3, 9),
        "approved_hours": "30.0" if status is RecordStatus.APPROVED else None,
        "submitted_at": None if status is RecordStatus.DRAFT else NOW,
        "created_at": NOW,
        "updated_at": NOW,
        **changes,
    }
    return await models.TrainingRecord.create(**values)


async def token(
    of: Viewer,
    record_id: UUID,
    content: bytes,
    *,
    name: str = "证书.pdf",
    now: datetime = NOW,
    amends: bool = False,
) -> str:
    """Permission to send this content, for a record or for an amendment of one."""
    answer = await attachment.request_upload(
        people.request(of, now=now),
        record_id=record_id,
        label="证书",
        file_name=name,
        size=len(content),
        limits=LIMITS,
        amends=amends,
    )
    assert isinstance(answer, Done), answer
    return str(answer.data["token"])


async def received(
    of: Viewer, record_id: UUID, content: bytes = b"%PDF-%%EOF", *, amends: bool = False
) -> UUID:
    """An attachment whose bytes arrived, without the store."""
    permit = await attachment.open_token(
        of, token=await token(of, record_id, content, amends=amends), limits=LIMITS, now=NOW
    )
    assert isinstance(permit, attachment.Permit), permit
    sha256 = hashlib.sha256(content).hexdigest()
    answer = await attachment.receive(permit, sha256=sha256, limits=LIMITS, now=NOW)
    assert isinstance(answer, Done), answer
    return UUID(answer.data["attachment"])
