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
class RequestAmendmentUploadInput:
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
    return await permitted(context, input, amends=False)


async def request_amendment_upload(
    context: Context, *, input: RequestAmendmentUploadInput
) -> Payload:
    """The same for a file that is to prove an amendment."""
    return await permitted(context, input, amends=True)


async def permitted(
    context: Context, given: RequestUploadInput | RequestAmendmentUploadInput, *, amends: bool
) -> Payload:
    """Either of them."""
    record = command.key(given.record_id, "TrainingRecord", path="recordId")
    if isinstance(record, Refused):
        return record
    done: Any = await verbs.request_upload(
        command.request(context, given),
        record_id=record,
        label=given.label,
        file_name=given.file_name,
        size=given.size,
        limits=context.limits.upload,
        amends=amends,
    )
    if isinstance(done, Refused):
        return done
    return {
        "upload_url": f"/uploads/{done.data['token']}",
        "expires_at": command.moment(done.data["expiresAt"]),
        "replayed": done.replayed,
    }


async def remove(context: Context, *, input: RemoveAttachmentsInput) -> Payload:
    """Take files off a draft or a returned record, or off what is proposed for one."""
    keys = command.keys(input.attachment_ids, "Attachment", path="attachmentIds")
    if isinstance(keys, Refused):
        return keys
    done: Any = await verbs.remove(command.request(context, input), attachment_ids=keys)
    if isinstance(done, Refused):
        return done
    record = await command.again(context, sources.RECORD, done.data["record"])
    return {"record": record, "replayed": done.replayed}
