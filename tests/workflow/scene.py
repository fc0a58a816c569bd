"""A small stage for examples: named people, ready facts, and a case played up to a point."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from rules.refusal import Refused
from tests.workflow import worlds
from workflow import engine
from workflow.case import Actor, Case, Command, Event, Facts
from workflow.route import Route
from workflow.vocabulary import Act

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def person(name: str, org: str | None, *groups: str, **more: Any) -> Actor:
    return Actor(
        person_id=name, account_id=f"{name}@", org_id=org, groups=frozenset(groups), **more
    )


ANNA = person("anna", "unit")
HANDLER = person("hans", "unit", "handler", "initial_checker")
LEADER = person("lena", "unit", "unit_leader")
BOTH = person("bert", "unit", "handler", "unit_leader")
CHIEF = person("carl", "unit", admin=True)
CHECKER = person("dora", "department", "checker")
SECOND_CHECKER = person("dirk", "department", "checker")
DISTRICT = person("dina", "district", "checker")
CITY = person("cora", "city", "rechecker", "division_leader")
SECOND_CITY = person("cleo", "city", "rechecker", "division_leader")

ORGANISATIONS: Mapping[str, str | None] = {
    "employer": "unit",
    "superior": "department",
    "ce_authority": "department",
    "district_bureau": "district",
    "city_bureau": "city",
}
STAFFED: Mapping[str, int] = dict.fromkeys(
    (
        "unit_review",
        "unit_amend",
        "recognition",
        "unit_check",
        "dept_check",
        "district_check",
        "city_recheck",
    ),
    3,
)


def facts(**changes: Any) -> Facts:
    ready = Facts(organisations=ORGANISATIONS, revision="r0", now=NOW, eligible=STAFFED)
    return replace(ready, **changes)


@dataclass(frozen=True)
class Move:
    """One command, and the facts it meets."""

    act: Act
    by: Actor
    more: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> Command:
        return Command(act=self.act, actor=self.by, **self.more)

    def knowing(self, **known: Any) -> "Move":
        return replace(self, known=known)


def move(act: Act, by: Actor, **more: Any) -> Move:
    return Move(act, by, more)


SUBMIT = move(Act.SUBMIT, ANNA)
AGREE = move(Act.AGREE_UP, HANDLER)
PASS = move(Act.PASS, LEADER)


def route(name: str = "declaration") -> Route:
    return worlds.routes()[name][0]


def played(*moves: Move, on: Route | None = None) -> tuple[Case, tuple[Event, ...]]:
    """Play moves that must all be accepted; give the case and what happened last."""
    chosen = on or route()
    about = "otto" if chosen.subject == "amendment" else None
    case, happened = engine.opening(applicant="anna", concerns=about), tuple[Event, ...]()
    for one in moves:
        happened = events(engine.decide(chosen, case, one.command, facts(**one.known)))
        for event in happened:
            case = engine.evolve(chosen, case, event)
    return case, happened


def events(answer: tuple[Event, ...] | Refused) -> tuple[Event, ...]:
    """What happened, where nothing may be refused."""
    assert not isinstance(answer, Refused), answer
    return answer


def case(*moves: Move, on: Route | None = None) -> Case:
    return played(*moves, on=on)[0]


def answer(last: Move, *moves: Move, on: Route | None = None) -> tuple[Event, ...] | Refused:
    """What a command gets after some moves."""
    chosen = on or route()
    return engine.decide(chosen, case(*moves, on=chosen), last.command, facts(**last.known))
