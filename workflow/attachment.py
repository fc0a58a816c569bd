"""Attachments (附件材料): permission to send a file, the row about it, its verdict, its removal."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import attachment_sql, read
from models.access import Viewer
from models.attachment import ScanState
from models.ids import uuid7
from models.read import Connection, Row
from rules import refusal
from rules.refusal import Refused
from workflow import audit, command, failpoint, history, later, naming, target
from workflow.command import Answer, Done, Request
from workflow.history import Tag

SCAN = "scan"  # the kind of job
TOKEN_LIFE = timedelta(minutes=15)
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator allows."""

    max_bytes: int
    files_per_record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What the bearer of a token may send, until when, and who he is."""

    viewer: Viewer
    token_id: UUID
    record_id: UUID
    amends: bool
    label: str
    file_name: str
    media_type: str
    size: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a scanner says of a file; `signatures` names the version of its knowledge."""

    state: ScanState
    engine: str
    signatures: str = ""
    finding: str = ""


async def request_upload(
    request: Request,
    *,
    record_id: UUID,
    label: str,
    file_name: str,
    size: int,
    limits: Limits,
    amends: bool = False,
) -> Answer:
    """A token for one file of one's own record, or of an amendment one is about to propose.

    Only its hash is kept, in the row and not in the command's answer. So a repeated command gets
    a new token for the same row, and the old one opens nothing any more.
    """
    given = stated(label=label, file_name=file_name, size=size, limits=limits)
    if isinstance(given, Refused):
        return given

    async def verb(c: Connection) -> Answer:
        record = await target.held(c, request.viewer, record_id, amends=amends)
        if record is None:
            return Refused("NOT_FOUND")
        if refused := obstacle(request.viewer, record, limits):
            return refused
        token_id, expires_at = uuid7(), request.now + TOKEN_LIFE
        unknown = hashed(secrets.token_urlsafe(32))
        row = [token_id, unknown, request.viewer.person_id, record_id, amends, *given.values()]
        await c.execute_query(attachment_sql.TOKEN, [*row, request.now, expires_at])
        return Done({"upload": str(token_id), "expiresAt": expires_at.isoformat()})

    asked = {"record": str(record_id), **({"amends": True} if amends else {}), **given}
    answer = await command.once(request, "request_upload", asked, verb)
    return answer if isinstance(answer, Refused) else await issue(answer, request.now)


def stated(*, label: str, file_name: str, size: int, limits: Limits) -> Mapping[str, Any] | Refused:
    """Label, file name and size in the form they are kept in, or everything wrong with them."""
    cleaned: dict[str, Any] = {
        "label": naming.label(label),
        "file_name": naming.file(file_name),
        "size": size if 0 < size <= limits.max_bytes else wrong_size(size, limits),
    }
    problems = [value for value in cleaned.values() if isinstance(value, Refused)]
    return refusal.all_of(problems) if problems else cleaned


def wrong_size(size: int, limits: Limits) -> Refused:
    """An empty file, or one that is too large."""
    refused = Refused("FILE_EMPTY") if size <= 0 else too_large(limits)
    return refused.under("size")


def too_large(limits: Limits) -> Refused:
    """Over the limit for every file."""
    return Refused("FILE_TOO_LARGE", {"megabytes": limits.max_bytes >> 20})


def obstacle(viewer: Viewer, record: Row, limits: Limits) -> Refused | None:
    """Why no file may be added."""
    if refused := target.closed(viewer, record):
        return refused
    if record.files >= limits.files_per_record:
        return Refused("TOO_MANY_FILES", {"maximum": limits.files_per_record})
    return None


async def issue(answer: Done, now: datetime) -> Answer:
    """A fresh secret for the row of an upload, unless it was used or is too old."""
    secret = secrets.token_urlsafe(32)
    upload = UUID(answer.data["upload"])
    found = await read.row(attachment_sql.REISSUE, [upload, hashed(secret)])
    if found is None:
        return Refused("UPLOAD_USED")
    if found.expires_at <= now:
        return Refused("UPLOAD_EXPIRED")
    return Done({**answer.data, "token": secret}, replayed=answer.replayed)


def hashed(secret: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).digest()


async def open_token(
    viewer: Viewer, *, token: str, limits: Limits, now: datetime
) -> Permit | Refused:
    """What a token permits; that of another person is as unknown as one that never was."""
    found = await read.row(attachment_sql.BY_TOKEN, [hashed(token), viewer.person_id])
    if found is None:
        action = Tag.ATTACHMENT_ADD.value
        return await audit.hidden(read.connection(), viewer, action, ("upload", None))
    if found.used_at is not None:
        return Refused("UPLOAD_USED")
    if found.expires_at <= now:
        return Refused("UPLOAD_EXPIRED")
    return obstacle(viewer, found, limits) or Permit(
        viewer=viewer,
        token_id=found.id,
        record_id=found.record_id,
        amends=found.amends,
        label=found.label,
        file_name=found.file_name,
        media_type=naming.media_type(found.file_name),
        size=found.size,
        expires_at=found.expires_at,
    )


