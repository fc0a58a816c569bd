"""Attachments, as clients see them."""

from datetime import datetime

import strawberry

from models.attachment import ScanState
from resolvers import attachment, job
from schema.field import answered_by, named, published, stored
from schema.job import Job
from schema.node import Node

named(
    ScanState,
    "ScanState",
    "What the scanner says of a file.",
    UNSCANNED="Not looked at yet (未扫描).",
    CLEAN="Nothing found (干净); only such a file can be opened.",
    INFECTED="Something found (染毒).",
    FAILED="The scanner could not say (扫描失败).",
)
published(
    attachment.RequestUploadInput,
    "RequestUploadInput",
    "One file that is to be sent.",
    record_id="The draft or returned record it proves.",
    label="Label (材料名称).",
    file_name="File name; pdf, jpg or png.",
    size="Size in bytes, exactly.",
    idempotency_key="The same key, the same upload.",
)
published(
    attachment.RequestAmendmentUploadInput,
    "RequestAmendmentUploadInput",
    "One file that is to be sent, and then named by a proposal.",
    record_id="The approved record that one is about to propose to amend.",
    label="Label (材料名称).",
    file_name="File name; pdf, jpg or png.",
    size="Size in bytes, exactly.",
    idempotency_key="The same key, the same upload.",
)
published(
    attachment.RemoveAttachmentsInput,
    "RemoveAttachmentsInput",
    "Files to take off one record, or off what one proposes for it (批量删除).",
    attachment_ids="The files.",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(
    description="An attachment (附件材料): one scanned proof of a record or of an amendment."
)
class Attachment(Node):
    label: str = stored("Label (材料名称).")
    file_name: str = stored("File name (文件名).")
    media_type: str = stored("Type by content.")
    size: int = stored("Size in bytes (文件大小).")
    sha256: str = stored("Fingerprint of the bytes.")
    scan_state: ScanState = stored("What the scanner says.")
    scan_finding: str = stored("What was found, if something was.")
    scanned_at: datetime | None = stored("When it was scanned.")
    created_at: datetime = stored("When it arrived.")
    scan: Job | None = answered_by(job.scan, "The scan that is still to come; watch its progress.")
    download_url: str | None = stored("Where to fetch it; only a clean file has one.")


@strawberry.type(description="Permission to send one file.")
class RequestUploadPayload:
    upload_url: str = stored("PUT the bytes here, with the same login, within the time given.")
    expires_at: datetime = stored("Until when.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
