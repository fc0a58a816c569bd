"""Routes (流程): a TOML text compiled to frozen values, and which route a subject takes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workflow import route_check
from workflow.route_shape import RouteError
from workflow.vocabulary import (
    GROUPS,
    Act,
    Group,
    OnOverdue,
    OnResubmit,
    Relation,
    SkipWhen,
    Understaffed,
)

__all__ = ["Route", "RouteError", "StandIn", "Step", "compile_route", "load_all", "select"]

FOLDER = Path(__file__).parent / "routes"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Who gives the missing opinions of an understaffed step."""

    org: Relation
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step (业务步骤) of a route."""

    key: str
    title: str
    title_en: str
    org: Relation
    groups: tuple[Group, ...]
    needs: int
    may: frozenset[Act]
    return_to: tuple[str, ...]
    not_acted_in: tuple[str, ...]
    writes: tuple[str, ...]
    due: int | None
    on_overdue: tuple[OnOverdue, ...]
    skip_when: SkipWhen | None
    ends_for: tuple[str, ...]
    understaffed: Understaffed
    stand_in: StandIn | None

    def to_data(self) -> dict[str, Any]:
        """Return the step fit for JSON."""
        return {
            "key": self.key,
            "title": self.title,
            "title_en": self.title_en,
            "org": self.org.value,
            "groups": [group.value for group in self.groups],
            "needs": self.needs,
            "may": [act.value for act in Act if act in self.may],
            "return_to": list(self.return_to),
            "not_acted_in": list(self.not_acted_in),
            "writes": list(self.writes),
            "due": self.due,
            "on_overdue": [level.value for level in self.on_overdue],
            "skip_when": self.skip_when and self.skip_when.value,
            "ends_for": list(self.ends_for),
            "understaffed": self.understaffed.value,
            "stand_in": self.stand_in
            and {
                "org": self.stand_in.org.value,
                "groups": [group.value for group in self.stand_in.groups],
            },
        }


@dataclass(frozen=True, kw_only=True)
class Route:
    """A compiled route; `text` is what was reviewed, `digest` its fingerprint."""

    code: str
    version: int
    title: str
    title_en: str
    subject: str
    applies: Mapping[str, tuple[str, ...]]
    on_resubmit: OnResubmit
    steps: tuple[Step, ...]
    digest: str
    text: str = field(repr=False)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Where each step stands."""
        return {step.key: position for position, step in enumerate(self.steps)}

    def step(self, key: str) -> Step:
        """Return the step with this key."""
        return self.steps[self.order[key]]

    def to_data(self) -> dict[str, Any]:
        """Return the route fit for JSON: what the database keeps as `compiled`."""
        return {
            "code": self.code,
            "version": self.version,
            "title": self.title,
            "title_en": self.title_en,
            "subject": self.subject,
            "applies": {selector: list(words) for selector, words in self.applies.items()},
            "on_resubmit": self.on_resubmit.value,
            "digest": self.digest,
            "steps": [step.to_data() for step in self.steps],
        }


def compile_route(text: str, *, file: str = "") -> Route:
    """Compile a route text; a fault is raised with its rule and line."""
    document = route_check.checked(text, file=file)
    return Route(
        code=document["code"],
        version=document["version"],
        title=document["title"],
        title_en=document.get("title_en", document["title"]),
        subject=document["subject"],
        applies={key: tuple(words) for key, words in document.get("applies", {}).items()},
        on_resubmit=OnResubmit(document.get("on_resubmit", OnResubmit.RESTART)),
        steps=tuple(map(compiled_step, document["step"])),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )


def compiled_step(table: Mapping[str, Any]) -> Step:
    """Make a step of a table that has passed every rule."""
    return Step(
        key=table["key"],
        title=table["title"],
        title_en=table.get("title_en", table["title"]),
        org=Relation(table["by"]["org"]),
        groups=named(table["by"]["groups"]),
        needs=table.get("needs", 1),
        may=frozenset(map(Act, table["may"])),
        return_to=tuple(table.get("return_to", route_check.RETURN_TO)),
        not_acted_in=tuple(table.get("not_acted_in", ())),
        writes=tuple(table.get("writes", ())),
        due=route_check.workdays(table["due"]) if "due" in table else None,
        on_overdue=tuple(map(OnOverdue, table.get("on_overdue", ()))),
        skip_when=SkipWhen(table["skip_when"]) if "skip_when" in table else None,
        ends_for=tuple(table.get("ends_for", ())),
        understaffed=Understaffed(table.get("understaffed", Understaffed.TELL_SUPERIOR)),
        stand_in=stand_in(table["stand_in"]) if "stand_in" in table else None,
    )


def stand_in(table: Mapping[str, Any]) -> StandIn:
    """Make a stand-in of its table."""
    return StandIn(org=Relation(table["org"]), groups=named(table["groups"]))


def named(titles: list[str]) -> tuple[Group, ...]:
    """Find the groups by the titles officials use."""
    return tuple(GROUPS[title] for title in titles)


def load_all(folder: Path = FOLDER) -> Mapping[str, Route]:
    """Compile every route file of a folder and check that they fit together."""
    routes = [load(path) for path in sorted(folder.glob("*.toml"))]
    route_check.fit_together(routes)
    return {route.code: route for route in routes}


def load(path: Path) -> Route:
    """Compile one file; its bytes are what the digest is taken over."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as fault:
        raise RouteError("utf8", line=1, data={"at": fault.start}, file=path.name) from fault
    return compile_route(text, file=path.name)


def select(routes: Mapping[str, Route], subject: str, selectors: Mapping[str, str]) -> Route:
    """Find the one route a subject takes; a `LookupError` means that none is published."""
    for route in routes.values():
        if route.subject == subject and all(
            selectors.get(selector) in words for selector, words in route.applies.items()
        ):
            return route
    raise LookupError(f"no route for {subject} {dict(selectors)}")
