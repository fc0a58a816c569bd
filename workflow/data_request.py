"""Requests about one's own data (个人信息保护法 46, 47): to correct it, to close the account.

The municipal bureau's approvers of accounts (信息中心) answer. What the law wants kept stays:
records, cases, certificates, the log. A name is corrected by the answer itself; for the rest the
answer says by which verb it was corrected.
"""

from datetime import datetime, timedelta
from uuid import UUID

from models import account_access, data_request_sql, read
from models.access import Viewer
from models.data_request import DataField, DataRequestKind, DataRequestOutcome
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection, Parameters, Row
from rules import dates, refusal, text
from rules import identity as numbers
from rules.refusal import Refused
from workflow import command, deadline, disclosure, history, notice, profile
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.notice import Telling

LONGEST = 200
LONGEST_NAME = 60
WORKDAYS = 15  # for closing an account: GB/T 35273-2020 8.5
DAYS = 30  # for any other answer: 8.7
AT = ("requestId",)


async def request_correction(
    request: Request, *, field: DataField, wish: str, reason: str
) -> Answer:
    """Ask that something be put right, with how it is to be."""
    longest = LONGEST_NAME if field is DataField.NAME else LONGEST
    if refused := unfit({"wish": (wish, longest), "reason": (reason, LONGEST)}):
        return refused

    async def verb(c: Connection) -> Answer:
        return await write(c, request, DataRequestKind.CORRECTION, field, wish, reason)

    asked = {"field": field, "wish": wish, "reason": reason}
    return await command.once(request, "request_correction", asked, verb)


async def request_closure(request: Request, *, reason: str) -> Answer:
    """Ask that the account be closed; what must be finished first is said at once."""
    if refused := unfit({"reason": (reason, LONGEST)}):
        return refused

    async def verb(c: Connection) -> Answer:
        return await write(c, request, DataRequestKind.CLOSURE, None, "", reason)

    return await command.once(request, "request_closure", {"reason": reason}, verb)


async def withdraw(request: Request, *, request_id: UUID) -> Answer:
    """Take one's request back while it waits."""

    async def verb(c: Connection) -> Answer:
        held = await hold(c, request.viewer, request_id)
        if isinstance(held, Refused):
            return held
        if held.person_id != request.viewer.person_id:
            return Refused("NOT_APPLICANT")
        await settle(c, request, held, DataRequestOutcome.WITHDRAWN, "")
        return Done({"request": str(request_id)})

    return await command.once(request, "withdraw_data_request", {"request": request_id}, verb)


async def answer(request: Request, *, request_id: UUID, granted: bool, words: str) -> Answer:
    """Answer a request: what is granted is done by that, and the person is told."""
    if not account_access.of_the_city(request.viewer):
        return Refused("NOT_PERMITTED")
    if refused := unfit({"answer": (words, LONGEST)}):
        return refused

    async def verb(c: Connection) -> Answer:
        held = await hold(c, request.viewer, request_id)
        if isinstance(held, Refused):
            return held
        if held.person_id == request.viewer.person_id:
            return Refused("OWN_CASE")
        return await decide(c, request, held, granted, words)

    asked = {"request": request_id, "granted": granted, "answer": words}
    return await command.once(request, "answer_data_request", asked, verb)


async def write(
    c: Connection,
    request: Request,
    kind: DataRequestKind,
    field: DataField | None,
    wish: str,
    reason: str,
) -> Answer:
    """The row, if nothing stands in the way; one of a kind waits at a time."""
    me = request.viewer.person_id
    await c.execute_query(data_request_sql.LOCK, [me])
    if await read.value(data_request_sql.WAITS, [me, kind.value, field and field.value], on=c):
        return Refused("DATA_REQUEST_WAITING")
    if kind is DataRequestKind.CLOSURE and (refused := await obstacle(c, me, decided=False)):
        return refused
    request_id, due = uuid7(), due_at(kind, request.now)
    said = [kind.value, field and field.value, wish.strip(), reason.strip()]
    await c.execute_query(data_request_sql.ADD, [request_id, me, *said, request.now, due])
    return Done({"request": str(request_id)})


