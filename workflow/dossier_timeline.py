"""The timeline (办理情况) and the opinions of a dossier: events in words, with their numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.read import Row
from workflow import message, timeline
from workflow.case import Kind
from workflow.route import Route
from workflow.timeline import Titles
from workflow.vocabulary import APPLICANT, SUBJECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one route in one language."""

    route: Route
    language: str

    def __call__(self, kind: str, key: str) -> str:
        return message.catalogue(self.language).get(f"{kind}.{key}", key)

    @property
    def business(self) -> str:
        """The title of the route."""
        return self.named((self.route.title, self.route.title_en))

    def named(self, pair: Sequence[str]) -> str:
        """Of a name in Chinese and English, the reader's."""
        return pair[self.language == "en"]

    def step(self, key: str | None, former: Titles) -> str | None:
        """A step by its title; `former` are those of versions the case has left."""
        if key is None:
            return None
        if key == APPLICANT:
            return self("step", SUBJECTS[self.route.subject].sender)
        if key not in self.route.order:
            return self.named(former.get(key, (key, key)))
        found = self.route.step(key)
        return self.named((found.title, found.title_en))


def lines(events: Sequence[Row], words: Words) -> list[dict[str, Any]]:
    """Who did what, for whom, when, with which remark, and what he made of the numbers."""
    former = timeline.former_titles(events)
    return [line(one, json.loads(one.data), words, former) for one in events]


def line(event: Row, data: Mapping[str, Any], words: Words, former: Titles) -> dict[str, Any]:
    """One event."""
    return {
        "number": event.seq,
        "at": event.at,
        "kind": event.kind,
        "act": data.get("act") if event.kind == Kind.OPINED else None,
        "what": words(*timeline.deed(event.kind, data)),
        "step": words.step(timeline.place(event.kind, data), former),
        "to": words.step(timeline.destination(data), former),
        "person": event.person,
        "onBehalfOf": event.principal,
        "organisation": event.organisation,
        "remark": data.get("comment") or "",
        "round": data.get("round"),
        "changes": changes(data, words),
    }


def changes(data: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Numbers as they were declared and as they were granted (拟报→核定).

    Events from before they kept the declared number have none.
    """
    stated = data.get("declared") or {}
    return [
        {"field": name, "name": words("field", name), "declared": stated.get(name), "approved": to}
        for name, to in sorted((data.get("values") or {}).items())
    ]


def opinions(given: Sequence[Row], events: Sequence[Row], words: Words) -> list[dict[str, Any]]:
    """Every opinion, and the event that ended its force."""
    former = timeline.former_titles(events)
    said = {one.seq: one for one in events}
    return [opinion(one, said[one.event_seq], words, former) for one in given]


def opinion(given: Row, event: Row, words: Words, former: Titles) -> dict[str, Any]:
    """One opinion with the remark of its event."""
    return {
        "event": given.event_seq,
        "round": given.round,
        "step": words.step(given.step_key, former),
        "person": given.person,
        "onBehalfOf": given.principal,
        "organisation": event.organisation,
        "act": given.act,
        "what": words("act", given.act),
        "remark": json.loads(event.data).get("comment") or "",
        "at": event.at,
        "revision": given.revision,
        "endedByEvent": given.voided_seq,
    }
