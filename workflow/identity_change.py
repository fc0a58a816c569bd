"""Changes of name or number (身份信息变更): a person asks, the city decides (L71, L87).

The municipal bureau's approvers decide, never on their own. They type a number from the paper;
nobody is shown the one that was asked for, since the birth date may stand beside it. Whether it is
somebody else's only they hear, as with registering: who asks learns nothing of it, nor, until
somebody has vouched for him, whether the one he registered is his.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import account_access, identity_change_sql, read
from models.identity_change import ChangeOutcome
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from rules import dates, refusal, text
from rules import document as documents
from rules import identity as numbers
from rules.document import Document, DocumentType
from rules.refusal import Refused
from workflow import command, deadline, disclosure, history, identity, profile
from workflow.command import Answer, Done, Request
from workflow.history import Tag

LONGEST_NAME, LONGEST_REASON, LONGEST_ANSWER = 60, 500, 200
WORKDAYS = 10  # assumed: the guide names none; within the 30 days of GB/T 35273-2020 8.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What shall be another: the name, the number of a document, or both; and by what evidence."""

    name: str | None = None
    document_type: DocumentType = DocumentType.CITIZEN
    number: str | None = None
    reason: str
    evidence: str


async def ask(request: Request, *, asked: Asked) -> Answer:
    """Ask for another name or number."""
    document = read_number(asked, request.now)
    problems = unfit(asked, document)
    if problems:
        return refusal.all_of(problems)
    assert not isinstance(document, Refused)

    async def verb(c: Connection) -> Answer:
        me = request.viewer.person_id
        person = await read.row(identity_change_sql.ASKING, [me], on=c)
        assert person is not None
        own = document is not None and await identity.find(c, document) == me and person.vouched
        if refused := hindered(person, asked, own=own):
            return refused
        return await keep(c, request, person, asked, None if own else document)

    number = identity.fingerprint(document) if document else None
    given = {"name": asked.name, "number": number, "why": [asked.reason, asked.evidence]}
    return await command.once(request, "ask_identity_change", given, verb)


async def keep(
    c: Connection, request: Request, person: Row, asked: Asked, document: Document | None
) -> Answer:
    """Write the request: masks here, the number sealed in the vault."""
    name = asked.name.strip() if asked.name else None
    name = None if name == person.name else name
    change_id = uuid7()
    kind, mask = (document.type, document.strict) if document else (None, None)
    row = [change_id, person.id, person.name, name, person.masked_number, kind, mask]
    why = [asked.reason.strip(), asked.evidence.strip(), request.now, due_at(request.now)]
    await c.execute_query(identity_change_sql.ASK, [*row, *why])
    if document is not None:
        await identity.propose(c, change_id, person.id, document)
    await tell(c, request, change_id, {"fields": fields(name, document is not None)})
    return Done({"change": str(change_id)})


async def withdraw(request: Request, *, change_id: UUID) -> Answer:
    """Take the request back while it waits."""

    async def verb(c: Connection) -> Answer:
        change = await hold(c, request, change_id)
        if isinstance(change, Refused):
            return change
        if change.person_id != request.viewer.person_id:
            return Refused("NOT_APPLICANT")
        if change.disputed:
            return Refused("BEING_DECIDED")
        await close(c, request, change, ChangeOutcome.WITHDRAWN, "")
        return Done({"change": str(change_id)})

    return await command.once(request, "withdraw_identity_change", {"change": change_id}, verb)


async def decide(
    request: Request, *, change_id: UUID, granted: bool, answer: str, number: str | None = None
) -> Answer:
    """Grant or refuse it; dossiers and certificates keep what they say.

    `number` is the one on the paper, wanted where another number is granted.
    """
    problems = written(answer, LONGEST_ANSWER, "reason")
    written_on = typed(number)
    if isinstance(written_on, Refused):
        problems.append(written_on)
    if problems:
        return refusal.all_of(problems)
    assert not isinstance(written_on, Refused)

    async def verb(c: Connection) -> Answer:
        change = await hold(c, request, change_id)
        if isinstance(change, Refused):
            return change
        if change.person_id == request.viewer.person_id:
            return Refused("OWN_CASE")
        if not granted and not change.disputed:
            await close(c, request, change, ChangeOutcome.REFUSED, answer.strip())
            return Done({"change": str(change_id)})
        return await carry_out(c, request, change, answer.strip(), written_on)

    paper = identity.fingerprint(written_on) if written_on else None
    asked = {"change": change_id, "granted": granted, "answer": answer, "number": paper}
    return await command.once(request, "decide_identity_change", asked, verb)


async def carry_out(
    c: Connection, request: Request, change: Row, answer: str, typed: Document | None
) -> Answer:
    """The number first, since another may have it; what was stated before is kept."""
    if change.contested:
        return Refused("CLAIM_OPEN")
    numbered = change.document_type is not None
    if numbered and (refused := await renumber(c, change, typed, request.now)):
        return refused
    await profile.former(c, request, change.person_id, fields(change.name_after, numbered))
    if change.name_after is not None:
        renamed = [change.person_id, change.name_after]
        await c.execute_query(identity_change_sql.RENAME, renamed)
    await close(c, request, change, ChangeOutcome.GRANTED, answer)
    return Done({"change": str(change.id)})


