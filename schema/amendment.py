"""Amendments of approved records, as clients see them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from models.amendment import AmendmentKind
from resolvers import amendment, organisation, person
from rules import course
from schema import filter
from schema.attachment import Attachment
from schema.case import Case
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import OFFICES, SUPERIORS
from schema.training import KEY, STATED, VERSION, TrainingRecord
from workflow.case import Status

VALUES = {
    **{name: text for name, text in STATED.items() if not name.startswith("declared")},
    "approved_hours": "Approved hours (核定学时).",
    "approved_credits": "Approved credits (核定学分).",
}
REASON = "Why: 1 to 500 characters; everybody who reads the amendment sees it."
PROOFS = "What proves it: files sent with requestAmendmentUpload."
CASE_VERSION = "The version of the amendment the client saw."

named(
    AmendmentKind,
    "AmendmentKind",
    "What is proposed.",
    CORRECT="Other values (更正).",
    DELETE="The deletion of the record (删除); it stays visible as deleted.",
)
published(
    amendment.CorrectionInput,
    "CorrectionInput",
    "Everything a unit may correct, as it shall be; what is left out becomes empty.",
    **VALUES,
    organiser_id="Organiser, chosen from the list.",
)
published(
    amendment.ProposeCorrectionInput,
    "ProposeCorrectionInput",
    "Other values for an approved record of one's unit.",
    record_id="The record.",
    correction="The record as it shall be.",
    reason=REASON,
    attachment_ids=PROOFS,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    amendment.ProposeDeletionInput,
    "ProposeDeletionInput",
    "The deletion of an approved record of one's unit.",
    record_id="The record.",
    reason=REASON,
    attachment_ids=PROOFS,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    amendment.ChangeAmendmentInput,
    "ChangeAmendmentInput",
    "Another proposal in place of one that was recalled or returned; it is sent up at once.",
    amendment_id="The amendment.",
    correction="The record as it shall be; only a proposed deletion goes without.",
    reason=REASON,
    attachment_ids="All files that shall prove it; left out, those it has stay.",
    expected_version=CASE_VERSION,
    idempotency_key=KEY,
)
published(
    amendment.WithdrawAmendmentInput,
    "WithdrawAmendmentInput",
    "A proposal its author gives up, or the administrator of the unit when he has left.",
    amendment_id="The amendment.",
    reason="Why: asked of the administrator; the timeline shows it.",
    expected_version=CASE_VERSION,
    idempotency_key=KEY,
)
published(
    amendment.AmendmentFilter,
    "AmendmentFilter",
    "Which amendments.",
    {"name": OFFICES, "employer": SUPERIORS},
    kind="What is proposed.",
    status="Where it stands.",
    person="Whose record it is about.",
    name="Name of the person (姓名).",
    proposer="Who proposed it.",
    employer="Unit of the record.",
    created_at="When it was proposed.",
    abandoned="Only those whose proposer has left while they lay with him, or only the others.",
    **filter.JOINED,
)
named(
    amendment.AmendmentOrderField,
    "AmendmentOrderField",
    "What amendments are ordered by.",
    CREATED_AT="When it was proposed.",
)
published(
    amendment.AmendmentOrder,
    "AmendmentOrder",
    "One level of the order of amendments.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="What a unit may correct of a record, at one moment.")
class RecordValues:
    course_name: str = stored(VALUES["course_name"])
    category: course.CourseCategory = stored(VALUES["category"])
    starts_on: date = stored(VALUES["starts_on"])
    ends_on: date = stored(VALUES["ends_on"])
    attended_days: int | None = stored(VALUES["attended_days"])
    approved_hours: Decimal | None = stored(VALUES["approved_hours"])
    approved_credits: Decimal | None = stored(VALUES["approved_credits"])
    organiser: Organisation | None = answered_by(
        organisation.organiser, "Organiser, if it is one of the list."
    )
    organiser_name: str = stored("Organiser (培训组织机构名称).")
    study_form: str = stored(VALUES["study_form"])
    place: str = stored(VALUES["place"])
    content: str = stored(VALUES["content"])
    note: str = stored(VALUES["note"])
    achievement: course.Achievement | None = stored(VALUES["achievement"])
    authorship: course.Authorship | None = stored(VALUES["authorship"])


@strawberry.type(description="One field that would not be as it is, for the eye.")
class AmendmentChange:
    field: Label = stored("Which field, by the name of its column.")
    before: str | None = stored("As it was; words in the reader's language.")
    after: str | None = stored("As it would be.")


@strawberry.type(
    description="An amendment (更正) of an approved record: proposed by one, confirmed by another."
)
class Amendment(Node):
    kind: AmendmentKind = stored("What is proposed.")
    status: Status = stored("Where it stands: that of its case.")
    reason: str = stored("Why it is proposed.")
    record: TrainingRecord | None = answered_by(amendment.record, "The record it is about.")
    person: Person = answered_by(person.person, "Whose record it is.")
    employer: Organisation | None = answered_by(
        organisation.employer, "The unit that amends its record."
    )
    proposer: Person = answered_by(amendment.proposer, "Who proposed it.")
    before: RecordValues = answered_by(amendment.before, "The record as the proposer saw it.")
    proposed: RecordValues | None = answered_by(
        amendment.proposed, "The record as it would be; nothing for a deletion."
    )
    attachments: list[Attachment] = answered_by(
        amendment.attachments, "What proves it (证明材料): its own files, not those of the record."
    )
    changes: list[AmendmentChange] = answered_by(
        amendment.changes, "Field by field what would change; empty for a deletion."
    )
    version: int = stored("Rises with every event of its case; goes into expectedVersion.")
    case: Case = answered_by(amendment.case, "Its case, with who did what (办理情况).")
    created_at: datetime = stored("When it was first proposed.")
    updated_at: datetime = stored("When it was last changed.")
    closed_at: datetime | None = stored("When it was decided or given up.")
    abandoned: bool = stored(
        "Does it lie with a proposer who has left, so that the administrator may withdraw it?"
    )


@strawberry.type(description="An amendment after a verb.")
class AmendmentPayload:
    amendment: Amendment = stored("The amendment, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
