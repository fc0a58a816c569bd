"""The compile rules of route files; each names its file and line."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from workflow import route_lines, route_shape
from workflow.route_shape import Place, RouteError
from workflow.vocabulary import (
    APPLICANT,
    GROUPS,
    INSIDE,
    REVIEWING,
    SUBJECTS,
    Act,
    OnOverdue,
    OnResubmit,
    Relation,
    SkipWhen,
    Understaffed,
)

if TYPE_CHECKING:
    from workflow.route import Route, Step

RETURN_TO = (APPLICANT,)
WORD = re.compile(r"[a-z][a-z0-9_]{0,31}")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
DUE = re.compile(r"([1-9][0-9]{0,2}) workdays")
MOST_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One step, its place in the text and its neighbourhood."""

    place: Place
    table: Mapping[str, Any]
    earlier: tuple[str, ...]
    neighbours: tuple[Mapping[str, Any], ...]
    last: bool
    subject: str

    @property
    def may(self) -> frozenset[str]:
        """The acts the step offers."""
        return frozenset(self.table["may"])

    def known(self, key: str, allowed: Iterable[str], rule: str) -> None:
        """Refuse the first word of a list that is not allowed."""
        self.place.known(key, self.table.get(key, ()), allowed, rule)


def checked(text: str, *, file: str) -> Mapping[str, Any]:
    """Parse a route text and hold it against every rule."""
    document = route_shape.parsed(text, file=file)
    place = Place(file=file, lines=route_lines.locate(text))
    route_shape.check(document, place)
    for rule in ROUTE_RULES:
        rule(document, place)
    for look in looks(document, place):
        for step_rule in STEP_RULES:
            step_rule(look)
    return document


def looks(document: Mapping[str, Any], place: Place) -> Iterable[Look]:
    """Walk the steps in order."""
    steps = document["step"]
    for number, table in enumerate(steps):
        yield Look(
            place=place.at(number),
            table=table,
            earlier=tuple(step["key"] for step in steps[:number]),
            neighbours=(*steps[max(0, number - 1) : number], *steps[number + 1 : number + 2]),
            last=number + 1 == len(steps),
            subject=document["subject"],
        )


def route_words(document: Mapping[str, Any], place: Place) -> None:
    """Hold the route's own words against the closed lists."""
    if not CODE.fullmatch(document["code"]):
        place.fail("bad_code", "code", code=document["code"])
    if document["version"] < 1:
        place.fail("version", "version", version=document["version"])
    place.known("subject", [document["subject"]], SUBJECTS, "unknown_subject")
    place.known(
        "on_resubmit",
        [document.get("on_resubmit", OnResubmit.RESTART)],
        OnResubmit,
        "unknown_on_resubmit",
    )


def titles(document: Mapping[str, Any], place: Place) -> None:
    """Refuse an empty title anywhere."""
    for number, table in ((None, document), *enumerate(document["step"])):
        for key in ("title", "title_en"):
            if not table.get(key, "-").strip():
                place.at(number).fail("empty_title", key, key=key)


def applies(document: Mapping[str, Any], place: Place) -> None:
    """Hold the selectors against those of the subject."""
    selectors = SUBJECTS[document["subject"]].selectors
    chosen = document.get("applies", {})
    place.known("applies", chosen, selectors, "unknown_selector")
    for selector, words in chosen.items():
        if not words:
            place.fail("empty_list", "applies", key=f"applies.{selector}")
        place.known("applies", words, selectors[selector], "unknown_selector")


def step_keys(document: Mapping[str, Any], place: Place) -> None:
    """Refuse a route without steps, and keys that are not unique words."""
    if not document["step"]:
        place.fail("no_steps", "step")
    seen = {APPLICANT}
    for number, table in enumerate(document["step"]):
        key = table["key"]
        if key == APPLICANT:
            place.at(number).fail("reserved_step", "key", key=key)
        if key in seen:
            place.at(number).fail("duplicate_step", "key", key=key)
        if not WORD.fullmatch(key):
            place.at(number).fail("bad_step_key", "key", key=key)
        seen.add(key)


def step_words(look: Look) -> None:
    """Hold the step's words against the closed lists."""
    look.known("may", REVIEWING, "unknown_act")
    addressed(look, "by")
    policy = look.table.get("understaffed", Understaffed.TELL_SUPERIOR)
    look.place.known("understaffed", [policy], Understaffed, "unknown_understaffed")
    if "skip_when" in look.table:
        look.place.known("skip_when", [look.table["skip_when"]], SkipWhen, "unknown_skip_when")
    look.known("on_overdue", OnOverdue, "unknown_on_overdue")
    look.known("writes", SUBJECTS[look.subject].writable, "unknown_field")


def addressed(look: Look, key: str) -> None:
    """Hold an organisation and its groups against the closed lists."""
    table = look.table[key]
    look.place.known(key, [table["org"]], Relation, "unknown_relation")
    look.place.known(key, table["groups"], GROUPS, "unknown_group")
    if not table["groups"]:
        look.place.fail("empty_list", key, key=f"{key}.groups")


