"""What a file is sent for: a record of one's own, or an amendment one is about to propose."""

from collections.abc import Sequence
from uuid import UUID

from models import attachment_sql, proof_sql, read
from models.access import Viewer
from models.read import Connection, Row
from models.training import RecordStatus
from rules.refusal import Refused
from workflow import amendment, proof

EDITABLE = frozenset({RecordStatus.DRAFT, RecordStatus.RETURNED})


async def held(c: Connection, viewer: Viewer, record_id: UUID, *, amends: bool) -> Row | None:
    """The viewer's record, or one he may propose to amend, locked, with the number of files."""
    if amends:
        return await proof.hold(c, viewer, record_id)
    await c.execute_query(attachment_sql.HOLD, [record_id, viewer.person_id])
    return await read.row(attachment_sql.OWN_RECORD, [record_id, viewer.person_id], on=c)


def closed(viewer: Viewer, record: Row) -> Refused | None:
    """Why this viewer may not change the files of his record, or of what he proposes for one."""
    if record.amends:
        return amendment.closed_to(viewer, record)
    editable = record.status in EDITABLE
    return None if editable else Refused("NOT_EDITABLE", {"status": record.status})


async def of_files(c: Connection, viewer: Viewer, attachment_ids: Sequence[UUID]) -> Row | Refused:
    """The one record all these files were sent for, locked, if they may be taken away."""
    his = [attachment_ids, viewer.person_id]
    records = await read.rows(attachment_sql.HOLD_RECORDS, his, on=c)
    records = records or await proof.hold_of(c, viewer, attachment_ids)
    if not records:
        return Refused("NOT_FOUND")
    if len(records) > 1:
        return Refused("ONE_RECORD_AT_A_TIME", {}, ("attachmentIds",))
    record = records[0]
    if await present(c, viewer, record, attachment_ids) < len(attachment_ids):
        return Refused("NOT_FOUND")
    return closed(viewer, record) or record


async def present(
    c: Connection, viewer: Viewer, record: Row, attachment_ids: Sequence[UUID]
) -> int:
    """How many of these files are still there."""
    if record.amends:
        sent = [attachment_ids, viewer.person_id, record.id, record.amendment_id]
        return int(await read.value(proof_sql.PRESENT, sent, on=c))
    return int(await read.value(attachment_sql.PRESENT, [attachment_ids, record.id], on=c))
