"""Subjects (业务对象): the only place where a case meets the business row it decides about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from models.read import Connection, Row
from rules.refusal import Refused
from workflow.case import Actor, Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A business row as the engine sees it, read after it was locked."""

    type: str
    id: UUID
    applicant_id: UUID
    concerns_id: UUID | None = None  # whom the row is about, where he is not the applicant
    employer_id: UUID | None
    selectors: Mapping[str, str]
    business: str | None
    content: Mapping[str, Any]
    declared: Mapping[str, str | None]  # by the reviewer's field that may take its place
    obstacles: tuple[Refused, ...]
    unclean: tuple[Mapping[str, Any], ...]
    shortfall: Refused | None = None  # why it must not pass as it is
    unsettled: Refused | None = None  # why nobody can decide on it just now
    applicant_left: bool = False  # does whoever sent it work there no more?
    row: Row
    named: Mapping[str, str | None] = field(default_factory=dict)  # bodies the tree cannot tell
    anew: bool = False  # may it be sent again in a case of its own, when the last one is over?


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a command made of a case, told to the subject."""

    before: Case
    after: Case
    actor: Actor
    now: datetime


class Adapter(Protocol):
    """What a kind of subject must answer to be decided by routes."""

    type: str

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The rows as they are now; obstacles are looked up only for a submission."""

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """What is wrong with the reviewer's fields."""

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """Follow the case: status, reviewer's fields, and what depends on them."""
