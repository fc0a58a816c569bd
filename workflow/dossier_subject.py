"""What a case decided about, as a dossier shows it: only to who may read it, never unmasked."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models import dossier_sql
from models.access import Viewer
from models.read import Connection, Row
from rules import dates, title
from workflow import digest, task

JSON = frozenset({"before", "proposed", "explanation"})


async def read(c: Connection, viewer: Viewer, case: Row, now: datetime) -> dict[str, Any]:
    """The subject of a case; `asDecided` says whether it is still what was handed in last."""
    reader = READERS.get(case.subject_type, untold)
    values, more = await reader(c, viewer, case.subject_id)
    return {
        "type": case.subject_type,
        "id": case.subject_id,
        "readable": values is not None,
        "revision": case.revision,
        "asDecided": values and await unchanged(c, case, dates.shanghai_date(now)),
        "values": values,
        "amendments": [],
        "snapshots": [],
        "attachments": [],
        **more,
    }


async def unchanged(c: Connection, case: Row, today: date) -> bool:
    """Is its content the one whose digest the case carries?"""
    found = await task.ADAPTERS[case.subject_type].read(
        c, [case.subject_id], submitting=False, today=today
    )
    subject = found.get(case.subject_id)
    return subject is not None and digest.digest(subject.content) == case.revision


Read = tuple[dict[str, Any] | None, Mapping[str, Any]]


async def record(c: Connection, viewer: Viewer, record_id: UUID) -> Read:
    """A training record, its files, and what was amended since."""
    found = await dossier_sql.record(c, viewer, record_id)
    if found is None:
        return None, {}
    return columns(found), {
        "attachments": listed(await dossier_sql.attachments(c, viewer, record_id)),
        "amendments": listed(await dossier_sql.amended(c, viewer, record_id)),
    }


async def amendment(c: Connection, viewer: Viewer, amendment_id: UUID) -> Read:
    """A proposal with the values before and after, its files and those of the record."""
    found = await dossier_sql.amendment(c, viewer, amendment_id)
    if found is None:
        return None, {}
    files = await dossier_sql.attachments(c, viewer, found.record_id)
    proofs = await dossier_sql.attachments(c, viewer, amendment_id)
    return columns(found), {"attachments": listed([*proofs, *files])}


async def application(c: Connection, viewer: Viewer, application_id: UUID) -> Read:
    """A cycle application with every snapshot and its explanation."""
    found = await dossier_sql.application(c, viewer, application_id)
    if found is None:
        return None, {}
    return entitled(columns(found)), {
        "snapshots": listed(await dossier_sql.snapshots(c, viewer, application_id))
    }


def entitled(values: dict[str, Any]) -> dict[str, Any]:
    """With the name of the title beside its code, as the catalogue has it now."""
    found = title.by_code(values["targetTitle"])
    named = {"targetTitleSeries": found.series, "targetTitleName": found.title} if found else {}
    return values | named


async def profile(c: Connection, viewer: Viewer, person_id: UUID) -> Read:
    """A profile: of the birth date the year, of the telephone its ends."""
    found = await dossier_sql.profile(c, viewer, person_id)
    return (masked(columns(found)) if found else None), {}


async def untold(c: Connection, viewer: Viewer, subject_id: UUID) -> Read:
    """Of other kinds the events alone are told."""
    return None, {}


READERS = {
    "training_record": record,
    "amendment": amendment,
    "cycle_application": application,
    "profile": profile,
}


def masked(values: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody needs to check a confirmation years later."""
    birth, phone = values["birthDate"], values["phone"]
    return values | {
        "birthDate": birth and f"{birth.year}-**-**",
        "phone": phone and f"{phone[:3]}{'*' * max(len(phone) - 5, 0)}{phone[-2:]}",
    }


def listed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Several rows."""
    return [columns(one) for one in rows]


def columns(row: Row) -> dict[str, Any]:
    """The columns of a row under the names clients know."""
    return {
        camel(name): json.loads(value) if name in JSON and value else value
        for name, value in vars(row).items()
    }


def camel(name: str) -> str:
    """`file_name` becomes `fileName`."""
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))
