"""A case lived through: acts one after another, decided by the real engine, acting people found."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from models.standing import Stored
from rules import calendar, dates
from rules.refusal import Refused
from workflow import engine, ledger, transition
from workflow.case import APPLICANT, Act, Actor, Case, Command, Event, Facts
from workflow.route import Route
from workflow.subject import Subject

NOBODY_YET = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a story plays: the subject, its route, what is known, and who could act."""

    subject: Subject
    route: Route
    facts: Facts
    cast: Sequence[Actor]
    comments: Mapping[str, Sequence[str]]
    values: Mapping[str, str]


def lived(
    stage: Stage, acts: Sequence[str], times: Sequence[datetime], case_id: UUID
) -> list[ledger.Entry]:
    """Every command of the story, as the one transaction would have accepted it."""
    entries: list[ledger.Entry] = []
    for act, now in zip(acts, times, strict=True):
        entries.append(step(stage, act, now, case_id, entries[-1] if entries else None))
    return entries


def who(entry: ledger.Entry) -> Actor:
    """Whose hand it was; in a story nothing happens by itself."""
    assert entry.actor is not None
    return entry.actor


def step(
    stage: Stage, act: str, now: datetime, case_id: UUID, last: ledger.Entry | None
) -> ledger.Entry:
    """The next act, by the first of the cast whom the engine lets."""
    before = last.after if last else transition.begun(stage.subject)
    facts = replace(stage.facts, now=now)
    for actor in stage.cast:
        command = spoken(stage, act, actor, before)
        decided = engine.decide(stage.route, before, command, facts)
        if not isinstance(decided, Refused):
            return ledger.Entry(
                case_id=case_id,
                subject=stage.subject,
                route=stage.route,
                stored=stored(last) if last else None,
                before=before,
                events=decided,
                after=folded(stage.route, before, decided),
                command=command,
                command_id=f"seed-{case_id}-{before.seq}",
                now=now,
            )
    raise AssertionError(f"nobody may {act} at {before.step} of {stage.route.code}")


def spoken(stage: Stage, act: str, actor: Actor, before: Case) -> Command:
    """A command with a comment of its act; the last word of a unit may set the hours."""
    verb, _, target = act.partition(":")
    texts = stage.comments.get(verb, ("",))
    ends_unit = verb == Act.PASS and before.step == stage.route.steps[0].key
    return Command(
        act=Act(verb),
        actor=actor,
        to=target or APPLICANT,
        comment=texts[before.seq % len(texts)],
        values=stage.values if ends_unit else {},
    )


def folded(route: Route, case: Case, events: Sequence[Event]) -> Case:
    """The case after the events."""
    for event in events:
        case = engine.evolve(route, case, event)
    return case


def stored(entry: ledger.Entry) -> Stored:
    """What the next command would have read: the case, its term and the hash of its last event."""
    return Stored(
        id=entry.case_id,
        definition_id=NOBODY_YET,
        state={},
        seq=entry.after.seq,
        due_at=ledger.due_at(entry),
        source=entry.route.text,
        open_task_id=None,
        last_hash=ledger.event_rows(entry)[-1]["hash"],
        last={},
    )


def times(
    luck: random.Random, *, acts: int, after: date, pace: int, until: datetime
) -> list[datetime]:
    """An instant in office hours for each act, `pace` working days apart at most."""
    day, found = after, []
    for _ in range(acts):
        day = calendar.add_workdays(day, luck.randint(1, pace))
        found.append(office_hour(luck, day))
    late = max(found[-1] - until, timedelta()) if found else timedelta()
    return [each - late for each in found]


def office_hour(luck: random.Random, day: date) -> datetime:
    """A minute between nine and half past five in Shanghai, as an instant of the server."""
    morning = datetime.combine(day, time(9), tzinfo=dates.SHANGHAI).astimezone(UTC)
    return morning + timedelta(minutes=luck.randrange(510), seconds=luck.randrange(60))