async def decide(c: Connection, request: Request, held: Row, granted: bool, words: str) -> Answer:
    """Carry out what is granted, close the request, tell the person."""
    await c.execute_query(data_request_sql.LOCK, [held.person_id])
    closure = granted and held.kind == DataRequestKind.CLOSURE
    if closure and (refused := await obstacle(c, held.person_id, decided=True)):
        return refused
    outcome = DataRequestOutcome.GRANTED if granted else DataRequestOutcome.REFUSED
    await settle(c, request, held, outcome, words.strip())
    if closure:
        await close(c, request, held.person_id)
    elif granted and held.field == DataField.NAME:
        await profile.former(c, request, held.person_id, ["name"])
        await c.execute_query(data_request_sql.RENAME, [held.person_id, held.wish])
        await tell(c, request, Tag.PERSON_CORRECT, held.person_id)
    telling = Telling(
        kind=NoticeKind.DATA_REQUEST_ANSWERED,
        to=held.person_id,
        subject=("data_request", held.id),
    )
    await notice.tell(c, telling, now=request.now)
    return Done({"request": str(held.id)})


async def close(c: Connection, request: Request, person_id: UUID) -> None:
    """Nobody gets in any more, nothing is left to reach him by, and his number is erased."""
    await c.execute_query(data_request_sql.CLOSE_ACCOUNT, [person_id, request.now])
    await read.value(data_request_sql.ERASE, [person_id], on=c)
    await tell(c, request, Tag.ACCOUNT_CLOSE, person_id)


async def obstacle(c: Connection, person_id: UUID, *, decided: bool) -> Refused | None:
    """What must be finished before the account is closed.

    Of a claim only who decides hears: to who asks it would tell that his number was known.
    """
    found = await read.row(data_request_sql.OBSTACLES, [person_id], on=c)
    assert found is not None
    if found.contested and decided:
        return Refused("CLAIM_OPEN")
    if found.changing:
        return Refused("IDENTITY_CHANGE_OPEN")
    if found.seats:
        return Refused("SEATS_HELD", {"count": found.seats})
    return Refused("CASES_OPEN", {"count": found.cases}) if found.cases else None


async def hold(c: Connection, viewer: Viewer, request_id: UUID) -> Row | Refused:
    """An open request the viewer may read, locked."""
    p = Parameters([request_id])
    readable = account_access.data_requests(viewer, p, "q")
    held = await read.row(data_request_sql.HOLD.format(readable=readable), p, on=c)
    if held is None:
        return Refused("NOT_FOUND", {}, AT)
    return Refused("DATA_REQUEST_OVER", {}, AT) if held.closed_at else held


async def settle(
    c: Connection, request: Request, held: Row, outcome: DataRequestOutcome, words: str
) -> None:
    """Close a request."""
    by = None if outcome is DataRequestOutcome.WITHDRAWN else request.viewer.person_id
    values = [held.id, outcome.value, request.now, words, by]
    await c.execute_query(data_request_sql.CLOSE, values)


async def tell(c: Connection, request: Request, tag: Tag, person_id: UUID) -> None:
    """One line of history about a person."""
    await history.write(
        c,
        tag=tag,
        subject_type="person",
        subject_id=person_id,
        viewer=request.viewer,
        now=request.now,
    )


def due_at(kind: DataRequestKind, now: datetime) -> datetime:
    """By when it is answered: working days with their make-up days, or days of the calendar."""
    if kind is DataRequestKind.CLOSURE:
        due = deadline.due_at(workdays=WORKDAYS, arrived=now)
        assert due is not None
        return due
    last = dates.shanghai_date(now) + timedelta(days=DAYS)
    return datetime.combine(last, deadline.END_OF_DAY, tzinfo=dates.SHANGHAI)


def unfit(texts: dict[str, tuple[str, int]]) -> Refused | None:
    """Every text is there, can be stored and is not too long."""
    problems: list[Refused] = []
    for name, (words, longest) in texts.items():
        found = [*text.check(words, most=longest)]
        found += [Refused("REQUIRED")] if text.blank(words) else []
        if disclosure.NUMBER.search(numbers.compact(words)):
            found.append(Refused("NUMBER_UNWANTED"))
        problems += [one.under(name) for one in found]
    return refusal.all_of(problems) if problems else None
