"""Notices (提醒): what somebody should know and need not ask for."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete

from models.base import Table, link, word


class NoticeKind(StrEnum):
    """What is told."""

    OVERDUE = "overdue"
    ESCALATED = "escalated"
    UNDERSTAFFED = "understaffed"
    CLAIM_EXPIRED = "claim_expired"
    URGED = "urged"
    CC = "cc"
    TRANSFERRED = "transferred"
    SIGNER_ADDED = "signer_added"
    CONTENT_CHANGED = "content_changed"
    APPROVED_CHANGED = "approved_changed"
    CERTIFICATE_ISSUED = "certificate_issued"
    CERTIFICATE_REVOKED = "certificate_revoked"
    DELEGATION_GIVEN = "delegation_given"
    DELEGATION_REVOKED = "delegation_revoked"
    NEW_DEVICE = "new_device"
    SESSION_ENDED = "session_ended"
    NUMBER_CLAIMED = "number_claimed"
    DATA_REQUEST_ANSWERED = "data_request_answered"
    ACCOUNT_MERGED = "account_merged"
    MOVE_WAITS = "move_waits"
    MOVE_DECIDED = "move_decided"
    REQUEST_OVERDUE = "request_overdue"


class Notice(Table):
    """Addressed to one person, or to whoever holds a group of an organisation when he looks.

    `about` is whom it speaks of; `data` holds codes and dates, never personal data. Of notices
    with the same `once` each addressee has one.
    """

    kind = word(NoticeKind)
    person = link("Person", null=True, db_index=False)
    person_id: UUID | None
    organisation = link("Organisation", null=True, db_index=False)
    organisation_id: UUID | None
    group_key = fields.CharField(max_length=32, null=True)
    case = link("Case", null=True)
    case_id: UUID | None
    subject_type = fields.CharField(max_length=32, null=True)
    subject_id = fields.UUIDField(null=True)
    about = link("Person", null=True, db_index=False)
    about_id: UUID | None
    data: Any = fields.JSONField()
    once = fields.CharField(max_length=120, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "notice"
        table_description = "notice"


class NoticeRead(Table):
    """That a person has read a notice; of one to a group, each of its people by himself."""

    notice = link("Notice", db_index=False, on_delete=OnDelete.CASCADE)
    notice_id: UUID
    person = link("Person")
    person_id: UUID
    at = fields.DatetimeField()

    class Meta:
        table = "notice_read"
        table_description = "notice_read"
        unique_together = (("notice", "person"),)
