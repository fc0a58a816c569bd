"""A profile (个人资料) as the subject of a case: its unit confirms what the rules rely on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from models import profile_sql
from models.read import Connection, Row
from rules import profile as rules
from rules.refusal import Refused
from workflow.case import Status
from workflow.subject import Change, Subject

TYPE = "profile"
# What is confirmed: a change of any of these voids the confirmation. A telephone number is not.
CONFIRMED = frozenset(
    {
        "gender",
        "birth_date",
        "education",
        "has_title",
        "title_code",
        "qualified_on",
        "started_work_on",
        "discipline",
        "person_group",
    }
)


class Overtaken(RuntimeError):
    """The profile was saved between reading and confirming it: all is to be looked at again."""

    sqlstate = "40001"  # as PostgreSQL says it, so that the command runs again


@dataclass(frozen=True, slots=True)
class ProfileSubject:
    """The adapter of profiles; the id of one is that of its person."""

    type = TYPE

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The profiles as they are now, also of somebody who has not begun his."""
        found = await c.execute_query_dict(profile_sql.STATED, [list(subject_ids)])
        return {row.id: subject(row, submitting) for row in (Row(**one) for one in found)}

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """Who confirms sets no fields of his own."""
        return ()

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """A profile that was confirmed says so; until then its case says where it stands."""
        if change.after.status is Status.APPROVED:
            values = [subject.id, subject.row.version, change.now, change.actor.person_id]
            if not await c.execute_query_dict(profile_sql.CONFIRM, values):
                raise Overtaken(str(subject.id))


ADAPTER = ProfileSubject()


def subject(row: Row, submitting: bool) -> Subject:
    """A profile as the engine sees it; confirmed once, it may be sent again after a change."""
    return Subject(
        type=TYPE,
        id=row.id,
        applicant_id=row.id,
        employer_id=(None if submitting else row.employer_id) or row.current_employer,
        selectors={},
        business=None,
        declared={},
        content={name: getattr(row, name) for name in sorted(CONFIRMED)},
        obstacles=tuple(obstacles(row)) if submitting else (),
        unclean=(),
        anew=True,
        row=row,
    )


def obstacles(row: Row) -> Iterator[Refused]:
    """Why a profile cannot be sent: it lacks something, or nothing is left to confirm."""
    known = {field.name for field in fields(rules.Profile)} - {"employed"}
    stated: dict[str, Any] = {name: getattr(row, name) for name in known}
    lacking = rules.missing(rules.Profile(**stated, employed=row.current_employer is not None))
    if lacking:
        yield Refused("PROFILE_INCOMPLETE", {"fields": list(lacking)})
    if row.confirmed_at is not None:
        yield Refused("PROFILE_CONFIRMED", {"at": row.confirmed_at.isoformat()})
