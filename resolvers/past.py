"""A person's past (履历): where he worked, and what was stated of him until it changed."""

from collections.abc import Awaitable

from models import person_source, sources
from models.read import Row
from resolvers import label, title
from resolvers.context import Context
from resolvers.label import Label
from rules.title import Title


def employments(context: Context, row: Row) -> Awaitable[list[Row]]:
    """Where he works and worked, the present employer first."""
    order = "em.from_on DESC, em.id DESC"
    return context.many(person_source.EMPLOYMENT, "person_id", row.id, order)


def former_profiles(context: Context, row: Row) -> Awaitable[list[Row]]:
    """What was stated of him before, the latest first."""
    order = "fp.until_at DESC, fp.id DESC"
    return context.many(person_source.FORMER_PROFILE, "person_id", row.id, order)


def changed(context: Context, row: Row) -> list[Label]:
    """Which fields are other since then."""
    return [label.word(context, "stated", one) for one in row.changed]


def held(_: Context, row: Row) -> Title | None:
    """The title he held."""
    return title.by_code(row.title_code)


def changer(_: Context, row: Row) -> str | None:
    """The name of who changed it, as it is now."""
    name: str | None = row.changer
    return name


def former_accounts(context: Context, row: Row) -> Awaitable[list[Row]]:
    """Whom he was in accounts that have ended in this one, the oldest first."""
    return context.many(sources.PERSON, "absorbed_by_id", row.id, "s.created_at, s.id")
