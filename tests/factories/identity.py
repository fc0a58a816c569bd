"""Invented numbers, which nobody has: of region 000000, with the right check digit."""

import itertools
from datetime import date
from uuid import UUID

from stdnum.cn import ric
from tortoise.transactions import in_transaction

from rules import document
from rules.document import Document, DocumentType
from tests.factories.people import NOW
from workflow import identity

SEQUENCE = itertools.count(1)


def number(born: date = date(1985, 6, 8), *, region: str = "000000", sequence: int = 1) -> str:
    """The number of somebody born then."""
    body = f"{region}{born:%Y%m%d}{sequence:03}"
    return body + ric.calc_check_digit(f"{body}0")


def citizen(written: str | None = None) -> Document:
    """A document with this number, or with a new one."""
    count = next(SEQUENCE)
    fresh = number(date(1950 + count // 900 % 50, 1, 1 + count // 45_000), sequence=count % 900)
    found = document.document(DocumentType.CITIZEN, written or fresh)
    assert isinstance(found, Document)
    return found


async def numbered(person_id: UUID, written: str | None = None) -> Document:
    """Somebody with a number in the vault."""
    found = citizen(written)
    async with in_transaction() as c:
        assert await identity.register(c, person_id, found, now=NOW)
    return found
