"""Citizen numbers (公民身份号码): registered once, found by exact number, sealed in the vault.

A command that is given a number puts `fingerprint` of it into what its idempotency key stands
for, never the number: a hash without a key is guessed in seconds.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from models import identity_change_sql, identity_sql, read
from models.read import Connection
from rules.document import Document, DocumentType
from workflow import keyring


async def register(c: Connection, person_id: UUID, document: Document, *, now: datetime) -> bool:
    """Keep somebody's number for good; False when the number or the person has one already.

    What a stranger may be told of a False is the caller's business.
    """
    return bool(await read.value(identity_sql.REGISTER, kept(person_id, document, now), on=c))


async def propose(c: Connection, change_id: UUID, person_id: UUID, document: Document) -> None:
    """Keep the number somebody asks for, sealed, until it is decided."""
    sealed = keyring.current().seal(
        document.number.encode("ascii"), bound(person_id, document.type)
    )
    await c.execute_query(identity_change_sql.PROPOSE, [change_id, document.type.value, sealed])


async def proposed(c: Connection, change_id: UUID, person_id: UUID) -> Document:
    """The number somebody asks for, opened to be compared with the paper and for nothing else."""
    found = await read.row(identity_change_sql.PROPOSED, [change_id], on=c)
    assert found is not None
    kind = DocumentType(found.document)
    plain = keyring.current().open(found.sealed, bound(person_id, kind))
    return Document(type=kind, number=plain.decode("ascii"))


async def exchange(c: Connection, person_id: UUID, document: Document, *, now: datetime) -> bool:
    """Put a number in the place of the present one; False if another has it."""
    return bool(
        await read.value(identity_change_sql.EXCHANGE, kept(person_id, document, now), on=c)
    )


def kept(person_id: UUID, document: Document, now: datetime) -> list[Any]:
    """A number as the vault keeps it: sealed for its person, its hashes, its masks."""
    kind, number, keys = document.type, document.number, keyring.current()
    sealed = keys.seal(number.encode("ascii"), bound(person_id, kind))
    masks = (document.standard, document.strict)
    return [person_id, kind.value, sealed, *keys.lookups(kind, number), *masks, keys.writing, now]


async def find(c: Connection, document: Document) -> UUID | None:
    """Whose number it is, exactly; whoever asks for a viewer counts and audits it."""
    hashes = keyring.current().lookups(document.type, document.number)
    found: UUID | None = await read.value(identity_sql.FIND, hashes, on=c)
    return found


async def own_mask(person_id: UUID) -> str | None:
    """The mask with both ends, which is for the person himself alone."""
    found: str | None = await read.value(identity_sql.OWN_MASK, [person_id])
    return found


def fingerprint(document: Document) -> str:
    """What stands for a number where equality has to show: in the digest of a command."""
    hashes = keyring.current().lookups("command", document.type, document.number)
    return next(each.hex() for each in hashes if each)


def bound(person_id: UUID, document_type: str) -> bytes:
    """The row an envelope belongs to."""
    return f"person_identity|{person_id}|{document_type}".encode()