async def renumber(
    c: Connection, change: Row, paper: Document | None, now: datetime
) -> Refused | None:
    """Give the person the number he asked for, if the paper shows that one and nobody has it."""
    asked = await on_paper(c, change, paper, now)
    if isinstance(asked, Refused):
        return asked
    taken = not await identity.exchange(c, change.person_id, asked, now=now)
    return Refused("NUMBER_TAKEN") if taken else None


def typed(number: str | None) -> Document | Refused | None:
    """A number as an approver types it from any paper; all of them look like a passport's."""
    if not number:
        return None
    found = documents.document(DocumentType.PASSPORT, number)
    return found.under("number") if isinstance(found, Refused) else found


async def on_paper(
    c: Connection, change: Row, paper: Document | None, now: datetime
) -> Document | Refused:
    """The number that was asked for, if it is the one an approver has typed from the paper."""
    if paper is None:
        return refusal.all_of([Refused("REQUIRED", {}, ("number",))])
    asked = await identity.proposed(c, change.id, change.person_id)
    read_so = documents.document(asked.type, paper.number, today=dates.shanghai_date(now))
    if isinstance(read_so, Refused):
        return refusal.all_of([read_so.under("number")])
    same = hmac.compare_digest(read_so.number.encode(), asked.number.encode())
    return asked if same else Refused("NUMBER_DIFFERS", {}, ("number",))


def read_number(asked: Asked, now: datetime) -> Document | Refused | None:
    """The number that is asked for, in its normal form, if one is."""
    if asked.number is None:
        return None
    today = dates.shanghai_date(now)
    found = documents.document(asked.document_type, asked.number, today=today)
    return found.under("number") if isinstance(found, Refused) else found


def unfit(asked: Asked, document: Document | Refused | None) -> list[Refused]:
    """What is wrong with a request by itself."""
    found = [*written(asked.reason, LONGEST_REASON, "reason")]
    found += written(asked.evidence, LONGEST_REASON, "evidence")
    if asked.name is not None:
        found += written(asked.name, LONGEST_NAME, "name", lines=False)
    if isinstance(document, Refused):
        found.append(document)
    return found


def written(words: str, most: int, at: str, *, lines: bool = True) -> list[Refused]:
    """What is wrong with a text that must be there and must not hold a number."""
    if text.blank(words):
        return [Refused("REQUIRED", {}, (at,))]
    if disclosure.NUMBER.search(numbers.compact(words)):
        return [Refused("NUMBER_IN_TEXT", {}, (at,))]
    return [one.under(at) for one in text.check(words, most=most, lines=lines)]


def hindered(person: Row, asked: Asked, *, own: bool) -> Refused | None:
    """Why somebody cannot ask now."""
    if person.waiting:
        return Refused("IDENTITY_CHANGE_WAITING")
    renamed = asked.name is not None and asked.name.strip() != person.name
    numbered = asked.number is not None and not own
    return None if renamed or numbered else Refused("IDENTITY_UNCHANGED")


async def hold(c: Connection, request: Request, change_id: UUID) -> Row | Refused:
    """An open request the viewer may read, locked with its person."""
    p = Parameters([change_id])
    readable = account_access.identity_changes(request.viewer, p, "x")
    change = await read.row(identity_change_sql.HOLD.format(readable=readable), p, on=c)
    if change is None:
        return Refused("NOT_FOUND", {}, ("changeId",))
    return Refused("CLOSED", {"status": change.outcome}) if change.closed_at else change


async def close(
    c: Connection, request: Request, change: Row, outcome: ChangeOutcome, answer: str
) -> None:
    """Close a request, forget the number that was asked for, and leave a line of history."""
    decider = None if outcome is ChangeOutcome.WITHDRAWN else request.viewer.person_id
    await c.execute_query(identity_change_sql.FORGET, [change.id])
    row = [change.id, outcome, request.now, decider, answer]
    await c.execute_query(identity_change_sql.CLOSE, row)
    await tell(c, request, change.id, {"outcome": outcome.value, "person": change.person_id})


async def tell(c: Connection, request: Request, change_id: UUID, data: Mapping[str, Any]) -> None:
    """One line of history: ids and the names of fields, never what was in them."""
    await history.write(
        c,
        tag=Tag.IDENTITY_CHANGE,
        subject_type="identity_change",
        subject_id=change_id,
        viewer=request.viewer,
        now=request.now,
        data=data,
    )


def due_at(now: datetime) -> datetime:
    """By when a request that is made now is to be decided."""
    due = deadline.due_at(workdays=WORKDAYS, arrived=now)
    assert due is not None
    return due


def fields(name: str | None, numbered: bool) -> list[str]:
    """What is another, by its name."""
    return [*(["name"] if name is not None else []), *(["number"] if numbered else [])]