def acts(look: Look) -> None:
    """Refuse a step that cannot be left, or whose acts contradict each other."""
    if Act.PASS not in look.may:
        look.place.fail("no_pass", "may")
    needs = look.table.get("needs", 1)
    if not 1 <= needs <= MOST_PEOPLE:
        look.place.fail("needs_range", "needs", needs=needs, most=MOST_PEOPLE)
    if needs > 1 and not look.may & INSIDE:
        look.place.fail("needs_without_inside", "needs", needs=needs)
    if Act.RETURN_INSIDE in look.may and not look.may & INSIDE:
        look.place.fail("return_inside_without_inside", "may")


def earlier_steps(look: Look) -> None:
    """Refuse to look or to go anywhere but back."""
    look.known("not_acted_in", look.earlier, "not_an_earlier_step")
    look.known("return_to", (APPLICANT, *look.earlier), "not_an_earlier_step")
    if Act.RETURN in look.may and not look.table.get("return_to", RETURN_TO):
        look.place.fail("empty_list", "return_to", key="return_to")


def terms(look: Look) -> None:
    """Refuse a term nobody can read, and an effect of a term that is not there."""
    due = look.table.get("due")
    if due is not None and not DUE.fullmatch(due):
        look.place.fail("bad_due", "due", due=due)
    if look.table.get("on_overdue") and due is None:
        look.place.fail("overdue_without_due", "on_overdue")


def skipping(look: Look) -> None:
    """Refuse two neighbours that could both be skipped in favour of each other."""
    kept = [step for step in look.neighbours if "skip_when" not in step]
    if "skip_when" in look.table and (not kept or len(kept) < len(look.neighbours)):
        look.place.fail("skip_needs_neighbour", "skip_when")


def early_end(look: Look) -> None:
    """Refuse an early end where there is nothing to leave out or nothing to ask for."""
    businesses = SUBJECTS[look.subject].selectors.get("business", ())
    look.known("ends_for", businesses, "unknown_business")
    if look.table.get("ends_for") and look.last:
        look.place.fail("ends_for_last_step", "ends_for")


def stand_in(look: Look) -> None:
    """Refuse a stand-in nobody calls, a call nobody answers, and one's own organisation."""
    called = look.table.get("understaffed") == Understaffed.STAND_IN
    if called != ("stand_in" in look.table):
        look.place.fail("stand_in_mismatch", "stand_in" if not called else "understaffed")
    if called:
        addressed(look, "stand_in")
        if look.table["stand_in"]["org"] == look.table["by"]["org"]:
            look.place.fail("stand_in_same_org", "stand_in", org=look.table["by"]["org"])


RouteRule = Callable[[Mapping[str, Any], Place], None]
StepRule = Callable[[Look], None]
ROUTE_RULES: tuple[RouteRule, ...] = (route_words, titles, applies, step_keys)
STEP_RULES: tuple[StepRule, ...] = (
    step_words,
    acts,
    earlier_steps,
    terms,
    skipping,
    early_end,
    stand_in,
)


def workdays(due: str) -> int:
    """Read a term."""
    return int(due.partition(" ")[0])


def fit_together(routes: Sequence["Route"]) -> None:
    """Refuse a set of routes in which a subject has no way or two."""
    codes = [route.code for route in routes]
    for route in routes:
        if codes.count(route.code) > 1:
            raise RouteError("duplicate_route", line=1, data={"code": route.code})
    for subject in sorted({route.subject for route in routes}):
        one_way([route for route in routes if route.subject == subject], subject)


def one_way(routes: Sequence["Route"], subject: str) -> None:
    """Refuse a combination of selectors that leads to no route or to several."""
    selectors = SUBJECTS[subject].selectors
    for words in product(*selectors.values()):
        chosen = dict(zip(selectors, words, strict=True))
        found = [
            route.code
            for route in routes
            if all(chosen[selector] in allowed for selector, allowed in route.applies.items())
        ]
        if len(found) != 1:
            rule = "selection_overlap" if found else "selection_gap"
            data = {"subject": subject, "selectors": chosen, "routes": found}
            raise RouteError(rule, line=1, data=data)


def warnings(route: "Route") -> tuple[RouteError, ...]:
    """Name the steps that separation of duties can leave without anybody."""
    lines = route_lines.locate(route.text)
    return tuple(
        RouteError(
            "separation_may_leave_nobody",
            line=route_lines.line_of(lines, number, "not_acted_in"),
            data={"step": step.key, "earlier": earlier},
        )
        for number, step in enumerate(route.steps)
        for earlier in step.not_acted_in
        if share_people(step, route.step(earlier))
    )


def share_people(step: "Step", earlier: "Step") -> bool:
    """Tell whether the same seats may act in both steps."""
    seats = {(step.org, group) for group in step.groups}
    acting = {(earlier.org, group) for group in earlier.groups}
    if earlier.stand_in:
        acting |= {(earlier.stand_in.org, group) for group in earlier.stand_in.groups}
    return bool(seats & acting)
