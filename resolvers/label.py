"""Words of ours with their name in the reader's language."""

from dataclasses import dataclass

from resolvers.context import Context
from workflow import definition, message
from workflow.route import Route
from workflow.vocabulary import APPLICANT, SUBJECTS


@dataclass(frozen=True, slots=True)
class Label:
    """A key that programs compare, and the name people read."""

    key: str
    name: str


def word(context: Context, kind: str, key: str) -> Label:
    """A word of a closed list; one the catalogue does not know is shown as it is."""
    texts = message.catalogue(context.language)
    return Label(key, texts.get(f"{kind}.{key}", key))


def business(context: Context, route: Route | None, code: str) -> Label:
    """A route by its title."""
    if route is None:
        return Label(code, code)
    return Label(code, route.title_en if context.language == "en" else route.title)


def step(context: Context, route: Route | None, key: str | None) -> Label | None:
    """A step by its title; what comes before the first is the applicant's."""
    if key is None:
        return None
    if route is None or key == APPLICANT:
        sender = SUBJECTS[route.subject].sender if route else key
        return Label(key, word(context, "step", sender).name)
    found = route.step(key)
    return Label(key, found.title_en if context.language == "en" else found.title)


def shipped(code: str) -> Route | None:
    """The route of this release."""
    return definition.shipped().get(code)
