"""Training records (培训记录): what a person studied and what of it was recognised."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, hours, link, word
from rules.course import Achievement, Authorship, CourseCategory, RecordOrigin


class RecordStatus(StrEnum):
    """Where a record stands; for declared records it follows the status of the case."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    BLOCKED = "blocked"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class TrainingRecord(Table):
    """One course attended or one achievement; it counts with its approved hours."""

    person = link("Person")
    person_id: UUID
    employer = link("Organisation")
    employer_id: UUID
    origin = word(RecordOrigin)
    status = word(RecordStatus)
    course_name = fields.CharField(max_length=200)
    category = word(CourseCategory)
    achievement = word(Achievement, null=True)
    authorship = word(Authorship, null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    attended_days = fields.SmallIntField(null=True)
    declared_hours = hours(null=True)
    declared_credits = hours(null=True)
    approved_hours = hours(null=True)
    approved_credits = hours(null=True)
    organiser = link("Organisation", null=True)
    organiser_id: UUID | None
    organiser_name = fields.CharField(max_length=120, default="")
    study_form = fields.CharField(max_length=60, default="")
    place = fields.CharField(max_length=120, default="")
    content = fields.TextField(default="")
    note = fields.TextField(default="")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "training_record"
        table_description = "training_record"
