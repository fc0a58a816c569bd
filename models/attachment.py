"""Attachments (附件材料) and the tokens by which they are uploaded."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word


class ScanState(StrEnum):
    """What the scanner says of a file; only a clean one is ever served."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


class Attachment(Table):
    """One file of a record or of an amendment; the bytes lie in the store under their sha256.

    One that was sent to prove an amendment names the record that is to be amended; until it is
    proposed, the file is its sender's alone.
    """

    record = link("TrainingRecord", null=True)
    record_id: UUID | None
    amends = link("TrainingRecord", null=True, db_index=False)
    amends_id: UUID | None
    amendment = link("Amendment", null=True, db_index=False)
    amendment_id: UUID | None
    label = fields.CharField(max_length=60)
    file_name = fields.CharField(max_length=120)
    media_type = fields.CharField(max_length=40)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64, db_index=True)
    scan_state = word(ScanState, default=ScanState.UNSCANNED)
    scan_engine = fields.CharField(max_length=80, default="")
    scan_finding = fields.CharField(max_length=120, default="")
    signatures_at = fields.CharField(max_length=40, default="")
    scanned_at = fields.DatetimeField(null=True)
    uploaded_by = link("Person")
    uploaded_by_id: UUID
    created_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "attachment"
        table_description = "attachment"


class UploadToken(Table):
    """Permission to send one file of a stated size for one record, or to amend one, once."""

    token_hash = fields.BinaryField()
    person = link("Person")
    person_id: UUID
    record = link("TrainingRecord")
    record_id: UUID
    amends = fields.BooleanField(default=False, db_default=False)
    label = fields.CharField(max_length=60)
    file_name = fields.CharField(max_length=120)
    size = fields.IntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    attachment = link("Attachment", null=True)
    attachment_id: UUID | None

    class Meta:
        table = "upload_token"
        table_description = "upload_token"
