"""A life lived once and copied to many: the same rows about another person.

The engine decides and seals the cases of a few people of each unit; the others of the unit have
lived the same. In a copy every id of the person's own is fresh, also inside texts, and the chains
of hashes are made anew.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as FastUUID

from devserver.city.rows import Row, Rows
from workflow import digest

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
RANDOM_BITS = 62  # the rest of an id says when it was made
NAME, LOGIN, NUMBER, PHONE = "{name}", "{login}", "{number}", "{phone}"
PREVIOUS = "{previous}"
Text = tuple[str, tuple[int, ...]]  # a format and the numbers of the ids it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One row: its values, the positions that hold an id or a word, and texts with ids inside."""

    table: str
    values: tuple[Any, ...]
    ids: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, str], ...]
    texts: tuple[tuple[int, Text], ...]
    sealed: Text | None
    begins: bool  # the first event of its case


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The forms of a life in the order of their rows, and the ids it was lived with."""

    forms: tuple[Form, ...]
    own: tuple[int, ...]

    def copy(
        self, luck: random.Random, words: Mapping[str, str]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """The rows about somebody else, by table."""
        ids = [FastUUID((each | luck.getrandbits(RANDOM_BITS)).to_bytes(16)) for each in self.own]
        spelt = [str(each) for each in ids]
        previous = ""
        for form in self.forms:
            row = filled(form, ids, spelt, words)
            if form.sealed:
                row[-2] = previous = "" if form.begins else previous
                row[-1] = previous = resealed(form.sealed, spelt, previous)
            yield form.table, tuple(row)


def of(rows: Rows) -> Life:
    """Find the holes in the rows of one life."""
    own = {str(row["id"]): number for number, row in enumerate(every(rows))}
    return Life(
        forms=tuple(form(table, row, own) for table, listed in rows.items() for row in listed),
        own=tuple(UUID(each).int >> RANDOM_BITS << RANDOM_BITS for each in own),
    )


def every(rows: Rows) -> Iterable[Row]:
    """The rows of all tables."""
    return (row for listed in rows.values() for row in listed)


def form(table: str, row: Row, own: Mapping[str, int]) -> Form:
    """A row with its holes."""
    values = tuple(row.values())
    ids = {n: own[str(value)] for n, value in enumerate(values) if str(value) in own}
    inside = {n: holed(value, own) for n, value in enumerate(values) if isinstance(value, str)}
    return Form(
        table=table,
        values=values,
        ids=tuple(ids.items()),
        words=tuple((n, value) for n, value in enumerate(values) if is_word(value)),
        texts=tuple((n, text) for n, text in inside.items() if text[1] and n not in ids),
        sealed=holed(sealed(row), own) if table == "wf_event" else None,
        begins=row.get("seq") == 1,
    )


def is_word(value: Any) -> bool:
    """Is this a place for a word about the person?"""
    return isinstance(value, str) and value in (NAME, LOGIN, NUMBER, PHONE)


def holed(text: str, own: Mapping[str, int]) -> Text:
    """A text with its own ids cut out."""
    found = [each for each in UUIDS.findall(text) if each in own]
    text = text.replace("%", "%%")
    for each in found:
        text = text.replace(each, "%s")
    return text, tuple(own[each] for each in found)


def sealed(row: Row) -> str:
    """What the hash of an event is taken over, as `ledger.event_hash` writes it."""
    at: datetime = row["at"]
    parts = [PREVIOUS, str(row["case_id"]), row["seq"], row["kind"], json.loads(row["data"])]
    return digest.canonical([*parts, at.isoformat()]).decode()


def filled(
    form: Form, ids: Sequence[UUID], spelt: Sequence[str], words: Mapping[str, str]
) -> list[Any]:
    """The row with its holes filled."""
    row = list(form.values)
    for position, number in form.ids:
        row[position] = ids[number]
    for position, (text, numbers) in form.texts:
        row[position] = text % tuple([spelt[number] for number in numbers])
    for position, word in form.words:
        row[position] = words[word]
    return row


def resealed(sealed: Text, spelt: Sequence[str], previous: str) -> str:
    """The hash of an event of a copy."""
    text, numbers = sealed
    text = text % tuple([spelt[number] for number in numbers])
    return hashlib.sha256(text.replace(PREVIOUS, previous, 1).encode()).hexdigest()
