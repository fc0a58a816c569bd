"""A grant (权限申请) as the subject of a case: approved, it becomes a seat."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models import grant_sql
from models.account import UserType
from models.ids import uuid7
from models.read import Connection, Row
from rules import dates
from rules.refusal import Refused
from workflow import grant_form, readiness
from workflow.case import TERMINAL, Status
from workflow.history import Tag
from workflow.subject import Change, Subject

TYPE = "grant"
ADMINISTRATOR, APPROVES, STAFF = "unit_admin", "approve_admins", "staff"
SUPERIORS = frozenset(UserType) - {UserType.PERSON, UserType.UNIT, UserType.TRAINING_BASE}


@dataclass(frozen=True, slots=True)
class GrantSubject:
    """The adapter of grants; a `statement` is written once the engine has accepted it."""

    statement: Row | None = None
    type = TYPE

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The applications beside the tree as it is now."""
        if self.statement is not None:
            return {self.statement.id: subject(self.statement)}
        found = await c.execute_query_dict(grant_sql.GRANTED, [list(subject_ids)])
        return {columns["id"]: subject(Row(**columns)) for columns in found}

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """Who approves sets no fields of his own."""
        return ()

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """Keep the application, follow the case, and open the seat."""
        if self.statement is not None:
            await c.execute_query(grant_sql.STATE, stated(self.statement, change.now))
        elif change.after.status is Status.APPROVED:
            await c.execute_query(grant_sql.APPROVE, approved(subject.row, change))
        elif change.before.status is not change.after.status:
            over = change.now if change.after.status in TERMINAL else None
            await c.execute_query(grant_sql.FOLLOW, [subject.id, change.now, over])


ADAPTER = GrantSubject()


def subject(row: Row) -> Subject:
    """A grant as the engine sees it.

    A unit that is registered with it stands in no tree yet: its case lies with the body it will
    stand below.
    """
    problems = grant_form.problems(row)
    is_new = row.unit_name is not None
    return Subject(
        type=TYPE,
        id=row.id,
        applicant_id=row.person_id,
        employer_id=row.superior_id if is_new else row.found_id or row.superior_id,
        selectors={"user_type": row.user_type},
        business=None,
        declared={},
        content=content(row),
        obstacles=problems,
        shortfall=readiness.together(grant_form.deciding(row)),
        unclean=(),
        row=row,
        named={"superior_or_city": str(row.superior_id)} if is_new else {},
    )


def content(row: Row) -> Mapping[str, Any]:
    """What is approved."""
    return {
        "user_type": row.user_type,
        "unit_code": row.unit_code,
        "superior": str(row.superior_id),
        "unit_name": row.unit_name,
        "unit_kind": row.unit_kind,
    }


def opens(user_type: str) -> tuple[list[str], list[str]]:
    """Groups and duties of a seat that comes into being: it appoints colleagues, no more.

    Superior bodies approve the administrators below them as well (L705).
    """
    groups = [ADMINISTRATOR, APPROVES] if user_type in SUPERIORS else [ADMINISTRATOR]
    return groups, [STAFF]


def stated(row: Row, now: datetime) -> list[Any]:
    """The parameters of `grant_sql.STATE`, in its order."""
    return [
        row.id,
        row.person_id,
        row.user_type,
        row.unit_code,
        row.found_id,
        row.superior_id,
        row.unit_name,
        row.unit_kind,
        row.work_fields,
        row.note,
        now,
    ]


def approved(row: Row, change: Change) -> list[Any]:
    """The parameters of `grant_sql.APPROVE`, in its order."""
    actor, today = change.actor, dates.shanghai_date(change.now)
    groups, duties = opens(row.user_type)
    seat = [row.id, uuid7(), change.now, uuid7(), groups, duties, uuid7(), today]
    told = [uuid7(), Tag.SEAT_OPEN.value]
    return [*seat, *told, actor.person_id, actor.account_id, actor.org_id, uuid7()]
