"""To whom a case is shown (抄送): a person or an organisation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import case as tables
from models import notice_sql, read, task_sql
from models.ids import uuid7
from models.read import Connection
from workflow import watch
from workflow.command import Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One of the two."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def key(self) -> str:
        """Its id, whichever it is."""
        return str(self.person_id or self.organisation_id)

    async def exists(self, c: Connection) -> bool:
        """Is there such a person, or such an organisation?"""
        values = [self.person_id, self.organisation_id]
        return bool(await read.value(task_sql.KNOWN, values, on=c))

    async def grant(self, c: Connection, done: Done, until: datetime | None, now: datetime) -> None:
        """Write the right to read beside the event that tells of it, and tell the receiver."""
        to, case_id = [self.person_id, self.organisation_id], UUID(done.data["case"])
        given = [uuid7(), case_id, *to, until, done.data["seq"]]
        await c.execute_query(tables.COPY, given)
        told = [case_id, *to, list(watch.LISTENING), watch.ADMINISTRATOR]
        await c.execute_query(notice_sql.TELL_COPIED, [*told, until and until.isoformat(), now])
