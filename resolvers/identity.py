"""Numbers that are shown to reviewers, people found by theirs, and who has seen one's own."""

from dataclasses import dataclass
from uuid import UUID

from models import audit_sql, read, sources
from models.read import Row
from resolvers import command, ids
from resolvers.command import Payload
from resolvers.context import Context
from rules import document
from rules.document import DocumentType
from rules.refusal import Refused
from workflow import disclosure as verbs
from workflow.disclosure import Purpose, Stated


@dataclass(frozen=True, kw_only=True)
class RevealIdentityInput:
    person_id: ids.NodeId
    case_id: ids.NodeId
    purpose: Purpose
    reason: str


@dataclass(frozen=True, kw_only=True)
class FindPersonInput:
    document_type: DocumentType = DocumentType.CITIZEN
    number: str


async def reveal(context: Context, *, input: RevealIdentityInput) -> Payload:
    """The whole number of somebody under review."""
    person = command.key(input.person_id, "Person", path="personId")
    case = command.key(input.case_id, "Case", path="caseId")
    if isinstance(person, Refused):
        return person
    if isinstance(case, Refused):
        return case
    stated = Stated(purpose=input.purpose, reason=input.reason)
    found = await verbs.reveal(
        context.me, person_id=person, case_id=case, stated=stated, now=context.now
    )
    if isinstance(found, Refused):
        return found
    return {"document_type": found.type, "number": found.number}


async def find(context: Context, *, input: FindPersonInput) -> Payload:
    """Whoever has exactly this number, among those one may read."""
    wanted = document.document(input.document_type, input.number, today=context.today)
    if isinstance(wanted, Refused):
        return wanted.under("number")
    found = await verbs.look_up(context.me, wanted)
    if isinstance(found, Refused):
        return found
    person = await command.again(context, sources.PERSON, found) if found else None
    return {"person": person}


async def accesses(context: Context, row: Row) -> list[Row]:
    """Who has seen one's own number; of others nothing is told."""
    return await seen(row.id) if row.id == context.me.person_id else []


async def seen(person_id: UUID) -> list[Row]:
    """The latest hundred times."""
    return await read.rows(audit_sql.ACCESSES, [person_id])
