"""Attachments: permission to send one, what became of it, and taking some away."""

from dataclasses import dataclass
from typing import Any

from models import sources
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import attachment as verbs


@dataclass(frozen=True, kw_only=True)
class RequestUploadInput:
    record_id: ids.NodeId
    label: str
    file_name: str
    size: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class RemoveAttachmentsInput:
    attachment_ids: list[ids.NodeId]
    idempotency_key: str


async def request_upload(context: Context, *, input: RequestUploadInput) -> Payload:
    """A token for one file; the file itself goes to `PUT /uploads/{token}`."""
    record = command.key(input.record_id, "TrainingRecord", path="recordId")
    if isinstance(record, Refused):
        return record
    done: Any = await verbs.request_upload(
        command.request(context, input),
        record_id=record,
        label=input.label,
        file_name=input.file_name,
        size=input.size,
        limits=context.limits.upload,
    )
    if isinstance(done, Refused):
        return done
    return {
        "upload_url": f"/uploads/{done.data['token']}",
        "expires_at": command.moment(done.data["expiresAt"]),
        "replayed": done.replayed,
    }


async def remove(context: Context, *, input: RemoveAttachmentsInput) -> Payload:
    """Take files off a draft or a returned record."""
    keys = command.keys(input.attachment_ids, "Attachment", path="attachmentIds")
    if isinstance(keys, Refused):
        return keys
    done: Any = await verbs.remove(command.request(context, input), attachment_ids=keys)
    if isinstance(done, Refused):
        return done
    record = await command.again(context, sources.RECORD, done.data["record"])
    return {"record": record, "replayed": done.replayed}
