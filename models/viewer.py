"""Who asks: account and active seat of one request, and in whose name he may decide."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.account import OFFICERS, UserType


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """In whose name a viewer may decide (代理): with these groups; without routes, on all."""

    principal_id: UUID
    groups: frozenset[str]
    routes: frozenset[str]
    until: datetime

    def covers(self, group: str, route: str) -> bool:
        """Is a task of this group and route among what was handed over?"""
        return group in self.groups and (not self.routes or route in self.routes)


class Lack(StrEnum):
    """What somebody must do before anything else."""

    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Account and active seat of one request.

    `mfa_at` is when this session last showed a code, if it ever did; whoever lacks something has
    come through the door and no further. `former` are the persons of accounts that ended in his.
    """

    account_id: UUID
    person_id: UUID
    session_id: UUID
    seat_id: UUID
    organisation_id: UUID | None
    user_type: UserType
    groups: frozenset[str]
    duties: frozenset[str]
    mandates: tuple[Mandate, ...] = ()
    mfa_at: datetime | None = None
    lacks: Lack | None = None
    former: tuple[UUID, ...] = ()

    @property
    def is_person(self) -> bool:
        """Does he act for himself, not for an organisation?"""
        return self.organisation_id is None

    @property
    def is_officer(self) -> bool:
        """Is he one of the three who keep the system and do no business in it?"""
        return self.user_type in OFFICERS

    @property
    def has_business(self) -> bool:
        """A seat without groups and duties opens no business of its organisation (GRP-2)."""
        return not self.is_person and not self.lacks and bool(self.groups or self.duties)
