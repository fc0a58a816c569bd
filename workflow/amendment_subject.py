"""An amendment (更正) of an approved record as the subject of a case."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models import amendment_sql
from models.amendment import AmendmentKind
from models.attachment import ScanState
from models.declared import listed
from models.ids import uuid7
from models.read import Connection, Row
from rules.course import CourseCategory, RecordOrigin
from rules.refusal import Refused
from workflow import later
from workflow.case import TERMINAL, Status
from workflow.history import Tag
from workflow.subject import Change, Subject

TYPE = "amendment"


class Overtaken(RuntimeError):
    """The record moved although nothing else may change it while an amendment is open."""


@dataclass(frozen=True, slots=True)
class AmendmentSubject:
    """The adapter of amendments.

    With a `statement`, that is what is proposed now: it is written only once the engine has
    accepted the submission, so that a refusal leaves nothing behind.
    """

    statement: Row | None = None
    type = TYPE

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The amendments, beside the records as they are now."""
        if self.statement is not None:
            return {self.statement.id: subject(self.statement)}
        found = await c.execute_query_dict(amendment_sql.AMENDED, [list(subject_ids)])
        return {row.id: subject(row) for row in map(amended, found)}

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """Who confirms sets no fields of his own: he takes what is proposed, or returns it."""
        return ()

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """Keep the proposal, follow the case, and do what was confirmed."""
        if self.statement is not None:
            await c.execute_query(amendment_sql.STATE, stated(self.statement, change.now))
        elif change.after.status is Status.APPROVED:
            await confirm(c, subject.row, change)
        elif change.before.status is not change.after.status:
            over = change.now if change.after.status in TERMINAL else None
            await c.execute_query(amendment_sql.FOLLOW, [subject.id, change.now, over])


ADAPTER = AmendmentSubject()


async def confirm(c: Connection, row: Row, change: Change) -> None:
    """The record is changed, its history says so, and the person's figures are stale."""
    deletes = row.kind == AmendmentKind.DELETE
    tag = Tag.RECORD_DELETE if deletes else Tag.RECORD_AMEND
    told = {
        "amendment": str(row.id),
        "proposer": str(row.proposer_id),
        "fields": changed_fields(row.before, row.proposed),
    }
    actor = change.actor
    who = [actor.person_id, actor.account_id, actor.org_id]
    values = [row.id, change.now, uuid7(), tag.value, *who, json.dumps(told)]
    if not await c.execute_query_dict(amendment_sql.APPLY, values):
        raise Overtaken(str(row.record_id))
    await later.recalculate(c, [row.person_id], change.now)


def amended(columns: Mapping[str, Any]) -> Row:
    """One row of `amendment_sql.AMENDED`."""
    aggregated = {
        "before": json.loads(columns["before"]),
        "proposed": columns["proposed"] and json.loads(columns["proposed"]),
        "files": listed(columns["files"]),
        "proofs": listed(columns["proofs"]),
    }
    return Row(**{**columns, **aggregated})


def subject(row: Row) -> Subject:
    """An amendment as the engine sees it: sent by its proposer, about whose record it is."""
    return Subject(
        type=TYPE,
        id=row.id,
        applicant_id=row.proposer_id,
        concerns_id=row.person_id,
        employer_id=row.employer_id,
        selectors={"recognised": "yes" if needs_recognition(row) else "no"},
        business=None,
        declared={},
        content=content(row),
        obstacles=(),
        unclean=tuple(
            {"id": file["id"], "name": file["name"], "state": file["state"]}
            for file in (*row.files, *row.proofs)
            if file["state"] != ScanState.CLEAN
        ),
        shortfall=shortfall(row),
        applicant_left=row.abandoned,
        row=row,
    )


def shortfall(row: Row) -> Refused | None:
    """A record that has moved since is not what the proposer saw: this proposal cannot be done."""
    moved = row.present_version != row.record_version
    return Refused("CONTENT_CHANGED", {"fields": ["record_version"]}) if moved else None


def needs_recognition(row: Row) -> bool:
    """Does an authority have to agree, as it had to when the course was declared (L144)?"""
    if row.origin != RecordOrigin.DECLARED or row.proposed is None:
        return False
    return CourseCategory.PUBLIC in (row.before["category"], row.proposed["category"])


def content(row: Row) -> Mapping[str, Any]:
    """What is confirmed: these values for this version of the record with these files.

    What was proposed without proof has the digest it always had.
    """
    proofs = [[file["sha256"], file["label"]] for file in row.proofs]
    return {
        "kind": row.kind,
        "proposed": row.proposed,
        "reason": row.reason,
        "record_version": row.record_version,
        "present_version": row.present_version,
        "files": [[file["sha256"], file["label"]] for file in row.files],
        **({"proofs": proofs} if proofs else {}),
    }


def changed_fields(before: Mapping[str, Any], proposed: Mapping[str, Any] | None) -> list[str]:
    """The names of the fields that would not be as they are."""
    if proposed is None:
        return []
    return [name for name in amendment_sql.COLUMNS if before[name] != proposed[name]]


def stated(row: Row, now: datetime) -> list[Any]:
    """The parameters of `amendment_sql.STATE`, in its order."""
    return [
        row.id,
        row.record_id,
        row.person_id,
        row.employer_id,
        row.proposer_id,
        row.kind,
        json.dumps(row.before),
        row.proposed and json.dumps(row.proposed),
        row.record_version,
        row.reason,
        now,
    ]
