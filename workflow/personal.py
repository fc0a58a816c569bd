"""What the product holds about a person, for himself (个人信息保护法 article 45)."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.transactions import in_transaction

from models import dossier_sql, inventory, personal_sql, read
from models.access import Viewer
from models.ids import uuid7
from models.read import Connection
from rules.refusal import Refused
from workflow import audit, command, digest, history, throttle
from workflow.history import Tag

FORMAT, FILE_NAME = "jijiao-personal-data/1", "personal-data.json"
MEDIA_TYPE = "application/json"
ACTION = Tag.PERSONAL_EXPORT.value
LASTS = timedelta(minutes=15)
HOUR = timedelta(hours=1)
OFTEN = throttle.Limit(name="export", most=5, within=HOUR, shut=HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """By what one copy is fetched, and until when."""

    token: str
    expires_at: datetime


async def permit(viewer: Viewer, now: datetime) -> Permit | Refused:
    """Permission to fetch one copy; the one before opens nothing any more."""
    if refused := await throttle.take(OFTEN, str(viewer.account_id), now=now):
        return refused
    made = Permit(token=secrets.token_urlsafe(32), expires_at=now + LASTS)
    row = [uuid7(), viewer.account_id, digest.of_token(made.token), now, made.expires_at]
    await read.connection().execute_query(personal_sql.PERMIT, row)
    return made


async def export(viewer: Viewer, token: str, now: datetime) -> dict[str, Any] | Refused:
    """All of one's own, by table, with purposes; nobody can ask for that of somebody else.

    It is made when it is fetched and kept nowhere: a copy would have to be guarded.
    """
    return await command.again(lambda: fetch(viewer, token, now))


async def fetch(viewer: Viewer, token: str, now: datetime) -> dict[str, Any] | Refused:
    """The transaction: the permit is used up, all is read of one moment, and that is logged."""
    known = inventory.current()
    async with in_transaction() as c:
        await c.execute_query(dossier_sql.SNAPSHOT)
        used = [viewer.account_id, digest.of_token(token), now]
        if viewer.lacks or await read.value(personal_sql.USE, used, on=c) is None:
            return await audit.hidden(c, viewer, ACTION, ("person", viewer.person_id))
        tables = {name: await table(c, viewer, name) for name in known.personal}
        await history.write(
            c,
            tag=Tag.PERSONAL_EXPORT,
            subject_type="person",
            subject_id=viewer.person_id,
            viewer=viewer,
            now=now,
        )
        await audit.record(c, viewer, ACTION, ("person", viewer.person_id))
    return {
        "format": FORMAT,
        "exportedAt": now.isoformat(),
        "person": str(viewer.person_id),
        "purposes": {name: purposes(one) for name, one in known.classes.items()},
        "tables": tables,
    }


async def table(c: Connection, viewer: Viewer, name: str) -> dict[str, Any]:
    """One table: which purposes its columns serve, and his rows, under whichever account."""
    columns = inventory.current().personal[name]
    whose = (viewer.person_id, *viewer.former)
    found = [await personal_sql.of_person(c, name, one) for one in whose]
    return {
        "columns": {kind: list(names) for kind, names in columns.items()},
        "rows": [json.loads(one) for rows in found for one in rows],
    }


def purposes(one: inventory.Class) -> dict[str, str]:
    """A class in words."""
    return {
        "title": one.title,
        "purpose": one.purpose,
        "basis": one.basis,
        "readers": one.readers,
        "kept": one.kept,
    }
