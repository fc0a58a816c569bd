"""Training records, as clients see them."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.training import RecordStatus
from resolvers import amendment, declaration, organisation, person, training
from rules import course
from schema import errors, filter
from schema.attachment import Attachment
from schema.case import Case
from schema.errors import UserError
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import OFFICES, OVER_MANY

named(
    RecordStatus,
    "RecordStatus",
    "Where a record stands.",
    DRAFT="Not submitted (未送审).",
    IN_REVIEW="Under review (办理中).",
    RETURNED="Returned, to be changed (退回待改).",
    BLOCKED="An organisation is missing (受阻).",
    APPROVED="Approved: its hours count (审核同意).",
    REJECTED="Rejected (不同意).",
    WITHDRAWN="Withdrawn (已撤回).",
)
named(
    course.CourseCategory,
    "CourseCategory",
    "Category (科目类型).",
    PUBLIC="Public course (公需课).",
    PROFESSIONAL="Professional course (专业课).",
    ELECTIVE="Elective (其他培训、个人选修).",
)
named(
    course.RecordOrigin,
    "RecordOrigin",
    "Where a record comes from (数据来源).",
    DECLARED="Declared by the person (申报).",
    IN_SYSTEM="Registered by a training base (系统登记).",
    FEED="Delivered by an authority (数据对接).",
)
named(
    course.Achievement,
    "Achievement",
    "Achievement (成果) that counts as professional hours.",
    PATENT="Patent (专利).",
    MONOGRAPH="Monograph (专著).",
    PROJECT="Finished project of provincial level or above (课题).",
    PAPER="Paper in a journal of provincial level or above (论文).",
)
named(
    course.Authorship,
    "Authorship",
    "Part in an achievement.",
    LEAD="Lead (主创人员): 28 hours.",
    CONTRIBUTOR="Contributor (非主创人员): 14 hours.",
)
named(
    training.RecordVerb,
    "RecordVerb",
    "What can be done with a record, by its author or by who keeps those of the unit.",
    EDIT="Edit (编辑).",
    DELETE="Delete (删除).",
    SUBMIT="Submit (送审).",
    RECALL="Recall (回收).",
    WITHDRAW="Withdraw (撤回).",
    PROPOSE_CORRECTION="Propose a correction of an approved record (更正), for who has that duty.",
    PROPOSE_DELETION="Propose its deletion (删除), likewise.",
)
STATED = {
    "course_name": "Course name (培训科目名称).",
    "category": "Category (科目类型).",
    "starts_on": "Start date (参训开始时间).",
    "ends_on": "End date (参训结束时间); its year is the year of the record.",
    "declared_hours": "Declared hours (拟报学时).",
    "attended_days": "Days attended (参训总天数).",
    "declared_credits": "Declared credits (拟报学分).",
    "organiser_name": "Organiser (培训组织机构名称), where the list has none.",
    "study_form": "Form of study (学习形式).",
    "place": "Place (学习地点).",
    "content": "Content (教学内容).",
    "note": "Note (备注).",
    "achievement": "Achievement (成果) instead of a course.",
    "authorship": "Part in the achievement (主创或非主创).",
}
VERSION, KEY = "The version the client saw.", "The same key, the same answer."
published(
    declaration.DeclarationInput,
    "DeclarationInput",
    "What a person states about one training; hours and days may wait until submission.",
    **STATED,
    organiser_id="Organiser, chosen from the list.",
)
published(
    declaration.DeclareRecordInput,
    "DeclareRecordInput",
    "A new record.",
    declaration="What is declared.",
    idempotency_key=KEY,
)
published(
    declaration.EditRecordInput,
    "EditRecordInput",
    "Another declaration for a draft or a returned record.",
    record_id="The record.",
    declaration="The whole declaration as it shall be.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    declaration.RecordInput,
    "RecordInput",
    "A record and the version the client saw.",
    record_id="The record.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    training.RecordFilter,
    "TrainingRecordFilter",
    "Which records.",
    {"name": OFFICES, "employer": OVER_MANY},
    person="Whose.",
    name="Name of the person (姓名).",
    employer="Employer then.",
    organiser="Organiser from the list.",
    course_name="Course name (培训科目).",
    category="Category (科目类型).",
    status="Where it stands (审核结果).",
    origin="Origin (数据来源).",
    year="Year of the end date.",
    starts_on="Start date.",
    ends_on="End date (参训时间).",
    deleted="Only deleted ones, or only the others (是否删除).",
    under_amendment="Only those under amendment, or only the others.",
    **filter.JOINED,
)
named(
    training.RecordOrderField,
    "TrainingRecordOrderField",
    "What records are ordered by.",
    ENDS_ON="End date.",
    STARTS_ON="Start date.",
    COURSE_NAME="Course name.",
    CREATED_AT="When it was made.",
    SUBMITTED_AT="When it was first submitted; drafts come first.",
)
published(
    training.RecordOrder,
    "TrainingRecordOrder",
    "One level of the order of records.",
    field="What by.",
    direction="Which way.",
)

if TYPE_CHECKING:
    from schema.amendment import Amendment
else:  # a record shows its amendments, an amendment its record
    Amendment = Annotated["Amendment", strawberry.lazy("schema.amendment")]


@strawberry.type(description="Something lawful that deserves a second look.")
class Warning:
    code: errors.ErrorCode = stored("Stable name of the reason.")
    message: str = stored("A sentence in the language of Accept-Language.")
    path: list[str] = stored("The field it is about.")
    other: Annotated["TrainingRecord", strawberry.lazy("schema.training")] | None = answered_by(
        training.other, "The other record it speaks of."
    )


@strawberry.type(description="One button of the record list (操作).")
class RecordAction:
    verb: training.RecordVerb = stored("What it does.")
    label: str = stored("Its name in the reader's language.")
    enabled: bool = stored("May it be pressed now?")
    refusal: UserError | None = answered_by(errors.of_action, "Why not: what the verb would say.")


@strawberry.type(description="A training record (培训记录): one course attended or achievement.")
class TrainingRecord(Node):
    person: Person = answered_by(person.person, "Whose it is.")
    employer: Organisation | None = answered_by(organisation.employer, "Employer (工作单位).")
    origin: course.RecordOrigin = stored("Origin (数据来源).")
    status: RecordStatus = stored("Where it stands (审核结果).")
    course_name: str = stored(STATED["course_name"])
    category: course.CourseCategory = stored(STATED["category"])
    achievement: course.Achievement | None = stored(STATED["achievement"])
    authorship: course.Authorship | None = stored(STATED["authorship"])
    starts_on: date = stored(STATED["starts_on"])
    ends_on: date = stored(STATED["ends_on"])
    year: int = stored("The year it counts in.")
    attended_days: int | None = stored(STATED["attended_days"])
    declared_hours: Decimal | None = stored(STATED["declared_hours"])
    declared_credits: Decimal | None = stored(STATED["declared_credits"])
    approved_hours: Decimal | None = stored("Approved hours (核定学时): these count.")
    approved_credits: Decimal | None = stored("Approved credits (核定学分).")
    organiser: Organisation | None = answered_by(
        organisation.organiser, "Organiser, if it is one of the list."
    )
    organiser_name: str = stored("Organiser (培训组织机构名称).")
    study_form: str = stored(STATED["study_form"])
    place: str = stored(STATED["place"])
    content: str = stored(STATED["content"])
    note: str = stored(STATED["note"])
    version: int = stored("Rises with every change; goes into expectedVersion.")
    created_at: datetime = stored("When it was made.")
    updated_at: datetime = stored("When it was last changed.")
    submitted_at: datetime | None = stored("When it was first submitted.")
    closed_at: datetime | None = stored("When it was decided.")
    deleted: bool = stored("Is it deleted (是否删除)?")
    under_amendment: bool = stored("Has somebody proposed to amend it, and nobody decided yet?")
    attachments: list[Attachment] = answered_by(training.attachments, "Its files (附件材料).")
    case: Case | None = answered_by(training.case, "Its newest case (办理情况).")
    amendments: list[Amendment] = answered_by(
        amendment.of_record, "What was ever proposed to amend it, the latest first."
    )
    warnings: list[Warning] = answered_by(
        training.warnings, "What deserves a second look: doubles, overlaps, many hours a day."
    )
    available_actions: list[RecordAction] = answered_by(
        training.available_actions,
        "What its author, or who keeps the unit's records, may do now (操作); nothing for others.",
    )


@strawberry.type(description="A record after a verb.")
class RecordPayload:
    record: TrainingRecord = stored("The record, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
