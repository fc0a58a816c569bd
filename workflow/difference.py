"""What changed between two texts of a route, in words: what an official compares and signs off."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflow import describe
from workflow.describe import ZH, Saying
from workflow.route import Route, Step

Words = Callable[[Saying, Step], str]


def differences(old: Route, new: Route, language: str = ZH) -> list[str]:
    """Say what differs, one line each: the route first, then its steps in their order."""
    was, shall = Saying(old, language), Saying(new, language)
    found = [*of_route(was, shall), *of_steps(was, shall)]
    if not found and old.digest != new.digest:
        return [shall("text_only")]
    return found


def of_route(was: Saying, shall: Saying) -> Iterator[str]:
    """Say what differs in the route as a whole."""
    yield from changed(shall, "title", was.title_of(was.route), shall.title_of(shall.route))
    yield from changed(shall, "subject", was.route.subject, shall.route.subject)
    yield from changed(shall, "applies", applied(was), applied(shall))
    yield from changed(shall, "on_resubmit", resubmitted(was), resubmitted(shall))


def applied(say: Saying) -> str:
    """Say which subjects take a route."""
    chosen = [f"{key} {say.word(key, words)}" for key, words in say.route.applies.items()]
    return say.listed(chosen) if chosen else say("everything")


def resubmitted(say: Saying) -> str:
    """Say where a returned case starts again."""
    return say(say.of_sender(say.route.on_resubmit.value))


def of_steps(was: Saying, shall: Saying) -> Iterator[str]:
    """Say which steps are gone, which are new, which stand elsewhere, and what differs in each."""
    for step in was.route.steps:
        if step.key not in shall.route.order:
            yield was("step_gone", step=was.title_of(step))
    kept = [step.key for step in was.route.steps if step.key in shall.route.order]
    moved = [step.key for step in shall.route.steps if step.key in was.route.order] != kept
    for step in shall.route.steps:
        if step.key not in was.route.order:
            yield shall("step_new", step=shall.title_of(step), by=by(shall, step))
        else:
            yield from of_step(was, shall, step)
    if moved:
        order = [shall.title_of(step) for step in shall.route.steps]
        yield shall("step_order", order=shall.listed(order))


def of_step(was: Saying, shall: Saying, step: Step) -> Iterator[str]:
    """Say what differs in one step."""
    before, title = was.route.step(step.key), shall.title_of(step)
    for name, words in WORDS.items():
        if VALUES[name](before) != VALUES[name](step):
            yield from changed(shall, name, words(was, before), words(shall, step), at=title)


def changed(say: Saying, name: str, before: str, after: str, *, at: str = "") -> Iterator[str]:
    """Say that something is not as it was."""
    if before != after:
        kind = "change_of_step" if at else "change"
        yield say(kind, step=at, name=say(f"name_{name}"), before=before, after=after)


def by(say: Saying, step: Step) -> str:
    """Say whose step it is."""
    return say("by", relation=step.org, group=step.groups)


def one_or_more(say: Saying, step: Step) -> str:
    """Say how many people it takes."""
    return say("people", needs=step.needs)


def named(say: Saying, kind: str, words: tuple[str, ...]) -> str:
    """Say words of a closed list, or that there are none."""
    return say.word(kind, words) if words else say("none")


def steps(say: Saying, keys: tuple[str, ...]) -> str:
    """Name steps, or say that there are none."""
    return say.listed(say.places(keys)) if keys else say("none")


def shortage(say: Saying, step: Step) -> str:
    """Say what happens when people are missing."""
    if step.stand_in:
        return say("by", relation=step.stand_in.org, group=step.stand_in.groups)
    return say(step.understaffed.value)


VALUES: Mapping[str, Callable[[Step], Any]] = {
    "title": lambda step: (step.title, step.title_en),
    "by": lambda step: (step.org, step.groups),
    "needs": lambda step: step.needs,
    "may": lambda step: step.may,
    "return_to": describe.places,
    "apart": lambda step: step.not_acted_in,
    "writes": lambda step: step.writes,
    "due": lambda step: step.due,
    "on_overdue": lambda step: step.on_overdue,
    "skip": lambda step: step.skip_when,
    "ends_for": lambda step: step.ends_for,
    "shortage": lambda step: (step.understaffed, step.stand_in),
}
WORDS: Mapping[str, Words] = {
    "title": lambda say, step: say.title_of(step),
    "by": by,
    "needs": one_or_more,
    "may": lambda say, step: say.word("act", describe.offered(step)),
    "return_to": lambda say, step: steps(say, describe.places(step)),
    "apart": lambda say, step: steps(say, step.not_acted_in),
    "writes": lambda say, step: named(say, "field", step.writes),
    "due": lambda say, step: say("days", days=step.due) if step.due else say("none"),
    "on_overdue": lambda say, step: named(say, "overdue", step.on_overdue),
    "skip": lambda say, step: say("skip") if step.skip_when else say("none"),
    "ends_for": lambda say, step: named(say, "business", step.ends_for),
    "shortage": shortage,
}
