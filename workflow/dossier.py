"""Dossiers (办案卷宗): all of one case, to be read and checked years later without this system.

A dossier is data. Its digest is taken of the one way to write it (`digest.canonical`), and what is
signed names that digest; so a file is checked with nothing else at hand (`dossier_command.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from models import certificate_sql, dossier_sql
from models.access import Viewer
from models.read import Connection, Row
from rules import certificate as masks
from rules.refusal import Refused
from workflow import (
    audit,
    definition,
    describe,
    digest,
    dossier_subject,
    dossier_timeline,
    history,
    message,
    replay,
    signature,
)
from workflow.case import Case
from workflow.certificate import Office
from workflow.dossier_timeline import Words
from workflow.history import Tag
from workflow.route import Route

FORMAT = "jijiao-dossier/1"
ACTION = Tag.DOSSIER_EXPORT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who wants the dossier of which case, in which form and language."""

    viewer: Viewer
    case_id: UUID
    form: str
    language: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What was read, all of one moment."""

    case: Row
    events: Sequence[Row]
    routes: Sequence[Row]
    opinions: Sequence[Row]
    subject: Mapping[str, Any]


async def export(asked: Asked, office: Office) -> dict[str, Any] | Refused:
    """The dossier of a case one may read, sealed; that it was taken leaves a line of history."""
    async with in_transaction() as c:
        await c.execute_query(dossier_sql.SNAPSHOT)
        case = await dossier_sql.case(c, asked.viewer, asked.case_id)
        if case is None:
            return await audit.hidden(c, asked.viewer, ACTION, ("case", asked.case_id))
        parts = Parts(
            case=case,
            events=await dossier_sql.events(c, case.id),
            routes=await dossier_sql.routes(c, case.id),
            opinions=await dossier_sql.opinions(c, case.id),
            subject=await dossier_subject.read(c, asked.viewer, case, asked.now),
        )
        told = sealed(put_together(parts, asked, office), office)
        await leave_trace(c, asked, office, told)
    return told


async def leave_trace(c: Connection, asked: Asked, office: Office, told: Mapping[str, Any]) -> None:
    """Who took which dossier; and the key, which is published from its first signature on."""
    if office.signer:
        key = [office.signer.key_id, office.signer.public, asked.now]
        await c.execute_query(certificate_sql.KEEP_KEY, key)
    await audit.record(c, asked.viewer, ACTION, ("case", asked.case_id))
    await history.write(
        c,
        tag=Tag.DOSSIER_EXPORT,
        subject_type="wf_case",
        subject_id=asked.case_id,
        viewer=asked.viewer,
        now=asked.now,
        data={"form": asked.form, "sha256": told["sha256"]},
    )


def put_together(parts: Parts, asked: Asked, office: Office) -> dict[str, Any]:
    """Everything the dossier says, fit for JSON."""
    routes = {one.digest: one for one in map(of_row, parts.routes)}
    recorded = chain(parts, routes)
    words = Words(route=routes[parts.case.digest], language=asked.language)
    told = {
        "format": FORMAT,
        "language": asked.language,
        "exportedAt": asked.now,
        "issuer": office.issuer,
        "demo": office.demo,
        "case": head(parts.case, words),
        "routes": [route(one, asked.language) for one in parts.routes],
        "subject": parts.subject,
        "timeline": dossier_timeline.lines(parts.events, words),
        "opinions": dossier_timeline.opinions(parts.opinions, parts.events, words),
        "history": recorded,
        "problems": list(replay.problems(recorded)),
    }
    plain_told: dict[str, Any] = plain(told)
    return plain_told


def of_row(row: Row) -> Route:
    """A route as it was published."""
    return definition.pinned(row.source)


def chain(parts: Parts, routes: Mapping[str, Route]) -> dict[str, Any]:
    """The events with their hashes, and the state they lead to: `replay.problems` reads it."""
    names = ("seq", "kind", "previous_hash", "hash")
    events = [
        {name: getattr(one, name) for name in names}
        | {"data": json.loads(one.data), "at": one.at.isoformat()}
        for one in parts.events
    ]
    return replay.recorded(
        case_id=parts.case.id,
        case=Case.from_state(json.loads(parts.case.state)),
        routes=routes,
        events=events,
    )


def head(case: Row, words: Words) -> dict[str, Any]:
    """Which case it is, whose, and how it ended."""
    about = {"name": case.about, "maskedNumber": masks.hidden(case.about_number or "")}
    return {
        "id": case.id,
        "business": words.business,
        "status": {"key": case.status, "name": words("status", case.status)},
        "round": case.round,
        "version": case.seq,
        "applicant": {
            "name": case.applicant,
            "maskedNumber": masks.hidden(case.masked_number),
        },
        "concerns": about if case.about else None,
        "employer": case.employer,
        "openedAt": case.opened_at,
        "closedAt": case.closed_at,
    }


def route(row: Row, language: str) -> dict[str, Any]:
    """A route in sentences; its text stands in `history`."""
    one = of_row(row)
    return {
        "code": one.code,
        "version": one.version,
        "title": one.title if language == message.DEFAULT else one.title_en,
        "digest": one.digest,
        "publishedAt": row.published_at,
        "sentences": describe.sentences(one, language).splitlines(),
    }


def sealed(dossier: Mapping[str, Any], office: Office) -> dict[str, Any]:
    """The dossier with its digest, signed where there is a key."""
    found = digest.digest(dossier)
    return {"dossier": dossier, "sha256": found, "jws": signed(dossier, found, office)}


def signed(dossier: Mapping[str, Any], found: str, office: Office) -> str | None:
    """What is signed: which case, when, and the digest of everything."""
    if office.signer is None:
        return None
    data = {
        "format": FORMAT,
        "case": dossier["case"]["id"],
        "exportedAt": dossier["exportedAt"],
        "sha256": found,
    }
    made = office.signer.sign(data, signature.DOSSIER)
    return signature.token(data, made, office.signer.key_id, signature.DOSSIER)


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC, days, hours and ids as text."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value
