"""What somebody said of a case, while it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.vocabulary import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody said at a step, on one content, in one round."""

    step: str
    round: int
    act: Act
    people: frozenset[str]
    revision: str
    slot: int = 0
    org_id: str | None = None
    stood_in: bool = False
    signed: bool = False  # added to what the route demands; it counts for no quorum
    values: tuple[tuple[str, str], ...] = ()
    at: str = ""

    def to_state(self) -> dict[str, Any]:
        """Return what `from_state` reads."""
        return {
            "step": self.step,
            "round": self.round,
            "act": self.act.value,
            "people": sorted(self.people),
            "revision": self.revision,
            "slot": self.slot,
            "org_id": self.org_id,
            "stood_in": self.stood_in,
            "signed": self.signed,
            "values": dict(self.values),
            "at": self.at,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Opinion":
        """Read an opinion back."""
        return cls(
            **{
                **state,
                "act": Act(state["act"]),
                "people": frozenset(state["people"]),
                "values": tuple(sorted(state["values"].items())),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose opinion was asked for besides (加签), and by whom."""

    group: str
    person: str | None = None
    by: frozenset[str]

    @property
    def name(self) -> str:
        """The person, or the group where nobody was named."""
        return self.person or self.group

    def to_state(self) -> dict[str, Any]:
        """Return what `from_state` reads."""
        return {"group": self.group, "person": self.person, "by": sorted(self.by)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Signer":
        """Read a signer back."""
        return cls(group=state["group"], person=state["person"], by=frozenset(state["by"]))
