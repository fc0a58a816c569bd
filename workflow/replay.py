"""Histories replayed: what happened to a case must lead to its state, in this release and in any.

A history is one case with everything it needs: its events in their chain of hashes, the texts of
its routes, and the state it came to. Persons, organisations and words are taken out of it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow import definition, engine, ledger
from workflow.case import Case, Event, Kind
from workflow.route import Route

IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORDS = frozenset({"comment", "operator"})  # what people have written
BEGINS = frozenset({Kind.SUBMITTED, Kind.MIGRATED_DEFINITION})  # these name the text in force

History = Mapping[str, Any]


def problems(history: History) -> Iterator[str]:
    """Find what does not fit; nothing in a history that can be relied on."""
    routes = {}
    for known, text in history["routes"].items():
        if hashlib.sha256(text.encode()).hexdigest() != known:
            yield f"the text of route {known[:12]} is not the one of its digest"
            return
        routes[known] = definition.pinned(text)
    yield from broken_links(history)
    try:
        case = folded(history, routes)
        recorded = Case.from_state(history["state"])
    except (KeyError, TypeError, ValueError, StopIteration) as fault:
        yield f"it cannot be replayed: {type(fault).__name__} {fault}"
        return
    if case != recorded:
        yield from differences(case, recorded)


def broken_links(history: History) -> Iterator[str]:
    """Find where the numbers or the chain of hashes do not go on."""
    previous = ""
    for number, event in enumerate(history["events"], start=1):
        if event["seq"] != number:
            yield f"event {number} has the number {event['seq']}"
        if event["previous_hash"] != previous or event["hash"] != sealed(history, event):
            yield f"event {number} breaks the chain of hashes"
        previous = event["hash"]


def sealed(history: History, event: Mapping[str, Any]) -> str:
    """The hash an event should have."""
    return ledger.event_hash(
        event["previous_hash"],
        UUID(history["case"]),
        event["seq"],
        event["kind"],
        event["data"],
        datetime.fromisoformat(event["at"]),
    )


def folded(history: History, routes: Mapping[str, Route]) -> Case:
    """Replay the events, each under the text in force when it happened."""
    case = engine.opening(applicant=history["applicant"], concerns=history["concerns"])
    route: Route | None = None
    for each in history["events"]:
        event = Event(Kind(each["kind"]), each["data"])
        if event.kind in BEGINS:
            route = routes[event.data["digest"]]
        if route is None:
            raise ValueError("it does not begin with a submission")
        case = engine.evolve(route, case, event)
    return case


def differences(case: Case, recorded: Case) -> Iterator[str]:
    """Name the fields in which the replayed case is not the recorded one."""
    came, was = case.to_state(), recorded.to_state()
    for name in came:
        if came[name] != was.get(name):
            yield f"{name} comes to {came[name]!r}, recorded is {was.get(name)!r}"


def anonymous(history: History) -> dict[str, Any]:
    """The same history without anybody in it: other ids, no words, and a chain of its own."""
    names: dict[str, str] = {}
    plain: dict[str, Any] = stripped({**history, "routes": {}}, names)
    events, previous = [], ""
    for event in plain["events"]:
        linked = {**event, "previous_hash": previous}
        previous = sealed(plain, linked)
        events.append({**linked, "hash": previous})
    return {**plain, "routes": dict(history["routes"]), "events": events}


def stripped(value: Any, names: dict[str, str]) -> Any:
    """A value with ids that lead nowhere and without what people have written."""
    if isinstance(value, Mapping):
        return {
            stripped(key, names): "" if key in WORDS else stripped(one, names)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return sorted_as_before(value, [stripped(one, names) for one in value])
    if isinstance(value, str) and IDENTIFIER.fullmatch(value):
        return names.setdefault(value, str(UUID(int=len(names) + 1)))
    return value


def sorted_as_before(before: list[Any], after: list[Any]) -> list[Any]:
    """A list of ids stays in order: an opinion keeps its people sorted."""
    ids = all(isinstance(one, str) and IDENTIFIER.fullmatch(one) for one in before)
    return sorted(after) if before and ids and before == sorted(before) else after


def recorded(
    *,
    case_id: UUID,
    case: Case,
    routes: Mapping[str, Route],
    events: list[dict[str, Any]],
) -> dict[str, Any]:
    """A history as it is kept."""
    last = routes[case.definition]
    return {
        "code": last.code,
        "version": last.version,
        "case": str(case_id),
        "applicant": case.applicant,
        "concerns": case.concerns,
        "routes": {digest: one.text for digest, one in routes.items()},
        "events": events,
        "state": case.to_state(),
    }
