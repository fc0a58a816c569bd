"""The catalogue of professional titles."""

from collections.abc import Sequence

from resolvers.context import Context
from rules import title
from rules.title import Title, TitleLevel


def titles(
    _: Context,
    *,
    series: str | None = None,
    level: TitleLevel | None = None,
    contains: str | None = None,
) -> Sequence[Title]:
    """Titles of a series, of a level, or with a word in the name; the catalogue is short."""
    return [
        each
        for each in title.catalogue().values()
        if (series is None or each.series == series)
        and (level is None or each.level is level)
        and (contains is None or contains in each.title)
    ]


def by_code(code: str | None) -> Title | None:
    """One title."""
    return title.catalogue().get(code) if code else None
