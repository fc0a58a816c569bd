"""Identity documents (身份证件): their kinds, their numbers in normal form, their masks."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules import identity
from rules.refusal import Refused

SHORTEST, LONGEST = 6, 18
SIGNS = identity.DIGITS | identity.LETTERS
SHOWN = 1  # at either end of a short number, to its owner


class DocumentType(StrEnum):
    """What somebody proves his identity with.

    Residence permits of people from Hong Kong, Macao and Taiwan (810000, 820000, 830000) carry a
    citizen number of 18 digits, so they are of the first kind.
    """

    CITIZEN = "citizen"
    HONG_KONG_MACAO = "hong_kong_macao"
    TAIWAN = "taiwan"
    FOREIGN_RESIDENT = "foreign_resident"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with its number in normal form, which stays out of every printed form."""

    type: DocumentType
    number: str = field(repr=False)

    @property
    def standard(self) -> str:
        """The mask its owner sees."""
        if self.type is DocumentType.CITIZEN:
            return identity.mask_standard(self.number)
        return identity.masked(self.number, head=SHOWN, tail=SHOWN)

    @property
    def strict(self) -> str:
        """The mask everybody else sees: with a birth date beside it 500 numbers still fit."""
        if self.type is DocumentType.CITIZEN:
            return identity.mask_strict(self.number)
        return identity.masked(self.number, head=SHOWN, tail=0)


def document(kind: DocumentType, written: str, *, today: date | None = None) -> Document | Refused:
    """Read the number of a document; a citizen number of 15 digits becomes the one of 18."""
    if kind is DocumentType.CITIZEN:
        found = identity.citizen(written, today=today)
        return found if isinstance(found, Refused) else Document(type=kind, number=found.number)
    number = identity.compact(written)
    if not SHORTEST <= len(number) <= LONGEST:
        return Refused("LENGTH", {"lengths": [SHORTEST, LONGEST], "length": len(number)})
    stray = identity.first_outside(number, SIGNS)
    if stray:
        return Refused("CHARACTER", {"position": stray})
    return Document(type=kind, number=number)