async def receive(permit: Permit, *, sha256: str, limits: Limits, now: datetime) -> Answer:
    """A file as permitted lies in the store: use up the token, write the row, have it scanned."""
    async with in_transaction() as c:
        record = await target.held(c, permit.viewer, permit.record_id, amends=permit.amends)
        if record is None:
            return Refused("NOT_FOUND")
        if await read.value(attachment_sql.IS_USED, [permit.token_id], on=c):
            return Refused("UPLOAD_USED")
        if refused := obstacle(permit.viewer, record, limits):
            return refused
        done = await add(c, permit, record, sha256, now)
        await audit.record(c, permit.viewer, Tag.ATTACHMENT_ADD.value, ("record", permit.record_id))
        return done


async def add(c: Connection, permit: Permit, record: Row, sha256: str, now: datetime) -> Done:
    """Row, version of the record, history and job, in the transaction of the caller."""
    attachment_id, person_id = uuid7(), permit.viewer.person_id
    failpoint.hit("upload:before_row")
    described = [permit.label, permit.file_name, permit.media_type, permit.size, sha256]
    of = [None, record.id] if permit.amends else [record.id, None]
    await c.execute_query(attachment_sql.ADD, [attachment_id, *of, *described, person_id, now])
    await c.execute_query(attachment_sql.USE, [permit.token_id, now, attachment_id])
    await tell(c, Tag.ATTACHMENT_ADD, attachment_id, permit.viewer, now, sha256=sha256)
    await later.later(c, kind=SCAN, queue=later.SCAN, subject=attachment_id, started_by=person_id)
    return await changed(c, record, now, attachment=str(attachment_id))


async def remove(request: Request, *, attachment_ids: Sequence[UUID]) -> Answer:
    """Take files off one record, or off what one proposes for it, while that lies with oneself.

    All of them, or none.
    """
    wanted = list(dict.fromkeys(attachment_ids))
    if not 1 <= len(wanted) <= BATCH:
        return Refused("BATCH_SIZE", {"maximum": BATCH}, ("attachmentIds",))

    async def verb(c: Connection) -> Answer:
        record = await target.of_files(c, request.viewer, wanted)
        if isinstance(record, Refused):
            return record
        await c.execute_query(attachment_sql.REMOVE, [wanted, request.now])
        for attachment_id in wanted:
            await tell(c, Tag.ATTACHMENT_REMOVE, attachment_id, request.viewer, request.now)
        return await changed(c, record, request.now, attachments=texts(wanted))

    given = {"attachments": texts(wanted)}
    return await command.once(request, "remove_attachments", given, verb)


async def judge(c: Connection, *, attachment_id: UUID, verdict: Verdict, now: datetime) -> None:
    """Write what the scanner said; history only hears of a change."""
    said = [verdict.state.value, verdict.engine[:80], verdict.signatures[:40]]
    found = await read.row(
        attachment_sql.JUDGE, [attachment_id, *said, verdict.finding[:120], now], on=c
    )
    if found is not None and found.was != verdict.state:
        told = {"state": verdict.state.value, "engine": verdict.engine}
        await tell(c, Tag.ATTACHMENT_JUDGE, attachment_id, None, now, **told)
        if verdict.state is not ScanState.CLEAN:
            what = "attachment", attachment_id
            await audit.record(c, None, f"attachment:{verdict.state.value}", what)


async def scan_again() -> int:
    """Files whose scan failed get another job: the scanner may have been repaired."""
    async with in_transaction() as c:
        failed = await read.rows(attachment_sql.FAILED, [SCAN], on=c)
        for one in failed:
            await later.later(c, kind=SCAN, queue=later.SCAN, subject=one.id)
    return len(failed)


async def referenced(sha256s: Iterable[str]) -> set[str]:
    """Which of these files some attachment names."""
    found = await read.rows(attachment_sql.REFERENCED, [list(sha256s)])
    return {row.sha256 for row in found}


async def changed(c: Connection, record: Row, now: datetime, **told: Any) -> Done:
    """The record has another version now: the answer that says so.

    What is sent for an amendment does not touch it.
    """
    if record.amends:
        return Done({**told, "record": str(record.id), "version": record.version})
    version = await read.value(attachment_sql.BUMP, [record.id, now], on=c)
    return Done({**told, "record": str(record.id), "version": version})


async def tell(
    c: Connection, tag: Tag, attachment_id: UUID, viewer: Viewer | None, now: datetime, **data: str
) -> None:
    """One line of history about an attachment."""
    await history.write(
        c,
        tag=tag,
        subject_type="attachment",
        subject_id=attachment_id,
        viewer=viewer,
        now=now,
        data=data,
    )


def texts(keys: Iterable[UUID]) -> list[str]:
    """Ids, fit for JSON."""
    return [str(key) for key in keys]
