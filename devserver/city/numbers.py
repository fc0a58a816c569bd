"""Invented citizen numbers of the people, in the vault: of a district that there is not."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from stdnum.cn import ric

from devserver.city.people import Dweller
from models.read import Connection
from rules.document import Document, DocumentType
from rules.person import Gender
from workflow import identity

REGION = "440199"  # Guangzhou has no such district, so nobody has such a number


async def register(c: Connection, dwellers: Sequence[Dweller], *, now: datetime) -> None:
    """A number for everybody, which fits birth date and gender."""
    born: Counter[tuple[object, object]] = Counter()
    for each in dwellers:
        place = (each.born_on, each.gender)
        await identity.register(c, each.id, document(each, born[place]), now=now)
        born[place] += 1


def document(each: Dweller, earlier: int) -> Document:
    """The number of whoever was born there as one of several on that day."""
    sequence = 1 + 2 * earlier + (each.gender != Gender.MALE)
    body = f"{REGION}{each.born_on:%Y%m%d}{sequence:03}"
    number = body + ric.calc_check_digit(f"{body}0")
    return Document(type=DocumentType.CITIZEN, number=number)
