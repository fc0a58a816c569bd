"""What the page of a one-time link asks: what the link is good for, and what a password must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.read import Row
from resolvers.context import Context
from resolvers.failure import Unanswerable
from rules import password
from rules.password import Rule
from rules.refusal import Refused
from workflow import message, session
from workflow import password_link as links


class PasswordLinkKind(StrEnum):
    """What a link is good for."""

    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is asked of a new password."""

    shortest: int
    kinds: int
    sentences: list[str]


async def look(context: Context, *, token: str) -> Row | None:
    """What a link is good for, if it still is."""
    found = await links.look(token, address=context.door.address, now=context.now)
    if isinstance(found, Refused):
        raise Unanswerable(found.code, **found.data)
    return found


def app_needed(context: Context, row: Row) -> bool:
    """Will he need an authenticator app to come in?"""
    return bool(row.staff and context.limits.asks.second_factor)


def rules(context: Context) -> Rules:
    """What is asked of every new password here."""
    rule = password.RULES[context.limits.passwords]
    data = {
        "least": rule.shortest,
        "kinds": rule.kinds,
        "last": session.REMEMBERED,
        "days": rule.lasts.days if rule.lasts else 0,
    }
    told = [message.sentence(f"password_rule.{key}", data, context.language) for key in keys(rule)]
    return Rules(shortest=rule.shortest, kinds=rule.kinds, sentences=told)


def keys(rule: Rule) -> Iterator[str]:
    """The sentences of the catalogue that hold; length and kinds come first, in this order."""
    yield "length"
    if rule.kinds:
        yield "kinds"
    yield from ("guessed", "used")
    if rule.lasts:
        yield "lasts"
