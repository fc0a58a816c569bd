"""Words of ours with their name in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from resolvers.context import Context
from workflow import definition, message
from workflow.route import Route
from workflow.vocabulary import APPLICANT, SUBJECTS

NO_TITLES: Mapping[str, Sequence[str]] = MappingProxyType({})


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


def step(
    context: Context,
    route: Route | None,
    key: str | None,
    titles: Mapping[str, Sequence[str]] = NO_TITLES,
) -> Label | None:
    """A step by its title; what comes before the first is the applicant's.

    `titles` are those of steps of an earlier version of the route, in Chinese and English.
    """
    if key is None:
        return None
    if route is None or key == APPLICANT:
        sender = SUBJECTS[route.subject].sender if route else key
        return Label(key, word(context, "step", sender).name)
    if key not in route.order:
        names = titles.get(key, (key, key))
        return Label(key, names[context.language == "en"])
    found = route.step(key)
    return Label(key, found.title_en if context.language == "en" else found.title)


def shipped(code: str) -> Route | None:
    """The route of this release."""
    return definition.shipped().get(code)
