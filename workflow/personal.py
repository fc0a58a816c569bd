"""What the product holds about a person, for himself (个人信息保护法 article 45)."""

import json
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from models import dossier_sql, inventory, personal_sql
from models.access import Viewer
from models.read import Connection
from workflow import audit, history
from workflow.history import Tag

FORMAT = "jijiao-personal-data/1"


async def export(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """All of one's own, by table, with purposes; nobody can ask for that of somebody else.

    It is made when it is asked for and kept nowhere: a copy would have to be guarded.
    """
    known = inventory.current()
    async with in_transaction() as c:
        await c.execute_query(dossier_sql.SNAPSHOT)
        tables = {name: await table(c, viewer, name) for name in known.personal}
        await history.write(
            c,
            tag=Tag.PERSONAL_EXPORT,
            subject_type="person",
            subject_id=viewer.person_id,
            viewer=viewer,
            now=now,
        )
        await audit.record(c, viewer, Tag.PERSONAL_EXPORT.value, ("person", viewer.person_id))
    return {
        "format": FORMAT,
        "exportedAt": now.isoformat(),
        "person": str(viewer.person_id),
        "purposes": {name: purposes(one) for name, one in known.classes.items()},
        "tables": tables,
    }


async def table(c: Connection, viewer: Viewer, name: str) -> dict[str, Any]:
    """One table: which purposes its columns serve, and his rows."""
    columns = inventory.current().personal[name]
    found = await personal_sql.of_person(c, name, viewer.person_id)
    return {
        "columns": {kind: list(names) for kind, names in columns.items()},
        "rows": [json.loads(one) for one in found],
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
