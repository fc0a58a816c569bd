"""Makes the history of each route version that has none: `python -m tests.histories.maker`.

A case is played through the engine by people who exist nowhere: claimed, returned, sent again,
decided, recalled where it was sent on, and decided to the end. What is there is never made anew:
a history tells what an earlier release has written, and every later one must still read it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from rules.refusal import Refused
from workflow import changeover, engine, ledger, replay, route
from workflow.case import Actor, Case, Command, Event, Facts, Status
from workflow.changeover import Plan
from workflow.route import Route
from workflow.vocabulary import INSIDE, SUBJECTS, Act, Relation

FOLDER = Path(__file__).parent
BEGAN = datetime(2026, 3, 2, 1, tzinfo=UTC)
CASE = UUID(int=1)
APPLICANT, CONCERNED = str(UUID(int=2)), str(UUID(int=3))
ORGANISATIONS: dict[str, str | None] = {
    relation.value: str(UUID(int=number)) for number, relation in enumerate(Relation, start=100)
}
WRITTEN = {"approved_hours": "6.0", "approved_credits": "1.0"}


@dataclass
class Play:
    """A case under way, and what was written down of it."""

    route: Route
    case: Case
    routes: dict[str, Route] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    people: int = 1000

    @property
    def facts(self) -> Facts:
        """A world in which nobody is missing."""
        return Facts(
            organisations=ORGANISATIONS,
            revision="1" * 64,
            now=BEGAN + timedelta(hours=len(self.events)),
            eligible={step.key: 5 for step in self.route.steps},
            declared=dict.fromkeys(WRITTEN, "12.0"),
        )

    def act(self, act: Act, actor: Actor, **more: Any) -> None:
        """One command, which must be accepted."""
        command = Command(act=act, actor=actor, comment="意见", **more)
        answer = engine.decide(self.route, self.case, command, self.facts)
        assert not isinstance(answer, Refused), (self.route.code, act, answer)
        self.write(answer)

    def write(self, happened: tuple[Event, ...]) -> None:
        """Write down what happened, each event sealed with the hash of the one before."""
        at = self.facts.now
        self.routes[self.route.digest] = self.route
        for event in happened:
            previous = self.events[-1]["hash"] if self.events else ""
            seq = len(self.events) + 1
            made = ledger.event_hash(previous, CASE, seq, event.kind, event.data, at)
            self.case = engine.evolve(self.route, self.case, event)
            self.events.append(
                {
                    "seq": seq,
                    "kind": event.kind.value,
                    "data": dict(event.data),
                    "at": at.isoformat(),
                    "previous_hash": previous,
                    "hash": made,
                }
            )

    def somebody(self) -> Actor:
        """Somebody new to whom the open task is addressed."""
        task = engine.open_task(self.route, self.case)
        assert task is not None
        self.people += 1
        return person(str(UUID(int=self.people)), task.org_id, *task.groups)

    def history(self) -> dict[str, Any]:
        """What is kept."""
        return replay.anonymous(
            replay.recorded(
                case_id=CASE,
                case=self.case,
                routes=self.routes,
                events=json.loads(json.dumps(self.events)),
            )
        )


def person(name: str, org: str | None = None, *groups: str) -> Actor:
    return Actor(person_id=name, account_id=name, org_id=org, groups=frozenset(groups))


def played(one: Route) -> Play:
    """A case of a route from its first submission to its end."""
    play = begun(one)
    first = play.somebody()
    play.act(Act.CLAIM, first)
    if Act.RETURN in play.route.steps[0].may:
        play.act(Act.RETURN, first)
        play.act(Act.SUBMIT, person(APPLICANT))
    else:
        play.act(Act.UNCLAIM, first)
    finished(play, recalls=True)
    return play


def begun(one: Route) -> Play:
    """A case that has just been handed in."""
    about = CONCERNED if SUBJECTS[one.subject].sender != "applicant" else None
    play = Play(one, engine.opening(applicant=APPLICANT, concerns=about))
    play.act(Act.SUBMIT, person(APPLICANT))
    return play


def finished(play: Play, *, recalls: bool) -> None:
    """Decide step by step; the first time it is sent on, it is recalled and sent on again."""
    while play.case.status is Status.IN_REVIEW:
        step, actor = play.route.step(play.case.step or ""), play.somebody()
        if len(play.case.here) + 1 < step.needs:
            play.act(min(INSIDE & step.may), actor)
            continue
        values = {name: WRITTEN[name] for name in step.writes}
        play.act(Act.PASS, actor, values=values)
        if recalls and play.case.status is Status.IN_REVIEW:
            recalls = False
            play.act(Act.RECALL, replace(actor, groups=frozenset(step.groups)))


def moved(old: Route, new: Route) -> Play:
    """A case that has gone on under another version."""
    play = begun(old)
    step = old.steps[0]
    if step.needs > 1:
        play.act(min(INSIDE & step.may), play.somebody())
    plan = Plan(old=old, new=new, explicit={})
    answer = changeover.move(plan, play.case, play.facts, operator="运维")
    assert isinstance(answer, changeover.Move), answer
    play.route = new
    play.write(answer.events)
    finished(play, recalls=False)
    return play


def path_of(one: Route, suffix: str = "") -> Path:
    """Where the history of a version stands."""
    return FOLDER / f"{one.code}-{one.version}{suffix}.json"


def wanted() -> Iterator[tuple[Path, Play]]:
    """Every shipped version, and one case that changed its version on the way."""
    shipped = route.load_all()
    for one in shipped.values():
        yield path_of(one), played(one)
    old = shipped["declaration"]
    text = old.text.replace(f"version  = {old.version}", f"version  = {old.version + 1}", 1)
    yield path_of(old, "-moved"), moved(old, route.compile_route(text))


def main() -> None:
    """Write what is missing."""
    for path, play in wanted():
        if not path.exists():
            text = json.dumps(play.history(), ensure_ascii=False, indent=1)
            path.write_text(text + "\n", encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main()
