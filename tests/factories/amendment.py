"""Amendments of the test city's records, as far along as a test wants them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import Attachment, Case, TrainingRecord
from models.attachment import ScanState
from models.ids import uuid7
from rules.course import CourseCategory
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.record import done
from workflow import amendment
from workflow.case import Act
from workflow.command import Answer
from workflow.proposal import Correction, Proposal

DUTY = ("record_maintenance",)
REASON = "证书上的学时为24学时，登记有误。"
CORRECTION = Correction(
    course_name="《转变经济发展方式基础知识》",
    category=CourseCategory.PROFESSIONAL,
    starts_on=date(2026, 5, 11),
    ends_on=date(2026, 5, 15),
    approved_hours=Decimal("24.0"),
    attended_days=5,
    approved_credits=Decimal("2.0"),
    organiser_name="某培训中心",
)
DELETION = Proposal(correction=None, reason="重复登记。")


async def keepers(city: City) -> None:
    """People with the duty 培训信息维护."""
    await city.person("keeper", "hospital", "handler", duties=DUTY)
    await city.person("other keeper", "hospital", "handler", duties=DUTY)
    await city.person("leading keeper", "hospital", "unit_leader", duties=DUTY)
    await city.person("museum keeper", "museum", "handler", duties=DUTY)


async def approved(city: City, who: str = "applicant", **changes: Any) -> TrainingRecord:
    """A declared record two persons of the unit have approved."""
    task_id = await records.agreed(city, await records.submitted(city, who, **changes))
    answer = done(await records.decided(city, "leader", task_id, Act.PASS))
    case = await Case.get(id=answer.data["case"])
    return await TrainingRecord.get(id=case.subject_id)


async def proposed(
    city: City,
    record: TrainingRecord,
    who: str = "keeper",
    *,
    reason: str = REASON,
    proofs: tuple[UUID, ...] | None = None,
    **changes: Any,
) -> Answer:
    """The answer to a proposed correction."""
    return await amendment.propose(
        city.request(who),
        record_id=record.id,
        expected_version=record.version,
        proposal=Proposal(correction=replace(CORRECTION, **changes), reason=reason, proofs=proofs),
    )


async def struck(
    city: City, record: TrainingRecord, who: str = "keeper", *, proofs: tuple[UUID, ...] = ()
) -> Answer:
    """The answer to a proposed deletion."""
    return await amendment.propose(
        city.request(who),
        record_id=record.id,
        expected_version=record.version,
        proposal=replace(DELETION, proofs=proofs or None),
    )


async def sent(
    city: City,
    record: TrainingRecord,
    who: str = "keeper",
    state: ScanState = ScanState.CLEAN,
) -> UUID:
    """A file that waits for its proposal, as the scanner has left it."""
    scanned = state is not ScanState.UNSCANNED
    attachment = await Attachment.create(
        amends_id=record.id,
        label="更正证明",
        file_name="更正证明.pdf",
        media_type="application/pdf",
        size=1000,
        sha256=uuid7().hex * 2,
        scan_state=state,
        scan_engine="test" if scanned else "",
        scanned_at=NOW if scanned else None,
        uploaded_by_id=city.viewers[who].person_id,
        created_at=NOW,
    )
    return attachment.id
