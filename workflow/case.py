"""The values the approval engine works on: a case, who acts on it, what is known, what happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rules.refusal import Refused
from workflow.opinion import Opinion, Signer
from workflow.vocabulary import APPLICANT, Act, Group, Relation

__all__ = ["APPLICANT", "Act", "Group", "Relation"]  # the words of a command, for its makers


class Status(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    BLOCKED = "blocked"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


TERMINAL = frozenset({Status.APPROVED, Status.REJECTED, Status.WITHDRAWN})


class Reason(StrEnum):
    """Why the task of a case is open."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECALLED = "recalled"
    HANDED_BACK = "handed_back"
    RESTATED = "restated"
    REDIRECTED = "redirected"
    SIGNER = "signer"


class Kind(StrEnum):
    """What can happen to a case."""

    SUBMITTED = "submitted"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    UNCLAIMED = "unclaimed"
    RELEASED = "released"
    CLAIM_EXPIRED = "claim_expired"
    TRANSFERRED = "transferred"
    SIGNER_ADDED = "signer_added"
    SIGNER_DROPPED = "signer_dropped"
    SIGNER_LEFT = "signer_left"
    URGED = "urged"
    COPIED = "copied"
    REDIRECTED = "redirected"
    OPINED = "opined"
    RETURNED_INSIDE = "returned_inside"
    FORWARDED = "forwarded"
    STEP_SKIPPED = "step_skipped"
    STEP_UNDERSTAFFED = "step_understaffed"
    STAND_IN_CALLED = "stand_in_called"
    MOVED_UP = "moved_up"
    FREED = "freed"
    OVERDUE = "overdue"
    BLOCKED = "blocked"
    RETURNED = "returned"
    RESTATED = "restated"
    APPROVED = "approved"
    REJECTED = "rejected"
    MIGRATED_DEFINITION = "migrated_definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A natural person in a seat; a delegate names whom he stands for."""

    person_id: str
    account_id: str
    org_id: str | None
    groups: frozenset[str]
    on_behalf_of: str | None = None
    admin: bool = False

    @property
    def identities(self) -> frozenset[str]:
        """Everybody whose hand is in what this actor does."""
        if self.on_behalf_of is None:
            return frozenset((self.person_id,))
        return frozenset((self.person_id, self.on_behalf_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of a route: only what still counts, history lives in the events."""

    applicant: str
    concerns: str | None = None  # whose row is decided about, where he is not the applicant
    status: Status = Status.DRAFT
    step: str | None = None
    slot: int = 0
    round: int = 0
    seq: int = 0
    revision: str = ""
    parts: tuple[tuple[str, str], ...] = ()  # the digest of each field of that content
    definition: str = ""
    org_id: str | None = None
    opinions: tuple[Opinion, ...] = ()
    skipped: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()  # those who have not spoken; the first has the task
    claimed_by: str | None = None
    only_for: frozenset[str] = frozenset()
    only_stand_in: bool = False
    entered_at: str = ""
    urged_at: str = ""  # the last time the present task was urged
    told: tuple[str, ...] = ()  # what the clock has said since the case came here
    stand_in: str | None = None
    own_reviewers: int = 0
    reason: Reason | None = None
    missing: Relation | None = None
    returned_from: str | None = None

    @property
    def parties(self) -> frozenset[str]:
        """Who may never judge: the applicant, and whom the case is about."""
        return frozenset(filter(None, (self.applicant, self.concerns)))

    @property
    def here(self) -> tuple[Opinion, ...]:
        """The opinions in force at the current step."""
        return tuple(opinion for opinion in self.opinions if opinion.step == self.step)

    @property
    def values(self) -> dict[str, str]:
        """The reviewer's fields as the opinions in force leave them; a later one wins."""
        return {key: value for opinion in self.opinions for key, value in opinion.values}

    def to_state(self) -> dict[str, Any]:
        """Return what is stored beside the case; `from_state` reads it back."""
        return {
            "applicant": self.applicant,
            "concerns": self.concerns,
            "status": self.status.value,
            "step": self.step,
            "slot": self.slot,
            "round": self.round,
            "seq": self.seq,
            "revision": self.revision,
            "parts": dict(self.parts),
            "definition": self.definition,
            "org_id": self.org_id,
            "opinions": [opinion.to_state() for opinion in self.opinions],
            "skipped": list(self.skipped),
            "signers": [signer.to_state() for signer in self.signers],
            "claimed_by": self.claimed_by,
            "only_for": sorted(self.only_for),
            "only_stand_in": self.only_stand_in,
            "entered_at": self.entered_at,
            "urged_at": self.urged_at,
            "told": list(self.told),
            "stand_in": self.stand_in,
            "own_reviewers": self.own_reviewers,
            "reason": self.reason and self.reason.value,
            "missing": self.missing and self.missing.value,
            "returned_from": self.returned_from,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Case":
        """Read a stored case."""
        return cls(
            **{
                **state,
                "status": Status(state["status"]),
                "parts": tuple(sorted(state.get("parts", {}).items())),
                "opinions": tuple(map(Opinion.from_state, state["opinions"])),
                "skipped": tuple(state["skipped"]),
                "signers": tuple(map(Signer.from_state, state.get("signers", ()))),
                "only_for": frozenset(state["only_for"]),
                "told": tuple(state.get("told", ())),
                "reason": state["reason"] and Reason(state["reason"]),
                "missing": state["missing"] and Relation(state["missing"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What an actor asks for."""

    act: Act
    actor: Actor
    to: str = APPLICANT  # a step; of a transfer a person; else an organisation or a person
    until: datetime | None = None  # how long a copy may be read
    comment: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    expected_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `data` is fit for JSON."""

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)


Seats = Mapping[str, Mapping[str, frozenset[str]]]  # by organisation and person: the groups


def accept(values: Mapping[str, str]) -> tuple[Refused, ...]:
    """Find nothing wrong with any value."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the shell looked up under the lock.

    Per step, `eligible` counts who else hold one of its groups in its organisation, `staffed` names
    those groups (one not named counts as staffed): a first slot nobody can take goes to the next.
    Of the content `declared` has the applicant's number for each reviewer's field, `parts` the
    digest of each field; `shortfall` says why it must not pass, `unsettled` why that is unknown;
    `applicant_left` that who sent it works for the employer no more;
    `seats` names who sits in the organisations around the case, with their groups, `bodies`
    the kinds of those above the employer, `known` whether the receiver of a copy exists."""

    organisations: Mapping[str, str | None]
    revision: str
    now: datetime
    eligible: Mapping[str, int] = field(default_factory=dict)
    staffed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    obstacles: tuple[Refused, ...] = ()
    unclean: tuple[Mapping[str, Any], ...] = ()
    shortfall: Refused | None = None
    unsettled: Refused | None = None
    applicant_left: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    check_values: Callable[[Mapping[str, str]], tuple[Refused, ...]] = accept
    declared: Mapping[str, str | None] = field(default_factory=dict)
    conflict: Mapping[str, Any] = field(default_factory=dict)
    business: str | None = None
    seats: Seats = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    known: bool = True
    due_at: datetime | None = None
    holder: str = ""  # the name of who has claimed the task
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One button: why it is greyed, or that it is not; where a return may go."""

    refusal: Refused | None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """To whom the open task of a case belongs; a stand-in may hold any of `groups`."""

    step: str
    slot: int
    org_id: str
    groups: tuple[Group, ...]
    only_for: frozenset[str]
    reason: Reason
    stand_in: bool

    @property
    def group(self) -> Group:
        """The group the task is filed under."""
        return self.groups[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForecast:
    """What awaits a case at one step, as things are now."""

    step: str
    relation: Relation
    org_id: str | None
    groups: tuple[Group, ...]
    needs: int
    eligible: int
    due: int | None
    skipped: str | None
    stand_in: str | None
    problem: Refused | None
